/**
 * The books of the care place's core: the fee lines of 2204, and the settlements it is told of after the insured
 * place has decided. It agrees to every trial and decides nothing. It refuses a fee line or batch that it has, knows
 * a settlement by its number, however often it is told of it, and withdraws what is there.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { lineOutput, settlementOutput } from './answers.ts';
import type { Core, CoreAnswer, CoreRequest } from './core-books.ts';
import { openEntries } from './core-entries.ts';
import type { CoreEntries } from './core-entries.ts';
import { visitOf } from './messages.ts';

/** Fee lines of one batch. Amounts in 分. */
export interface FeeEntry {
  readonly messageId: string;
  readonly batch: string;
  readonly total: number;
}

/** A line of its ledger. */
export type CareEntry = ReturnType<CoreEntries['all']>[number] | FeeEntry;

type Members = Readonly<Record<string, unknown>>;
type Leaves = Readonly<Record<string, string | number>>;

/** Opens the books kept in a file and one beside it for the fee lines. */
export function openCareBooks(file: string): Core {
  const settlements = openEntries(file);
  const fees = openFees(`${file}.fees`);
  const reverse = ({ input }: CoreRequest): CoreAnswer => {
    const { omsgid, psn_no } = input['data'] as Readonly<Record<'omsgid' | 'psn_no', string>>;
    const told = settlements.of(psn_no).find((entry) => entry.messageId === omsgid);
    if (told === undefined) return { refusal: '未查询到原交易' };
    if (told.state !== 'reversed') settlements.reverse(told.settlementId);
    return { output: null };
  };
  return {
    ledger: () => [...settlements.all(), ...fees.all()],
    answer(request) {
      if (request.infno === '2601') return reverse(request);
      if (request.infno === '2204') return fees.upload(request);
      if (request.infno === '2205') return fees.withdraw(request);
      return settle(request, settlements);
    },
  };
}

/** A trial, or with `setlinfo` what the insured place has decided. */
function settle({ infno, msgid, input }: CoreRequest, settlements: CoreEntries): CoreAnswer {
  const data = (input['data'] ?? input['druginfo']) as Leaves;
  const decided = input['setlinfo'] as Leaves | undefined;
  const person = String(data['psn_no']);
  const total = Math.round(Number(decided?.['medfee_sumamt'] ?? data['medfee_sumamt']) * 100);
  const settlementId = String(decided?.['setl_id'] ?? 'TRIAL');
  if (decided !== undefined && settlements.find(settlementId) === undefined) {
    const entry = { messageId: msgid, infno, settlementId, person, batch: '', total };
    const cancels = data['setl_id'] === undefined ? undefined : String(data['setl_id']);
    settlements.add(
      cancels === undefined ? { ...entry, state: 'settled' } : { ...entry, state: 'cancellation', cancels },
    );
  }
  const output = settlementOutput({ settlementId, visitId: visitOf(person), person, total });
  const lines = input['drugdetail'] as readonly Members[] | undefined;
  return { output: lines === undefined ? output : { ...output, detlcutinfo: lines.map(lineOutput) } };
}

interface Fees {
  all(): readonly FeeEntry[];
  upload(request: CoreRequest): CoreAnswer;
  withdraw(request: CoreRequest): CoreAnswer;
}

type FeePosting = { readonly uploaded: FeeEntry } | { readonly withdrawn: string };

function openFees(file: string): Fees {
  const batches = new Map<string, FeeEntry>();
  const post = (posting: FeePosting): void => {
    if ('uploaded' in posting) batches.set(posting.uploaded.batch, posting.uploaded);
    else batches.delete(posting.withdrawn);
  };
  const note = (posting: FeePosting): void => {
    appendFileSync(file, `${JSON.stringify(posting)}\n`);
    post(posting);
  };
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  for (const line of lines) post(JSON.parse(line) as FeePosting);
  return {
    all: () => [...batches.values()],
    upload({ msgid, input }) {
      const [line] = input['feedetail'] as readonly [Leaves];
      const batch = String(line['chrg_bchno']);
      if (batches.has(batch)) return { refusal: `收费批次已上传：${batch}` };
      const total = Math.round(Number(line['det_item_fee_sumamt']) * 100);
      note({ uploaded: { messageId: msgid, batch, total } });
      return { output: { result: [lineOutput(line)] } };
    },
    withdraw({ input }) {
      const batch = String((input['data'] as Leaves)['chrg_bchno']);
      if (batches.has(batch)) note({ withdrawn: batch });
      return { output: null };
    },
  };
}
