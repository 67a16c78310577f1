/** Recordings out of an evidence file: what a gateway received from a client, and what it answered. */
import type { Recording } from '@yiqiao/conformance';
import { extractMessages } from '@yiqiao/evidence';
import { formatTime } from '@yiqiao/model';

/** Whether a file is one of `yiqiao evidence export`. */
export function isEvidence(bytes: Buffer): boolean {
  return bytes.subarray(0, 200).toString('utf8').includes('"yiqiao-evidence-file/');
}

/** The exchange with the caller. @throws Error when the file has no message of a caller: exported without contents */
export function recordingsOfEvidence(bytes: Buffer): readonly Recording[] {
  const messages = extractMessages(bytes);
  const request = messages.find(({ name }) => name === 'received');
  if (request === undefined)
    throw new Error('证据文件中没有报文内容 the evidence file holds no message contents');
  const answer = messages.findLast(({ name }) => name === 'reply');
  const { entries } = JSON.parse(bytes.toString('utf8')) as {
    readonly entries: readonly { readonly id: number; readonly at: number }[];
  };
  const at = entries.find(({ id }) => id === request.entry)?.at ?? 0;
  return [
    {
      at: formatTime(at),
      request: Buffer.from(request.bytes),
      ...(answer !== undefined && { answer: Buffer.from(answer.bytes) }),
    },
  ];
}
