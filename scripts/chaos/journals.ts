/** What the journal of a gateway that has been stopped says: its ledger, and what it left to people. */
import type { Exchange, Journal } from '@yiqiao/journal';
import type { LedgerRow } from './ledgers.ts';

/** The record of one gateway. */
export interface OnRecord {
  readonly rows: readonly LedgerRow[];
  /** What was left to a person, in words. */
  readonly handovers: readonly string[];
}

const PAGE = 500;

/** Reads a journal from end to end and closes it; the message ids are those of the caller's side. */
export async function readJournal(name: string, journal: Journal): Promise<OnRecord> {
  const messageIds = new Map<number, string>();
  const totals = new Map<string, string>();
  const left: Exchange[] = [];
  for await (const exchange of allOf(journal)) {
    const { id, key, received, state } = exchange;
    messageIds.set(id, key.messageId);
    totals.set(key.messageId, leafOf(received.bytes, 'medfee_sumamt'));
    if (state === 'handed-to-person') left.push(exchange);
  }
  const settled: LedgerRow[] = [];
  for await (const { exchangeId, settlementId, total, transaction } of journal.ledger()) {
    settled.push({
      messageId: messageIds.get(exchangeId) ?? '',
      settlementId,
      total: Math.round(Number(total) * 100),
      state: stateOf(transaction, total),
    });
  }
  await journal.close();
  const handed = left.map(({ key, received, settlement }): LedgerRow => {
    // A record that is owed is named after the message that it follows from.
    const names = [leafOf(received.bytes, 'omsgid'), ...key.messageId.split(' ')];
    const total = names.map((id) => totals.get(id)).find(Boolean) ?? settlement?.total ?? '';
    return {
      messageId: key.messageId,
      settlementId: leafOf(received.bytes, 'setl_id'),
      total: Math.round(Number(total) * 100),
      state: 'handed-over',
    };
  });
  return { rows: [...settled, ...handed], handovers: left.map((exchange) => describe(name, exchange)) };
}

async function* allOf(journal: Journal): AsyncGenerator<Exchange> {
  for (let page = await journal.list(Infinity, PAGE); page.length > 0;) {
    yield* page;
    page = await journal.list(page.at(-1)?.id ?? 0, PAGE);
  }
}

function stateOf(transaction: string, total: string): LedgerRow['state'] {
  if (transaction === '2601') return 'reversal';
  return total.startsWith('-') ? 'cancellation' : 'settled';
}

/** A leaf of national JSON; empty when there is none. */
function leafOf(bytes: Uint8Array, name: string): string {
  const text = Buffer.from(bytes).toString('utf8');
  return new RegExp(`"${name}":"?([^",}]*)`).exec(text)?.[1] ?? '';
}

function describe(name: string, { transaction, key, reason, legs }: Exchange): string {
  const steps = legs.map((leg) =>
    `${leg.purpose} ${leg.transaction} ${leg.state} ${leg.reason ?? ''}`.trim(),
  );
  return `${name} ${transaction} ${key.messageId} is left to a person: ${reason}; ${steps.join(', ')}`;
}
