/** A simulated platform of electronic medical bills. Source: e-invoice.json; its error codes are its own. */
import { findMessage, leaf } from '../../national-message.ts';
import type { JsonObject } from '../../national-message.ts';
import { clockOf, startFaultyServer } from '../faulty-server.ts';
import type { PlatformMessage, PlatformOptions, RunningPlatform } from '../faulty-server.ts';
import { bent } from '../platform-bend.ts';
import type { PlatformAnswer } from '../platform-bend.ts';
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

  const handler = bent(({ operation, body, now }) => {
    const work = operations[operation];
    if (work === undefined) return { code: 'E0003', refusal: '接口不存在' };
    const place = leaf(body, 'placeCode');
    const isKnown = place === '' || (options.placeCodes?.includes(place) ?? true);
    return isKnown ? told(work(body, now)) : { code: 'E0004', refusal: '开票点不存在' };
  }, options.bend);

  function answerOf({ operation, body, refusal }: EInvoiceMessage): PlatformAnswer {
    if (refusal !== undefined) return { code: 'E0002', refusal };
    return handler({ operation, body, sender: '', now: clock.now() });
  }

  const running = await startFaultyServer<EInvoiceMessage>(options, {
    read(bytes, path) {
      const read = openRequest(bytes, account, options.bend?.trusts);
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

function told(answer: BookAnswer): PlatformAnswer {
  return 'content' in answer ? { body: answer.content } : { code: answer.result, refusal: answer.text };
}

/** Code of a refusal that brings none: the platform's for what is missing or wrong in a message. */
const UNNUMBERED = 'E0001';

function write(answer: PlatformAnswer, to: BossAccount & { readonly noise: string }): Buffer {
  if ('body' in answer) return sealAnswer({ result: 'S0000', content: answer.body }, to);
  return sealAnswer({ result: answer.code ?? UNNUMBERED, content: answer.refusal }, to);
}

/** `E0102 票据号码已被使用`, or a text alone. */
function refusalOf(text: string): PlatformAnswer {
  const [, code = 'E0901', refusal = ''] = /^(?:(E\d{4}) ?)?(.*)$/s.exec(text) ?? [];
  return { code, refusal };
}

function idOf(body: JsonObject): string {
  return leaf(body, 'busNo') || leaf(body, 'billNo') || leaf(body, 'pBillNo');
}

/** The random text of a request comes back in its answer; where there is none, the platform makes one. */
function noiseOf(bytes: Buffer): string {
  return leaf(findMessage(bytes.toString('utf8')) ?? {}, 'noise') || OWN_NOISE;
}

const OWN_NOISE = 'SANDBOX0000000000000000000000000';
