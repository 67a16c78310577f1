/** The national form: one JSON object, UTF-8, the body in `input` or `output`. Source: envelope.json. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { ExactNumber } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import { formatJsonBytes, formatMember } from './json-writer.ts';
import type { FindEnvelope, FindLayout } from './layout.ts';
import { checkSize, completeLimits } from './limits.ts';
import { readNationalRequest } from './national-request.ts';
import { isNationalSuccess, readNationalResponse } from './national-response.ts';
import type { OutgoingRequest, OutgoingResponse, SignBody, WireCodec, WireLimits } from './types.ts';

/** Settings of the codec. */
export interface NationalJsonOptions {
  /** Default: 4 MiB, 32 levels, 200,000 nodes. */
  readonly limits?: Partial<WireLimits>;
  /** Definitions of the profile's transactions: they tell whether an answer may be a list. */
  readonly layout?: FindLayout;
  /** Members of the profile's envelope, which may come in another spelling. */
  readonly envelope?: FindEnvelope;
}

/** `-1` as a bare number, as the document has it; anything else as the text it is. */
function codeValue(code: string): WireValue {
  return /^-?(?:0|[1-9]\d*)$/.test(code) ? new ExactNumber(code) : code;
}

/**
 * Envelope members with `first` before and `last` after them; a member that is already there keeps its place
 * and takes the new value. The body is no envelope member.
 */
function arrange(first: WireObject, envelope: WireObject, last: WireObject): WireObject {
  const { input: _input, output: _output, ...members } = envelope;
  const [name = ''] = Object.keys(first);
  return Object.hasOwn(members, name) ? { ...members, ...first, ...last } : { ...first, ...members, ...last };
}

/** The list that is a whole answer (5204): it stands under an empty name, as reading leaves it. */
function listOf(body: WireObject | null): WireValue | undefined {
  const list = body?.[''];
  return Array.isArray(list) && Object.keys(body ?? {}).length === 1 ? list : undefined;
}

/** Serialises the body once, signs exactly these bytes and splices them in unchanged. */
function assemble(
  bodyName: 'input' | 'output',
  body: WireObject | null,
  arranged: (signature: WireObject) => WireObject,
  sign?: SignBody,
): Uint8Array {
  const bodyBytes = formatJsonBytes((bodyName === 'output' ? listOf(body) : undefined) ?? body);
  const members = arranged(sign?.(bodyBytes) ?? {});
  let head = '{';
  for (const name of Object.keys(members)) head += `${formatMember(name, members[name] as WireValue)},`;
  return Buffer.concat([Buffer.from(`${head}"${bodyName}":`), bodyBytes, Buffer.from('}')]);
}

function writeRequest(message: OutgoingRequest, sign?: SignBody): Uint8Array {
  const first = { infno: message.transaction };
  return assemble('input', message.body, (signature) => arrange(first, message.envelope, signature), sign);
}

function writeResponse(message: OutgoingResponse, sign?: SignBody): Uint8Array {
  assert.equal(message.success, isNationalSuccess(message.code), 'code and success of an answer contradict');
  const first = { infcode: codeValue(message.code) };
  return assemble(
    'output',
    message.body,
    (signature) => arrange(first, message.envelope, { err_msg: message.text, ...signature }),
    sign,
  );
}

/**
 * Makes the codec of the national form.
 *
 * Reading: strict UTF-8, no duplicate members, numbers as their text. Variety that is put right is reported in
 * `deviations`: a wrapper around the envelope, a list of it alone, names of its members in capitals, … `signedBytes` is the text of `input` or `output` byte by byte, quotes included when it came as
 * a string; none when it is absent. The envelope holds every other root member, `infno` and `infcode` too.
 *
 * Writing: `transaction`, `code`, `text` and the members that `sign` returns take the place of envelope
 * members of the same name; the body comes last. A body of `null` is written, and signed, as `null`.
 */
export function createNationalJson(options: NationalJsonOptions = {}): WireCodec {
  const limits = completeLimits(options.limits);
  const { layout, envelope } = options;
  const names = (direction: 'request' | 'response') => (): readonly string[] =>
    (envelope?.(direction) ?? []).map(({ name }) => name);
  return {
    contentType: 'application/json; charset=utf-8',
    readRequest: (bytes) => {
      checkSize(bytes, limits);
      return readNationalRequest(bytes, { limits, names: names('request') });
    },
    writeRequest,
    readResponse: (bytes, hint) => {
      checkSize(bytes, limits);
      return readNationalResponse(bytes, { limits, layout, hint, names: names('response') });
    },
    writeResponse,
  };
}
