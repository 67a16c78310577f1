/** Bodies of the predecessor in national terms and back, written by hand. Source: schemas/provincial/predecessor-xml. */
import { child, children, findFen, leaf } from '../run/own-reading.ts';
import type { OwnObject } from '../run/own-reading.ts';

/** The answer of 0211, which is also part of 0212's, from that of 1101. */
export function identityOf(person: OwnObject): OwnObject {
  const base = child(person, 'baseinfo');
  const [insurance = {}] = children(person, 'insuinfo');
  return {
    aab301: leaf(insurance, 'insuplc_admdvs'),
    aac003: leaf(base, 'psn_name'),
    aac002: leaf(base, 'certno'),
    aac043: '90',
    aac044: leaf(base, 'certno'),
    aac001: leaf(base, 'psn_no'),
    aac004: leaf(base, 'gend'),
    aac006: leaf(base, 'brdy').replaceAll('-', ''),
    ykc021: leaf(insurance, 'psn_type').slice(0, 2),
    akc026: leaf(insurance, 'cvlserv_flag'),
    akc252: leaf(insurance, 'balc'),
    aab004: leaf(insurance, 'emp_name'),
  };
}

/** 2201 of a 0212. */
export function visitOf(input: OwnObject, person: OwnObject): OwnObject {
  const base = child(person, 'baseinfo');
  const [insurance = {}] = children(person, 'insuinfo');
  return {
    data: {
      psn_no: leaf(base, 'psn_no'),
      insutype: leaf(insurance, 'insutype'),
      begntime: `${dashed(leaf(input, 'ykc701'))} 00:00:00`,
      mdtrt_cert_type: '02',
      mdtrt_cert_no: leaf(input, 'aac044'),
      ipt_otp_no: leaf(input, 'akc190'),
      atddr_no: leaf(input, 'akc056'),
      dr_name: leaf(input, 'ake022'),
      dept_code: leaf(input, 'akf001'),
      dept_name: leaf(input, 'akf001'),
      caty: leaf(input, 'akf001'),
    },
  };
}

/** 2204 of a 0301; the visit is the batch. */
export function feesOf(input: OwnObject, psnNo: string): OwnObject {
  const visit = leaf(input, 'ykc700');
  return {
    feedetail: children(child(input, 'detail'), 'row').map((row) => ({
      feedetl_sn: `${visit}${leaf(row, 'ykc610')}`.slice(-30),
      mdtrt_id: visit,
      psn_no: psnNo,
      chrg_bchno: visit,
      rx_circ_flag: '0',
      fee_ocur_time: `${dashed(leaf(row, 'akc221'))} 00:00:00`,
      med_list_codg: leaf(row, 'ake001'),
      medins_list_codg: leaf(row, 'ake005'),
      det_item_fee_sumamt: leaf(row, 'akc264'),
      cnt: leaf(row, 'akc226'),
      pric: leaf(row, 'akc225'),
      hosp_appr_flag: leaf(row, 'aka185'),
    })),
  };
}

/** 2207 of a 0304, and the answer of 0304 from that of 2207. */
export function settlementOf(
  input: OwnObject,
  person: OwnObject,
): { readonly asked: OwnObject; readonly told: (answer: OwnObject) => OwnObject } {
  const base = child(person, 'baseinfo');
  const [insurance = {}] = children(person, 'insuinfo');
  const visit = leaf(input, 'ykc700');
  const asked = {
    data: {
      psn_no: leaf(base, 'psn_no'),
      mdtrt_cert_type: '02',
      mdtrt_cert_no: leaf(base, 'certno'),
      psn_cert_type: '01',
      certno: leaf(base, 'certno'),
      psn_type: leaf(insurance, 'psn_type'),
      psn_name: leaf(base, 'psn_name'),
      card_sn: '',
      med_type: leaf(input, 'aka130'),
      medfee_sumamt: leaf(input, 'akc264'),
      psn_setlway: '01',
      mdtrt_id: visit,
      chrg_bchno: visit,
      acct_used_flag: leaf(input, 'ake122') || '0',
      insutype: leaf(insurance, 'insutype'),
      fulamt_ownpay_amt: leaf(input, 'akc253'),
      overlmt_selfpay: leaf(input, 'akc268'),
      preselfpay_amt: leaf(input, 'akc228'),
      inscp_scp_amt: leaf(input, 'ake171'),
    },
  };
  return { asked, told: (answer) => answerOf(input, answer) };
}

function answerOf(input: OwnObject, answer: OwnObject): OwnObject {
  const info = child(answer, 'setlinfo');
  const sum = (...names: readonly string[]): string =>
    yuan(names.reduce((total, name) => total + (findFen(leaf(info, name)) ?? 0n), 0n));
  return {
    aaz216: leaf(info, 'setl_id'),
    akc194: leaf(info, 'setl_time').replaceAll(/\D/g, '') || leaf(input, 'akc194'),
    ake149: leaf(info, 'fund_pay_sumamt'),
    ake039: sum('hifp_pay'),
    ake035: sum('cvlserv_pay'),
    ake026: sum('hifes_pay'),
    aae045: sum('hifmi_pay', 'hifob_pay'),
    ake032: sum('hifdm_pay'),
    ake181: sum('maf_pay'),
    ake173: sum('oth_pay'),
    akb067: leaf(info, 'psn_cash_pay'),
    ake038: leaf(info, 'acct_pay'),
    aae240: leaf(info, 'balc'),
    aac002: leaf(info, 'certno'),
    aac003: leaf(info, 'psn_name'),
    aae140: leaf(info, 'insutype'),
    detail: {
      row: children(answer, 'setldetail').map((row) => ({
        aaa157: leaf(row, 'fund_pay_type'),
        aad006: leaf(row, 'fund_pay_type_name'),
        aae187: leaf(row, 'fund_payamt'),
      })),
    },
  };
}

function yuan(fen: bigint): string {
  const digits = String(fen).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** `20261120…` as `2026-11-20`. */
function dashed(digits: string): string {
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
}
