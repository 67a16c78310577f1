/** 3301, 3302 and 1317 at the care place: which item of the catalogue an institution's own item is. */
import type { Catalogue } from '../catalogue.ts';
import { date } from '../china-time.ts';
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import { listTypeOf } from '../list-type.ts';
import { missingMembers } from '../missing-members.ts';
import { child, children, leaf } from '../national-message.ts';
import { pageOfRows } from './answer-page.ts';
import type { JsonObject } from '../national-message.ts';

const NEEDED = [
  'fixmedins_hilist_id',
  'fixmedins_hilist_name',
  'list_type',
  'med_list_codg',
  'begndate',
  'enddate',
];

/** A matching as filed. */
interface Matching {
  readonly institution: string;
  readonly row: JsonObject;
  /** 唯一记录号, 40 characters at most. */
  readonly record: string;
  /** Day of the filing, `yyyy-MM-dd`. */
  readonly filed: string;
}

type Matched = Map<string, Matching>;

/** What matchings are held against; `region` is that of the place. */
interface Known {
  readonly region: string;
  readonly catalogue: Catalogue;
}

/** Matching, its withdrawal and its query; a matching that is sent again replaces the former. */
export function matchingHandlers(known: Known): Readonly<Record<string, TransactionHandler>> {
  const matched: Matched = new Map();
  return {
    1317: ({ input, envelope }) => tellMatched(matched, { data: child(input, 'data'), envelope, known }),
    3301: (request) => match(matched, { request, known }),
    3302: ({ input, envelope }) => {
      const data = child(input, 'data');
      const institution = leaf(envelope, 'fixmedins_code');
      const own = leaf(data, 'fixmedins_code') === institution;
      return own && matched.delete(keyOf(institution, data))
        ? { output: null }
        : { refusal: `未查询到目录对照：${leaf(data, 'fixmedins_hilist_id')}` };
    },
  };
}

function match(
  matched: Matched,
  { request, known }: { readonly request: CoreRequest; readonly known: Known },
): CoreAnswer {
  const { input, envelope, now } = request;
  const rows = children(input, 'data');
  if (rows.length === 0) return { refusal: '目录对照（data）为空' };
  const faults = rows.flatMap((row, at) => {
    const fault = rowFault(row, known);
    return fault === undefined ? [] : [`第 ${at + 1} 条${fault}`];
  });
  if (faults.length > 0) return { refusal: faults.slice(0, 10).join('；') };
  const institution = leaf(envelope, 'fixmedins_code');
  for (const [at, row] of rows.entries()) {
    const record = `${request.answerNumber}${at + 1}`;
    matched.set(keyOf(institution, row), { institution, row, record, filed: date(now) });
  }
  return { output: null };
}

function rowFault(row: JsonObject, { catalogue }: Known): string | undefined {
  const missing = missingMembers(row, NEEDED)?.refusal;
  if (missing !== undefined) return missing;
  if (leaf(row, 'enddate') < leaf(row, 'begndate')) return '结束日期早于开始日期';
  const code = leaf(row, 'med_list_codg');
  if (!catalogue.has(code)) return `医疗目录编码（med_list_codg）不在目录：${code}`;
  const [sent, own] = [leaf(row, 'list_type'), listTypeOf(code)];
  return sent === own ? undefined : `目录类别（list_type）应为${own}：${sent}`;
}

function keyOf(institution: string, row: JsonObject): string {
  const parts = ['fixmedins_hilist_id', 'list_type', 'med_list_codg'].map((name) => leaf(row, name));
  return [institution, ...parts].join('\t');
}

/** Members of 1317 that narrow it, and the member of the filed row each is compared with. */
const FILTERS: readonly (readonly [query: string, filed: string])[] = [
  ['medins_list_codg', 'fixmedins_hilist_id'],
  ['medins_list_name', 'fixmedins_hilist_name'],
  ['list_type', 'list_type'],
  ['med_list_codg', 'med_list_codg'],
];

/** What the sender has filed since `updt_time`; of another institution nothing. Source: transactions/1317. */
function tellMatched(
  matched: Matched,
  {
    data,
    envelope,
    known,
  }: { readonly data: JsonObject; readonly envelope: JsonObject; readonly known: Known },
): CoreAnswer {
  const missing = missingMembers(data, ['updt_time', 'page_num', 'page_size']);
  if (missing !== undefined) return missing;
  const sender = leaf(envelope, 'fixmedins_code');
  const named = leaf(data, 'fixmedins_code') || sender;
  const day = leaf(data, 'query_date').slice(0, 10);
  const found = [...matched.values()].filter(
    ({ institution, row, filed }) =>
      institution === sender &&
      institution === named &&
      leaf(data, 'updt_time').slice(0, 10) <= filed &&
      FILTERS.every(([name, other]) => leaf(data, name) === '' || leaf(data, name) === leaf(row, other)) &&
      (day === '' || (leaf(row, 'begndate') <= day && day <= leaf(row, 'enddate'))),
  );
  const rows = leaf(data, 'vali_flag') === '0' ? [] : found;
  return pageOfRows(
    data,
    rows.map((one) => matchedRow(one, known)),
  );
}

function matchedRow({ institution, row, record, filed }: Matching, { region }: Known): JsonObject {
  const { fixmedins_hilist_id, fixmedins_hilist_name, ...others } = row;
  return {
    ...others,
    fixmedins_code: institution,
    medins_list_codg: fixmedins_hilist_id,
    medins_list_name: fixmedins_hilist_name,
    insu_admdvs: region,
    vali_flag: '1',
    rid: record,
    updt_time: filed,
    crte_time: filed,
  };
}
