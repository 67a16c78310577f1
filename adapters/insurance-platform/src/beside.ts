/**
 * What a relay of library calls tells beside the bytes: arguments of the call that are no part of the message. Over
 * HTTP each is a header, on record all of them are a parameter of the media type. Source: docs/adr/0008.
 */
import { GatewayError } from '@yiqiao/model';

/** Arguments of a call by name. */
export type Beside = Readonly<Record<string, string>>;

/** Header that tells the transaction of a call. */
export const TRANSACTION_HEADER = 'x-yiqiao-transaction';

const HEADER = 'x-yiqiao-beside-';
const PARAMETER = '; beside="';

/** The arguments among HTTP headers, whose names are in lower case. @throws GatewayError `MESSAGE_NOT_READABLE`. */
export function readBeside(headers: Readonly<Record<string, unknown>>): Beside {
  const beside: Record<string, string> = {};
  for (const [header, value] of Object.entries(headers)) {
    if (!header.startsWith(HEADER) || typeof value !== 'string') continue;
    beside[decode(header.slice(HEADER.length), header)] = decode(value, header);
  }
  return beside;
}

/** The arguments as HTTP headers. */
export function besideHeaders(beside: Beside): Record<string, string> {
  return Object.fromEntries(
    Object.entries(beside).map(([name, value]) => [
      `${HEADER}${encodeURIComponent(name)}`,
      encodeURIComponent(value),
    ]),
  );
}

/** A media type that keeps the arguments with the bytes; as it is when there are none. */
export function withBeside(contentType: string, beside: Beside): string {
  const text = new URLSearchParams(beside).toString();
  return text === '' ? contentType : `${contentType}${PARAMETER}${text}"`;
}

/** Takes the arguments out of such a media type. */
export function takeBeside(contentType: string): { readonly contentType: string; readonly beside: Beside } {
  const at = contentType.indexOf(PARAMETER);
  if (at === -1) return { contentType, beside: {} };
  const text = contentType.slice(at + PARAMETER.length, -1);
  return { contentType: contentType.slice(0, at), beside: Object.fromEntries(new URLSearchParams(text)) };
}

function decode(text: string, header: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    const message = {
      zh: 'HTTP 头的名称和值须为 UTF-8 的百分号编码，请由前置程序改正。',
      en: 'Name and value of the HTTP header must be UTF-8 in percent encoding; correct the relay.',
    };
    const fault = {
      rule: 'syntax',
      at: `/${header}`,
      field: header,
      label: { zh: '调用参数', en: 'argument of the call' },
      message,
    };
    throw new GatewayError('MESSAGE_NOT_READABLE', { faults: [fault] }, { cause });
  }
}
