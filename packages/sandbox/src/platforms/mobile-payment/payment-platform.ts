/** A simulated payment centre: 6101 to 6401 in gm-envelopes, and 6302 sent to whoever is to hear it. */
import { request as post } from 'undici';
import { amountText as yuan } from '../../amount.ts';
import { stamp } from '../../china-time.ts';
import { leaf } from '../../national-message.ts';
import type { JsonObject } from '../../national-message.ts';
import { createSandboxKeys } from '../../sm2-signature.ts';
import { clockOf, startFaultyServer } from '../faulty-server.ts';
import type { PlatformMessage, PlatformOptions, RunningPlatform } from '../faulty-server.ts';
import { openEnvelope, sealEnvelope } from '../gm-envelope.ts';
import type { EnvelopeSettings } from '../gm-envelope.ts';
import { bent } from '../platform-bend.ts';
import type { PlatformAnswer } from '../platform-bend.ts';
import { createOrderBook } from './order-book.ts';
import type { CentreAnswer, CentreOrder, CentreParts, CentreWays } from './order-book.ts';

/** What the centre may be given. */
export interface PaymentPlatformOptions extends PlatformOptions, Partial<CentreWays> {
  readonly appId?: string;
  readonly appSecret?: string;
  /** The institution's public key, hex. */
  readonly peerPublicKey: string;
}

/** The running centre. Faults name its transactions (`infno: '6202'`). */
export interface PaymentPlatform extends RunningPlatform {
  readonly appId: string;
  readonly appSecret: string;
  /** Of the centre, hex. */
  readonly publicKey: string;
  readonly ledger: { rows(): readonly CentreOrder[]; find(medOrgOrd: string): CentreOrder | undefined };
  /** Puts an order into a state, whatever it was. */
  force(medOrgOrd: string, ordStas: string): void;
  /**
   * Tells the result of an order (6302) to an address.
   * @param change members other than they are
   * @returns HTTP status and what was answered in the clear
   */
  notify(
    medOrgOrd: string,
    to: string,
    change?: JsonObject,
  ): Promise<{ readonly status: number; readonly data: JsonObject }>;
}

interface CentreMessage extends PlatformMessage {
  readonly data: JsonObject;
  readonly refusal?: string;
}

const DEFAULTS = { appId: 'YIQIAOPAYMENT0000000000000000001', appSecret: 'sandbox-payment-secret' };

/** Starts the centre; the transaction is the last part of the path, `hos/6202`. */
export async function startPaymentPlatform(options: PaymentPlatformOptions): Promise<PaymentPlatform> {
  const account = {
    appId: options.appId ?? DEFAULTS.appId,
    appSecret: options.appSecret ?? DEFAULTS.appSecret,
  };
  const settings: EnvelopeSettings = {
    ...account,
    ...createSandboxKeys(),
    peerPublicKey: options.peerPublicKey,
  };
  const book = createOrderBook({
    split: options.split ?? splitEvenly,
    cashBy: options.cashBy ?? 'institution',
  });
  const clock = clockOf(options);
  const write = (answer: CentreAnswer, stranger = false): Buffer =>
    sealEnvelope(settings, { members: membersOf(answer), data: dataOf(answer), now: clock.now(), stranger });

  const handler = bent(({ operation, body, now }): PlatformAnswer => {
    const work = book.work[operation];
    const answer = work === undefined ? { refusal: '接口不存在' } : work(body, stamp(now));
    return 'data' in answer ? { body: answer.data } : answer;
  }, options.bend);

  const running = await startFaultyServer<CentreMessage>(options, {
    read(bytes, path) {
      const opened = openEnvelope(settings, bytes, options.bend?.trusts);
      const operation = path.split('/').at(-1) ?? '';
      const data = 'data' in opened ? opened.data : {};
      return { operation, id: `${leaf(data, 'payOrdId')}${leaf(data, 'medOrgOrd')}`, data, ...opened };
    },
    work({ operation, data, refusal }, { stranger }) {
      if (refusal !== undefined) return write({ refusal }, stranger);
      const answer = handler({ operation, body: data, sender: '', now: clock.now() });
      return write('body' in answer ? { data: answer.body } : answer, stranger);
    },
    refuse: (_message, text) => write({ refusal: text }),
    rows: () => book.rows().map(toRow),
  });
  return {
    ...running,
    ...account,
    publicKey: settings.publicKey,
    ledger: { rows: book.rows, find: book.find },
    force: book.force,
    async notify(medOrgOrd, to, change = {}) {
      const data = { ...noticeOf(book.find(medOrgOrd), medOrgOrd), ...change };
      const body = sealEnvelope(settings, { members: { version: '2.0.1' }, data, now: clock.now() });
      const headers = { 'content-type': 'application/json' };
      const answer = await post(to, { method: 'POST', headers, body });
      const opened = openEnvelope(settings, Buffer.from(await answer.body.arrayBuffer()));
      return {
        status: answer.statusCode,
        data: 'data' in opened ? opened.data : { refusal: opened.refusal },
      };
    },
  };
}

/** Seven tenths by the fund, two by the account, the rest by the patient. */
function splitEvenly(total: bigint): CentreParts {
  const [fund, account] = [(total * 7n) / 10n, (total * 2n) / 10n];
  return { fund, account, cash: total - fund - account };
}

function membersOf(answer: CentreAnswer): JsonObject {
  return 'data' in answer
    ? { code: '0', message: '成功', success: 'true' }
    : { code: '-1', message: answer.refusal, success: 'false' };
}

function dataOf(answer: CentreAnswer): JsonObject {
  return 'data' in answer ? answer.data : {};
}

function noticeOf(order: CentreOrder | undefined, medOrgOrd: string): JsonObject {
  const { fund, account, cash } = order?.parts ?? { fund: 0n, account: 0n, cash: 0n };
  return {
    payOrdId: order?.payOrdId ?? 'PAYUNKNOWN',
    callType: '2',
    medOrgOrd,
    traceTime: '2026-03-01 10:00:00',
    feeSumamt: yuan(fund + account + cash),
    ownpayAmt: yuan(cash),
    psnAcctPay: yuan(account),
    fundPay: yuan(fund),
    hiChrgTime: '100000',
    hiDocSn: 'D1',
    hiRgstSn: 'G1',
    orgName: '示例机构',
    setlType: '1',
    revsToken: 'V1',
  };
}

function toRow({ parts, refunded, ...order }: CentreOrder): Readonly<Record<string, unknown>> {
  return { ...order, paid: texts(parts), refunded: texts(refunded) };
}

function texts(parts: CentreParts): Readonly<Record<string, string>> {
  return { fund: yuan(parts.fund), account: yuan(parts.account), cash: yuan(parts.cash) };
}
