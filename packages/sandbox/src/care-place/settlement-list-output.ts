/** What 4103 tells of a settlement list: what was uploaded, in its own names, and what the settlement says. */
import { date, dateTime } from '../china-time.ts';
import { amountLeaf, amountNumber, child, children, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import { personOfCertificate } from '../person-of-certificate.ts';
import type { SettlementEntry } from './settlement-book.ts';

/** A list on record. */
export interface SettlementList {
  /** 清单流水号, nine digits. */
  readonly number: string;
  readonly entry: SettlementEntry;
  /** As uploaded. */
  readonly input: JsonObject;
  /** Epoch milliseconds. */
  readonly declared: number;
  /** 0 not submitted, 1 submitted, 2 approved, 3 rejected. Source: 4102, rules. */
  status: string;
}

/** Members of `setlinfo` that 4101 and 4103 call differently. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  poscode: 'emp_poscode',
  opsp_mdtrt_date: 'opsp_mdtrt_time',
  adm_way: 'adm_way_code',
  refldept_dept: 'refl_caty',
  wm_dise_code: 'otp_wm_diag_dise_code',
  tcm_dise_code: 'otp_tcm_diag_dise_code',
  adm_dept_code: 'adm_dept_codg',
  dscg_dept_code: 'dscg_dept_codg',
};

/** Members of `setlinfo` that 4103 has in another unit or not at all. */
const NOT_TOLD = new Set([
  'vent_used_dura',
  'pwcry_bfadm_coma_dura',
  'pwcry_afadm_coma_dura',
  'resp_nurs_code',
  'age_days',
]);

/** Repeated nodes and the name of a row's own number. */
const NODES = {
  opspdiseinfo: 'setl_list_opsp_trt_id',
  diseinfo: 'setl_list_diag_id',
  oprninfo: 'setl_list_oprn_id',
  icuinfo: 'setl_list_scs_cutd_id',
  bldinfo: 'setl_List_bld_Id',
} as const;

/** The output node of 4103. */
export function listOutput(list: SettlementList): JsonObject {
  const { number, entry, input } = list;
  const { setlId, visit, details } = entry;
  const keys = { setl_id: setlId, psn_no: visit.psnNo, mdtrt_id: visit.id };
  const numbered = (at: number): string => `${number}${String(at + 1).padStart(3, '0')}`;
  const nodes = Object.entries(NODES).map(([node, name]) => {
    const rows = children(input, node).map((row, at) => ({ [name]: numbered(at), ...row, ...keys }));
    return [node, rows] as const;
  });
  return {
    setlinfo: { ...uploadedInfo(child(input, 'setlinfo')), ...keys, ...settledInfo(list) },
    payinfo: details.map((row) => ({
      ...keys,
      fund_pay_type: leaf(row, 'fund_pay_type'),
      poolarea_fund_pay_type: leaf(row, 'fund_pay_type'),
      poolarea_fund_pay_name: leaf(row, 'fund_pay_type_name'),
      fund_payamt: amountNumber(amountLeaf(row, 'fund_payamt') ?? 0n),
    })),
    ...Object.fromEntries(nodes),
    iteminfo: itemTotals(entry).map((row, at) => ({ setl_list_chrgitm_id: numbered(at), ...keys, ...row })),
  };
}

function uploadedInfo(sent: JsonObject): JsonObject {
  const told = Object.entries(sent).filter(([name]) => !NOT_TOLD.has(name));
  return Object.fromEntries(told.map(([name, value]) => [OTHER_NAMES[name] ?? name, value]));
}

function settledInfo({ number, entry, declared, status }: SettlementList): JsonObject {
  const { info, visit, scheme } = entry;
  const told = { ...visit.registration, ...info };
  const fen = (name: string): bigint => amountLeaf(info, name) ?? 0n;
  // 自付 and 自费 are all that the person bears, and what account and cash pay.
  const selfPaid = fen('acct_pay') + fen('psn_cash_pay') - fen('fulamt_ownpay_amt');
  return {
    setl_list_sn: number,
    fixmedins_code: entry.institution,
    fixmedins_name: entry.institutionName,
    dcla_time: dateTime(declared),
    psn_name: leaf(told, 'psn_name'),
    ...personOfCertificate(leaf(told, 'certno'), date(declared)),
    naty: leaf(told, 'naty') || '1',
    patn_cert_type: '01',
    certno: leaf(told, 'certno'),
    insutype: scheme,
    hi_type: scheme,
    setl_time: leaf(info, 'setl_time'),
    psn_selfpay: amountNumber(selfPaid),
    psn_ownpay: amountNumber(fen('fulamt_ownpay_amt')),
    acct_pay: amountNumber(fen('acct_pay')),
    psn_cashpay: amountNumber(fen('psn_cash_pay')),
    stas_type: status,
  };
}

/** Amounts by 医疗收费项目类别, of the lines on record. */
function itemTotals({ bill }: SettlementEntry): readonly JsonObject[] {
  return [...Map.groupBy(bill.lines, ({ item }) => item?.itemType ?? '14')].map(([type, lines]) => {
    const sum = (level: string | undefined): bigint =>
      lines.reduce(
        (total, { split, item }) =>
          level === undefined || item?.level === level ? total + split.total : total,
        0n,
      );
    const selfPaid = lines.reduce((total, { split }) => total + split.selfPaid, 0n);
    return {
      med_chrgitm_type: type,
      item_sumamt: amountNumber(sum(undefined)),
      item_claa_sumfee: amountNumber(sum('01')),
      item_clab_amt: amountNumber(sum('02')),
      item_fulamt_ownpay_amt: amountNumber(selfPaid),
      item_ownpay_amt: amountNumber(sum(undefined) - sum('01') - sum('02') - selfPaid),
    };
  });
}
