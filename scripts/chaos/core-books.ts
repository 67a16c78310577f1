/**
 * The books of the insured place's core, which behaves as real ones do: it refuses a second 2207 for a settled
 * charge batch, but doubles a new batch and every 2304 or 2102, even one under the same message id. It forgets a
 * reversal that found nothing, and for some visits it takes nothing back. Each entry is appended to a file before it
 * is told, so that the books survive a kill.
 */
import { accumulatorOutput, settlementOutput } from './answers.ts';
import { openEntries } from './core-entries.ts';
import type { CoreEntry } from './core-entries.ts';
import { serialOf, visitOf } from './messages.ts';
import { isStubborn } from './plan.ts';

/** What a core answers; `null` for an empty output. */
export type CoreAnswer = { readonly output: object | null } | { readonly refusal: string };

/** A request as a core reads it. */
export interface CoreRequest {
  readonly infno: string;
  readonly msgid: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A core at work. */
export interface Core {
  answer(request: CoreRequest): CoreAnswer;
  ledger(): readonly object[];
}

type Leaves = Readonly<Record<string, string | number>>;

const CHARGES: ReadonlySet<string> = new Set(['2207', '2304', '2102']);

/** Opens the books kept in a file. */
export function openCoreBooks(file: string): Core {
  const books = openEntries(file);
  const book = (entry: CoreEntry): CoreAnswer => {
    books.add(entry);
    return outputOf(entry);
  };
  const charge = ({ infno, msgid, input }: CoreRequest): CoreAnswer => {
    const { person, batch, total } = chargeOf(input);
    const isSettled = books.of(person).some((entry) => entry.batch === batch && entry.state === 'settled');
    if (infno === '2207' && isSettled) return { refusal: '该收费批次已结算' };
    const settlementId = books.nextId();
    return book({ messageId: msgid, infno, settlementId, person, batch, total, state: 'settled' });
  };
  const cancel = ({ infno, msgid, input }: CoreRequest): CoreAnswer => {
    const { setl_id: cancels } = input['data'] as { readonly setl_id: string };
    const original = books.find(cancels);
    if (original?.state !== 'settled') return { refusal: '原结算不存在或已撤销' };
    const { person, batch, total } = original;
    const settlementId = books.nextId();
    const state = 'cancellation';
    return book({ messageId: msgid, infno, settlementId, person, batch, total: -total, state, cancels });
  };
  const reverse = ({ input }: CoreRequest): CoreAnswer => {
    const { omsgid, oinfno, psn_no } = input['data'] as Readonly<
      Record<'omsgid' | 'oinfno' | 'psn_no', string>
    >;
    if (isStubborn(serialOf(psn_no))) return { refusal: '该交易不允许冲正' };
    const original = books
      .of(psn_no)
      .find((entry) => entry.messageId === omsgid && entry.infno === oinfno && entry.state !== 'reversed');
    if (original?.state === 'cancelled') return { refusal: '原交易已撤销，不允许冲正' };
    const isRepeated = books.of(psn_no).some((entry) => entry.messageId === omsgid);
    if (original === undefined) return isRepeated ? { output: null } : { refusal: '未查询到原交易' };
    books.reverse(original.settlementId);
    return { output: null };
  };
  return {
    ledger: () => books.all(),
    answer(request) {
      const { infno, input } = request;
      if (infno === '2601') return reverse(request);
      if (infno === '5206') return { output: accumulatorOutput() };
      if (infno === '2206') return outputOf({ ...chargeOf(input), settlementId: 'TRIAL' });
      return CHARGES.has(infno) ? charge(request) : cancel(request);
    },
  };
}

function chargeOf(input: CoreRequest['input']): Pick<CoreEntry, 'person' | 'batch' | 'total'> {
  const data = (input['data'] ?? input['druginfo']) as Leaves;
  const total = Math.round(Number(data['medfee_sumamt']) * 100);
  return { person: String(data['psn_no']), batch: String(data['chrg_bchno'] ?? ''), total };
}

function outputOf({
  settlementId,
  person,
  total,
}: Pick<CoreEntry, 'settlementId' | 'person' | 'total'>): CoreAnswer {
  return { output: settlementOutput({ settlementId, visitId: visitOf(person), person, total }) };
}
