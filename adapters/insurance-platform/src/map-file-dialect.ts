/** A family with map files of its own: the predecessor's transactions as one canonical operation or several. */
import { checkMap, compileMapFile, mapFamilyOf } from '@yiqiao/mapping';
import type { CompiledFileMap, MapContext, MapFamily, MapFile } from '@yiqiao/mapping';
import { EMPTY_HEADER, formatTime, GatewayError, leafText } from '@yiqiao/model';
import type {
  CanonicalObject,
  CanonicalResponse,
  Clock,
  Deviation,
  Fault,
  MessageHeader,
  Operation,
  WireObject,
} from '@yiqiao/model';
import type { DerivedMap, Profile, Registry } from '@yiqiao/registry';
import type { WireRequest } from '@yiqiao/wire';
import type { Dialect, Plan, PlannedStep } from './dialect.ts';
import { createMapChoice } from './map-choice.ts';
import { createMapFileCalls } from './map-file-calls.ts';
import { planPhase } from './two-phase.ts';

/** Creates the dialect of a family; its maps are compiled on first use. */
export function createMapFileDialect(registry: Registry, profile: Profile, clock: Clock): Dialect {
  const family = mapFamilyOf(profile);
  const headerMap = compileMapFile(headerOnly(family), { family });
  const maps = createMapChoice(registry, profile, family);
  return {
    id: profile.dialect,
    header(request) {
      const { envelope } = request;
      const found = headerMap.steps[0]?.request.toModel(elementsOf(request), { envelope }).header;
      const messageId = leafText(request.envelope[messageIdElement(profile)]) ?? '';
      return {
        ...EMPTY_HEADER,
        time: formatTime(clock.now()),
        ...found,
        messageId,
        transaction: request.transaction,
      };
    },
    plan: (request, header, { findRecord, findOriginal }) =>
      planPhase({ registry, profile }, request, { header, findOriginal }) ??
      planSteps({ ...maps.choose(request, header, findRecord), registry, request, header }),
    answerEnvelope: (header) => toldBack(profile, header),
    errorDetail: () => ({}),
    calls: createMapFileCalls({
      registry,
      profile,
      family,
      maps,
      messageIdElement: messageIdElement(profile),
    }),
    check: () =>
      registry.mapFiles(profile.id).flatMap((name) => {
        maps.named(name);
        return checkOne(registry, profile, { family, name });
      }),
  };
}

/** Holds a map file against the definition of its transaction and the operations it serves. */
function checkOne(
  registry: Registry,
  profile: Profile,
  { family, name }: { family: MapFamily; name: string },
): readonly Fault[] {
  const file = registry.mapFile(profile.id, name) as MapFile;
  const { transaction } = file;
  const definition = registry.definition(profile.id, transaction);
  if (definition === undefined) throw new GatewayError('TRANSACTION_UNKNOWN', { facts: { transaction } });
  const nationalMap = (operation: Operation): DerivedMap => registry.nationalMap(operation);
  return checkMap(file, { family, name, definition, nationalMap });
}

/** Element of the envelope that holds the message id. */
function messageIdElement(profile: Profile): string {
  const { element = '' } = (profile.data['messageId'] ?? {}) as { element?: string };
  return element;
}

/**
 * Members of an answer's envelope: `header:NAME` is a member of the request's header, anything else stands as it is.
 * Source: the profile's `answerEnvelope`.
 */
function toldBack(profile: Profile, header: MessageHeader): WireObject {
  const members = (profile.data['answerEnvelope'] ?? {}) as Readonly<Record<string, string>>;
  return Object.fromEntries(
    Object.entries(members).map(([name, from]) => [
      name,
      from.startsWith(FROM_HEADER) ? textOf(header, from.slice(FROM_HEADER.length)) : from,
    ]),
  );
}

const FROM_HEADER = 'header:';

function textOf(header: MessageHeader, name: string): string {
  const value: unknown = header[name as keyof MessageHeader];
  return typeof value === 'string' ? value : '';
}

/** Reads the header rules of the family and nothing else. */
export function headerOnly(family: MapFamily): MapFile {
  const nothing = { rules: [] };
  return {
    transaction: 'header',
    title: { zh: '报文头', en: 'header' },
    steps: [{ operation: 'signIn', request: nothing, response: nothing }],
    source: family.source,
    confidence: family.confidence,
  };
}

/** Header elements and business elements stand side by side below the root. */
function elementsOf({ envelope, body }: WireRequest): WireObject {
  return { ...envelope, ...body };
}

function planSteps(options: {
  map: CompiledFileMap;
  context: MapContext;
  registry: Registry;
  request: WireRequest;
  header: MessageHeader;
}): Plan {
  const { map, context, registry, request, header } = options;
  const asked: CanonicalObject[] = [];
  const deviations: Deviation[] = [];
  const operations = map.steps.map((step) => step.operation);
  const build = (index: number, previous: readonly CanonicalResponse[]) => {
    const step = map.steps[index];
    if (step === undefined) throw new RangeError(`no step ${index}`);
    const read = step.request.toModel(request.body, { ...context, answers: answersOf(operations, previous) });
    asked[index] = read.body;
    deviations.push(...read.notes);
    const { transaction } = registry.operation(step.operation);
    return {
      header: { ...header, ...read.header, transaction },
      content: {
        form: 'canonical' as const,
        operation: step.operation,
        body: read.body,
        carried: read.carried,
        dialect: read.dialect,
      },
    };
  };
  const first = build(0, []);
  // Faults of later steps are found before the first one is done.
  for (const step of map.steps.slice(1)) step.request.toModel(request.body, context);
  return {
    steps: map.steps.map((step, index): PlannedStep => ({
      operation: step.operation,
      transaction: registry.operation(step.operation).transaction,
      build: (previous) => (index === 0 ? first : build(index, previous)),
    })),
    deviations,
    answer: (responses) => mergeAnswers(map, responses, { context, operations, asked, deviations }),
  };
}

function answersOf(
  operations: readonly Operation[],
  responses: readonly CanonicalResponse[],
): Partial<Record<Operation, CanonicalObject>> {
  const answers: Partial<Record<Operation, CanonicalObject>> = {};
  responses.forEach(({ content }, index) => {
    const operation = operations[index];
    if (operation !== undefined && content.form === 'canonical') answers[operation] = content.body;
  });
  return answers;
}

/** The answers of all steps together are the answer. */
function mergeAnswers(
  map: CompiledFileMap,
  responses: readonly CanonicalResponse[],
  known: {
    context: MapContext;
    operations: readonly Operation[];
    asked: readonly CanonicalObject[];
    deviations: Deviation[];
  },
): WireObject | null {
  const answers = answersOf(known.operations, responses);
  const written = responses.flatMap(({ content }, index) => {
    const step = map.steps[index];
    if (step === undefined || content.form !== 'canonical') return [];
    const request = known.asked[index];
    return [
      step.response.toWire(content, {
        ...known.context,
        answers,
        ...(request === undefined ? {} : { request }),
      }),
    ];
  });
  known.deviations.push(...written.flatMap((one) => [...one.notes, ...one.faults]));
  const bodies = written.flatMap(({ body }) => (body === null ? [] : [body]));
  return bodies.length === 0 ? null : bodies.reduce((all, body) => ({ ...all, ...body }));
}
