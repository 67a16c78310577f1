/** The suite's own reading of the predecessor's SOAP around GBK XML. Source: schemas/provincial/predecessor-xml/envelope.json. */
import { child, isNode, leaf } from '../run/own-reading.ts';
import type { OwnObject } from '../run/own-reading.ts';
import { decodeOwn, encodeOwn, escapeXml, readOwnXml, writeOwnXml } from './own-xml.ts';

// Reads GBK and, beyond it, characters of four bytes.
const CHARSET = 'gb18030';
const DECLARATION = '<?xml version="1.0" encoding="GBK"?>';
const NAMESPACE = 'http://pojo.webservice.service.ybdy.sinobest.cn';
const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const LISTS = ['row'];

/** A request as it was read. */
export interface OwnCall {
  readonly transaction: string;
  /** `sign`, `transid` and the business elements. */
  readonly input: OwnObject;
}

/** What stands below `result` of an answer; empty elements are empty texts. @throws Error when there is none */
export function readSoapResult(bytes: Buffer): OwnObject {
  const body = child(nodeOf(readOwnXml(decodeOwn(bytes, CHARSET)).value), 'Body');
  const answer = child(body, 'STYDJKServiceResponse');
  const inner = readOwnXml(leaf(answer, 'return'), LISTS);
  if (inner.root !== 'result') throw new Error('the answer has no result');
  return nodeOf(inner.value);
}

/** Reads a request. @throws Error when it is none */
export function readSoapCall(bytes: Buffer): OwnCall {
  const body = child(nodeOf(readOwnXml(decodeOwn(bytes, CHARSET)).value), 'Body');
  const call = child(body, 'STYDJKService');
  const inner = readOwnXml(leaf(call, 'Inxml'), LISTS);
  if (inner.root !== 'input') throw new Error('the message has no input');
  return { transaction: leaf(call, 'TransNo'), input: nodeOf(inner.value) };
}

/** Bytes of an answer. */
export function writeSoapResult(result: OwnObject, charset = 'gbk'): Buffer {
  const inner = `${DECLARATION}<result>${writeOwnXml(result)}</result>`;
  return encodeOwn(
    `${DECLARATION}<soapenv:Envelope xmlns:soapenv="${SOAP}"><soapenv:Body>` +
      `<q:STYDJKServiceResponse xmlns:q="${NAMESPACE}"><return>${escapeXml(inner)}</return>` +
      '</q:STYDJKServiceResponse></soapenv:Body></soapenv:Envelope>',
    charset,
  );
}

function nodeOf(value: unknown): OwnObject {
  return isNode(value as OwnObject) ? (value as OwnObject) : {};
}
