/** Calls to a far side whose family has map files: an operation becomes the transaction that is this operation alone. */
import type { CompiledFileMap, MapContext, MapFamily, Rule, ToWire } from '@yiqiao/mapping';
import { GatewayError } from '@yiqiao/model';
import type { CanonicalRequest, Content, Fault, Operation, WireObject, WireValue } from '@yiqiao/model';
import type { Profile, Registry } from '@yiqiao/registry';
import type { CallingDialect, FindRecord } from './dialect.ts';
import type { MapChoice } from './map-choice.ts';

type CanonicalContent = Extract<Content, { readonly form: 'canonical' }>;

/** What calls are made of. */
export interface CallParts {
  readonly registry: Registry;
  readonly profile: Profile;
  readonly family: MapFamily;
  readonly maps: MapChoice;
  /** Element of the envelope that holds the message id; empty when the form has none. */
  readonly messageIdElement: string;
}

/** Creates the calls. Which map wrote a request is kept as long as the request lives, to read its answer with. */
export function createMapFileCalls(parts: CallParts): CallingDialect {
  const { registry, profile } = parts;
  const candidates = new Map<Operation, readonly CompiledFileMap[]>();
  const used = new WeakMap<CanonicalRequest, CompiledFileMap>();
  const candidatesFor = (operation: Operation): readonly CompiledFileMap[] => {
    const known = candidates.get(operation);
    if (known !== undefined) return known;
    const found = registry
      .mapFiles(profile.id)
      .map((name) => parts.maps.named(name))
      .filter(({ steps }) => steps.length === 1 && steps[0]?.operation === operation)
      .toSorted((a, b) => b.conditions - a.conditions);
    candidates.set(operation, found);
    return found;
  };
  return {
    outgoing(request, findRecord) {
      const { header, content } = request;
      if (content.form !== 'canonical') throw noTransaction(profile, header.transaction);
      for (const map of candidatesFor(content.operation)) {
        const { written, context } = writeRequest(map, { request, content, findRecord });
        const body = written.body ?? {};
        if (!map.applies(body, context)) continue;
        parts.maps.assertComplete(map);
        if (written.faults.length > 0) throw new GatewayError('FORMAT_LIMIT', { faults: written.faults });
        used.set(request, map);
        const divided = divide(parts, map.transaction, body);
        const id = parts.messageIdElement === '' ? {} : { [parts.messageIdElement]: header.messageId };
        const envelope = { ...divided.envelope, ...id };
        return {
          message: { transaction: map.transaction, envelope, body: divided.body },
          notes: written.notes,
        };
      }
      throw noTransaction(profile, content.operation);
    },
    content(request, response) {
      const { header, content } = request;
      const step = used.get(request)?.steps[0];
      if (content.form !== 'canonical' || step === undefined)
        throw noTransaction(profile, header.transaction);
      const { envelope } = response;
      const read = step.response.toModel(response.body, { header, envelope, request: content.body });
      const { body, carried, dialect, notes } = read;
      return {
        content: { form: 'canonical', operation: content.operation, body, carried, dialect },
        notes,
      };
    },
  };
}

/** Which records a message refers to shows once its keys are written; what the records add is written then. */
function writeRequest(
  map: CompiledFileMap,
  {
    request,
    content,
    findRecord,
  }: { request: CanonicalRequest; content: CanonicalContent; findRecord: FindRecord },
): { written: ToWire; context: MapContext } {
  const [step] = map.steps;
  if (step === undefined) throw new RangeError('a map has a step');
  const context: MapContext = { header: request.header, findRecord };
  const written = step.request.toWire(content, context);
  const keys = new Map(map.recordKeys(written.body ?? {}).map(({ kind, key }) => [kind, key]));
  if (keys.size === 0) return { written, context };
  const informed: MapContext = {
    ...context,
    record: (kind) => {
      const key = keys.get(kind);
      return key === undefined ? undefined : findRecord(kind, key);
    },
  };
  return { written: step.request.toWire(content, informed), context: informed };
}

/**
 * Header rules write their elements whatever the transaction has: those of the envelope go there, those that
 * neither has are left out. Everything else is of the body.
 */
function divide(
  { registry, profile, family }: CallParts,
  transaction: string,
  written: WireObject,
): { envelope: WireObject; body: WireObject } {
  const nodes = registry.definition(profile.id, transaction)?.request ?? [];
  const own = new Set(
    nodes.flatMap(({ node, fields }) => (node === '' ? fields : []).map(({ name }) => name)),
  );
  const around = new Set(registry.envelope(profile.id, 'request').map(({ name }) => name));
  const header = new Set(family.header.flatMap(elementsOf));
  const envelope: Record<string, WireValue> = {};
  const body: Record<string, WireValue> = {};
  for (const [name, value] of Object.entries(written)) {
    if (!header.has(name) || own.has(name)) body[name] = value;
    else if (around.has(name)) envelope[name] = value;
  }
  return { envelope, body };
}

/** The element that a header rule writes. */
function elementsOf(rule: Rule): readonly string[] {
  if ('emit' in rule) return [rule.emit];
  return 'from' in rule && !('fill' in rule) ? [rule.from] : [];
}

function noTransaction({ id }: Profile, operation: string): GatewayError {
  const fault: Fault = {
    rule: 'no-transaction',
    at: '/infno',
    field: 'infno',
    found: operation,
    label: { zh: '交易', en: 'transaction' },
    message: {
      zh: `方案 ${id} 没有与 ${operation} 单独对应的交易，无法发往该方；请改走其他线路。`,
      en: `The profile ${id} has no transaction for ${operation} alone, so it cannot be sent there; route it elsewhere.`,
    },
  };
  return new GatewayError('FORMAT_LIMIT', { faults: [fault], facts: { operation, profile: id } });
}
