/** National messages of one institution's cashier, and what a settlement's answer holds. */

/** Synthetic institution of care region 530000. */
export const INSTITUTION = 'H53000000001';

/** A visit with one charge batch. */
export interface Visit {
  /** 就诊ID `mdtrt_id`. */
  readonly id: string;
  /** 收费批次号 `chrg_bchno`. */
  readonly batch: string;
  readonly person: string;
  /** Total in 分. */
  readonly total: number;
}

/** Visit number `n` of a run. */
export function visitNumber(n: number): Visit {
  const serial = String(n).padStart(8, '0');
  return {
    id: `530000V${serial}`,
    batch: `B${serial}`,
    person: `000000000000${serial}`,
    total: 10_000 + n * 7,
  };
}

/** 元 with two decimals, as JSON has it. */
export function yuan(fen: number): number {
  return Number((fen / 100).toFixed(2));
}

/** The bytes of a request. `sentAt` is epoch milliseconds. */
export function requestText(
  infno: string,
  input: object,
  { messageId, sentAt }: { readonly messageId: string; readonly sentAt: number },
): string {
  return JSON.stringify({
    infno,
    msgid: messageId,
    mdtrtarea_admvs: '530100',
    insuplc_admdvs: '330100',
    recer_sys_code: '99',
    dev_no: '',
    dev_safe_info: '',
    cainfo: '',
    signtype: '',
    infver: '1.0.0',
    opter_type: '1',
    opter: '0001',
    opter_name: '测试经办',
    inf_time: chinaTime(sentAt),
    fixmedins_code: INSTITUTION,
    fixmedins_name: '测试医院',
    sign_no: '600001',
    input,
  });
}

/** `yyyy-MM-dd HH:mm:ss` in China. */
function chinaTime(at: number): string {
  return new Date(at + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}

/** 2204 门诊费用明细信息上传 with one line. */
export function feeUpload(visit: Visit, sentAt: number): object {
  const line = {
    feedetl_sn: Number(visit.id.slice(-8)) + 1,
    mdtrt_id: visit.id,
    psn_no: visit.person,
    chrg_bchno: visit.batch,
    rx_circ_flag: '0',
    fee_ocur_time: chinaTime(sentAt),
    med_list_codg: 'XA000000000000000000001',
    medins_list_codg: 'OWN1',
    det_item_fee_sumamt: yuan(visit.total),
    cnt: 1,
    pric: yuan(visit.total),
    bilg_dept_codg: 'A03',
    bilg_dept_name: '内科',
    bilg_dr_codg: 'D530000000001',
    bilg_dr_name: '测试医师',
    hosp_appr_flag: '1',
  };
  return { feedetail: [line] };
}

/** 2207 门诊结算. */
export function settlement(visit: Visit): object {
  return {
    data: {
      psn_no: visit.person,
      mdtrt_cert_type: '02',
      mdtrt_cert_no: '000000199001010018',
      card_sn: '',
      psn_cert_type: '01',
      certno: '000000199001010018',
      med_type: '11',
      medfee_sumamt: yuan(visit.total),
      psn_setlway: '01',
      mdtrt_id: visit.id,
      chrg_bchno: visit.batch,
      insutype: '310',
      acct_used_flag: '0',
      invono: '',
      fulamt_ownpay_amt: 0,
      overlmt_selfpay: 0,
      preselfpay_amt: 0,
      inscp_scp_amt: yuan(visit.total),
      exp_content: '',
    },
  };
}

/** 2208 门诊结算撤销. */
export function cancellation(visit: Visit, settlementId: string): object {
  return {
    data: { setl_id: settlementId, mdtrt_id: visit.id, psn_no: visit.person, exp_content: '' },
  };
}

/** 2601 冲正交易 of a 2207. */
export function reversal(visit: Visit, messageId: string): object {
  return { data: { psn_no: visit.person, omsgid: messageId, oinfno: '2207' } };
}

/** `setlinfo` and `setldetail` of 2206, 2207 and, with a negative total, 2208. Half is paid by the fund. */
export function settlementAnswer(told: {
  readonly settlementId: string;
  readonly visitId: string;
  readonly total: number;
}): object {
  const { settlementId, visitId, total } = told;
  const fund = Math.trunc(total / 2);
  const none = {
    fulamt_ownpay_amt: 0,
    overlmt_selfpay: 0,
    preselfpay_amt: 0,
    cvlserv_pay: 0,
    hifes_pay: 0,
    hifmi_pay: 0,
    hifob_pay: 0,
    hifdm_pay: 0,
    maf_pay: 0,
    oth_pay: 0,
    acct_pay: 0,
    acct_mulaid_pay: 0,
    hosp_part_amt: 0,
    balc: 0,
  };
  return {
    setlinfo: {
      ...none,
      mdtrt_id: visitId,
      setl_id: settlementId,
      setl_time: '2026-01-01 09:45:10',
      medfee_sumamt: yuan(total),
      inscp_scp_amt: yuan(total),
      hifp_pay: yuan(fund),
      pool_prop_selfpay: 0.5,
      fund_pay_sumamt: yuan(fund),
      psn_part_amt: yuan(total - fund),
      psn_cash_pay: yuan(total - fund),
      medins_setl_id: settlementId,
      clr_type: '11',
    },
    setldetail: [
      {
        fund_pay_type: '310100',
        inscp_scp_amt: yuan(total),
        crt_payb_lmt_amt: 5000,
        fund_payamt: yuan(fund),
      },
    ],
  };
}
