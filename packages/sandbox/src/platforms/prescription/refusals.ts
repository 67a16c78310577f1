/** Why the simulated centre refuses. The real centre's numbers are unknown: these are the sandbox's own. */
import type { Hindrance } from './life.ts';

/** A refusal: number for `code`, text for `message`. */
export interface CentreRefusal {
  readonly refusal: { readonly code: string; readonly text: string };
}

const TEXTS = {
  unknown: ['1001', '未找到该处方'],
  state: ['1002', '处方当前状态不允许此操作'],
  expired: ['1003', '处方已失效'],
  revoked: ['1004', '处方已撤销'],
  taken: ['1005', '处方已由其他药店审核，正在取药'],
  uses: ['1006', '处方使用次数已用完'],
  interval: ['1007', '距上次使用未满最小间隔天数'],
  quantity: ['1008', '取药数量超过处方剩余数量'],
  person: ['1009', '处方不属于该人员'],
  altered: ['1010', '处方内容与签名不符'],
  document: ['1011', '未找到该出库明细'],
  settled: ['1012', '该出库明细的医保结算尚未撤销'],
  institution: ['1013', '机构与登记不符'],
  missing: ['1014', '缺少必填项'],
  token: ['1015', '电子处方令牌无效或已过期'],
  reused: ['1016', '编号已用于其他内容'],
  signature: ['1099', '签名验证失败'],
} as const satisfies Record<Hindrance, readonly [string, string]> & Record<string, readonly [string, string]>;

/** Reason of a refusal. */
export type RefusalReason = keyof typeof TEXTS;

/** Makes a refusal; `more` is added to its text. */
export function refuse(reason: RefusalReason, more?: string): CentreRefusal {
  const [code, text] = TEXTS[reason];
  return { refusal: { code, text: more === undefined ? text : `${text}：${more}` } };
}

/** A refusal for each required member that is absent or empty, all in one. */
export function refuseMissing(
  leafOf: (name: string) => string,
  names: readonly string[],
): CentreRefusal | undefined {
  const missing = names.filter((name) => leafOf(name) === '');
  return missing.length === 0 ? undefined : refuse('missing', missing.join('、'));
}
