/** What map files draw on besides the message, generated: nothing of it is of a real person. */
import { compileNationalMap } from '@yiqiao/mapping';
import type { MapContext } from '@yiqiao/mapping';
import { EMPTY_HEADER } from '@yiqiao/model';
import type { CanonicalObject, Operation } from '@yiqiao/model';
import type { Direction, KeptRecord, RecordKind, Registry } from '@yiqiao/registry';
import type { Draw } from './draw.ts';
import { nationalBody } from './national-bodies.ts';

/** Full records of every kind, and full requests and answers of some operations. */
export function generatedContext(
  { registry, draw }: { readonly registry: Registry; readonly draw: Draw },
  operations: readonly Operation[],
): MapContext {
  const full = (operation: Operation, direction: Direction): CanonicalObject => {
    const derived = registry.nationalMap(operation);
    const body = nationalBody(derived[direction], { registry, draw, full: true });
    return compileNationalMap(derived)[direction].toModel(body).body;
  };
  const records = new Map<RecordKind, KeptRecord>();
  for (const operation of registry.operations()) {
    for (const { kind } of registry.operation(operation).records) {
      const before = records.get(kind);
      records.set(kind, {
        kind,
        key: 'K1',
        request: { ...full(operation, 'request'), ...before?.request },
        response: { ...full(operation, 'response'), ...before?.response },
      });
    }
  }
  const answers: MapContext['answers'] = Object.fromEntries(
    operations.map((operation) => [operation, full(operation, 'response')]),
  );
  const requests = operations.map((operation) => full(operation, 'request'));
  const request = requests.reduce((all, one) => ({ ...all, ...one }), {});
  const record: MapContext['record'] = (kind) => records.get(kind);
  return { header: EMPTY_HEADER, record, findRecord: record, answers, request };
}
