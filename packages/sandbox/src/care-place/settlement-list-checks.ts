/** What a settlement list must be to be taken: its funds, diagnoses, operations and days. */
import { dateTime } from '../china-time.ts';
import { amountLeaf, child, children, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import type { SettlementEntry } from './settlement-book.ts';

/** The first reason to refuse a list. `now`: epoch milliseconds. */
export function listFault(entry: SettlementEntry, input: JsonObject, now: number): string | undefined {
  return (
    fundsDiffer(entry, children(input, 'payinfo')) ??
    diagnosisFault(children(input, 'diseinfo')) ??
    operationFault(children(input, 'oprninfo')) ??
    daysFault(input, now) ??
    transfusionFault(entry, children(input, 'bldinfo'))
  );
}

/** The fund items of the list are those of the settlement, each once. */
function fundsDiffer({ details }: SettlementEntry, sent: readonly JsonObject[]): string | undefined {
  const typeOf = (row: JsonObject): string => leaf(row, 'fund_pay_type');
  const types = sent.map(typeOf);
  const double = types.find((type, at) => types.indexOf(type) !== at);
  if (double !== undefined) return `基金支付类型重复：${double}`;
  const left = details.filter((row) => (amountLeaf(row, 'fund_payamt') ?? 0n) !== 0n).map(typeOf);
  const missing = left.filter((type) => !types.includes(type));
  if (missing.length > 0) return `基金支付未全部上送：${missing.join('、')}`;
  const wrong = sent.filter((row) => {
    const told = details.find((detail) => typeOf(detail) === typeOf(row));
    return amountLeaf(row, 'fund_payamt') !== (told && amountLeaf(told, 'fund_payamt'));
  });
  return wrong.length === 0 ? undefined : `基金支付与结算不符：${wrong.map(typeOf).join('、')}`;
}

/** One main diagnosis of Western medicine, and no diagnosis twice. */
function diagnosisFault(rows: readonly JsonObject[]): string | undefined {
  const codes = rows.map((row) => `${leaf(row, 'diag_type')} ${leaf(row, 'diag_code')}`);
  const double = codes.find((code, at) => codes.indexOf(code) !== at);
  if (double !== undefined) return `诊断重复：${double}`;
  const western = rows.filter((row) => leaf(row, 'diag_type') === '1');
  const main = western.filter((row) => leaf(row, 'maindiag_flag') === '1').length;
  if (western.length === 0 || main === 1) return undefined;
  return main === 0 ? '缺少主诊断' : `主诊断只能有一个，上送 ${main} 个`;
}

function operationFault(rows: readonly JsonObject[]): string | undefined {
  const main = rows.filter((row) => leaf(row, 'oprn_oprt_type') === '1').length;
  if (rows.length === 0 || main === 1) return undefined;
  return main === 0 ? '缺少主要手术' : `主要手术只能有一个，上送 ${main} 个`;
}

/** Nodes with a beginning and an end. */
const PERIODS = [
  ['setlinfo', 'setl_begn_date', 'setl_end_date', '结算结束日期早于开始日期'],
  ['setlinfo', 'adm_time', 'dscg_time', '出院时间早于入院时间'],
  ['oprninfo', 'oprn_oprt_begntime', 'oprn_oprt_endtime', '手术结束时间早于开始时间'],
  ['oprninfo', 'anst_begntime', 'anst_endtime', '麻醉结束时间早于开始时间'],
  ['icuinfo', 'scs_cutd_inpool_time', 'scs_cutd_exit_time', '重症监护退出时间早于进入时间'],
] as const;

function daysFault(input: JsonObject, now: number): string | undefined {
  const wrong = PERIODS.find(([node, from, to]) =>
    children(input, node).some((row) => leaf(row, to) !== '' && leaf(row, to) < leaf(row, from)),
  );
  if (wrong !== undefined) return wrong[3];
  const left = leaf(child(input, 'setlinfo'), 'dscg_time');
  return left.length === 19 && left > dateTime(now) ? `出院时间晚于当前时间：${left}` : undefined;
}

function transfusionFault(
  { setlId, visit }: SettlementEntry,
  rows: readonly JsonObject[],
): string | undefined {
  const other = rows.find((row) => leaf(row, 'setl_id') !== setlId || leaf(row, 'mdtrt_id') !== visit.id);
  return other === undefined ? undefined : `输血信息不属于该结算：${leaf(other, 'setl_id')}`;
}
