/** A guess at why something was not met, from what can be seen: for the person who has to find the fault. */
import { isWireObject } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import { createNationalJson } from '@yiqiao/wire';
import type { Bilingual, Requirement } from '../kits/types.ts';
import type { Exchange } from './exchanges.ts';
import type { SuiteSigning } from './inputs.ts';
import type { Failure } from './post.ts';
import { beginsWithMark } from './own-reading.ts';

/** What guesses are made from. */
export interface CauseMatter {
  readonly registry: Registry;
  readonly profile: string;
  readonly signing: SuiteSigning | undefined;
  /** Whether what was not met is about times, so that another clock would explain it. */
  readonly timely: boolean;
  /** Answers should be JSON: what came in place of it can be told apart. */
  readonly json: boolean;
}

/** Whether a requirement is about times or what is good for a time: signatures, tokens, dates. */
export function isTimely({ text }: Pick<Requirement, 'text'>): boolean {
  return /时间|时钟|日期|期间|当日|当天|月|过期|令牌|签名|随机数/.test(text.zh);
}

const codec = createNationalJson();

/** The likeliest cause, or nothing. */
export function findLikelyCause(exchange: Exchange, matter: CauseMatter): Bilingual | undefined {
  const { reply, read } = exchange;
  if (!reply.came) return FAILURES[reply.failure];
  if (read?.state === 'unreadable')
    return matter.json ? causeOfGarbage(reply.bytes, reply.status) : undefined;
  if (read?.state !== 'read') return undefined;
  const ofClock = causeOfClock(reply.headers['date']);
  if (matter.timely && ofClock !== undefined) return ofClock;
  if (read.answer.success) return undefined;
  if (/签名|验签|sign/i.test(read.answer.text))
    return exchange.clear === undefined ? causeOfSignature(matter) : CAUSE_OF_SEALED;
  return causeInOwnMessage(exchange, matter) ?? ofClock;
}

const FAILURES: Readonly<Record<Failure, Bilingual | undefined>> = {
  unreachable: { zh: '请核对地址、端口与防火墙', en: 'check address, port and firewall' },
  closed: {
    zh: '对方在应答前关闭了连接：请看其日志，或 TLS 与明文是否用反',
    en: 'the target closed the connection before answering: see its log, and whether TLS and plain HTTP are mixed up',
  },
  timeout: {
    zh: '对方处理过慢或不结束应答（Content-Length 与正文不符也会如此）',
    en: 'the target is slow or never ends its answer (a Content-Length that does not fit does the same)',
  },
  'too-large': {
    zh: '应答过大：不是这一交易的应答，或没有结束',
    en: 'the answer is too large: not that of this transaction, or without end',
  },
  redirect: { zh: '地址应直接写成最终的接口地址', en: 'give the final address of the interface' },
  abandoned: undefined,
};

function causeOfGarbage(bytes: Buffer, status: number): Bilingual {
  const start = bytes.subarray(0, 200).toString('latin1').trimStart().toLowerCase();
  if (beginsWithMark(bytes))
    return {
      zh: '应答以字节顺序标记（BOM）开头，JSON 不允许',
      en: 'the answer begins with a byte order mark (BOM), which JSON forbids',
    };
  if (bytes.length === 0) return { zh: `HTTP ${status} 且正文为空`, en: `HTTP ${status} with an empty body` };
  if (start.startsWith('<'))
    return {
      zh: '应答是网页或 XML：请求可能落在代理或错误页上',
      en: 'the answer is HTML or XML: a proxy or an error page answered',
    };
  if (isGbk(bytes))
    return { zh: '应答像是 GBK 编码，应为 UTF-8', en: 'the answer looks like GBK; it should be UTF-8' };
  return {
    zh: '应答不是完整的 JSON 报文',
    en: 'the answer is no complete JSON envelope',
  };
}

/** No UTF-8, and text in GB18030. */
function isGbk(bytes: Buffer): boolean {
  const fits = (charset: string): boolean => {
    try {
      new TextDecoder(charset, { fatal: true }).decode(bytes);
      return true;
    } catch {
      return false;
    }
  };
  return !fits('utf-8') && fits('gb18030');
}

/** Of messages that a platform's envelope hides: their keys stand with the accounts. */
const CAUSE_OF_SEALED: Bilingual = {
  zh: '请核对 inputs 的 values 中的应用帐号、密钥，以及 centre.variants 中的 SM2 用户标识',
  en: 'check account and keys in the values of the inputs, and the SM2 user id in centre.variants',
};

function causeOfSignature({ signing }: CauseMatter): Bilingual {
  if (signing === undefined)
    return {
      zh: '对方要求签名，而 inputs 中没有 signing',
      en: 'the target wants signatures and the inputs have no signing',
    };
  const key = `${signing.publicKey.slice(0, 10)}…${signing.publicKey.slice(-6)}`;
  return {
    zh: `请核对对方登记的本端公钥（${key}）与用户标识`,
    en: `check the public key that the target has of the suite (${key}) and the user id`,
  };
}

/** The suite's own message held against the definition: a wrong input of the tester shows here. */
function causeInOwnMessage(
  { infno, sent }: Exchange,
  { registry, profile }: CauseMatter,
): Bilingual | undefined {
  try {
    const { body } = codec.readRequest(sent);
    if (!isWireObject(body)) return undefined;
    const [first] = registry.check(profile, {
      transaction: infno,
      direction: 'request',
      mode: 'strict',
      body,
    }).faults;
    if (first === undefined) return undefined;
    return {
      zh: `测试报文自身不符合定义，请核对 inputs：${first.at} ${first.message.zh}`,
      en: `the suite's own message does not fit the definition, check the inputs: ${first.at} ${first.message.en}`,
    };
  } catch {
    return undefined;
  }
}

/** The `Date` header is of the target's machine: it is held against this machine's clock, not one set for a run. */
function causeOfClock(date: string | undefined): Bilingual | undefined {
  const off = date === undefined ? Number.NaN : Math.round((Date.parse(date) - Date.now()) / 1000);
  if (!(Math.abs(off) > 300)) return undefined;
  return { zh: `对方时钟与测试端相差 ${off} 秒`, en: `the target's clock is ${off} s away from the suite's` };
}
