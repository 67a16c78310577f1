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
import type { Profile, Registry } from '@yiqiao/registry';
import type { WireRequest } from '@yiqiao/wire';
import type { Dialect, FindRecord, Plan, PlannedStep } from './dialect.ts';

/** Creates the dialect of a family; its maps are compiled on first use. */
export function createMapFileDialect(registry: Registry, profile: Profile, clock: Clock): Dialect {
  const family = mapFamilyOf(profile);
  const headerMap = compileMapFile(headerOnly(family), { family });
  const maps = new Map<string, CompiledFileMap>();
  const mapOf = (transaction: string): CompiledFileMap => {
    let map = maps.get(transaction);
    if (map === undefined) {
      const file = registry.mapFile(profile.id, transaction) as MapFile | undefined;
      if (file === undefined) throw new GatewayError('TRANSACTION_UNKNOWN', { facts: { transaction } });
      map = compileMapFile(file, { family, label: labelsOf(registry, profile, transaction) });
      maps.set(transaction, map);
    }
    return map;
  };
  return {
    id: profile.dialect,
    header(request) {
      const found = headerMap.steps[0]?.request.toModel(elementsOf(request)).header;
      const messageId = leafText(request.envelope[messageIdElement(profile)]) ?? '';
      return {
        ...EMPTY_HEADER,
        time: formatTime(clock.now()),
        ...found,
        messageId,
        transaction: request.transaction,
      };
    },
    plan: (request, header, findRecord) =>
      planSteps({ map: mapOf(request.transaction), registry, request, header, findRecord }),
    answerEnvelope: (header) => ({ sign: '', transid: header.messageId }),
    errorDetail: () => ({}),
    check: () =>
      registry.mapFiles(profile.id).flatMap((transaction) => {
        mapOf(transaction);
        return checkOne(registry, profile, { family, transaction });
      }),
  };
}

/** Labels of a transaction's elements, for faults. */
function labelsOf(registry: Registry, profile: Profile, transaction: string) {
  const definition = registry.definition(profile.id, transaction);
  const nodes = [...(definition?.request ?? []), ...(definition?.response ?? [])];
  const labels = new Map(
    nodes.flatMap(({ fields }) => fields.map(({ name, label }) => [name, label] as const)),
  );
  return (element: string) => {
    const label = labels.get(element);
    return label === undefined ? undefined : { zh: label.zh, en: label.en ?? element };
  };
}

/** Holds a map file against the definition of its transaction and the operations it serves. */
function checkOne(
  registry: Registry,
  profile: Profile,
  { family, transaction }: { family: MapFamily; transaction: string },
): readonly Fault[] {
  const file = registry.mapFile(profile.id, transaction) as MapFile;
  const definition = registry.definition(profile.id, transaction);
  if (definition === undefined) throw new GatewayError('TRANSACTION_UNKNOWN', { facts: { transaction } });
  return checkMap(file, { family, definition, nationalMap: (operation) => registry.nationalMap(operation) });
}

/** Element of the envelope that holds the message id. */
function messageIdElement(profile: Profile): string {
  const { element = '' } = (profile.data['messageId'] ?? {}) as { element?: string };
  return element;
}

/** Reads the header rules of the family and nothing else. */
function headerOnly(family: MapFamily): MapFile {
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
  registry: Registry;
  request: WireRequest;
  header: MessageHeader;
  findRecord: FindRecord;
}): Plan {
  const { map, registry, request, header, findRecord } = options;
  const keys = new Map(map.recordKeys(request.body).map(({ kind, key }) => [kind, key]));
  const context: MapContext = {
    header,
    record: (kind) => {
      const key = keys.get(kind);
      return key === undefined ? undefined : findRecord(kind, key);
    },
  };
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
