/** Generated messages through a map file and back. */
import type { CompiledFileMap, MapContext, MapFamily, MapFile } from '@yiqiao/mapping';
import { isWireObject } from '@yiqiao/model';
import type { Fault, MessageHeader, WireObject, WireValue } from '@yiqiao/model';
import type { Direction, RecordKind, Registry, TransactionDefinition } from '@yiqiao/registry';
import { faultsOf } from '../profile-faults.ts';
import { difference } from './difference.ts';
import type { Draw } from './draw.ts';
import { elementBody, flatRules } from './element-bodies.ts';
import { roundTripFault } from './map-proof.ts';

/** Messages per transaction and direction. */
const MESSAGES = 5;

/** What is tried, and with what. */
export interface Trial {
  readonly registry: Registry;
  readonly family: MapFamily;
  readonly file: MapFile;
  readonly definition: TransactionDefinition;
  readonly compiled: CompiledFileMap;
  readonly draw: Draw;
  readonly textOnly: boolean;
  /** Generated records, answers and requests, from `generatedContext`. */
  readonly context: MapContext;
  /** Where faults are told to be. */
  readonly place: string;
}

/** Wire → model → wire; stops a direction at its first fault. */
export function tryMapFile(trial: Trial): { readonly roundTrips: number; readonly faults: readonly Fault[] } {
  const { context } = trial;
  const faults: Fault[] = [];
  let roundTrips = 0;
  for (const direction of ['request', 'response'] as const) {
    const found = tryDirection(trial, direction, context);
    faults.push(...found);
    if (found.length === 0) roundTrips += MESSAGES;
  }
  return { roundTrips, faults };
}

function tryDirection(trial: Trial, direction: Direction, context: MapContext): readonly Fault[] {
  const at = `${trial.place}#/steps/0/${direction}`;
  const added = mayBeAdded(trial, direction);
  const parts = { ...trial, fixed: fixedBy(trial.file, context) };
  for (let message = 0; message < MESSAGES; message += 1) {
    const body = elementBody(direction, parts);
    try {
      const written = throughModel(trial, direction, { body, context });
      const pointer = difference(body, without(added, written, body));
      if (pointer !== undefined) return [roundTripFault(at, pointer)];
    } catch (error) {
      return faultsOf(error, at);
    }
  }
  return [];
}

/** Reads with every step, writes with every step; the written bodies are merged, as the dialect does. */
function throughModel(
  { compiled }: Trial,
  direction: Direction,
  { body, context }: { readonly body: WireObject; readonly context: MapContext },
): WireObject {
  const written: Record<string, WireValue> = {};
  for (const step of compiled.steps) {
    const content = step[direction].toModel(body, context);
    // Only what the message itself told: what it left out must not come back.
    const header = content.header as MessageHeader;
    Object.assign(written, step[direction].toWire(content, { ...context, header }).body);
  }
  return written;
}

/** Elements that must agree with the record, with the value on record. */
function fixedBy(file: MapFile, context: MapContext): Readonly<Record<string, string>> {
  const fixed: Record<string, string> = {};
  const agreements = file.steps.flatMap((step) => [
    ...(step.request.same ?? []),
    ...(step.response.same ?? []),
  ]);
  for (const { element, as } of agreements) {
    const [, kind = '', half = '', path = ''] = /^record:(\w+)\.(request|response)\.(.+)$/.exec(as) ?? [];
    const record = context.record?.(kind as RecordKind);
    const value = record?.[half as Direction]?.[path];
    if (typeof value === 'string') fixed[element] = value;
  }
  return fixed;
}

/** Elements that writing may add: emitted ones, and those whose canonical leaf is also filled from elsewhere. */
function mayBeAdded({ family, file }: Trial, direction: Direction): ReadonlySet<string> {
  const rules = flatRules([...family.header, ...file.steps.flatMap((step) => step[direction].rules)]);
  const filled = new Set(rules.flatMap((rule) => ('fill' in rule ? [rule.fill] : [])));
  return new Set(
    rules.flatMap((rule) => {
      if ('emit' in rule) return [rule.emit];
      return 'to' in rule && 'from' in rule && filled.has(rule.to) ? [rule.from] : [];
    }),
  );
}

/** What was written, without the elements that may be added and did not come. */
function without(added: ReadonlySet<string>, written: WireValue, sent: WireValue | undefined): WireValue {
  if (Array.isArray(written)) {
    const items = Array.isArray(sent) ? (sent as readonly WireValue[]) : [];
    return (written as readonly WireValue[]).map((item, i) => without(added, item, items[i]));
  }
  if (!isWireObject(written)) return written;
  const came = isWireObject(sent) ? sent : {};
  const kept = Object.entries(written).filter(([name]) => Object.hasOwn(came, name) || !added.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, without(added, value, came[name])]));
}
