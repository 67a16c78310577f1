/** What the simulated e-invoice platform has on its books, and what its operations do with it. */
import { amountText } from '../../amount.ts';
import { stampMs } from '../../china-time.ts';
import { amountLeaf, children, leaf } from '../../national-message.ts';
import type { JsonObject } from '../../national-message.ts';

/** A bill, or the red one that writes it off. Amounts are 元. */
export interface BillRow {
  readonly billBatchCode: string;
  readonly billNo: string;
  readonly random: string;
  /** Business number; empty on a red bill. */
  readonly busNo: string;
  readonly placeCode: string;
  readonly totalAmt: string;
  readonly createTime: string;
  /** 结算号 `balancedNumber`. */
  readonly settlement: string;
  readonly pBillBatchCode?: string;
  readonly pBillNo?: string;
  /** Number of the red bill that writes it off. */
  readonly scarletBillNo?: string;
  /** On a red bill, the number of the bill it writes off. */
  readonly writesOff?: string;
}

/** An answer: the content, or a result code with its text. */
export type BookAnswer =
  { readonly content: JsonObject } | { readonly result: string; readonly text: string };

/** The books. */
export interface BillBook {
  rows(): readonly BillRow[];
  /** The next bill gets the number of the last one: what a platform must never do. */
  repeatNumber(): void;
  issue(body: JsonObject, now: number): BookAnswer;
  writeOff(body: JsonObject, now: number): BookAnswer;
  findByBusiness(body: JsonObject): BookAnswer;
  findState(body: JsonObject): BookAnswer;
  turnPaper(body: JsonObject): BookAnswer;
  voidPaper(body: JsonObject): BookAnswer;
}

const BATCH = '99060121';
const PAPER_BATCH = '99010121';
const NONE = { result: 'E0201', text: '票据不存在' };
const WRITTEN_OFF = { result: 'E0202', text: '票据已冲红' };

/** Fields without which nothing is issued; its own list, apart from the product's. */
const NEEDED = (
  'busNo busType payer busDateTime placeCode payee author totalAmt payerType cardType cardNo medicalInstitution ' +
  'patientNo sex age caseNumber isArrears accountPay fundPay otherfundPay ownPay selfConceitedAmt selfPayAmt ' +
  'selfCashPay reimbursementAmt'
).split(' ');

/** Opens empty books. `takesRepeats`: a business number that was used is billed again, which no source rules out. */
export function createBillBook({ takesRepeats }: { readonly takesRepeats: boolean }): BillBook {
  const pages = createPages();
  return {
    rows: () => [...pages.rows],
    repeatNumber: pages.repeatNumber,
    issue(body, now) {
      const wrong = findWrong(body);
      if (wrong !== undefined) return { result: 'E0001', text: wrong };
      const busNo = leaf(body, 'busNo');
      if (!takesRepeats && pages.rows.some((row) => row.busNo === busNo))
        return { result: 'E0101', text: '业务流水号已开票' };
      const { placeCode, balancedNumber, balanceNumber } = texts(body);
      const totalAmt = amountText(amountLeaf(body, 'totalAmt') ?? 0n);
      const settlement = balancedNumber ?? balanceNumber ?? '';
      return { content: shown(pages.add({ busNo, placeCode: placeCode ?? '', totalAmt, settlement }, now)) };
    },
    writeOff: (body, now) => writeOff(pages, body, now),
    findByBusiness(body) {
      const row = pages.rows.find(({ busNo }) => busNo === leaf(body, 'busNo'));
      return {
        content:
          row === undefined ? { busNo: leaf(body, 'busNo') } : { ...shown(row), totalAmt: row.totalAmt },
      };
    },
    findState(body) {
      const row = pages.rows[indexOf(pages, body)];
      if (row === undefined) return NONE;
      const red = pages.rows.find(({ billNo }) => billNo === row.scarletBillNo);
      return { content: stateOf(row, red) };
    },
    turnPaper: (body) => turnPaper(pages, body),
    voidPaper: (body) => voidPaper(pages, body),
  };
}

interface Pages {
  readonly rows: BillRow[];
  repeatNumber(): void;
  add(row: Omit<BillRow, 'billBatchCode' | 'billNo' | 'random' | 'createTime'>, now: number): BillRow;
}

function createPages(): Pages {
  const rows: BillRow[] = [];
  let issued = 0;
  let isRepeated = false;
  return {
    rows,
    repeatNumber() {
      isRepeated = true;
    },
    add(row, now) {
      if (!isRepeated || issued === 0) issued += 1;
      isRepeated = false;
      const billNo = String(issued).padStart(10, '0');
      const random = ((BigInt(issued) * 7_919n + 104_729n) % 0x100_0000n).toString(16).padStart(6, '0');
      const made = { ...row, billBatchCode: BATCH, billNo, random, createTime: stampMs(now) };
      rows.push(made);
      return made;
    },
  };
}

/** Where a bill stands that is no red one; -1 when there is none. */
function indexOf({ rows }: Pages, body: JsonObject): number {
  return rows.findIndex(
    ({ billBatchCode, billNo, writesOff }) =>
      billBatchCode === leaf(body, 'billBatchCode') &&
      billNo === leaf(body, 'billNo') &&
      writesOff === undefined,
  );
}

function writeOff(pages: Pages, body: JsonObject, now: number): BookAnswer {
  const index = indexOf(pages, body);
  const row = pages.rows[index];
  if (row === undefined) return NONE;
  if (row.scarletBillNo !== undefined) return WRITTEN_OFF;
  if (row.pBillNo !== undefined) return { result: 'E0203', text: '纸质票据未作废' };
  const { placeCode, settlement } = row;
  const totalAmt = amountText(-(amountLeaf({ totalAmt: row.totalAmt }, 'totalAmt') ?? 0n));
  const red = pages.add({ busNo: '', placeCode, totalAmt, settlement, writesOff: row.billNo }, now);
  pages.rows[index] = { ...row, scarletBillNo: red.billNo };
  return {
    content: {
      eScarletBillBatchCode: red.billBatchCode,
      eScarletBillNo: red.billNo,
      eScarletRandom: red.random,
      createTime: red.createTime,
    },
  };
}

function turnPaper(pages: Pages, body: JsonObject): BookAnswer {
  const index = indexOf(pages, body);
  const row = pages.rows[index];
  if (row === undefined) return NONE;
  if (row.scarletBillNo !== undefined) return WRITTEN_OFF;
  if (row.pBillNo !== undefined) return { result: 'E0301', text: '已换开纸质票据' };
  const { pBillBatchCode = PAPER_BATCH, pBillNo = `P${row.billNo}` } = texts(body);
  pages.rows[index] = { ...row, pBillBatchCode, pBillNo };
  return { content: { pBillBatchCode, pBillNo } };
}

function voidPaper({ rows }: Pages, body: JsonObject): BookAnswer {
  const index = rows.findIndex(({ pBillNo }) => pBillNo !== undefined && pBillNo === leaf(body, 'pBillNo'));
  const row = rows[index];
  if (row === undefined) return { result: 'E0302', text: '纸质票据不存在或已作废' };
  const { pBillBatchCode: _, pBillNo: __, ...rest } = row;
  rows[index] = rest;
  return { content: {} };
}

function shown({ busNo, billBatchCode, billNo, random, createTime }: BillRow): JsonObject {
  const pictureUrl = `http://bill.example/h5/${billBatchCode}/${billNo}`;
  return { busNo, billBatchCode, billNo, random, createTime, pictureUrl };
}

function stateOf(row: BillRow, red: BillRow | undefined): JsonObject {
  return {
    billName: '医疗门诊收费票据（电子）',
    billBatchCode: row.billBatchCode,
    billNo: row.billNo,
    random: row.random,
    ivcDateTime: row.createTime,
    state: '1',
    isPrtPaper: row.pBillNo === undefined ? '0' : '1',
    pBillBatchCode: row.pBillBatchCode ?? '',
    pBillNo: row.pBillNo ?? '',
    isScarlet: red === undefined ? '0' : '1',
    scarletBillBatchCode: red?.billBatchCode ?? '',
    scarletBillNo: red?.billNo ?? '',
    scarletRandom: red?.random ?? '',
  };
}

/** Members that are there and not empty. */
function texts(body: JsonObject): Partial<Record<string, string>> {
  return Object.fromEntries(
    Object.keys(body).flatMap((name) => (leaf(body, name) === '' ? [] : [[name, leaf(body, name)]])),
  );
}

function findWrong(body: JsonObject): string | undefined {
  const missing = NEEDED.filter((name) => leaf(body, name) === '');
  if (missing.length > 0) return `必填项为空：${missing.join('、')}`;
  const total = amountLeaf(body, 'totalAmt');
  for (const list of ['chargeDetail', 'listDetail']) {
    const amounts = children(body, list).map((row) => amountLeaf(row, 'amt') ?? 0n);
    if (amounts.reduce((sum, amount) => sum + amount, 0n) !== total)
      return `${list} 金额合计与开票总金额不符`;
  }
  return undefined;
}
