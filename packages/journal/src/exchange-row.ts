/** What the tables say of an exchange, beside what its entries say. */
import { oddState } from './odd-answer.ts';
import type { OddState } from './odd-answer.ts';
import type { Exchange } from './types.ts';

/** What the tables say of an exchange. */
export interface ExchangeRow {
  readonly id: number;
  readonly peer: string;
  readonly institution: string;
  readonly messageId: string;
  readonly digest: string;
  readonly transaction: string;
  readonly state: string;
  readonly endedAt: number | null;
  readonly acceptedAt: number;
  readonly legs: number;
  readonly odd: OddState;
  /** Its last entry. */
  readonly head: number;
  readonly headHash: Uint8Array;
}

/** Whether both say the same. */
export function isSameExchange(row: ExchangeRow, exchange: Exchange): boolean {
  const { key } = exchange;
  return (
    row.peer === key.peer &&
    row.institution === key.institution &&
    row.messageId === key.messageId &&
    row.digest === exchange.digest &&
    row.transaction === exchange.transaction &&
    row.state === (exchange.endedAt === undefined ? 'open' : exchange.state) &&
    row.endedAt === (exchange.endedAt ?? null) &&
    row.legs === exchange.legs.length &&
    row.odd === oddState(exchange)
  );
}
