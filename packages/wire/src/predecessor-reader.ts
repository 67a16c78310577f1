/** Messages of the predecessor out of their XML. Source: legacy-xml/envelope.json. */
import type { Deviation, Fault, WireObject, WireValue } from '@yiqiao/model';
import { isWireObject } from '@yiqiao/model';
import { findBytes, parseXmlBytes } from './charset.ts';
import type { Charset } from './charset.ts';
import { fault, refusal } from './faults.ts';
import {
  callOf,
  faultError,
  findSoapFault,
  headerDeviations,
  isRefusal,
  isSoap,
  returnOf,
  soapContent,
} from './soap.ts';
import type { SoapFault } from './soap.ts';
import { withoutLast } from './padding.ts';
import { createXmlBody } from './xml-body.ts';
import { parseXml } from './xml-tree.ts';
import type { XmlElement } from './xml-element.ts';
import type { WireLimits, WireRequest, WireResponse } from './types.ts';

/** Elements of `input` that belong to the envelope. */
const REQUEST_HEADER: ReadonlySet<string> = new Set(['sign', 'transid']);
const CODE = /^[+-]?\d{1,9}$/;
const NO_BYTES = new Uint8Array(0);

/** What repeats, also when there is only one. Source: legacy-xml/transactions, repeated nodes. */
export const PREDECESSOR_BODY = createXmlBody(
  new Map([
    ['/input/detail/row', 'elements'],
    ['/result/output/detail/row', 'elements'],
  ]),
);

/** Whether an errorcode means success: zero and above. */
export function isPredecessorSuccess(code: string): boolean {
  return CODE.test(code) && !/^-0*[1-9]/.test(code);
}

/** The business document of a message, and what signatures would cover. */
interface Inner {
  readonly root: XmlElement;
  readonly bytes: Uint8Array;
  readonly deviations: readonly Deviation[];
}

/** The inner document of a SOAP message: text in text. Its own charset declaration means nothing there. */
function openInner(text: string, charset: Charset, limits: WireLimits): Inner {
  const { root, deviations } = parseXml(text.replace(/^[\s\uFEFF]+/, ''), limits, PREDECESSOR_BODY);
  return {
    root,
    deviations,
    // Nobody signs this form as far as is known, and writing it again costs a third of reading it.
    get bytes() {
      return findBytes(text, charset) ?? findBytes(text, 'GB18030') ?? NO_BYTES;
    },
  };
}

function bareDeviation(root: XmlElement): Deviation {
  return fault({
    rule: 'no-soap',
    at: `/${root.name}`,
    zh: '报文没有 SOAP 封装，直接读取。',
    en: 'The message has no SOAP envelope and was read as it is.',
  });
}

/** @throws GatewayError `MESSAGE_NOT_READABLE` unless the root has that name */
function expectRoot(root: XmlElement, name: string): void {
  if (root.name === name) return;
  throw refusal('MESSAGE_NOT_READABLE', [
    fault({
      rule: 'root',
      at: `/${root.name}`,
      found: root.name,
      zh: `根元素应为 ${name}；请核对报文与地址是否对应。`,
      en: `The root element must be ${name}; see whether message and address belong together.`,
    }),
  ]);
}

function membersOf(root: XmlElement): WireObject {
  const faults: Fault[] = [];
  const members = PREDECESSOR_BODY.toWireObject(root.children, `/${root.name}`, faults);
  const [first] = faults;
  if (first === undefined) return members;
  throw refusal(first.rule === 'duplicate' ? 'DUPLICATE_MEMBER' : 'MESSAGE_NOT_READABLE', faults, {
    count: faults.length,
  });
}

/** Divides members in two, keeping their order. */
function divide(
  members: WireObject,
  isFirst: (name: string, value: WireValue) => boolean,
): [WireObject, WireObject] {
  const first: Record<string, WireValue> = {};
  const second: Record<string, WireValue> = {};
  for (const [name, value] of Object.entries(members)) (isFirst(name, value) ? first : second)[name] = value;
  return [first, second];
}

function noTransaction(): Error {
  return refusal('MESSAGE_INVALID', [
    fault({
      rule: 'required',
      at: '/TransNo',
      zh: '报文没有 SOAP 封装，也未另行告知交易编号 TransNo。',
      en: 'The message has no SOAP envelope and no transaction number TransNo came beside it.',
    }),
  ]);
}

/**
 * Reads a predecessor request; without SOAP the transaction must come as a hint.
 * @throws GatewayError `CHARSET_WRONG` | `MESSAGE_NOT_READABLE` | `XML_FORBIDDEN` | `MESSAGE_TOO_DEEP` |
 *   `MESSAGE_INVALID` | `DUPLICATE_MEMBER`
 */
export function readPredecessorRequest(bytes: Uint8Array, limits: WireLimits, hint?: string): WireRequest {
  const source = parseXmlBytes(bytes);
  const outer = parseXml(source.text, limits, PREDECESSOR_BODY);
  const isCall = isSoap(outer.root);
  const call = isCall ? callOf(outer.root) : { transaction: hint ?? '', inner: '' };
  const inner = isCall
    ? openInner(call.inner, source.charset, limits)
    : { root: outer.root, bytes: withoutLast(bytes, outer.padding), deviations: [] };
  expectRoot(inner.root, 'input');
  if (call.transaction === '') throw noTransaction();
  const [header, body] = divide(membersOf(inner.root), (name) => REQUEST_HEADER.has(name));
  const around = isCall ? headerDeviations(outer.root) : [bareDeviation(outer.root)];
  return {
    transaction: call.transaction,
    envelope: { TransNo: call.transaction, ...header },
    body,
    get signedBytes() {
      return inner.bytes;
    },
    deviations: [...source.deviations, ...outer.deviations, ...around, ...inner.deviations],
  };
}

function textOf(members: WireObject, name: string): string {
  const value = Object.hasOwn(members, name) ? members[name] : undefined;
  return typeof value === 'string' ? value : '';
}

function noCode(): Error {
  return refusal('MESSAGE_NOT_READABLE', [
    fault({
      rule: 'required',
      at: '/result/errorcode',
      zh: '应答没有可识别的 errorcode，无法判断成败；请核对报文是否完整、是否为该平台的应答。',
      en: 'The answer has no errorcode that can be recognised, so success cannot be told; see whether it is whole and the answer of that platform.',
    }),
  ]);
}

function besideDeviation(name: string): Deviation {
  return fault({
    rule: 'node-beside-output',
    at: `/result/${name}`,
    zh: '节点应在 output 之内，却与其并列，已移入。',
    en: 'This node belongs inside output but stands beside it; it was moved in.',
  });
}

function outputOf(members: WireObject): WireObject | null {
  const output = Object.hasOwn(members, 'output') ? members['output'] : undefined;
  if (output === undefined) return null;
  if (isWireObject(output)) return output;
  // An element without children is read as text; blanks between tags are no content.
  return typeof output === 'string' && output.trim() === '' ? {} : { '': output };
}

/** A refusing SOAP fault as an answer. */
function faultAnswer(soapFault: SoapFault): WireResponse {
  return {
    success: false,
    code: soapFault.code,
    text: soapFault.text,
    envelope: {},
    body: null,
    signedBytes: NO_BYTES,
    deviations: [],
    faults: [],
  };
}

function answerOf(inner: Inner, deviations: readonly Deviation[]): WireResponse {
  expectRoot(inner.root, 'result');
  const members = membersOf(inner.root);
  const code = textOf(members, 'errorcode').trim();
  if (!CODE.test(code)) throw noCode();
  const { output: _output, ...others } = members;
  const [envelope, beside] = divide(others, (_name, value) => typeof value === 'string');
  const moved = Object.keys(beside);
  const output = outputOf(members);
  return {
    success: isPredecessorSuccess(code),
    code,
    text: textOf(members, 'errormsg'),
    envelope,
    body: moved.length === 0 ? output : { ...beside, ...output },
    get signedBytes() {
      return inner.bytes;
    },
    deviations: [...deviations, ...inner.deviations, ...moved.map(besideDeviation)],
    faults: [],
  };
}

/**
 * Reads a predecessor answer. A SOAP fault that blames the request is an answer that refuses; any other is an
 * error that carries the fault's code and text, because the far side may have acted.
 * @throws GatewayError `CHARSET_WRONG` | `MESSAGE_NOT_READABLE` | `XML_FORBIDDEN` | `MESSAGE_TOO_DEEP` | `DUPLICATE_MEMBER`
 */
export function readPredecessorResponse(bytes: Uint8Array, limits: WireLimits): WireResponse {
  const source = parseXmlBytes(bytes);
  const outer = parseXml(source.text, limits, PREDECESSOR_BODY);
  const deviations = [...source.deviations, ...outer.deviations];
  if (!isSoap(outer.root)) {
    const inner = { root: outer.root, bytes: withoutLast(bytes, outer.padding), deviations: [] };
    return answerOf(inner, [...deviations, bareDeviation(outer.root)]);
  }
  const content = soapContent(outer.root);
  const soapFault = findSoapFault(content);
  if (soapFault !== undefined) {
    if (isRefusal(soapFault)) return faultAnswer(soapFault);
    throw faultError(soapFault);
  }
  const inner = openInner(returnOf(content), source.charset, limits);
  return answerOf(inner, [...deviations, ...headerDeviations(outer.root)]);
}
