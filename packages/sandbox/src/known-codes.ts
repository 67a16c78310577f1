/** Codes that decide who pays or how: one that no rule knows is refused, never taken for another. */
import { nationalHead } from './course.ts';
import { leaf } from './national-message.ts';
import type { JsonObject } from './national-message.ts';

/** A member and the codes that the rules of the sandbox know. */
export interface KnownCodes {
  readonly name: string;
  readonly label: string;
  readonly codes: readonly string[];
  /** A region's own codes of more digits count by their national head. */
  readonly byHead?: true;
}

/** 医院审批标志, which makes a line the patient's own, and 外购处方标志, which makes it the pool's. */
export const LINE_CODES: readonly KnownCodes[] = [
  { name: 'hosp_appr_flag', label: '医院审批标志', codes: ['0', '1', '2'] },
  { name: 'rx_circ_flag', label: '外购处方标志', codes: ['0', '1'] },
];

/** Codes of 2206, 2207, 2303, 2304, 2101 and 2102. What is not settled by item (个人结算方式 01) no rule here computes. */
export const SETTLEMENT_CODES: readonly KnownCodes[] = [
  { name: 'mdtrt_cert_type', label: '就诊凭证类型', codes: ['01', '02', '03'] },
  { name: 'acct_used_flag', label: '个人账户使用标志', codes: ['0', '1', '2'] },
  { name: 'psn_setlway', label: '个人结算方式', codes: ['01'] },
  { name: 'mid_setl_flag', label: '中途结算标志', codes: ['0', '1'] },
];

/** Codes by which settlements are cleared and compared. Source: value-sets/clr_type, clr_way, insutype, refd_setl_flag. */
export const CLEARING_CODES: readonly KnownCodes[] = [
  {
    name: 'clr_type',
    label: '清算类别',
    codes: ['11', '12', '13', '14', '15', '18', '21', '22', '27', '28', '41', '51', '53', '99'],
    byHead: true,
  },
  { name: 'clr_way', label: '清算方式', codes: ['1', '2', '3', '4', '8', '9', '40', '50'] },
  { name: 'insutype', label: '险种类型', codes: ['310', '390'] },
  { name: 'refd_setl_flag', label: '退费结算标志', codes: ['0', '1'] },
];

/** A refusal with a text for each member whose code is not known; what is absent is not judged. */
export function refuseUnknown(
  node: JsonObject,
  known: readonly KnownCodes[],
): { readonly refusal: string } | undefined {
  const wrong = known.flatMap(({ name, label, codes, byHead }) => {
    const sent = leaf(node, name);
    const code = byHead === true ? nationalHead(sent) : sent;
    return sent === '' || codes.includes(code) ? [] : [`${label}（${name}）不在允许范围：${sent}`];
  });
  return wrong.length === 0 ? undefined : { refusal: wrong.join('；') };
}
