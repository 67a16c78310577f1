/** What the cores answer with. */
import { yuan } from './messages.ts';

/** A settlement, its trial or its cancellation. */
export interface Settled {
  readonly settlementId: string;
  readonly visitId: string;
  readonly person: string;
  /** In 分; negative for a cancellation. */
  readonly total: number;
}

type Members = Readonly<Record<string, unknown>>;

const NOTHING_PAID = Object.fromEntries(
  [
    'fulamt_ownpay_amt overlmt_selfpay preselfpay_amt cvlserv_pay hifes_pay hifmi_pay hifob_pay hifdm_pay',
    'maf_pay oth_pay acct_pay acct_mulaid_pay hosp_part_amt balc',
  ].flatMap((names) => names.split(' ').map((name) => [name, 0] as const)),
);

/** Output of a charge, its trial or its cancellation. Half is paid by the fund. */
export function settlementOutput({ settlementId, visitId, person, total }: Settled): object {
  const fund = Math.trunc(total / 2);
  const paid = { hifp_pay: yuan(fund), fund_pay_sumamt: yuan(fund), psn_part_amt: yuan(total - fund) };
  const setlinfo = {
    ...NOTHING_PAID,
    ...paid,
    mdtrt_id: visitId,
    setl_id: settlementId,
    psn_no: person,
    psn_name: '测试甲',
    psn_cert_type: '01',
    certno: '000000199001010018',
    age: 36,
    insutype: '310',
    psn_type: '11',
    cvlserv_flag: '0',
    med_type: '11',
    setl_time: '2026-01-01 09:45:10',
    medfee_sumamt: yuan(total),
    inscp_scp_amt: yuan(total),
    pool_prop_selfpay: 0.5,
    psn_cash_pay: yuan(total - fund),
    medins_setl_id: settlementId,
    clr_type: '11',
  };
  const part = {
    fund_pay_type: '310100',
    inscp_scp_amt: yuan(total),
    crt_payb_lmt_amt: 5000,
    fund_payamt: yuan(fund),
  };
  return { setlinfo, setldetail: [part] };
}

/** The split of a fee line in the answer of 2204, 2101 or 2102. */
export function lineOutput(line: Members): object {
  const { feedetl_sn: number, det_item_fee_sumamt: amount, cnt, pric } = line;
  const split = { pric_uplmt_amt: 999_999, chrgitm_lv: '01', med_chrgitm_type: '09', lmt_used_flag: '0' };
  return { feedetl_sn: String(number), det_item_fee_sumamt: amount, cnt, pric, ...split };
}

/** Output of 5206. */
export function accumulatorOutput(): object {
  const total = { insutype: '310', year: '2026', cum_ym: '202601', cum_type_code: 'S0001', cum: 0 };
  return { cuminfo: [total] };
}
