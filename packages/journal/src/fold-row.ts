/** An exchange from its row and its entries, whatever store they lie in. */
import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import { isIntact } from './entry.ts';
import type { Entry } from './entry.ts';
import { isSameExchange } from './exchange-row.ts';
import type { ExchangeRow } from './exchange-row.ts';
import { foldEntries } from './fold.ts';
import type { Exchange } from './types.ts';

/** The entries of an exchange, oldest first; `missing` names one that is not there. */
export interface Chain {
  readonly entries: readonly Entry[];
  readonly missing?: number;
}

/** @throws GatewayError `RECORD_DAMAGED`: nothing of it may be told or gone on with. */
export function foldRow(row: ExchangeRow, { entries, missing }: Chain): Exchange {
  const changed = entries.find((entry, index) => !isIntact(entry, entries[index - 1], row.id));
  const damaged = missing ?? changed?.id;
  if (damaged !== undefined) throw damagedRecord(row.id, damaged);
  try {
    const exchange = foldEntries(row.id, entries);
    assert(isSameExchange(row, exchange), 'the tables say what the entries say');
    return exchange;
  } catch (cause) {
    throw damagedRecord(row.id, row.head, cause);
  }
}

/** `RECORD_DAMAGED` with the numbers of exchange and entry. */
export function damagedRecord(exchange: number, entry: number, cause?: unknown): GatewayError {
  return new GatewayError('RECORD_DAMAGED', { facts: { exchange, entry } }, { cause });
}
