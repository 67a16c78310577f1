/** 4101, 4102 and 4103 at the care place: 医疗保障基金结算清单. */
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import { missingMembers } from '../missing-members.ts';
import { amountLeaf, child, children, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import type { SettlementBook, SettlementEntry } from './settlement-book.ts';
import { listOutput } from './settlement-list-output.ts';
import type { SettlementList } from './settlement-list-output.ts';

const NEEDED = ['psn_no', 'mdtrt_id', 'setl_id', 'bill_code', 'bill_no', 'biz_sn', 'medins_fill_dept'];

/** Moves of the status that an institution may make. Source: 4102, rules. */
const MOVES = new Set(['0 1', '3 0', '3 1']);

/** Settlement lists. */
export function settlementListHandlers(
  settlements: SettlementBook,
): Readonly<Record<string, TransactionHandler>> {
  const lists = new Map<string, SettlementList>();
  const find = (data: JsonObject): SettlementList | { readonly refusal: string } => {
    const list = lists.get(leaf(data, 'setl_id'));
    const psnNo = leaf(data, 'psn_no');
    return list !== undefined && (psnNo === '' || psnNo === list.entry.visit.psnNo)
      ? list
      : { refusal: `未查询到结算清单：${leaf(data, 'setl_id')}` };
  };
  return {
    4101: (request) => upload(request, { lists, settlements }),
    4102: ({ input }) => {
      const data = child(input, 'data');
      const list = find(data);
      if ('refusal' in list) return list;
      const wanted = leaf(data, 'stas_type');
      if (!MOVES.has(`${list.status} ${wanted}`)) {
        return { refusal: `结算清单状态不能由 ${list.status} 改为 ${wanted}` };
      }
      list.status = wanted;
      return { output: null };
    },
    4103: ({ input }) => {
      const list = find(child(input, 'data'));
      return 'refusal' in list ? list : { output: listOutput(list) };
    },
  };
}

function upload(
  { input, now }: CoreRequest,
  { lists, settlements }: { lists: Map<string, SettlementList>; settlements: SettlementBook },
): CoreAnswer {
  const info = child(input, 'setlinfo');
  const missing = missingMembers(info, NEEDED);
  if (missing !== undefined) return missing;
  const setlId = leaf(info, 'setl_id');
  const entry = settlements.find(setlId);
  const same = entry?.visit.id === leaf(info, 'mdtrt_id') && entry.visit.psnNo === leaf(info, 'psn_no');
  if (entry === undefined || !same) return { refusal: `未查询到结算信息：${setlId}` };
  if (entry.state !== 'settled') return { refusal: '该结算已撤销或冲正' };
  const refusal = payersDiffer(entry, children(input, 'payinfo'));
  if (refusal !== undefined) return { refusal };
  const before = lists.get(setlId);
  if (before !== undefined && before.status !== '0' && before.status !== '3') {
    return { refusal: '结算清单已提交，不能重新上传' };
  }
  const number = before?.number ?? String(lists.size + 1).padStart(9, '0');
  lists.set(setlId, { number, entry, input, declared: now, status: '0' });
  return { output: { data: { setl_list_id: number } } };
}

/** The fund items of the list are those of the settlement. */
function payersDiffer({ details }: SettlementEntry, sent: readonly JsonObject[]): string | undefined {
  const wrong = sent.filter((row) => {
    const type = leaf(row, 'fund_pay_type');
    const told = details.find((detail) => leaf(detail, 'fund_pay_type') === type);
    return amountLeaf(row, 'fund_payamt') !== (told && amountLeaf(told, 'fund_payamt'));
  });
  const types = wrong.map((row) => leaf(row, 'fund_pay_type'));
  return types.length === 0 ? undefined : `基金支付与结算不符：${types.join('、')}`;
}
