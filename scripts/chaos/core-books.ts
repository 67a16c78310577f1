/**
 * The books of the insured place's core, which behaves as real ones do: it refuses a second 2207 for a settled
 * charge batch, but doubles a new batch and every 2102, even one under the same message id. It forgets a reversal
 * that found nothing. Each entry is appended to a file before it is told, so that the books survive a kill.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { settlementOutput, visitOf } from './messages.ts';

/** One settlement or cancellation. Amounts in 分, negative for a cancellation. */
export interface CoreEntry {
  readonly messageId: string;
  readonly infno: string;
  readonly settlementId: string;
  readonly person: string;
  readonly batch: string;
  readonly total: number;
  state: 'settled' | 'cancelled' | 'cancellation' | 'reversed';
  /** Settlement that a cancellation takes back. */
  readonly cancels?: string;
}

/** What the core answers; `null` for an empty output. */
export type CoreAnswer = { readonly output: object | null } | { readonly refusal: string };

/** A request as the core reads it. */
export interface CoreRequest {
  readonly infno: string;
  readonly msgid: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** The books at work. */
export interface CoreBooks {
  answer(request: CoreRequest): CoreAnswer;
  entries(): readonly CoreEntry[];
}

/** Opens the books kept in a file. */
export function openCoreBooks(file: string): CoreBooks {
  const entries: CoreEntry[] = readCoreEntries(file);
  const append = (record: object): void => appendFileSync(file, `${JSON.stringify(record)}\n`);
  const book = (entry: CoreEntry): CoreAnswer => {
    append({ entry });
    post(entries, { entry });
    return outputOf(entry);
  };
  const charge = ({ infno, msgid, input }: CoreRequest): CoreAnswer => {
    const data = (input['data'] ?? input['druginfo']) as Readonly<Record<string, string | number>>;
    const person = String(data['psn_no']);
    const batch = String(data['chrg_bchno'] ?? '');
    const settled = (entry: CoreEntry): boolean =>
      entry.person === person && entry.batch === batch && entry.state === 'settled';
    if (infno === '2207' && entries.some(settled)) return { refusal: '该收费批次已结算' };
    const total = Math.round(Number(data['medfee_sumamt']) * 100);
    const settlementId = `S${entries.length + 1}`;
    return book({ messageId: msgid, infno, settlementId, person, batch, total, state: 'settled' });
  };
  const cancel = ({ infno, msgid, input }: CoreRequest): CoreAnswer => {
    const { setl_id: cancels } = input['data'] as { readonly setl_id: string };
    const original = entries.find((entry) => entry.settlementId === cancels);
    if (original?.state !== 'settled') return { refusal: '原结算不存在或已撤销' };
    const { person, batch, total } = original;
    const settlementId = `S${entries.length + 1}`;
    const state = 'cancellation';
    return book({ messageId: msgid, infno, settlementId, person, batch, total: -total, state, cancels });
  };
  const reverse = ({ input }: CoreRequest): CoreAnswer => {
    const { omsgid, oinfno } = input['data'] as { readonly omsgid: string; readonly oinfno: string };
    const original = entries.find((entry) => entry.messageId === omsgid && entry.infno === oinfno);
    if (original === undefined) return { refusal: '未查询到原交易' };
    if (original.state === 'cancelled') return { refusal: '原交易已撤销，不允许冲正' };
    if (original.state === 'reversed') return { output: null };
    append({ reversed: original.settlementId });
    post(entries, { reversed: original.settlementId });
    return { output: null };
  };
  return {
    entries: () => entries,
    answer(request) {
      if (request.infno === '2601') return reverse(request);
      return request.infno === '2207' || request.infno === '2102' ? charge(request) : cancel(request);
    },
  };
}

/** The books as they stand in the file. */
function readCoreEntries(file: string): CoreEntry[] {
  const entries: CoreEntry[] = [];
  if (!existsSync(file)) return entries;
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    post(entries, JSON.parse(line) as Posting);
  }
  return entries;
}

type Posting = { readonly entry: CoreEntry } | { readonly reversed: string };

function post(entries: CoreEntry[], posting: Posting): void {
  const find = (id: string | undefined): CoreEntry | undefined =>
    entries.find((entry) => entry.settlementId === id);
  if ('entry' in posting) {
    entries.push(posting.entry);
    const original = find(posting.entry.cancels);
    if (original !== undefined) original.state = 'cancelled';
    return;
  }
  const entry = find(posting.reversed);
  if (entry === undefined) return;
  entry.state = 'reversed';
  const original = find(entry.cancels);
  if (original !== undefined) original.state = 'settled';
}

function outputOf({ settlementId, person, total }: CoreEntry): CoreAnswer {
  return { output: settlementOutput({ settlementId, visitId: visitOf(person), person, total }) };
}
