/** Where each value of a message goes and comes from, between two profiles. Values themselves are not told. */
import { compileMapFile, compileNationalMap, mapFamilyOf } from '@yiqiao/mapping';
import type { CompiledMap, MapContext, MapFile, MappedContent, ToWire } from '@yiqiao/mapping';
import { EMPTY_HEADER, GatewayError, isWireObject } from '@yiqiao/model';
import type { Deviation, Fault, MessageHeader, Operation, WireObject, WireValue } from '@yiqiao/model';
import type { Direction, KeptRecord, Profile, RecordKind, Registry } from '@yiqiao/registry';
import { nationalHeader } from '../national-header.ts';
import { createDraw } from './draw.ts';
import { generatedContext } from './generated-context.ts';
import { faultsOf } from '../profile-faults.ts';

/** One value on its way. */
export interface ExplainedField {
  readonly operation: Operation;
  /** Canonical path, or `header:NAME`; absent for what never enters the model. */
  readonly model?: string;
  /** Pointer in the message, or the source of a rule: `constant`, `record:…`, `header:…`. Absent: the target's map adds it. */
  readonly source?: string;
  /** Pointer in the target's body, or `envelope`; absent: it does not arrive there. */
  readonly target?: string;
}

/** A message, explained. */
export interface Explanation {
  readonly operations: readonly Operation[];
  readonly fields: readonly ExplainedField[];
  /** Pointers of what travels beside the model. */
  readonly carried: readonly string[];
  /** Names for which the maps on the way know no counterpart, and why. */
  readonly unattested: readonly Unattested[];
  readonly notes: readonly Deviation[];
  readonly faults: readonly Fault[];
}

/** Names without known counterpart: elements of the profile's form, canonical paths. */
export interface Unattested {
  readonly profile: string;
  readonly operation: Operation;
  readonly wire: readonly string[];
  readonly model: readonly string[];
  readonly because: string;
}

/** What is to be explained. `body` holds the elements below the root for a family without `input`. */
export interface ExplainOptions {
  readonly from: Profile;
  readonly to: Profile;
  readonly transaction: string;
  readonly direction: Direction;
  /** Root members besides the body; the national form has its header there. */
  readonly envelope: WireObject;
  readonly body: WireObject | null;
}

/**
 * Follows a message through both maps. Earlier exchanges that a map draws on are generated.
 * @throws GatewayError `TRANSACTION_UNKNOWN` when the source has no map of the transaction, `PROFILE_BROKEN`
 */
export function explainMessage(registry: Registry, options: ExplainOptions): Explanation {
  const name = fileNameOf(registry, options);
  const steps = stepsOf(registry, options.from, name);
  const operations = steps.map(({ operation }) => operation);
  const file = findMapFile(registry, options.from, name);
  const generated = generatedContext({ registry, draw: createDraw(1) }, operations);
  const header = options.from.dialect === 'national' ? nationalHeader(options.envelope) : EMPTY_HEADER;
  const context = { ...agreeing(generated, file, options.body), header, envelope: options.envelope };
  const told = steps.map((step) => explainStep({ registry, ...options, step, context }));
  return {
    operations,
    fields: told.flatMap((one) => one.fields),
    carried: [...new Set(told.flatMap((one) => one.carried))],
    unattested: [
      ...unattestedIn(options.from, file, options),
      ...operations.flatMap((operation) =>
        unattestedIn(options.to, targetFile(registry, options.to, operation), options, operation),
      ),
    ],
    notes: told.flatMap((one) => one.notes),
    faults: told.flatMap((one) => one.faults),
  };
}

type StepParts = ExplainOptions & {
  readonly registry: Registry;
  readonly step: CompiledMap;
  readonly context: MapContext;
};

type StepExplanation = Omit<Explanation, 'operations' | 'unattested'>;

/** What a file declares in one direction, of one of its operations or of all. */
function unattestedIn(
  { id }: Profile,
  file: MapFile | undefined,
  { direction }: Pick<ExplainOptions, 'direction'>,
  only?: Operation,
): readonly Unattested[] {
  return (file?.steps ?? [])
    .filter(({ operation }) => only === undefined || operation === only)
    .flatMap((step) =>
      (step[direction].unattested ?? []).map(({ wire = [], model = [], because }) => {
        return { profile: id, operation: step.operation, wire, model, because };
      }),
    );
}

function explainStep({ registry, to, direction, body, step, context }: StepParts): StepExplanation {
  const { operation } = step;
  const sources = new Map<string, string>();
  const explain: MapContext['explain'] = (origin) => void sources.set(origin.to, origin.from);
  let content: ReturnType<CompiledMap['request']['toModel']>;
  try {
    content = step[direction].toModel(body, { ...context, explain });
  } catch (error) {
    return { fields: [], carried: [], notes: [], faults: faultsOf(error, operation) };
  }
  const header = { ...context.header, ...content.header } as MessageHeader;
  const target = targetMap(registry, to, operation);
  const written = target?.[direction].toWire(content, { ...context, header });
  const targets =
    target === undefined ? new Map<string, string>() : readBack(target[direction], written, context);
  const fields: ExplainedField[] = [...sources].map(([model, source]) => {
    const arrives = targets.get(model) ?? envelopeOf(to, model);
    return { operation, model, source, ...(arrives !== undefined && { target: arrives }) };
  });
  return {
    fields: [...fields, ...beside({ operation, content, written, targets, sources })],
    carried: [...carriedPointers(content)],
    notes: [...content.notes, ...(written?.notes ?? [])],
    faults: target === undefined ? [noTarget(to, operation)] : (written?.faults ?? []),
  };
}

/** The national form has its header beside the body. */
function envelopeOf({ dialect }: Profile, model: string): string | undefined {
  return dialect === 'national' && model.startsWith('header:') ? 'envelope' : undefined;
}

/** Canonical path → pointer in the written body, found by reading it with the target's own map. */
function readBack(
  map: CompiledMap['request'],
  written: ToWire | undefined,
  context: MapContext,
): ReadonlyMap<string, string> {
  const targets = new Map<string, string>();
  const explain: MapContext['explain'] = ({ to, from }) => {
    if (from.startsWith('/') && !targets.has(to)) targets.set(to, from);
  };
  try {
    map.toModel(written?.body ?? null, { ...context, explain });
  } catch (error) {
    // A map that refuses what it wrote itself has told the places of all it could read by then.
    if (!(error instanceof GatewayError)) throw error;
  }
  return targets;
}

/** What stands in the target without having been read from the model: carried along, or added by its map. */
function beside(parts: {
  readonly operation: Operation;
  readonly content: MappedContent;
  readonly written: ToWire | undefined;
  readonly targets: ReadonlyMap<string, string>;
  readonly sources: ReadonlyMap<string, string>;
}): readonly ExplainedField[] {
  const { operation, content, written, targets, sources } = parts;
  const explained = new Set([...sources.keys()].map((model) => targets.get(model)));
  const models = new Map([...targets].map(([model, target]) => [target, model]));
  const beside = carriedPointers(content);
  return leaves(written?.body ?? null, '')
    .filter((target) => !explained.has(target))
    .map((target) => {
      const model = models.get(target);
      return {
        operation,
        ...(model !== undefined && { model }),
        ...((beside.has(target) || beside.has(inEveryRow(target))) && { source: target }),
        target,
      };
    });
}

/** The pointer of a member that every row of its list has blank. */
function inEveryRow(pointer: string): string {
  return pointer.replace(/\/\d+(?=\/[^/]*$)/, '/*');
}

/** Pointers of the values that travel beside the model, blanks and nulls included. */
function carriedPointers({ carried }: MappedContent): ReadonlySet<string> {
  const pointers = Object.entries(carried).flatMap(([key, value]) => {
    const [, holder] = /^#(?:blank|null)(.*)$/.exec(key) ?? [];
    if (holder === undefined) return key.startsWith('#') ? [] : [key];
    return Array.isArray(value) ? value.map((name) => `${holder}/${String(name)}`) : [];
  });
  return new Set(pointers);
}

function leaves(value: WireValue, at: string): readonly string[] {
  if (Array.isArray(value))
    return (value as readonly WireValue[]).flatMap((item, i) => leaves(item, `${at}/${i}`));
  if (!isWireObject(value)) return at === '' ? [] : [at];
  return Object.entries(value).flatMap(([name, member]) =>
    leaves(member, `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
}

/** Of several files of a transaction the one that counts for the message, as far as the message alone tells. */
function fileNameOf(registry: Registry, { from, transaction, body }: ExplainOptions): string {
  if (from.dialect === 'national') return transaction;
  const further = registry.mapFiles(from.id).filter((name) => name.startsWith(`${transaction}-`));
  const family = further.length === 0 ? undefined : mapFamilyOf(from);
  const chosen = further.find((name) => {
    const file = findMapFile(registry, from, name);
    return file && family && compileMapFile(file, { family }).applies(body ?? {}, {});
  });
  // What an answer answers is not in it: any file of the transaction reads it.
  const plain = registry.mapFiles(from.id).includes(transaction) ? transaction : further[0];
  return chosen ?? plain ?? transaction;
}

function stepsOf(registry: Registry, profile: Profile, transaction: string): readonly CompiledMap[] {
  const file = findMapFile(registry, profile, transaction);
  if (file !== undefined) return compileMapFile(file, { family: mapFamilyOf(profile) }).steps;
  const entry = profile.dialect === 'national' ? registry.findOperation(transaction, profile.id) : undefined;
  if (entry === undefined) throw new GatewayError('TRANSACTION_UNKNOWN', { facts: { transaction } });
  return [compileNationalMap(registry.nationalMap(entry.operation, profile.id))];
}

function findMapFile(registry: Registry, profile: Profile, transaction: string): MapFile | undefined {
  return profile.dialect === 'national'
    ? undefined
    : (registry.mapFile(profile.id, transaction) as MapFile | undefined);
}

/** The target's map of an operation: derived, or a step of the first file that has it. */
function targetMap(registry: Registry, to: Profile, operation: Operation): CompiledMap | undefined {
  if (to.dialect === 'national') return compileNationalMap(registry.nationalMap(operation, to.id));
  const file = targetFile(registry, to, operation);
  if (file === undefined) return undefined;
  const { steps } = compileMapFile(file, { family: mapFamilyOf(to) });
  return steps.find((step) => step.operation === operation);
}

/** The file that tells an operation: one that is this operation alone before one that has it among others. */
function targetFile(registry: Registry, to: Profile, operation: Operation): MapFile | undefined {
  const files = registry.mapFiles(to.id).flatMap((name) => findMapFile(registry, to, name) ?? []);
  const found = files.filter(({ steps }) => steps.some((step) => step.operation === operation));
  return found.find(({ steps }) => steps.length === 1) ?? found[0];
}

/** Records that agree with the message where the map asks for it. */
function agreeing(context: MapContext, file: MapFile | undefined, body: WireObject | null): MapContext {
  const same = (file?.steps ?? []).flatMap((step) => [
    ...(step.request.same ?? []),
    ...(step.response.same ?? []),
  ]);
  const record = (kind: RecordKind): KeptRecord | undefined => {
    const kept = context.record?.(kind);
    if (kept === undefined) return undefined;
    const halves = { request: { ...kept.request }, response: { ...kept.response } };
    for (const { element, as } of same) {
      const [, half, path = ''] = new RegExp(`^record:${kind}\\.(request|response)\\.(.+)$`).exec(as) ?? [];
      const sent = body?.[element];
      if (half !== undefined && typeof sent === 'string') halves[half as Direction][path] = sent;
    }
    return { ...kept, ...halves };
  };
  return { ...context, record };
}

function noTarget({ id }: Profile, operation: Operation): Fault {
  return {
    rule: 'map-missing',
    at: id,
    field: operation,
    label: { zh: operation, en: operation },
    message: {
      zh: `方案 ${id} 没有此业务的映射，报文无法转换为其形式。`,
      en: `The profile ${id} has no map of this operation; the message cannot be told in its form.`,
    },
  };
}
