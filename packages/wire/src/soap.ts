/** The SOAP envelope of the predecessor: operation STYDJKService, document/literal. Source: legacy-xml/envelope.json. */
import { GatewayError } from '@yiqiao/model';
import type { Deviation } from '@yiqiao/model';
import { fault, refusal } from './faults.ts';
import { escapeText } from './xml-text.ts';
import { findChild } from './xml-tree.ts';
import type { XmlElement } from './xml-element.ts';

/** SOAP version to write; both are read. */
export type SoapVersion = '1.1' | '1.2';

const OPERATION = 'STYDJKService';
const NAMESPACE = 'http://pojo.webservice.service.ybdy.sinobest.cn';
const ENVELOPES: Readonly<Record<SoapVersion, { readonly namespace: string; readonly mediaType: string }>> = {
  '1.1': { namespace: 'http://schemas.xmlsoap.org/soap/envelope/', mediaType: 'text/xml' },
  '1.2': { namespace: 'http://www.w3.org/2003/05/soap-envelope', mediaType: 'application/soap+xml' },
};
/** Faults that are raised before anything is done. Any other may come after the far side acted. */
const REFUSING = /(?:^|:)(?:Client|Sender|VersionMismatch|MustUnderstand|DataEncodingUnknown)(?:\.|$)/;

/** A SOAP fault. */
export interface SoapFault {
  readonly code: string;
  readonly text: string;
}

/** Whether the document is a SOAP message. */
export function isSoap(root: XmlElement): boolean {
  return root.name === 'Envelope';
}

/** Media type of a version, without charset. */
export function soapMediaType(version: SoapVersion): string {
  return ENVELOPES[version].mediaType;
}

function notReadable(at: string, zh: string, en: string): GatewayError {
  return refusal('MESSAGE_NOT_READABLE', [fault({ rule: 'soap', at, zh, en })]);
}

/** The first element of the SOAP body. @throws GatewayError `MESSAGE_NOT_READABLE` */
export function soapContent(root: XmlElement): XmlElement {
  const body = findChild(root, 'Body');
  const [content, ...more] = body?.children ?? [];
  if (content !== undefined && more.length === 0) return content;
  throw notReadable(
    '/Envelope/Body',
    'SOAP Body 内应恰有一个元素。',
    'The SOAP body must hold exactly one element.',
  );
}

/** SOAP headers are not used and do not travel on. */
export function headerDeviations(root: XmlElement): Deviation[] {
  return (findChild(root, 'Header')?.children ?? []).map((header) =>
    fault({
      rule: 'not-carried',
      at: `/Envelope/Header/${header.name}`,
      zh: '不使用 SOAP Header，未予处理。',
      en: 'SOAP headers are not used; this one was passed over.',
    }),
  );
}

function required(at: string): ReturnType<typeof fault> {
  return fault({
    rule: 'required',
    at,
    zh: '缺少该元素或其内容为空，请填写。',
    en: 'This element is missing or empty; fill it in.',
  });
}

/**
 * `TransNo` and `Inxml` of a request.
 * @throws GatewayError `MESSAGE_INVALID` naming all that is missing
 */
export function callOf(root: XmlElement): { transaction: string; inner: string } {
  const content = soapContent(root);
  const at = `/Envelope/Body/${content.name}`;
  const transaction = findChild(content, 'TransNo')?.text.trim() ?? '';
  const inner = findChild(content, 'Inxml')?.text ?? '';
  const faults = [];
  if (content.name !== OPERATION) {
    faults.push(
      fault({
        rule: 'operation',
        at,
        found: content.name,
        zh: `服务操作应为 ${OPERATION}。`,
        en: `The operation must be ${OPERATION}.`,
      }),
    );
  }
  if (transaction === '') faults.push(required(`${at}/TransNo`));
  if (inner.trim() === '') faults.push(required(`${at}/Inxml`));
  if (faults.length > 0) throw refusal('MESSAGE_INVALID', faults, { count: faults.length });
  return { transaction, inner };
}

/** A fault of SOAP 1.1 or 1.2, `undefined` when the content is none. */
export function findSoapFault(content: XmlElement): SoapFault | undefined {
  if (content.name !== 'Fault') return undefined;
  const code = findChild(content, 'faultcode') ?? findChild(findChild(content, 'Code'), 'Value');
  const reason = content.children.find((child) => child.name === 'Reason')?.children[0];
  const text = findChild(content, 'faultstring') ?? reason;
  return { code: code?.text.trim() ?? '', text: text?.text.trim() ?? '' };
}

/** Whether a fault says that nothing was done. */
export function isRefusal(soapFault: SoapFault): boolean {
  return REFUSING.test(soapFault.code);
}

/** The error of a fault after which the outcome is not known; carries its code and text. */
export function faultError(soapFault: SoapFault): GatewayError {
  const at = '/Envelope/Body/Fault';
  const faults = [
    fault({
      rule: 'soap-fault',
      at,
      zh: '对方以 SOAP Fault 应答，无法判断是否已处理。',
      en: 'The far side answered with a SOAP fault; whether it acted cannot be told.',
    }),
  ];
  return new GatewayError('MESSAGE_NOT_READABLE', { faults, upstream: soapFault });
}

/** The text of `return`. @throws GatewayError `MESSAGE_NOT_READABLE` when there is none */
export function returnOf(content: XmlElement): string {
  const inner = findChild(content, 'return')?.text ?? '';
  if (inner.trim() !== '') return inner;
  throw notReadable(
    `/Envelope/Body/${content.name}/return`,
    '应答缺少 return。',
    'The answer has no return element.',
  );
}

/** A SOAP message around the content of its body. */
export function formatEnvelope(version: SoapVersion, content: string): string {
  const { namespace } = ENVELOPES[version];
  return `<soapenv:Envelope xmlns:soapenv="${namespace}"><soapenv:Body>${content}</soapenv:Body></soapenv:Envelope>`;
}

/** A request's SOAP message around the inner XML. */
export function formatCall(version: SoapVersion, transaction: string, inner: string): string {
  const members = `<TransNo>${escapeText(transaction)}</TransNo><Inxml>${escapeText(inner)}</Inxml>`;
  return formatEnvelope(version, `<${OPERATION} xmlns="${NAMESPACE}">${members}</${OPERATION}>`);
}

/** An answer's SOAP message around the inner XML. */
export function formatReturn(version: SoapVersion, inner: string): string {
  const name = `${OPERATION}Response`;
  return formatEnvelope(
    version,
    `<${name} xmlns="${NAMESPACE}"><return>${escapeText(inner)}</return></${name}>`,
  );
}
