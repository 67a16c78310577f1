/** 3203 and 3204 at the care place: an institution applies for what a month's settlements are worth. */
import { shortDate } from '../china-time.ts';
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import { CLEARING_CODES, refuseUnknown } from '../known-codes.ts';
import { missingMembers } from '../missing-members.ts';
import { child, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import type { SettlementBook } from './settlement-book.ts';
import {
  amountDifference,
  countDifference,
  selectEntries,
  sumOf,
  wrongPeriod,
} from './settlement-selection.ts';

/** Applications by their number, with what may be applied for once only. */
type Applications = Map<string, { readonly institution: string; readonly key: string }>;

/** 清算方式 1 按项目: what the agency acknowledges is the whole bill. Source: 3203, rules. */
const BY_ITEM = '1';

/** Applications and their withdrawal. */
export function clearingHandlers(settlements: SettlementBook): Readonly<Record<string, TransactionHandler>> {
  const applications: Applications = new Map();
  return {
    3203: (request) => apply(applications, { settlements, request }),
    3204: ({ input, envelope }) => {
      const number = leaf(child(input, 'data'), 'clr_appy_evt_id');
      const own = applications.get(number)?.institution === leaf(envelope, 'fixmedins_code');
      if (!own) return { refusal: `未查询到清算申请：${number}` };
      applications.delete(number);
      return { output: null };
    },
  };
}

function apply(
  applications: Applications,
  { settlements, request }: { readonly settlements: SettlementBook; readonly request: CoreRequest },
): CoreAnswer {
  const { input, envelope, now, answerNumber } = request;
  const data = child(input, 'data');
  const missing = missingMembers(data, ['clr_type', 'clr_way', 'setlym', 'begndate', 'enddate']);
  if (missing !== undefined) return missing;
  const wrongForm = refuseUnknown(data, CLEARING_CODES) ?? wrongCount(data);
  if (wrongForm !== undefined) return wrongForm;
  const wrongDays = wrongPeriod(leaf(data, 'begndate'), leaf(data, 'enddate'));
  if (wrongDays !== undefined) return wrongDays;
  const institution = leaf(envelope, 'fixmedins_code');
  const key = [institution, leaf(data, 'clr_type'), leaf(data, 'setlym')].join(' ');
  if ([...applications.values()].some((other) => other.key === key)) {
    return { refusal: `清算年月 ${leaf(data, 'setlym')} 的该清算类别已申请` };
  }
  const entries = selectEntries(settlements, {
    institution,
    scheme: '',
    clearingType: leaf(data, 'clr_type'),
    refunds: '',
    from: leaf(data, 'begndate').slice(0, 10),
    to: leaf(data, 'enddate').slice(0, 10),
  });
  const { total, fund, account } = sumOf(entries.map(({ paid }) => paid));
  const wrong = [
    ...countDifference(data, { name: 'psntime', ours: entries.length }),
    ...amountDifference(data, { name: 'medfee_sumamt', label: '医疗费总额', ours: total }),
    ...(leaf(data, 'clr_way') === BY_ITEM
      ? amountDifference(data, { name: 'med_sumfee', label: '医保认可费用总额', ours: total })
      : []),
    ...amountDifference(data, { name: 'fund_appy_sum', label: '基金申报总额', ours: fund }),
    ...amountDifference(data, { name: 'acct_pay', label: '个人账户支出', ours: account }),
  ];
  if (wrong.length > 0) return { refusal: `清算申请与结算不符：${wrong.join('；')}` };
  const number = `C${shortDate(now)}${answerNumber.slice(-10)}`;
  applications.set(number, { institution, key });
  return { output: { result: { clr_appy_evt_id: number } } };
}

/** 清算年月 is a month `yyyyMM`, 清算人次 a count. */
function wrongCount(data: JsonObject): { readonly refusal: string } | undefined {
  const [month, count] = [leaf(data, 'setlym'), leaf(data, 'psntime')];
  const wrong = [
    ...(/^\d{4}(0[1-9]|1[0-2])$/.test(month) ? [] : [`清算年月（setlym）须为yyyyMM：${month}`]),
    ...(/^\d{1,6}(\.0+)?$/.test(count) || count === '' ? [] : [`清算人次（psntime）不合法：${count}`]),
  ];
  return wrong.length === 0 ? undefined : { refusal: wrong.join('；') };
}
