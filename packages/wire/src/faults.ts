/** How this package words what is wrong with a message. */
import { GatewayError, maskIdentifiers } from '@yiqiao/model';
import type { ErrorCode, ErrorDetails, Fault } from '@yiqiao/model';

/** What a fault says. `at` is a JSON pointer or an XPath; the field is its last step unless named. */
export interface FaultText {
  readonly rule: string;
  readonly at: string;
  readonly field?: string;
  readonly found?: string;
  readonly zh: string;
  readonly en: string;
}

/** Labels of the envelope members. Source: envelope.json and legacy-xml/envelope.json. */
const LABELS: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  '': { zh: '报文', en: 'message' },
  infno: { zh: '交易编号', en: 'transaction number' },
  msgid: { zh: '发送方报文ID', en: "sender's message id" },
  inf_time: { zh: '交易时间', en: 'time of the transaction' },
  input: { zh: '交易输入', en: 'transaction input' },
  infcode: { zh: '交易状态码', en: 'status code' },
  err_msg: { zh: '错误信息', en: 'error text' },
  message: { zh: '错误信息', en: 'error text' },
  output: { zh: '交易输出', en: 'transaction output' },
  TransNo: { zh: '交易编号', en: 'transaction number' },
  Inxml: { zh: '交易输入', en: 'transaction input' },
  return: { zh: '交易输出', en: 'transaction output' },
  sign: { zh: '数字签名', en: 'signature' },
  transid: { zh: '交易流水号', en: 'transaction serial' },
  errorcode: { zh: '错误代码', en: 'error code' },
  errormsg: { zh: '错误信息', en: 'error text' },
};

/** Makes a fault or deviation; numbers of persons that stand in names of members are masked. */
export function fault(text: FaultText): Fault {
  const at = maskIdentifiers(text.at);
  const field = maskIdentifiers(text.field ?? at.slice(at.lastIndexOf('/') + 1));
  const label = Object.hasOwn(LABELS, field) ? LABELS[field] : undefined;
  return {
    rule: text.rule,
    at,
    field,
    label: label ?? { zh: field, en: field },
    ...(text.found === undefined ? {} : { found: maskIdentifiers(text.found) }),
    message: { zh: text.zh, en: text.en },
  };
}

/** An error about one or more places of a message. */
export function refusal(
  code: ErrorCode,
  faults: readonly Fault[],
  facts?: ErrorDetails['facts'],
): GatewayError {
  return new GatewayError(code, facts === undefined ? { faults } : { faults, facts });
}

/** A place in a text, both counted from 1; columns count UTF-16 units. */
interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** Line and column of an offset. */
export function textPlace(text: string, offset: number): TextPlace {
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1;
    lineStart = at + 1;
  }
  return { line, column: offset - lineStart + 1 };
}

/** Where a text has ended. */
export const MESSAGE_END = { zh: '报文结尾', en: 'end of message' } as const;

/** The byte order mark that was passed over. */
export function markDeviation(): Fault {
  return fault({
    rule: 'byte-order-mark',
    at: '',
    zh: '报文以字节顺序标记（BOM）开头，已忽略；请勿发送。',
    en: 'The message begins with a byte order mark; it was passed over. Do not send one.',
  });
}

/** What is said of a message that holds nothing: no text, or blanks and NULs alone. */
export function emptyError(): GatewayError {
  const text = fault({
    rule: 'syntax',
    at: '',
    zh: '报文是空的；请检查正文是否写出、长度是否正确，再重新发送。',
    en: 'The message is empty; see whether its text was written and its length is right, and send it again.',
  });
  return refusal('MESSAGE_NOT_READABLE', [text], { line: 1, column: 1, rule: 'syntax' });
}

/** Whether a text holds nothing but what fills buffers. */
export function isEmptyText(text: string): boolean {
  return /^[\0\s\uFEFF]*$/.test(text);
}

/** Names a character without showing more of a message than it: `'x'` or `U+0000`. */
export function nameCharacter(text: string, offset: number): string {
  const code = text.codePointAt(offset);
  if (code === undefined) return MESSAGE_END.en;
  if (code > 0x20 && code < 0x7f) return `'${String.fromCodePoint(code)}'`;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
