/** `yiqiao send`: signs a national message, sends it once and prints what came back. */
import { readFileSync } from 'node:fs';
import { formatTime } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import { createTransport } from '@yiqiao/transport';
import { createMessageSigner } from '@yiqiao/signer';
import { createNationalJson } from '@yiqiao/wire';
import type { OutgoingRequest, SignBody } from '@yiqiao/wire';
import type { Report } from './report.ts';
import { readWorldFile } from './world-file.ts';

const REPLY_WITHIN_MS = 120_000;
const DEFAULT_USER_ID = '1234567812345678';

const ONE_CALL = {
  timeouts: { connectMs: 10_000, idleMs: 1_000 },
  maxResponseBytes: 67_108_864,
  connections: 1,
};

/** Options of the command. */
export interface SendOptions {
  readonly to?: string;
  readonly key?: string;
  readonly fresh?: boolean;
  readonly data: string;
}

/** Exit code 1 when the answer is a refusal. @throws GatewayError when there was none. */
export async function sendFile(report: Report, file: string, options: SendOptions): Promise<number> {
  const codec = createNationalJson();
  const request = codec.readRequest(readFileSync(file));
  const message = options.fresh === true ? renew(request) : request;
  const url = options.to ?? readWorldFile(options.data).endpoints.national;
  const bytes = codec.writeRequest(unsigned(message), signerOf(options));
  const transport = createTransport({ url, ...ONE_CALL });
  const stop = new AbortController();
  try {
    const answer = await transport.post({
      body: bytes,
      contentType: codec.contentType,
      deadline: Date.now() + REPLY_WITHIN_MS,
      signal: stop.signal,
    });
    const text = Buffer.from(answer.body).toString('utf8');
    report.line(text);
    if (answer.status === 504) return report.finish(false, { status: 504, outcome: 'unknown', text });
    const { success, code, text: errorText } = codec.readResponse(answer.body);
    return report.finish(success, { status: answer.status, infcode: code, text: errorText, answer: text });
  } finally {
    await transport.close();
  }
}

/** New msgid and inf_time, so that a file can be sent again as a new message. */
function renew(request: OutgoingRequest): OutgoingRequest {
  const now = Date.now();
  const institution = request.envelope['fixmedins_code'];
  const stamp = formatTime(now).replace(/\D/g, '');
  const sequence = String(now % 10_000).padStart(4, '0');
  const msgid = `${typeof institution === 'string' ? institution : ''}${stamp}${sequence}`;
  return { ...request, envelope: { ...request.envelope, msgid, inf_time: formatTime(now) } };
}

/** Without the signature of an earlier sending. */
function unsigned(request: OutgoingRequest): OutgoingRequest {
  const envelope: Record<string, WireValue> = { ...request.envelope };
  delete envelope['cainfo'];
  delete envelope['signtype'];
  return { transaction: request.transaction, envelope: envelope satisfies WireObject, body: request.body };
}

function signerOf(options: SendOptions): SignBody | undefined {
  if (options.key === 'none') return undefined;
  const file = options.key ?? readWorldFile(options.data).keys.his;
  const profile = createRegistry().signingProfile('fsi-main-cainfo');
  return createMessageSigner(profile, { privateKey: readFileSync(file, 'utf8'), userId: DEFAULT_USER_ID });
}
