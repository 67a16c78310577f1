/** Transactions that a file answers (9102): whatever is no message of the far side passes on as it comes. */
import { Buffer } from 'node:buffer';
import { pipeline, Transform } from 'node:stream';
import type { Readable } from 'node:stream';
import { GatewayError } from '@yiqiao/model';
import type { CallContext, CanonicalRequest, CanonicalResponse, FileAnswer } from '@yiqiao/model';
import type { FileTransport, IsFile, Transport, TransportFile } from '@yiqiao/transport';
import type { OutgoingRequest } from '@yiqiao/wire';
import { askForFile } from './far-side.ts';
import type { FarAnswer, FarSide } from './far-side.ts';
import { UNPROTECTED } from './protection.ts';

/** A far side from which files can be fetched, and the number of the one that is asked for. */
interface FileSource {
  readonly far: FarSide & { readonly transport: FileTransport };
  readonly number: string;
}

/** `undefined` when a message answers this request, whatever comes. */
export function findFileSource(far: FarSide, { content }: CanonicalRequest): FileSource | undefined {
  const { transport, parts } = far;
  if (content.form !== 'canonical' || !carriesFiles(transport)) return undefined;
  const { fileUnder } = parts.registry.operation(content.operation);
  if (fileUnder === undefined) return undefined;
  const number = content.body[fileUnder];
  return { far: { ...far, transport }, number: typeof number === 'string' ? number : '' };
}

function carriesFiles(transport: Transport): transport is FileTransport {
  return 'postForFile' in transport;
}

/**
 * Asks for a file. A message that comes in its place, a refusal above all, is read as any other.
 * @throws GatewayError as `askFarSide`; `UPSTREAM_REPLY_UNUSABLE` for a file of a far side whose answers must prove whose
 *   they are: a file bears no signature. Source: envelope.json, rules
 */
export async function fetchFile(
  { far, number }: FileSource,
  message: OutgoingRequest,
  context: CallContext,
): Promise<FarAnswer | FileAnswer> {
  const { transaction } = message;
  const answer = await askForFile(far, { transaction, message }, { isFile, context });
  if (!('stream' in answer)) return answer;
  const { provesAnswers } = far.parts.protection ?? UNPROTECTED;
  if (provesAnswers && far.address?.isSecure !== true) {
    answer.stream.destroy();
    const facts = { peer: far.parts.peer, why: 'signature', code: 'SIGNATURE_MISSING' };
    throw new GatewayError('UPSTREAM_REPLY_UNUSABLE', { facts });
  }
  return fileOf(answer, number);
}

/** The canonical answer that a file is. */
export function responseOf(request: CanonicalRequest, file: FileAnswer): CanonicalResponse {
  return { referenceId: '', content: { ...request.content, ...NOTHING }, deviations: [], file };
}

const NOTHING = { body: {}, carried: {} };

/** A zip archive, or what the far side says is no text and does not begin as a message does. */
const isFile: IsFile = ({ status, contentType, first }) => {
  if (status !== 200) return false;
  const [one, two = ZIP[1]] = first;
  if (one === ZIP[0] && two === ZIP[1]) return true;
  return BINARY.test(contentType) && !TEXT_STARTS.has(one);
};

/** `PK`. */
const ZIP = [0x50, 0x4b] as const;
const BINARY = /^application\/(?:octet-stream|zip|x-zip-compressed|x-download)\b/i;
/** What messages begin with: `{`, `[`, `<`, blanks, a byte order mark. */
const TEXT_STARTS: ReadonlySet<number | undefined> = new Set([
  0x7b, 0x5b, 0x3c, 0x20, 0x09, 0x0a, 0x0d, 0xef,
]);

function fileOf({ contentType, headers, stream }: TransportFile, number: string): FileAnswer {
  const told = headers['content-length'];
  const length = typeof told === 'string' && /^\d+$/.test(told) ? Number(told) : undefined;
  const isFramed = length !== undefined || headers['transfer-encoding'] !== undefined;
  return {
    number,
    contentType,
    ...(length === undefined ? {} : { length }),
    stream: isFramed ? stream : requireZipEnd(stream),
  };
}

/** Last record of a zip archive, without and with the longest comment. */
const END_RECORD = Buffer.from([0x50, 0x4b, 0x05, 0x06]);
const END_BYTES = 22 + 0xffff;

/**
 * An answer without length ends where the connection does, so that a broken connection looks like its end: an archive
 * that lacks its last record was cut off.
 */
function requireZipEnd(source: Readable): Readable {
  let isZip: boolean | undefined;
  let tail = Buffer.alloc(0);
  const checked = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      isZip ??= chunk[0] === ZIP[0];
      if (isZip) tail = Buffer.concat([tail, chunk]).subarray(-END_BYTES);
      done(null, chunk);
    },
    flush(done) {
      const isWhole = isZip !== true || tail.includes(END_RECORD);
      done(isWhole ? null : new GatewayError('UPSTREAM_REPLY_UNUSABLE', { facts: { reason: 'cut-off' } }));
    },
  });
  // Its error is that of what it returns.
  return pipeline(source, checked, () => undefined);
}
