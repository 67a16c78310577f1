/** The messages of the simulated cashiers and the answers of the cores. All persons and numbers are synthetic. */

/** The one institution. */
export const INSTITUTION = 'H53000000001';

/** One person who is charged once. */
export interface Visit {
  readonly serial: number;
  readonly person: string;
  /** 2207 in a hospital or 2102 in a pharmacy. */
  readonly charge: '2207' | '2102';
  /** 就诊ID `mdtrt_id`. */
  readonly id: string;
  /** In 分. */
  readonly total: number;
}

/** Visit number `serial` of a run. */
export function createVisit(serial: number, charge: Visit['charge']): Visit {
  const digits = String(serial).padStart(8, '0');
  return {
    serial,
    charge,
    person: `000000000000${digits}`,
    id: visitOf(`000000000000${digits}`),
    total: 10_000 + serial * 7,
  };
}

/** 就诊ID of a person's only visit; a core numbers a purchase so too. */
export function visitOf(person: string): string {
  return `530000V${person.slice(-8)}`;
}

/** 元 with two decimals, as JSON has it. */
function yuan(fen: number): number {
  return Number((fen / 100).toFixed(2));
}

/** Envelope of a request. `sentAt` is epoch milliseconds. */
export function envelopeOf(infno: string, messageId: string, sentAt: number): object {
  return {
    infno,
    msgid: messageId,
    mdtrtarea_admvs: '530100',
    insuplc_admdvs: '330100',
    recer_sys_code: '99',
    dev_no: '',
    dev_safe_info: '',
    infver: '1.0.0',
    opter_type: '1',
    opter: '0001',
    opter_name: '测试经办',
    inf_time: chinaTime(sentAt),
    fixmedins_code: INSTITUTION,
    fixmedins_name: '测试医院',
    sign_no: '600001',
  };
}

function chinaTime(at: number): string {
  return new Date(at + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}

/** Input of 2207 or 2102 for a charge batch. */
export function chargeInput(visit: Visit, batch: string): object {
  const total = yuan(visit.total);
  const person = {
    psn_no: visit.person,
    mdtrt_cert_type: '02',
    mdtrt_cert_no: '000000199001010018',
    card_sn: '',
    psn_cert_type: '01',
    certno: '000000199001010018',
    medfee_sumamt: total,
    insutype: '310',
    acct_used_flag: '0',
    exp_content: '',
  };
  if (visit.charge === '2207') {
    const split = { fulamt_ownpay_amt: 0, overlmt_selfpay: 0, preselfpay_amt: 0, inscp_scp_amt: total };
    const rest = { med_type: '11', psn_setlway: '01', mdtrt_id: visit.id, chrg_bchno: batch, invono: '' };
    return { data: { ...person, ...rest, ...split } };
  }
  const purchase = { psn_type: '11', psn_name: '测试甲', begntime: '2026-01-01 08:00:00', med_type: '41' };
  const line = {
    feedetl_sn: visit.serial,
    rx_circ_flag: '0',
    fee_ocur_time: '2026-01-01 08:00:00',
    med_list_codg: 'XA000000000000000000001',
    medins_list_codg: 'OWN1',
    det_item_fee_sumamt: total,
    cnt: 1,
    pric: total,
  };
  return { druginfo: { ...person, ...purchase, invono: '' }, drugdetail: [line] };
}

/** Input of 2208 or 2103. */
export function cancellationInput(visit: Visit, settlementId: string): object {
  return { data: { setl_id: settlementId, mdtrt_id: visit.id, psn_no: visit.person, exp_content: '' } };
}

/** Input of 2601 for a charge. */
export function reversalInput(visit: Visit, messageId: string): object {
  return { data: { psn_no: visit.person, omsgid: messageId, oinfno: visit.charge } };
}

/** What a core answers with. */
export interface Settled {
  readonly settlementId: string;
  readonly visitId: string;
  readonly person: string;
  /** In 分; negative for a cancellation. */
  readonly total: number;
}

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
