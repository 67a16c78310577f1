/** 2206 at the care place: do the totals sent equal the batch? */
import { amountText } from '../amount.ts';
import { dateTime } from '../china-time.ts';
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest } from '../core-server.ts';
import { amountLeaf, amountNumber, child, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import type { FeeSplit } from '../fee-split.ts';
import type { Batch, Visit, VisitBook } from './visit-book.ts';

/** The visit and batch a settlement is about. */
export interface Billed {
  readonly visit: Visit;
  readonly batch: Batch;
}

/** Totals by their names in 2206 and 2207. */
const TOTALS = [
  ['medfee_sumamt', 'total', '医疗费总额'],
  ['fulamt_ownpay_amt', 'selfPaid', '全自费金额'],
  ['overlmt_selfpay', 'overLimit', '超限价金额'],
  ['preselfpay_amt', 'preSelfPaid', '先行自付金额'],
  ['inscp_scp_amt', 'inScope', '符合政策范围金额'],
] as const;

/**
 * Finds the batch named by `data` and compares the totals: `medfee_sumamt` must be there, the four parts only
 * when sent. All differences are named in the refusal.
 */
export function findBilled(book: VisitBook, data: JsonObject): Billed | { readonly refusal: string } {
  const visit = book.find(leaf(data, 'mdtrt_id'), leaf(data, 'psn_no'));
  if ('refusal' in visit) return visit;
  const number = leaf(data, 'chrg_bchno');
  const batch = visit.batches.get(number);
  if (batch === undefined) return { refusal: `未查询到收费批次：${number}` };
  if (batch.settled) return { refusal: `收费批次已结算：${number}` };
  const wrong = TOTALS.flatMap(([name, part, label]) => {
    if (name !== 'medfee_sumamt' && leaf(data, name) === '') return [];
    const sent = amountLeaf(data, name);
    if (sent === batch.totals[part]) return [];
    const found = sent === undefined ? '不合法' : amountText(sent);
    return [`${label}上送${found}，明细合计${amountText(batch.totals[part])}`];
  });
  return wrong.length > 0 ? { refusal: `与费用明细不符：${wrong.join('；')}` } : { visit, batch };
}

/** Answers 2206: the batch's totals, everything still the patient's to pay. */
export function checkTotals(book: VisitBook, { input, msgid, now, envelope }: CoreRequest): CoreAnswer {
  const data = child(input, 'data');
  const billed = findBilled(book, data);
  if ('refusal' in billed) return billed;
  const { visit, batch } = billed;
  const { registration } = visit;
  return {
    output: {
      setlinfo: {
        mdtrt_id: visit.id,
        psn_no: visit.psnNo,
        psn_name: leaf(registration, 'psn_name'),
        psn_cert_type: leaf(registration, 'psn_cert_type'),
        certno: leaf(registration, 'certno'),
        insutype: leaf(data, 'insutype'),
        psn_type: leaf(registration, 'psn_type'),
        cvlserv_flag: '0',
        setl_time: dateTime(now),
        mdtrt_cert_type: leaf(data, 'mdtrt_cert_type'),
        med_type: leaf(data, 'med_type'),
        ...unpaid(batch.totals),
        medins_setl_id: msgid,
        clr_optins: leaf(envelope, 'mdtrtarea_admvs'),
        clr_way: '1',
        clr_type: leaf(data, 'med_type'),
        exp_content: '',
      },
      setldetail: [],
    },
  };
}

function unpaid(totals: FeeSplit): JsonObject {
  const zero = amountNumber(0n);
  const total = amountNumber(totals.total);
  return {
    ...Object.fromEntries(TOTALS.map(([name, part]) => [name, amountNumber(totals[part])])),
    act_pay_dedc: zero,
    hifp_pay: zero,
    pool_prop_selfpay: 0,
    cvlserv_pay: zero,
    hifes_pay: zero,
    hifmi_pay: zero,
    hifob_pay: zero,
    hifdm_pay: zero,
    maf_pay: zero,
    oth_pay: zero,
    fund_pay_sumamt: zero,
    psn_part_amt: total,
    acct_pay: zero,
    psn_cash_pay: total,
    hosp_part_amt: zero,
    balc: zero,
    acct_mulaid_pay: zero,
  };
}
