/** How a predecessor HIS sends one transaction and understands the answer. */
import type { HisOptions } from './his.ts';
import { createMessageNumbers } from './message-numbers.ts';
import { post } from './post.ts';
import type { Posted } from './post.ts';
import { childNode, childText, readSoapAnswer, writeSoapRequest } from './soap-message.ts';
import type { XmlMembers, XmlNode } from './soap-message.ts';
import type { Exchange, Told } from './told.ts';

/** One transaction to prepare. */
export interface PredecessorCall<T> {
  readonly transNo: string;
  /** Elements after `sign` and `transid`. */
  readonly input: XmlMembers;
  /** Reads the output element; `undefined` when it cannot be the answer to this message. */
  readonly read: (output: XmlNode | undefined) => T | undefined;
}

/** Prepares exchanges. */
export interface PredecessorChannel {
  /** 交易流水号 `transid`: region, yyMMddHHmmss, four digits. */
  ownNumber(): string;
  prepare<T>(call: PredecessorCall<T>): Exchange<T>;
}

/** Opens a channel. The HIS makes its own `transid`; it is the message id. */
export function openPredecessorChannel(options: HisOptions): PredecessorChannel {
  const numbers = createMessageNumbers(options.clock);
  const ownNumber = (): string => `${options.region}${numbers.next().slice(2)}`;
  return {
    ownNumber,
    prepare({ transNo, input, read }) {
      const transid = ownNumber();
      const bytes = writeSoapRequest(transNo, { sign: '', transid, ...input });
      return {
        messageId: transid,
        async send() {
          const posted = await post(options.gatewayUrl, bytes, {
            headers: { 'content-type': 'text/xml; charset=GBK', soapaction: '""' },
            timeoutMs: options.timeoutMs ?? 120_000,
            dispatcher: options.dispatcher,
          });
          return understand(posted, read);
        },
      };
    },
  };
}

/** Success is an errorcode that is not negative. Source: legacy-xml/envelope.json. */
function understand<T>(posted: Posted, read: PredecessorCall<T>['read']): Told<T> {
  if ('failure' in posted) return { state: 'unknown', reason: `无应答：${posted.failure}` };
  const result = readSoapAnswer(posted.bytes);
  const code = childText(result, 'errorcode');
  if (!/^-?\d+$/.test(code)) return { state: 'unknown', reason: `HTTP ${posted.status}，应答无法解析` };
  if (code.startsWith('-')) return { state: 'not-done', text: childText(result, 'errormsg') };
  const value = read(childNode(result, 'output'));
  return value === undefined
    ? { state: 'unknown', reason: '应答内容不属于本次请求' }
    : { state: 'done', value };
}
