/** The messages of the simulated cashiers. All persons and numbers are synthetic. */

/** The one institution. */
const INSTITUTION = 'H53000000001';

/** 2207 in a hospital, 2304 at the end of a stay, 2102 in a pharmacy. */
export type Charge = '2207' | '2304' | '2102';

/** One person who is charged once. */
export interface Visit {
  /** From 1. */
  readonly serial: number;
  readonly person: string;
  readonly charge: Charge;
  /** 就诊ID `mdtrt_id`. */
  readonly id: string;
  /** In 分; no two visits have the same. */
  readonly total: number;
}

/** What takes a charge back as a transaction of its own. */
export const CANCELLATIONS = { '2207': '2208', '2304': '2305', '2102': '2103' } as const;

/** Visit number `serial` of a run. */
export function createVisit(serial: number, charge: Charge): Visit {
  const person = `000000000000${String(serial).padStart(8, '0')}`;
  return { serial, charge, person, id: visitOf(person), total: 10_000 + serial * 7 };
}

/** 就诊ID of a person's only visit; a core numbers a purchase so too. */
export function visitOf(person: string): string {
  return `530000V${person.slice(-8)}`;
}

/** The number that a person was made from. */
export function serialOf(person: string): number {
  return Number(person.slice(-8));
}

/** 收费批次号 of a visit; whoever charges blindly takes another for each attempt. */
export function batchOf(visit: Visit, attempt: number): string {
  return `B${visit.serial}-${attempt}`;
}

/** Message id of message number `step` (from 1) of a visit. */
export function messageIdOf(visit: Visit, step: number): string {
  return `${INSTITUTION}${String(visit.serial).padStart(12, '0')}${String(step).padStart(6, '0')}`;
}

/** The serial of the visit that a message id belongs to. */
export function serialOfMessage(messageId: string): number {
  return Number(messageId.slice(INSTITUTION.length, -6));
}

/** 元 with two decimals, as JSON has it. */
export function yuan(fen: number): number {
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

/** Input of 2207, of its trial 2206, of 2304 or of 2102. */
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
    invono: '',
  };
  const named = { psn_type: '11', psn_name: '测试甲' };
  const split = { fulamt_ownpay_amt: 0, overlmt_selfpay: 0, preselfpay_amt: 0, inscp_scp_amt: total };
  const stay = { psn_setlway: '01', mdtrt_id: visit.id };
  switch (visit.charge) {
    case '2207':
      return { data: { ...person, ...named, ...stay, med_type: '11', chrg_bchno: batch, ...split } };
    case '2304': {
      const places = { insuplc_admdvs: '330100', mdtrtarea_admvs: '530100' };
      return { data: { ...person, ...named, ...stay, mid_setl_flag: '0', ...split, ...places } };
    }
    case '2102': {
      const purchase = { begntime: '2026-01-01 08:00:00', med_type: '41' };
      const line = { ...lineOf(visit), feedetl_sn: visit.serial };
      return { druginfo: { ...person, ...named, ...purchase }, drugdetail: [line] };
    }
  }
}

function lineOf({ total }: Visit): object {
  return {
    rx_circ_flag: '0',
    fee_ocur_time: '2026-01-01 08:00:00',
    med_list_codg: 'XA000000000000000000001',
    medins_list_codg: 'OWN1',
    det_item_fee_sumamt: yuan(total),
    cnt: 1,
    pric: yuan(total),
  };
}

/** Input of 2204 with one line; `attempt` tells its numbers from those of an earlier upload. */
export function feeInput(visit: Visit, batch: string, attempt: number): object {
  const line = {
    ...lineOf(visit),
    feedetl_sn: visit.serial * 100 + attempt,
    mdtrt_id: visit.id,
    psn_no: visit.person,
    chrg_bchno: batch,
    bilg_dept_codg: 'A03',
    bilg_dept_name: '内科',
    bilg_dr_codg: 'D530000000001',
    bilg_dr_name: '测试医师',
    hosp_appr_flag: '1',
  };
  return { feedetail: [line] };
}

/** Input of 2205 for a batch. */
export function withdrawalInput(visit: Visit, batch: string): object {
  return { data: { mdtrt_id: visit.id, chrg_bchno: batch, psn_no: visit.person, exp_content: '' } };
}

/** Input of 5206, which changes nothing. */
export function queryInput(visit: Visit): object {
  return { data: { psn_no: visit.person, cum_ym: '202601' } };
}

/** Input of 2208, 2305 or 2103. */
export function cancellationInput(visit: Visit, settlementId: string): object {
  return { data: { setl_id: settlementId, mdtrt_id: visit.id, psn_no: visit.person, exp_content: '' } };
}

/** Input of 2601 for a charge. */
export function reversalInput(visit: Visit, messageId: string): object {
  return { data: { psn_no: visit.person, omsgid: messageId, oinfno: visit.charge } };
}
