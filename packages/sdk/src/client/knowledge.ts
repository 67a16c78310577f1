/** What a client knows of the operations. */
import { GatewayError } from '@yiqiao/model';
import type { Operation } from '@yiqiao/model';
import type { DerivedMap, OperationEntry } from '@yiqiao/registry';
import type { ClientConnection } from './client-connection.ts';
import { shapeOf } from './read-body.ts';
import type { BodyShape } from './read-body.ts';

/** What is known of an operation, looked up once. */
export interface Known {
  readonly entry: OperationEntry;
  readonly map: DerivedMap['request'];
  readonly shape: BodyShape;
  /** The first query that shows whether it was done and that a client can ask. */
  readonly askWith?: Operation;
}

/** Looks operations up. The function throws GatewayError `TRANSACTION_UNKNOWN` for a name that is none. */
export function createKnowledge({ registry, profile }: ClientConnection): (operation: Operation) => Known {
  const known = new Map<Operation, Known>();
  return (operation) => {
    const found = known.get(operation);
    if (found !== undefined) return found;
    const entry = findEntry(registry, operation);
    const national = registry.profile(profile).dialect === 'national';
    const map = registry.nationalMap(operation, national ? profile : 'national').request;
    const askWith = entry.shownBy
      ?.map(({ query }) => registry.findOperation(query)?.operation)
      .find((query) => query !== undefined);
    const one = { entry, map, shape: shapeOf(map), ...(askWith !== undefined && { askWith }) };
    known.set(operation, one);
    return one;
  };
}

function findEntry(registry: ClientConnection['registry'], operation: Operation): OperationEntry {
  if (registry.operations().includes(operation)) return registry.operation(operation);
  throw new GatewayError('TRANSACTION_UNKNOWN', { facts: { operation } });
}
