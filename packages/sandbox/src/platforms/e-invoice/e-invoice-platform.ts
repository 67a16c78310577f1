/** A simulated platform of electronic medical bills. Source: e-invoice.json; its error codes are its own. */
import { leaf } from '../../national-message.ts';
import type { JsonObject } from '../../national-message.ts';
import { clockOf, startFaultyServer } from '../faulty-server.ts';
import type { PlatformMessage, PlatformOptions, RunningPlatform } from '../faulty-server.ts';
import { createBillBook } from './bill-book.ts';
import type { BillBook, BillRow, BookAnswer } from './bill-book.ts';
import { openRequest, sealAnswer } from './boss-envelope.ts';
import type { BossAccount } from './boss-envelope.ts';

/** What the platform may be given. */
export interface EInvoicePlatformOptions extends PlatformOptions, Partial<BossAccount> {
  /** Billing points it knows; any when absent. */
  readonly placeCodes?: readonly string[];
  /** Bills a business number again that was used; refused when absent. No source says which. */
  readonly takesRepeats?: boolean;
}

/** The running platform. Faults name its operations (`infno: 'writeOffEBill'`). */
export interface EInvoicePlatform extends RunningPlatform {
  readonly appId: string;
  readonly key: string;
  readonly ledger: {
    rows(): readonly BillRow[];
    /** Bills that are neither red nor written off. */
    inForce(): readonly BillRow[];
  };
  /** The next bill gets a number that is in use. */
  repeatNumber(): void;
  /** The patient takes paper at a machine; nobody tells the hospital. */
  exchangeForPaper(billNo: string): void;
}

interface EInvoiceMessage extends PlatformMessage {
  readonly noise: string;
  readonly body: JsonObject;
  readonly refusal?: string;
}

type Work = (body: JsonObject, now: number) => BookAnswer;

/** Starts the platform; operations are the last part of the path, `api/medical/writeOffEBill`. */
export async function startEInvoicePlatform(
  options: EInvoicePlatformOptions = {},
): Promise<EInvoicePlatform> {
  const account = { appId: options.appId ?? 'YIQIAOTEST', key: options.key ?? 'sandbox-md5-key' };
  const book = createBillBook({ takesRepeats: options.takesRepeats ?? false });
  const operations = operationsOf(book);
  const clock = clockOf(options);

  function answerOf({ operation, body, refusal }: EInvoiceMessage): BookAnswer {
    if (refusal !== undefined) return { result: 'E0002', text: refusal };
    const work = operations[operation];
    if (work === undefined) return { result: 'E0003', text: '接口不存在' };
    const place = leaf(body, 'placeCode');
    const isKnown = place === '' || (options.placeCodes?.includes(place) ?? true);
    return isKnown ? work(body, clock.now()) : { result: 'E0004', text: '开票点不存在' };
  }

  const running = await startFaultyServer<EInvoiceMessage>(options, {
    read(bytes, path) {
      const read = openRequest(bytes, account);
      const body = 'body' in read ? read.body : {};
      const operation = path.split('/').at(-1) ?? '';
      return { operation, id: idOf(body), noise: noiseOf(bytes), body, ...('refusal' in read && read) };
    },
    work(message, { stranger }) {
      const key = stranger ? `${account.key}?` : account.key;
      return write(answerOf(message), { ...account, key, noise: message.noise });
    },
    refuse: ({ noise }, text) => write(refusalOf(text), { ...account, noise }),
    rows: () => book.rows(),
  });
  return {
    ...running,
    ...account,
    ledger: {
      rows: () => book.rows(),
      inForce: () =>
        book.rows().filter((row) => row.writesOff === undefined && row.scarletBillNo === undefined),
    },
    repeatNumber: () => book.repeatNumber(),
    exchangeForPaper(billNo) {
      const row = book.rows().find((one) => one.billNo === billNo);
      book.turnPaper({ billBatchCode: row?.billBatchCode, billNo });
    },
  };
}

function operationsOf(book: BillBook): Readonly<Record<string, Work>> {
  return {
    invoiceEBillOutpatient: book.issue,
    invEBillRegistration: book.issue,
    invEBillHospitalized: book.issue,
    writeOffEBill: book.writeOff,
    getEBillByBusNo: book.findByBusiness,
    getEBillStatesByBillInfo: book.findState,
    turnPaper: book.turnPaper,
    invalidPaper: book.voidPaper,
  };
}

function write(answer: BookAnswer, to: BossAccount & { readonly noise: string }): Buffer {
  if ('content' in answer) return sealAnswer({ result: 'S0000', content: answer.content }, to);
  return sealAnswer({ result: answer.result, content: answer.text }, to);
}

/** `E0102 票据号码已被使用`, or a text alone. */
function refusalOf(text: string): BookAnswer {
  const [, result = 'E0901', words = ''] = /^(?:(E\d{4}) ?)?(.*)$/s.exec(text) ?? [];
  return { result, text: words };
}

function idOf(body: JsonObject): string {
  return leaf(body, 'busNo') || leaf(body, 'billNo') || leaf(body, 'pBillNo');
}

function noiseOf(bytes: Buffer): string {
  try {
    const { noise } = JSON.parse(bytes.toString('utf8')) as { noise?: unknown };
    return typeof noise === 'string' ? noise : '';
  } catch {
    return '';
  }
}
