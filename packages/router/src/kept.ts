/** What a successful exchange leaves on record: bodies for later maps, and its line in the ledger. */
import { formatFen } from '@yiqiao/model';
import type { CanonicalObject, CanonicalRequest, CanonicalResponse, Fen } from '@yiqiao/model';
import type { NewRecord, SettlementLine } from '@yiqiao/journal';
import type { OperationEntry } from '@yiqiao/registry';
import { decodeCanonical, encodeCanonical } from './canonical-text.ts';
import { bodyOf, textOf } from './requests.ts';

/** A message that was answered. */
export interface AnsweredMessage {
  readonly request: CanonicalRequest;
  readonly response?: CanonicalResponse;
  readonly entry: OperationEntry | undefined;
  /** Whether the request bears the number under which it was sent, by which it can be named later. */
  readonly numbered?: boolean;
}

/** Records by the rules of the operations; a rule whose key is not in the bodies leaves none. */
export function recordsOf(institution: string, messages: readonly AnsweredMessage[]): readonly NewRecord[] {
  return messages.flatMap(({ request, response, entry, numbered }) => {
    if (entry === undefined || entry.records.length === 0) return [];
    const bodies = { request: bodyOf(request), response: bodyOf(response) };
    const number = numbered === true ? { messageId: request.header.messageId } : {};
    const body = encodeCanonical({ ...bodies, ...number });
    return entry.records.flatMap((rule) => {
      const key = textAt(bodies, rule.key);
      return key === undefined ? [] : [{ institution, kind: rule.kind, key, body }];
    });
  });
}

/** The canonical bodies of an exchange on record. */
export interface RecordedBodies {
  readonly request: CanonicalObject;
  readonly response: CanonicalObject;
  readonly messageId?: string;
}

/** Bodies of a record of the journal. @throws SyntaxError when the text is damaged. */
export function decodeRecord(text: string): RecordedBodies {
  return decodeCanonical<RecordedBodies>(text);
}

/** Ledger line of an answer that names a settlement and its total; `undefined` for every other answer. */
export function settlementLine(
  institution: string,
  response: CanonicalResponse | undefined,
): SettlementLine | undefined {
  const body = bodyOf(response);
  const settlementId = textOf(body, 'settlementId');
  if (settlementId === undefined || typeof body['total'] !== 'bigint') return undefined;
  return {
    settlementId,
    visitId: textOf(body, 'visitId') ?? '',
    institution,
    total: amountText(body['total']),
    fundPaid: amountText(body['fundPaid']),
    accountPaid: amountText(body['accountPaid']),
    cashPaid: amountText(body['cashPaid']),
  };
}

/** The line that takes another one back. */
export function counterLine(line: SettlementLine): SettlementLine {
  const { total, fundPaid, accountPaid, cashPaid } = line;
  return {
    ...line,
    total: negate(total),
    fundPaid: negate(fundPaid),
    accountPaid: negate(accountPaid),
    cashPaid: negate(cashPaid),
  };
}

function negate(amount: string): string {
  if (/^-?0*\.?0*$/.test(amount)) return amount;
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
}

function amountText(value: CanonicalObject[string]): string {
  return formatFen((typeof value === 'bigint' ? value : 0n) as Fen);
}

function textAt(bodies: CanonicalObject, path: string): string | undefined {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let holder: CanonicalObject[string] = bodies;
  for (const name of names) {
    if (typeof holder !== 'object' || Array.isArray(holder)) return undefined;
    holder = (holder as CanonicalObject)[name];
  }
  return typeof holder === 'object' && !Array.isArray(holder)
    ? textOf(holder as CanonicalObject, last)
    : undefined;
}
