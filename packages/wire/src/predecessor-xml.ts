/** The predecessor's form: SOAP carrying XML in GBK, roots `input` and `result`. Source: legacy-xml/envelope.json. */
import assert from 'node:assert/strict';
import type { Fault, WireObject } from '@yiqiao/model';
import { findBytes } from './charset.ts';
import { charsetFaults } from './charset-faults.ts';
import { fault, refusal } from './faults.ts';
import { checkSize, completeLimits } from './limits.ts';
import {
  PREDECESSOR_BODY,
  isPredecessorSuccess,
  readPredecessorRequest,
  readPredecessorResponse,
} from './predecessor-reader.ts';
import { formatCall, formatReturn, soapMediaType } from './soap.ts';
import type { SoapVersion } from './soap.ts';
import type { OutgoingRequest, OutgoingResponse, SignBody, WireCodec, WireLimits } from './types.ts';

/** Settings of the codec. */
export interface PredecessorXmlOptions {
  /** Default: 4 MiB, 32 levels, 200,000 elements and attributes. */
  readonly limits?: Partial<WireLimits>;
  /** What is written and declared. GBK, the default, lacks rare characters; GB18030 has them all. */
  readonly charset?: 'GBK' | 'GB18030';
  /** What is written; both are read. Default 1.1. */
  readonly soapVersion?: SoapVersion;
}

/** Root name and its content. */
interface Document {
  readonly root: 'input' | 'result';
  readonly members: WireObject;
}

const HEADER = ['sign', 'transid'] as const;

/** The form has no place for a signature over the whole: `sign` stands inside what would be signed. */
function refuseSigning(sign: SignBody | undefined): void {
  if (sign === undefined) return;
  throw refusal('PROFILE_BROKEN', [
    fault({
      rule: 'signing',
      at: '/input/sign',
      zh: '前代 XML 没有公开的签名方式，该连接请配置为不签名。',
      en: 'No signature is known for the predecessor XML; configure this connection without one.',
    }),
  ]);
}

/** Envelope members that the request has no element for, and body members that bear an envelope's name. */
function requestFaults(message: OutgoingRequest): Fault[] {
  const known: readonly string[] = ['TransNo', ...HEADER];
  const homeless = Object.keys(message.envelope).filter((name) => !known.includes(name));
  const taken = HEADER.filter((name) => Object.hasOwn(message.body, name));
  return [...homeless, ...taken].map((name) =>
    fault({
      rule: 'format',
      at: `/input/${name}`,
      zh: '报文头没有此元素，或正文占用了报文头的元素名。',
      en: 'The header has no such element, or the body takes the name of a header element.',
    }),
  );
}

/** The header elements that are given, in the document's order. */
function headerOf(envelope: WireObject): WireObject {
  return Object.fromEntries(
    HEADER.filter((name) => Object.hasOwn(envelope, name)).map((name) => [name, envelope[name] ?? '']),
  );
}

function resultOf(message: OutgoingResponse): WireObject {
  const { output: _output, ...others } = message.envelope;
  const words = { errorcode: message.code, errormsg: message.text };
  const head = { ...headerOf(message.envelope), ...words };
  const members = { ...head, ...others, ...words };
  return message.body === null ? members : { ...members, output: message.body };
}

/** @throws GatewayError `FORMAT_LIMIT` with every value that the form cannot carry */
function write(
  document: Document,
  options: { charset: 'GBK' | 'GB18030'; faults: Fault[]; wrap: (inner: string) => string },
): Uint8Array {
  const { charset, faults } = options;
  const declaration = `<?xml version="1.0" encoding="${charset}"?>`;
  const content = PREDECESSOR_BODY.formatMembers(document.members, `/${document.root}`, faults);
  const inner = `${declaration}<${document.root}>${content}</${document.root}>`;
  const bytes = findBytes(declaration + options.wrap(inner), charset);
  if (bytes === undefined) faults.push(...charsetFaults(document.members, `/${document.root}`, charset));
  if (faults.length > 0) throw refusal('FORMAT_LIMIT', faults, { count: faults.length });
  assert(bytes !== undefined, 'a message cannot be written, but no leaf of it is at fault');
  return bytes;
}

/**
 * Makes the codec of the predecessor's form.
 *
 * Reading: the charset is the declared one (none: what the bytes are); a bare `<input>` or `<result>` is taken
 * and reported. The envelope holds `TransNo`, `sign`, `transid`, of answers every leaf of `result`; the body is the
 * rest of `input`, or `output`. All values are text, untrimmed; an empty element is `''`, an empty `output` `{}`;
 * `detail/row` is a list. `signedBytes` is the inner XML in the charset of the message.
 *
 * Writing: of `sign` and `transid` those that the envelope has; `FORMAT_LIMIT` names each value that XML or the
 * charset cannot carry (null, boolean, list elsewhere, characters). A signature: `PROFILE_BROKEN`.
 */
export function createPredecessorXml(options: PredecessorXmlOptions = {}): WireCodec {
  const limits = completeLimits(options.limits);
  const { charset = 'GBK', soapVersion = '1.1' } = options;
  return {
    contentType: `${soapMediaType(soapVersion)}; charset=${charset}`,
    readRequest: (bytes, hint) => {
      checkSize(bytes, limits);
      return readPredecessorRequest(bytes, limits, hint?.transaction);
    },
    writeRequest: (message, sign) => {
      refuseSigning(sign);
      const members = { ...headerOf(message.envelope), ...message.body };
      const wrap = (inner: string): string => formatCall(soapVersion, message.transaction, inner);
      return write({ root: 'input', members }, { charset, faults: requestFaults(message), wrap });
    },
    readResponse: (bytes) => {
      checkSize(bytes, limits);
      return readPredecessorResponse(bytes, limits);
    },
    writeResponse: (message, sign) => {
      refuseSigning(sign);
      assert.equal(
        message.success,
        isPredecessorSuccess(message.code),
        'code and success of an answer contradict',
      );
      const wrap = (inner: string): string => formatReturn(soapVersion, inner);
      return write({ root: 'result', members: resultOf(message) }, { charset, faults: [], wrap });
    },
  };
}
