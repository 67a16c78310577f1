/** 3201 and 3202 at the care place: totals and details of an institution against the settlements on record. */
import { amountFromText, amountText } from '../amount.ts';
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import { CLEARING_CODES, refuseUnknown } from '../known-codes.ts';
import type { Paid } from '../ledger.ts';
import { child, leaf } from '../national-message.ts';
import { unzipText } from '../zip-archive.ts';
import type { FileStore } from './file-store.ts';
import type { SettlementBook, SettlementEntry } from './settlement-book.ts';
import {
  amountDifference,
  countDifference,
  refundFlag,
  selectEntries,
  sumOf,
  wrongPeriod,
} from './settlement-selection.ts';

/** What is compared. */
export interface Books {
  readonly settlements: SettlementBook;
  readonly files: FileStore;
}

/** Reconciliation of totals and of details. */
export function reconciliationHandlers(books: Books): Readonly<Record<string, TransactionHandler>> {
  return {
    3201: (request) => compareTotals(books.settlements, request),
    3202: (request) => compareDetails(books, request),
  };
}

function entriesOf(
  settlements: SettlementBook,
  { input, envelope }: CoreRequest,
): readonly SettlementEntry[] {
  const data = child(input, 'data');
  return selectEntries(settlements, {
    institution: leaf(envelope, 'fixmedins_code'),
    scheme: leaf(data, 'insutype'),
    clearingType: leaf(data, 'clr_type'),
    refunds: leaf(data, 'refd_setl_flag'),
    from: leaf(data, 'stmt_begndate').slice(0, 10),
    to: leaf(data, 'stmt_enddate').slice(0, 10),
  });
}

function compareTotals(settlements: SettlementBook, request: CoreRequest): CoreAnswer {
  const data = child(request.input, 'data');
  const wrongSelection =
    refuseUnknown(data, CLEARING_CODES) ??
    wrongPeriod(leaf(data, 'stmt_begndate'), leaf(data, 'stmt_enddate'));
  if (wrongSelection !== undefined) return wrongSelection;
  const entries = entriesOf(settlements, request);
  const ours = sumOf(entries.map(({ paid }) => paid));
  const wrong = [
    ...amountDifference(data, { name: 'medfee_sumamt', label: '医疗费总额', ours: ours.total }),
    ...amountDifference(data, { name: 'fund_pay_sumamt', label: '基金支付总额', ours: ours.fund }),
    ...amountDifference(data, { name: 'acct_pay', label: '个人账户支付金额', ours: ours.account }),
    ...countDifference(data, { name: COUNT, ours: entries.length }),
  ];
  return {
    output: {
      stmtinfo: {
        setl_optins: leaf(data, 'setl_optins'),
        stmt_rslt: wrong.length === 0 ? '0' : '1',
        stmt_rslt_dscr: wrong.join('；').slice(0, 200),
      },
    },
  };
}

const COUNT = 'fixmedins_setl_cnt';

/** A row of the institution's file. Source: transactions/3202, files. */
interface SentRow extends Omit<Paid, 'cash'> {
  readonly setlId: string;
  readonly mdtrtId: string;
  readonly psnNo: string;
  readonly refund: string;
}

/** The rows of the file that a request names. */
function sentRows(files: FileStore, request: CoreRequest): readonly SentRow[] | { readonly refusal: string } {
  const number = leaf(child(request.input, 'data'), 'file_qury_no');
  const file = files.find(number, leaf(request.envelope, 'fixmedins_code'), request.now);
  if (file === undefined || !Buffer.isBuffer(file.content)) {
    return { refusal: `对账文件不存在，须先上传（9101）：${number}` };
  }
  const text = unzipText(file.content);
  return text === undefined ? { refusal: '对账文件不是含一个UTF-8文本的zip压缩包' } : readRows(text);
}

/** The three lists of 3212: rows that agree, rows that do not, settlements that only the platform has. */
export interface DetailLists {
  readonly agreed: readonly string[];
  readonly differing: readonly string[];
  readonly missing: readonly string[];
}

/** What an uploaded file comes to beside the settlements of a period. Source: transactions/3211, 3212. */
export function compareFile(
  { settlements, files }: Books,
  request: CoreRequest,
): DetailLists | { readonly refusal: string } {
  const rows = sentRows(files, request);
  if ('refusal' in rows) return rows;
  const data = child(request.input, 'data');
  const entries = selectEntries(settlements, {
    institution: leaf(request.envelope, 'fixmedins_code'),
    scheme: '',
    clearingType: '',
    refunds: '',
    from: leaf(data, 'clr_begin_ymd').slice(0, 10),
    to: leaf(data, 'clr_end_ymd').slice(0, 10),
  });
  const lines = resultLines(rows, entries);
  const sent = lines.slice(0, rows.length);
  const agrees = (line: string): boolean => line.split('\t')[4] === '0';
  return {
    agreed: sent.filter(agrees),
    differing: sent.filter((line) => !agrees(line)),
    missing: lines.slice(rows.length),
  };
}

function compareDetails({ settlements, files }: Books, request: CoreRequest): CoreAnswer {
  const { input, envelope, now } = request;
  const data = child(input, 'data');
  const institution = leaf(envelope, 'fixmedins_code');
  const number = leaf(data, 'file_qury_no');
  const wrongSelection =
    refuseUnknown(data, CLEARING_CODES) ??
    wrongPeriod(leaf(data, 'stmt_begndate'), leaf(data, 'stmt_enddate'));
  if (wrongSelection !== undefined) return wrongSelection;
  const rows = sentRows(files, request);
  if ('refusal' in rows) return rows;
  const sums = sumOf(rows);
  const party = '文件';
  const wrong = [
    ...amountDifference(data, { name: 'medfee_sumamt', label: '医疗费总额', ours: sums.total, party }),
    ...amountDifference(data, { name: 'fund_pay_sumamt', label: '基金支付总额', ours: sums.fund, party }),
    ...countDifference(data, { name: COUNT, ours: rows.length, party }),
  ];
  if (wrong.length > 0) return { refusal: `上送汇总与文件明细不符：${wrong.join('；')}` };
  const content = resultLines(rows, entriesOf(settlements, request));
  const result = files.add({ name: `${number}_result.zip`, institution, content }, now);
  return {
    output: {
      fileinfo: { file_qury_no: result.number, filename: result.name, dld_endtime: result.until },
    },
  };
}

function readRows(text: string): readonly SentRow[] | { readonly refusal: string } {
  const rows: SentRow[] = [];
  const lines = text.split(/\r?\n/);
  for (const [at, line] of lines.entries()) {
    if (line === '') continue;
    const cells = line.split('\t').map((cell) => (cell === 'null' ? '' : cell));
    const [setlId = '', mdtrtId = '', psnNo = '', , , , refund = ''] = cells;
    const [total, fund, account] = cells.slice(3, 6).map(amountFromText);
    if (cells.length !== 7) return { refusal: `对账文件第 ${at + 1} 行须为7列` };
    if (total === undefined || fund === undefined || account === undefined) {
      return { refusal: `对账文件第 ${at + 1} 行第4至6列须为金额` };
    }
    rows.push({ setlId, mdtrtId, psnNo, total, fund, account, refund });
  }
  return rows;
}

/** One line for each row of the file, then those only the platform has. */
function resultLines(rows: readonly SentRow[], entries: readonly SettlementEntry[]): readonly string[] {
  const missing = new Map(entries.map((entry) => [entry.setlId, entry]));
  const answered = rows.map((row) => {
    const entry = missing.get(row.setlId);
    missing.delete(row.setlId);
    return resultLine({ row, entry, memo: rowDifference(row, entry) });
  });
  const unknown = [...missing.values()].map((entry) =>
    resultLine({ row: undefined, entry, memo: '机构无此结算' }),
  );
  return [...answered, ...unknown];
}

function rowDifference(row: SentRow, entry: SettlementEntry | undefined): string {
  if (entry === undefined) return '平台无此结算';
  const { paid, visit } = entry;
  const wrong = [
    ...(row.mdtrtId === visit.id ? [] : ['就诊ID']),
    ...(row.psnNo === visit.psnNo ? [] : ['人员编号']),
    ...(row.total === paid.total ? [] : ['医疗费总额']),
    ...(row.fund === paid.fund ? [] : ['基金支付总额']),
    ...(row.account === paid.account ? [] : ['个人账户支出']),
    ...(row.refund === refundFlag(entry) ? [] : ['退费结算标志']),
  ];
  return wrong.length === 0 ? '' : `不一致：${wrong.join('、')}`;
}

/** Columns in the order of the specification; what is empty is the word null. Source: transactions/3202, files. */
function resultLine({
  row,
  entry,
  memo,
}: {
  readonly row: SentRow | undefined;
  readonly entry: SettlementEntry | undefined;
  readonly memo: string;
}): string {
  return [
    row?.psnNo ?? entry?.visit.psnNo,
    row?.mdtrtId,
    row?.setlId,
    entry?.msgid,
    memo === '' ? '0' : '1',
    row?.refund ?? (entry && refundFlag(entry)),
    memo,
    ...[entry?.paid.total, entry?.paid.fund, entry?.paid.account].map((fen) =>
      fen === undefined ? undefined : amountText(fen),
    ),
  ]
    .map((cell) => (cell === undefined || cell === '' ? 'null' : cell))
    .join('\t');
}
