/** A national HIS's settlement messages: 2206 and 2207 out, `setlinfo` back. */
import { amountText } from '../amount.ts';
import { amountLeaf, child, children, leaf, rawNumber } from '../national-message.ts';
import type { JsonObject, RawNumber } from '../national-message.ts';
import type { FeeSplit } from '../fee-split.ts';
import type { HisVisit, Settlement } from './his.ts';

/** The data node of 2206. Source: transactions/2206. */
export function trialData(visit: HisVisit): JsonObject {
  const { patient, plan, totals } = visit;
  return {
    psn_no: patient.psnNo,
    ...credentialMembers(visit),
    psn_type: patient.personType,
    psn_name: patient.name,
    med_type: plan.medType,
    medfee_sumamt: shortNumber(totals.total),
    psn_setlway: '01',
    mdtrt_id: visit.id,
    chrg_bchno: visit.batch,
    acct_used_flag: plan.useAccount ? '1' : '0',
    insutype: patient.scheme,
    exp_content: extensionOf(visit),
    pub_hosp_rfom_flag: '',
  };
}

/** The data node of 2207. Source: transactions/2207. */
export function settlementData(visit: HisVisit, invoice: string): JsonObject {
  const { patient, plan, totals } = visit;
  return {
    psn_no: patient.psnNo,
    ...credentialMembers(visit),
    med_type: plan.medType,
    medfee_sumamt: shortNumber(totals.total),
    psn_setlway: '01',
    mdtrt_id: visit.id,
    chrg_bchno: visit.batch,
    insutype: patient.scheme,
    acct_used_flag: plan.useAccount ? '1' : '0',
    invono: invoice,
    ...splitMembers(totals),
    exp_content: extensionOf(visit),
    pub_hosp_rfom_flag: '',
  };
}

/** The data node of 2207 with the members and order observed in Chongqing. Source: observed/2207-500155-02. */
export function chongqingSettlementData(visit: HisVisit, invoice: string): JsonObject {
  const { patient, plan, totals } = visit;
  return {
    medfee_sumamt: shortNumber(totals.total),
    mdtrt_id: visit.id,
    med_type: plan.medType,
    fulamt_ownpay_amt: shortNumber(totals.selfPaid),
    mdtrt_cert_no: patient.credential.number,
    chrg_bchno: visit.batch,
    insutype: patient.scheme,
    inscp_scp_amt: shortNumber(totals.inScope),
    invono: invoice,
    psn_setlway: '01',
    return_invono: '',
    psn_no: patient.psnNo,
    mdtrt_cert_type: patient.credential.kind,
    overlmt_selfpay: shortNumber(totals.overLimit),
    preselfpay_amt: shortNumber(totals.preSelfPaid),
    acct_used_flag: plan.useAccount ? '1' : '0',
    return_date: '',
  };
}

/** The envelope's members in the order observed in Chongqing, with `serv_code` and `serv_sign`. */
export function chongqingEnvelope(standard: JsonObject): JsonObject {
  const { cainfo, dev_no, dev_safe_info, fixmedins_code, fixmedins_name, inf_time, infno, input } = standard;
  const { insuplc_admdvs, mdtrtarea_admvs, msgid, opter, opter_name, opter_type, sign_no, signtype } =
    standard;
  return {
    cainfo,
    dev_no,
    dev_safe_info,
    fixmedins_code,
    fixmedins_name,
    inf_time,
    infno,
    infver: '1',
    input,
    insuplc_admdvs,
    mdtrtarea_admvs,
    msgid,
    opter,
    opter_name,
    opter_type,
    recer_sys_code: 'YBXT',
    serv_code: 'A000000000000000A1',
    serv_sign: 'HH00001',
    sign_no,
    signtype,
  };
}

/** Reads `setlinfo` and `setldetail`; `undefined` when they are not of this visit or amounts are missing. */
export function readSettlement(output: JsonObject, visit: HisVisit, total: bigint): Settlement | undefined {
  const info = child(output, 'setlinfo');
  const amount = (name: string): bigint => amountLeaf(info, name) ?? 0n;
  const fund = amount('fund_pay_sumamt');
  const account = amount('acct_pay');
  const cash = amount('psn_cash_pay');
  const hospital = amount('hosp_part_amt');
  const visitId = leaf(info, 'mdtrt_id');
  const ours = (visit.id === '' || visitId === visit.id) && amount('medfee_sumamt') === total;
  if (!ours || total !== fund + account + cash + hospital) return undefined;
  const balance = amountLeaf(info, 'balc');
  return {
    setlId: leaf(info, 'setl_id'),
    visitId,
    time: leaf(info, 'setl_time'),
    total,
    deductible: amount('act_pay_dedc'),
    fund,
    account,
    cash,
    hospital,
    ...(balance !== undefined && { balance }),
    scheme: leaf(info, 'insutype') || visit.patient.scheme,
    items: children(output, 'setldetail').map((row) => ({
      type: leaf(row, 'fund_pay_type'),
      name: leaf(row, 'fund_pay_type_name'),
      amount: amountLeaf(row, 'fund_payamt') ?? 0n,
    })),
  };
}

/** The four parts, as 2207 has them; also sent with a 2206 whose HIS does so. */
export function splitMembers({ selfPaid, overLimit, preSelfPaid, inScope }: FeeSplit): JsonObject {
  return {
    fulamt_ownpay_amt: shortNumber(selfPaid),
    overlmt_selfpay: shortNumber(overLimit),
    preselfpay_amt: shortNumber(preSelfPaid),
    inscp_scp_amt: shortNumber(inScope),
  };
}

/** Who the patient is and with which credential they came. */
export function credentialMembers({ patient }: Pick<HisVisit, 'patient'>): JsonObject {
  return {
    mdtrt_cert_type: patient.credential.kind,
    mdtrt_cert_no: patient.credential.number,
    card_sn: patient.credential.cardSerial ?? '',
    psn_cert_type: '01',
    certno: patient.certno,
  };
}

/** `exp_content` of 2203, 2206 and 2207. Source: cross-province.json, expContentKeys. */
export function extensionOf({ plan }: Pick<HisVisit, 'plan'>): string {
  return plan.emergency === true ? JSON.stringify({ OTP_ER_REFL_FLAG: '1' }) : '';
}

/** An amount as HISes write it: 9, 12.5, 0.05. */
export function shortNumber(fen: bigint): RawNumber {
  return rawNumber(amountText(fen).replace(/\.?0+$/, ''));
}
