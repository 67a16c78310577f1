/** The gateway's own books of a day, out of its journal. */
import type { Exchange, Journal } from '@yiqiao/journal';
import { findTime, formatTime } from '@yiqiao/model';
import { normalAmount } from './amounts.ts';
import type { KnownExchange } from './proposal.ts';
import type { Row } from './row.ts';

/** What is taken out of a journal. */
export interface JournalDay {
  readonly day: string;
  readonly take: (row: Row) => void;
  /** Hears of exchanges that did not end as done: the platform may have booked them all the same. */
  readonly onDoubt: (messageId: string, exchange: KnownExchange) => void;
}

const PAGE = 500;
const DAY_MS = 86_400_000;
/** An outcome may become known so long after its message came. */
const LATEST_MS = 3 * DAY_MS;

/**
 * Goes through the exchanges of a day, newest first; settlements that were reversed since are left out. A cancellation
 * does not tell 险种, 清算类别 and person: they are those of the settlement of the same visit, when that is of the day too.
 */
export async function readJournalDay(
  journal: Pick<Journal, 'list'>,
  { day, take, onDoubt }: JournalDay,
): Promise<void> {
  const earliest = (findTime(`${day} 00:00:00`) ?? 0) - LATEST_MS;
  const ofVisits = new Map<string, Row>();
  const incomplete: Row[] = [];
  for (let before = Infinity; ;) {
    const page = await journal.list(before, PAGE);
    for (const exchange of page) {
      if (exchange.state !== 'answered') noteDoubt(exchange, onDoubt);
      const row = rowOf(exchange);
      if (row?.settledAt.startsWith(day) !== true) continue;
      if (row.clearingType === '') incomplete.push(row);
      else {
        ofVisits.set(row.visitId, row);
        take(row);
      }
    }
    const last = page.at(-1);
    if (page.length < PAGE || last === undefined || last.acceptedAt < earliest) break;
    before = last.id;
  }
  for (const row of incomplete) {
    const { insuranceType = '', clearingType = '', personNumber = '' } = ofVisits.get(row.visitId) ?? {};
    take({ ...row, insuranceType, clearingType, personNumber: row.personNumber || personNumber });
  }
}

function rowOf(exchange: Exchange): Row | undefined {
  const line = exchange.settlement;
  if (line === undefined || exchange.state !== 'answered') return undefined;
  const { told, messageId } = findTold(exchange, line.settlementId);
  const text = (name: string): string => (typeof told[name] === 'string' ? told[name] : '');
  const total = normalAmount(line.total) ?? line.total;
  return {
    settlementId: line.settlementId,
    refund: total.startsWith('-') ? '1' : '0',
    total,
    fundPaid: normalAmount(line.fundPaid) ?? line.fundPaid,
    accountPaid: normalAmount(line.accountPaid) ?? line.accountPaid,
    cashPaid: normalAmount(line.cashPaid) ?? line.cashPaid,
    visitId: line.visitId,
    personNumber: text('psn_no'),
    institution: line.institution,
    insuranceType: text('insutype'),
    clearingType: text('clr_type'),
    settledAt: text('setl_time') || formatTime(exchange.endedAt ?? exchange.acceptedAt),
    messageId,
    place: `#${exchange.id}`,
  };
}

type Told = Readonly<Record<string, unknown>>;

/** What an answer said of the settlement, by its names on the wire, and the message that it answered. */
function findTold(exchange: Exchange, settlementId: string): { told: Told; messageId: string } {
  for (const { reply, messageId } of exchange.legs) {
    const told = reply === undefined ? undefined : findSettlement(parsed(reply.bytes), settlementId);
    if (told !== undefined) return { told, messageId };
  }
  return { told: {}, messageId: exchange.key.messageId };
}

/** Only texts are taken from it: amounts come from the ledger, which never passed through numbers. */
function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The object within an answer that has this settlement id. */
function findSettlement(value: unknown, settlementId: string): Told | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ((value as Told)['setl_id'] === settlementId) return value as Told;
  for (const inner of Object.values(value)) {
    const found = findSettlement(inner, settlementId);
    if (found !== undefined) return found;
  }
  return undefined;
}

function noteDoubt(exchange: Exchange, onDoubt: JournalDay['onDoubt']): void {
  const { id, state, transaction, key, legs } = exchange;
  for (const { messageId, request } of legs) {
    const { personNumber } = findPerson(JSON.parse(request));
    onDoubt(messageId, { id, state, transaction, messageId: key.messageId, personNumber });
  }
}

function findPerson(value: unknown): { readonly personNumber: string } {
  if (typeof value !== 'object' || value === null) return { personNumber: '' };
  const { personNumber } = value as { personNumber?: unknown };
  if (typeof personNumber === 'string') return { personNumber };
  for (const inner of Object.values(value)) {
    const found = findPerson(inner);
    if (found.personNumber !== '') return found;
  }
  return { personNumber: '' };
}
