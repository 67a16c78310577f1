/**
 * 1301 to 1316, 1318 to 1320 and 1901 at the care place: what the catalogue of this place says, as a file or page by page. The
 * columns of the files are the sandbox's own, since no public source tells them.
 */
import type { Catalogue, CatalogueItem } from '../catalogue.ts';
import { shortDate } from '../china-time.ts';
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import { missingMembers } from '../missing-members.ts';
import { amountNumber, child, leaf, rawNumber } from '../national-message.ts';
import type { JsonObject, RawNumber } from '../national-message.ts';
import { pageOfRows } from './answer-page.ts';
import type { FileStore } from './file-store.ts';

interface CatalogueParts {
  readonly region: string;
  readonly catalogue: Catalogue;
  readonly files: FileStore;
}

/** The one version that a simulated catalogue has. */
const VERSION = '20260101';
const BEGAN = '2026-01-01';

/** 定点医药机构编号 by which the files of catalogues are fetched. Source: transactions/9102, rules. */
const EVERYBODY = 'plc';

/** Which items a download holds, by the first character of their code; other catalogues are empty here. */
const DOWNLOADS: Readonly<Record<string, RegExp>> = {
  1301: /^X/,
  1302: /^T/,
  1303: /^Z/,
  1305: /^0/,
  1306: /^C/,
  1307: /^$/,
  1308: /^$/,
  1309: /^$/,
  1310: /^$/,
  1311: /^$/,
  1313: /^$/,
  1314: /^$/,
  1315: /^$/,
  1320: /^$/,
};

/** Downloads whose 下载截止日期 is `dld_endtime`. Source: transactions/1320, response. */
const SPELT_WITHOUT_LINE: ReadonlySet<string> = new Set(['1320']);

/** Downloads, page-wise queries and the dictionary. */
export function catalogueHandlers(parts: CatalogueParts): Readonly<Record<string, TransactionHandler>> {
  const downloads = Object.entries(DOWNLOADS).map(([number, codes]): [string, TransactionHandler] => [
    number,
    (request) => download(parts, request, { number, codes }),
  ]);
  const pages = Object.entries(PAGES).map(([number, page]): [string, TransactionHandler] => [
    number,
    (request) => answerRows(parts, request, page),
  ]);
  return { ...Object.fromEntries([...downloads, ...pages]), 1901: tellEntries };
}

/** What is newer than the version that the institution has. */
function download(
  { region, catalogue, files }: CatalogueParts,
  { input, now }: CoreRequest,
  { number, codes }: { readonly number: string; readonly codes: RegExp },
): CoreAnswer {
  const data = child(input, 'data');
  const missing = missingMembers(data, ['ver']);
  if (missing !== undefined) return missing;
  const items =
    leaf(data, 'ver') >= VERSION ? [] : [...catalogue.values()].filter(({ code }) => codes.test(code));
  const content = items.map(({ code, name, level }) => [code, name, level, VERSION, '1'].join('\t'));
  const name = `${number}_${region}_${shortDate(now)}.zip`;
  const { number: fileNumber, until } = files.add({ name, institution: EVERYBODY, content }, now);
  return {
    output: {
      file_qury_no: fileNumber,
      filename: name,
      [SPELT_WITHOUT_LINE.has(number) ? 'dld_endtime' : 'dld_end_time']: until.slice(0, 10),
      data_cnt: items.length,
    },
  };
}

/** One kind of row for each item; the members that a request narrows it by. */
interface Page {
  readonly by: readonly string[];
  row(item: CatalogueItem, region: string): JsonObject | undefined;
}

const STAMP = { vali_flag: '1', updt_time: BEGAN, crte_time: BEGAN };

const PAGES: Readonly<Record<string, Page>> = {
  // Ethnic medicines: this place has none, as most have.
  1304: { by: ['med_list_codg'], row: () => undefined },
  1312: {
    by: ['hilist_code', 'hilist_name', 'list_type', 'chrgitm_lv', 'med_chrgitm_type'],
    row: ({ code, name, level, itemType, restricted }, region) => ({
      hilist_code: code,
      hilist_name: name,
      insu_admdvs: region,
      begndate: BEGAN,
      med_chrgitm_type: itemType,
      chrgitm_lv: level,
      lmt_used_flag: restricted === true ? '1' : '0',
      list_type: listType(code),
      med_use_flag: '1',
      matn_used_flag: '0',
      hilist_use_type: '0',
      lmt_cpnd_type: '0',
      rid: `L${code}`,
      ...STAMP,
    }),
  },
  1316: {
    by: ['med_list_codg', 'hilist_code', 'list_type'],
    row: ({ code }, region) => ({
      med_list_codg: code,
      hilist_code: code,
      list_type: listType(code),
      insu_admdvs: region,
      begndate: BEGAN,
      rid: `M${code}`,
      ...STAMP,
    }),
  },
  1318: {
    by: ['hilist_code'],
    row: ({ code, priceLimit }, region) =>
      priceLimit === undefined
        ? undefined
        : {
            hilist_code: code,
            hilist_lmtpric_type: '101',
            overlmt_dspo_way: '1',
            insu_admdvs: region,
            begndate: BEGAN,
            hilist_pric_uplmt_amt: amountNumber(priceLimit),
            rid: `P${code}`,
            ...STAMP,
          },
  },
  1319: {
    by: ['hilist_code'],
    row: ({ code, selfPayRate }, region) => ({
      hilist_code: code,
      selfpay_prop_psn_type: '0',
      selfpay_prop_type: '101',
      insu_admdvs: region,
      begndate: BEGAN,
      selfpay_prop: ratio(selfPayRate),
      rid: `S${code}`,
      ...STAMP,
    }),
  },
};

/** Rows that were written since `updt_time`, narrowed by what else the request says, one page of them. */
function answerRows(
  { region, catalogue }: CatalogueParts,
  { input }: CoreRequest,
  { by, row }: Page,
): CoreAnswer {
  const data = child(input, 'data');
  const missing = missingMembers(data, ['updt_time', 'page_num', 'page_size']);
  if (missing !== undefined) return missing;
  const rows = [...catalogue.values()]
    .map((item) => row(item, region))
    .filter((one) => one !== undefined)
    .filter((one) => by.every((name) => leaf(data, name) === '' || leaf(data, name) === leaf(one, name)))
    .filter((one) => leaf(one, 'updt_time') >= leaf(data, 'updt_time'));
  return pageOfRows(data, rows);
}

/** 101 western and patent medicine, 201 service, 301 material; by the code's form. */
function listType(code: string): string {
  if (code.startsWith('X')) return '101';
  return code.startsWith('C') ? '301' : '201';
}

/** Of 1/10000, four decimals. */
function ratio(rate: bigint): RawNumber {
  return rawNumber(`${rate / 10_000n}.${String(rate % 10_000n).padStart(4, '0')}`);
}

/** A dictionary of a few entries: enough to see its form. */
const ENTRIES: Readonly<Record<string, readonly (readonly [value: string, label: string])[]>> = {
  insutype: [
    ['310', '职工基本医疗保险'],
    ['390', '城乡居民基本医疗保险'],
  ],
  mdtrt_cert_type: [
    ['01', '医保电子凭证'],
    ['02', '居民身份证'],
    ['03', '社会保障卡'],
  ],
};

function tellEntries({ input }: CoreRequest): CoreAnswer {
  const data = child(input, 'data');
  const missing = missingMembers(data, ['type']);
  if (missing !== undefined) return missing;
  const type = leaf(data, 'type');
  const list = (ENTRIES[type] ?? []).map(([value, label], at) => ({
    type,
    label,
    value,
    parentValue: leaf(data, 'parent_value'),
    sort: at + 1,
    valiFlag: '1',
    createUser: '0001',
    createDate: BEGAN,
    version: Number(VERSION),
  }));
  return { output: { list } };
}
