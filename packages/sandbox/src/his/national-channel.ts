/** How a national HIS sends one transaction and understands the answer. */
import { systemClock } from '@yiqiao/model';
import { dateTime } from '../china-time.ts';
import { child, findMessage, leaf, rawMember, writeMessage } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import { signText, verifyText } from '../sm2-signature.ts';
import type { SandboxSigning } from '../sm2-signature.ts';
import type { HisOptions } from './his.ts';
import { createMessageNumbers } from './message-numbers.ts';
import { post } from './post.ts';
import type { Posted } from './post.ts';
import type { Exchange, Told } from './told.ts';

/** Options of a national HIS. */
export interface NationalHisOptions extends HisOptions {
  readonly signing?: SandboxSigning;
  /** `chongqing`: its 2207 has the members and order of a message observed there. */
  readonly shape?: 'national' | 'chongqing';
  /**
   * Whether 2206 carries the four parts of the split, `sent` when absent. The definition of 2206 has none of them
   * (`omitted`), but an insured place that computes from totals cannot try without.
   */
  readonly trialSplit?: 'sent' | 'omitted';
}

/** One transaction to prepare. */
export interface Call<T> {
  readonly infno: string;
  readonly input: JsonObject;
  readonly insuredPlace: string;
  /** Reads the output; `undefined` when it cannot be the answer to this message. */
  readonly read: (output: JsonObject) => T | undefined;
  /** Members of the envelope in another order, or others; the standard ones when absent. */
  readonly envelope?: (standard: JsonObject) => JsonObject;
}

/** Prepares exchanges. */
export interface NationalChannel {
  /** 签到编号, set by 9001. */
  signInNumber: string;
  /** A number of the HIS's own: time and serial. */
  ownNumber(): string;
  prepare<T>(call: Call<T>): Exchange<T>;
}

/** Opens a channel to a gateway. */
export function openNationalChannel(options: NationalHisOptions): NationalChannel {
  const clock = options.clock ?? systemClock;
  const numbers = createMessageNumbers(clock);
  const channel: NationalChannel = {
    signInNumber: '',
    ownNumber: () => numbers.next(),
    prepare({ infno, input, insuredPlace, read, envelope = (standard) => standard }) {
      const messageId = `${options.institution.code}${numbers.next()}`;
      const body = JSON.stringify(input);
      const standard = {
        infno,
        msgid: messageId,
        mdtrtarea_admvs: options.region,
        insuplc_admdvs: insuredPlace,
        recer_sys_code: '99',
        dev_no: '',
        dev_safe_info: '',
        cainfo: options.signing === undefined ? '' : signText(body, options.signing),
        signtype: options.signing === undefined ? '' : 'SM2',
        infver: '1.0.0',
        opter_type: '1',
        opter: options.operator.number,
        opter_name: options.operator.name,
        inf_time: dateTime(clock.now()),
        fixmedins_code: options.institution.code,
        fixmedins_name: options.institution.name,
        sign_no: channel.signInNumber,
        input: null,
      };
      const bytes = Buffer.from(writeMessage(envelope(standard), 'input', body));
      return {
        messageId,
        async send() {
          const posted = await post(options.gatewayUrl, bytes, {
            headers: { 'content-type': 'application/json; charset=utf-8' },
            timeoutMs: options.timeoutMs ?? 120_000,
            dispatcher: options.dispatcher,
          });
          return understand(posted, { read, signing: options.signing });
        },
      };
    },
  };
  return channel;
}

/** What an answer tells. Only a readable envelope with infcode tells anything. */
function understand<T>(
  posted: Posted,
  { read, signing }: Pick<Call<T>, 'read'> & { readonly signing: SandboxSigning | undefined },
): Told<T> {
  if ('failure' in posted) return { state: 'unknown', reason: `无应答：${posted.failure}` };
  const text = posted.bytes.toString('utf8');
  const envelope = findMessage(text);
  if (envelope === undefined) return { state: 'unknown', reason: `HTTP ${posted.status}，应答无法解析` };
  const code = leaf(envelope, 'infcode');
  if (code === '') return { state: 'unknown', reason: `HTTP ${posted.status}，应答无 infcode` };
  const cainfo = leaf(envelope, 'cainfo');
  const checked = cainfo !== '' && signing?.peerPublicKey !== undefined;
  if (checked && !verifyText(rawMember(text, 'output') ?? '', cainfo, signing)) {
    return { state: 'unknown', reason: '应答验签失败' };
  }
  if (code !== '0') return { state: 'not-done', text: leaf(envelope, 'err_msg') };
  const value = read(child(envelope, 'output'));
  return value === undefined
    ? { state: 'unknown', reason: '应答内容不属于本次请求' }
    : { state: 'done', value };
}
