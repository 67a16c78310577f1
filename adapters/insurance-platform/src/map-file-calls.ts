/** Calls to a far side whose family has map files: an operation becomes the transaction that is this operation alone. */
import type { CompiledFileMap, MapContext, MapFamily, Rule, ToWire } from '@yiqiao/mapping';
import { GatewayError } from '@yiqiao/model';
import type {
  CanonicalRequest,
  Content,
  MessageHeader,
  Operation,
  WireObject,
  WireValue,
} from '@yiqiao/model';
import type { Profile, Registry } from '@yiqiao/registry';
import type { OutgoingRequest } from '@yiqiao/wire';
import { noRoomForDecision, noTransaction, otherMeaning, unsuited } from './call-refusals.ts';
import type { CallingDialect } from './dialect.ts';
import { contextOf, rememberFound } from './map-choice.ts';
import type { Known, MapChoice } from './map-choice.ts';

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

/** The map that wrote a request, and what it wrote: the answer is read with both. */
interface Asked {
  readonly map: CompiledFileMap;
  readonly body: WireObject;
}

/** Creates the calls. What was asked is kept as long as the request lives. */
export function createMapFileCalls(parts: CallParts): CallingDialect {
  const { registry, profile } = parts;
  const candidates = new Map<Operation, readonly CompiledFileMap[]>();
  const asked = new WeakMap<CanonicalRequest, Asked>();
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
    takesDecisions: false,
    drawsOnRecords: profile.keepsRecords,
    outgoing(request, findRecord) {
      const { header, content } = request;
      if (content.form !== 'canonical') throw noTransaction(profile, header.transaction);
      const { operation } = content;
      if (content.result !== undefined) throw noRoomForDecision(profile, operation);
      const known = { header, findRecord: rememberFound(findRecord) };
      let refuse = (): GatewayError => noTransaction(profile, operation);
      for (const map of candidatesFor(operation)) {
        const { written, context } = writeRequest(map, content, known);
        const body = written.body ?? {};
        const unmet = map.unmet(body, context);
        if (unmet.length > 0) {
          const found = [...written.notes, ...written.faults];
          refuse = () => unsuited({ profile, operation }, map, { unmet, found });
          continue;
        }
        parts.maps.assertComplete(map);
        if (written.faults.length > 0) throw new GatewayError('FORMAT_LIMIT', { faults: written.faults });
        const message = messageOf(parts, { map, body, header });
        assertMeant(parts, { map, operation }, message, known);
        asked.set(request, { map, body });
        return { message, notes: written.notes };
      }
      throw refuse();
    },
    content(request, response, findRecord) {
      const { header, content } = request;
      const { map, body: sent = {} } = asked.get(request) ?? {};
      const step = map?.steps[0];
      if (content.form !== 'canonical' || map === undefined || step === undefined)
        throw noTransaction(profile, header.transaction);
      const known = { header, findRecord: rememberFound(findRecord) };
      const context = contextOf(map, { body: sent, envelope: response.envelope }, known);
      const read = step.response.toModel(response.body, { ...context, request: content.body });
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
  content: CanonicalContent,
  known: Known,
): { written: ToWire; context: MapContext } {
  const [step] = map.steps;
  if (step === undefined) throw new RangeError('a map has a step');
  const context: MapContext = { ...known };
  const written = step.request.toWire(content, context);
  const body = written.body ?? {};
  if (map.recordKeys(body).length === 0) return { written, context };
  const informed = contextOf(map, { body, envelope: {} }, known);
  return { written: step.request.toWire(content, informed), context: informed };
}

function messageOf(
  parts: CallParts,
  of: { readonly map: CompiledFileMap; readonly body: WireObject; readonly header: MessageHeader },
): OutgoingRequest {
  const { transaction } = of.map;
  const { envelope, body } = divide(parts, transaction, of.body);
  const id = parts.messageIdElement === '' ? {} : { [parts.messageIdElement]: of.header.messageId };
  return { transaction, envelope: { ...envelope, ...id }, body };
}

/**
 * One number may be several things, told apart by the case it is about: 0302 takes the lines of a stay or of other care.
 * @throws GatewayError `FORMAT_LIMIT` when the case is not what the operation takes it for
 */
function assertMeant(
  { maps, profile }: CallParts,
  { map, operation }: { readonly map: CompiledFileMap; readonly operation: Operation },
  message: OutgoingRequest,
  known: Known,
): void {
  const meant = maps.readBy(message, known)?.steps.map((step) => step.operation);
  if (meant === undefined || (meant.length === 1 && meant[0] === operation)) return;
  throw otherMeaning(profile, map, { operation, meant: meant.join(', ') });
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
