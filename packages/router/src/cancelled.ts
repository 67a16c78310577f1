/** Whether a settlement that was done has been cancelled since, by the caller's own message (2208). */
import type { CanonicalRequest } from '@yiqiao/model';
import type { Exchange, NaturalMatch } from '@yiqiao/journal';
import type { OperationEntry } from '@yiqiao/registry';
import { decodeCanonical } from './canonical-text.ts';
import type { Machine } from './machine.ts';
import { caseKeys, keyOf, valuesOf } from './natural-keys.ts';
import { bodyOf } from './requests.ts';

/** Whether the operation that undoes it has been answered for it. */
export async function isCancelled(
  { deps }: Machine,
  entry: OperationEntry,
  match: Pick<NaturalMatch, 'id' | 'key'>,
): Promise<boolean> {
  const undo = entry.undoneBy === undefined ? undefined : deps.registry.operation(entry.undoneBy);
  const exchange = await deps.journal.load(match.id);
  if (undo?.onceFor === undefined || exchange === undefined || exchange.expired === true) return false;
  if (exchange.settlement === undefined) return areAllCancelled(deps.journal, { entry, undo, exchange });
  const values = valuesOf({ ...exchange.settlement }, undo.onceFor);
  if (values === undefined) return false;
  const matches = await deps.journal.findByNaturalKey(match.key.institution, keyOf(undo.operation, values));
  return matches.some(({ id, state }) => id > match.id && state === 'answered');
}

/**
 * A settlement that a person confirmed has no id on record, and a cancellation names nothing but the id and the visit.
 * One that names an id which no answer of the visit told cancels one of those; which one, is certain once as many have
 * been cancelled as there are.
 */
async function areAllCancelled(
  journal: Machine['deps']['journal'],
  of: { readonly entry: OperationEntry; readonly undo: OperationEntry; readonly exchange: Exchange },
): Promise<boolean> {
  const { entry, undo, exchange } = of;
  const request = requestOf(exchange);
  const idOf = (values: Parameters<typeof valuesOf>[0]): string =>
    JSON.stringify(valuesOf(values, undo.onceFor ?? []) ?? []);
  const answeredIn = async (one: OperationEntry): Promise<readonly Exchange[]> => {
    const answered: Exchange[] = [];
    for (const key of caseKeys(one, request)) {
      for (const { id, state } of await journal.findByNaturalKey(exchange.key.institution, key)) {
        const found = state === 'answered' ? await journal.load(id) : undefined;
        // Of what was deleted after its time nothing can be said any more.
        if (found !== undefined && found.expired !== true) answered.push(found);
      }
    }
    return answered;
  };
  const settled = await answeredIn(entry);
  const told = new Set(settled.flatMap(({ settlement }) => (settlement ? idOf({ ...settlement }) : [])));
  const cancellations = (await answeredIn(undo)).filter((one) => !told.has(idOf(bodyOf(requestOf(one)))));
  const cancelled = new Set(cancellations.map((one) => idOf(bodyOf(requestOf(one)))));
  const untold = settled.filter(({ settlement }) => settlement === undefined);
  return cancellations.some(({ id }) => id > exchange.id) && cancelled.size >= untold.length;
}

function requestOf({ legs }: Exchange): CanonicalRequest {
  const [first] = legs;
  return decodeCanonical<CanonicalRequest>(first?.request ?? '{}');
}
