/** 4101, 4102, 4103 and 4105 at the care place: 医疗保障基金结算清单. */
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import { missingMembers } from '../missing-members.ts';
import { child, leaf } from '../national-message.ts';
import type { JsonObject, JsonValue } from '../national-message.ts';
import type { SettlementBook } from './settlement-book.ts';
import { listFault } from './settlement-list-checks.ts';
import { listOutput } from './settlement-list-output.ts';
import type { SettlementList } from './settlement-list-output.ts';

const NEEDED = ['psn_no', 'mdtrt_id', 'setl_id', 'bill_code', 'bill_no', 'biz_sn', 'medins_fill_dept'];

/** Moves of the status that an institution may make. Source: 4102, rules. */
const MOVES = new Set(['0 1', '3 0', '3 1']);

/** What is kept: lists by 结算ID. */
interface Books {
  readonly lists: Map<string, SettlementList>;
  readonly settlements: SettlementBook;
}

/** Settlement lists. An institution has to do with its own alone. */
export function settlementListHandlers(
  settlements: SettlementBook,
): Readonly<Record<string, TransactionHandler>> {
  const lists = new Map<string, SettlementList>();
  const find = ({ input, envelope }: CoreRequest): SettlementList | { readonly refusal: string } => {
    const data = child(input, 'data');
    const list = lists.get(leaf(data, 'setl_id'));
    const psnNo = leaf(data, 'psn_no');
    const own = list?.entry.institution === leaf(envelope, 'fixmedins_code');
    return list !== undefined && own && (psnNo === '' || psnNo === list.entry.visit.psnNo)
      ? list
      : { refusal: `未查询到结算清单：${leaf(data, 'setl_id')}` };
  };
  return {
    4101: (request) => upload(request, { lists, settlements }),
    4102: (request) => {
      const list = find(request);
      if ('refusal' in list) return list;
      if (list.entry.state !== 'settled') return { refusal: '该结算已撤销或冲正，清单不能修改' };
      const wanted = leaf(child(request.input, 'data'), 'stas_type');
      if (!MOVES.has(`${list.status} ${wanted}`)) {
        return { refusal: `结算清单状态不能由 ${list.status} 改为 ${wanted}` };
      }
      list.status = wanted;
      return { output: null };
    },
    4103: (request) => {
      const list = find(request);
      return 'refusal' in list ? list : { output: listOutput(list) };
    },
    4105: (request) => count(request, { lists, settlements }),
  };
}

function upload({ input, envelope, now }: CoreRequest, { lists, settlements }: Books): CoreAnswer {
  const info = child(input, 'setlinfo');
  const missing = missingMembers(info, NEEDED);
  if (missing !== undefined) return missing;
  const setlId = leaf(info, 'setl_id');
  const entry = settlements.find(setlId);
  const same = entry?.visit.id === leaf(info, 'mdtrt_id') && entry.visit.psnNo === leaf(info, 'psn_no');
  if (!same || entry.institution !== leaf(envelope, 'fixmedins_code')) {
    return { refusal: `未查询到结算信息：${setlId}` };
  }
  if (entry.state !== 'settled') return { refusal: '该结算已撤销或冲正' };
  const refusal = listFault(entry, input, now);
  if (refusal !== undefined) return { refusal };
  const before = lists.get(setlId);
  if (before !== undefined && before.status !== '0' && before.status !== '3') {
    return { refusal: '结算清单已提交，不能重新上传' };
  }
  const number = before?.number ?? String(lists.size + 1).padStart(9, '0');
  lists.set(setlId, { number, entry, input, declared: now, status: '0' });
  return { output: { data: { setl_list_id: number } } };
}

/** Settlements in force of a period that end in a list, and how many have one. */
function count({ input, envelope }: CoreRequest, { lists, settlements }: Books): CoreAnswer {
  const data = child(input, 'data');
  const institution = leaf(data, 'fixmedins_code');
  if (institution !== leaf(envelope, 'fixmedins_code')) return { refusal: '只能统计本机构的结算清单' };
  const kinds = kindsOf(data);
  const [from, to] = [leaf(data, 'stt_begntime'), leaf(data, 'stt_endtime')];
  const due = settlements.effective().filter(({ state, visit, info, ...entry }) => {
    const at = leaf(info, 'setl_time');
    const wanted = kinds.length === 0 || kinds.includes(leaf(info, 'med_type') || (visit.medType ?? ''));
    return state === 'settled' && entry.institution === institution && wanted && from <= at && at <= to;
  });
  const uploadedCnt = due.filter(({ setlId }) => lists.has(setlId)).length;
  return { output: { needUploadCnt: due.length, uploadedCnt } };
}

/** 医疗类别的集合: a list of texts, or one text with commas. */
function kindsOf(data: JsonObject): readonly string[] {
  const sent = data['medtype_list'];
  const texts = Array.isArray(sent)
    ? (sent as readonly JsonValue[]).map((one) => leaf({ one }, 'one'))
    : leaf(data, 'medtype_list').split(',');
  return texts.map((text) => text.trim()).filter((text) => text !== '');
}
