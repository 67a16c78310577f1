/** 5205 and 5206 at the insured place: what a person was given for a chronic disease, and what was used up. */
import { amountNumber, child, leaf, sentNumber } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import { dateTime } from '../china-time.ts';
import { nationalHead } from '../course.ts';
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import { limited } from '../fee-line.ts';
import type { FeeLine } from '../fee-line.ts';
import { listTypeOf } from '../list-type.ts';
import type { PostedSettlement, PostedSettlements } from './posted-settlements.ts';

/**
 * 累计类别代码 of the sandbox: the specification has no list. Amounts in 元, N02 a count.
 * D01 起付线累计（门诊）, D02 起付线累计（住院）, P01 统筹累计（门诊）, P02 统筹累计（住院）, N02 住院次数.
 */
const ACCUMULATIONS = ['D01', 'D02', 'P01', 'P02', 'N02'] as const;

/** Queries about a person. */
export function personQueryHandlers(posted: PostedSettlements): Readonly<Record<string, TransactionHandler>> {
  return {
    5205: (request) => listDrugs(posted, request),
    5206: (request) => listAccumulations(posted, request),
  };
}

/** Drugs bought in pharmacies for a chronic disease: hospitals tell this side totals only. */
function listDrugs({ settlements }: PostedSettlements, { input, now }: CoreRequest): CoreAnswer {
  const data = child(input, 'data');
  const begin = leaf(data, 'begntime');
  const end = endOf(leaf(data, 'endtime') || dateTime(now));
  const rows: JsonObject[] = [];
  for (const settlement of settlements.values()) {
    const { state, course, medType, person, lines = [] } = settlement;
    const wanted = state === 'settled' && course === 'pharmacy' && nationalHead(medType) === '14';
    if (!wanted || person.psnNo !== leaf(data, 'psn_no')) continue;
    for (const line of lines) {
      const time = leaf(line.raw, 'fee_ocur_time');
      if (begin <= time && time <= end) rows.push(drugRow(settlement, line));
    }
  }
  return { output: { feedetail: rows } };
}

/** The last second of a day, when only a day is given. */
function endOf(text: string): string {
  return text.length === 10 ? `${text} 23:59:59` : text;
}

function drugRow(
  { person, institution, institutionName, medType }: PostedSettlement,
  line: FeeLine,
): JsonObject {
  const { raw, item, number } = line;
  const code = leaf(raw, 'med_list_codg');
  return {
    feedetl_sn: number,
    rx_drord_no: leaf(raw, 'rxno'),
    fixmedins_code: institution,
    fixmedins_name: institutionName,
    psn_no: person.psnNo,
    med_type: medType,
    fee_ocur_time: leaf(raw, 'fee_ocur_time'),
    cnt: sentNumber(leaf(raw, 'cnt')),
    pric: sentNumber(leaf(raw, 'pric')),
    chrgitm_lv: item?.level ?? '03',
    hilist_code: code,
    hilist_name: item?.name ?? '目录外项目',
    list_type: listTypeOf(code),
    med_list_codg: code,
    medins_list_codg: leaf(raw, 'medins_list_codg'),
    medins_list_name: item?.name ?? '目录外项目',
    med_chrgitm_type: item?.itemType ?? '14',
    spec: '/',
    lmt_used_flag: limited(line),
  };
}

function listAccumulations({ books }: PostedSettlements, { input, now }: CoreRequest): CoreAnswer {
  const data = child(input, 'data');
  const found = books.register.byNumber(leaf(data, 'psn_no'));
  if (found === undefined) return { refusal: '未查询到参保人员信息' };
  const month = leaf(data, 'cum_ym') || dateTime(now).slice(0, 7).replace('-', '');
  const year = month.slice(0, 4);
  const stays = [...found.stays.values()].filter((stay) => stay.year === year);
  const sums: Readonly<Record<(typeof ACCUMULATIONS)[number], bigint>> = {
    D01: found.deductiblePaid.get(year) ?? 0n,
    D02: stays.reduce((sum, { deductiblePaid }) => sum + deductiblePaid, 0n),
    P01: found.poolPaid.get(year) ?? 0n,
    P02: found.stayPoolPaid.get(year) ?? 0n,
    N02: BigInt(stays.length) * 100n,
  };
  return {
    output: {
      cuminfo: ACCUMULATIONS.map((code) => ({
        insutype: found.person.scheme,
        year,
        cum_ym: month,
        cum_type_code: code,
        cum: amountNumber(sums[code]),
      })),
    },
  };
}
