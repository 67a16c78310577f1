/** Recorded messages of a client: one exchange a line (schema: conformance/recordings.schema.json), or a HAR file. */
import type { Exchange } from '../run/exchanges.ts';
import { isNode, leaf, parseMessage } from '../run/own-reading.ts';
import type { OwnObject } from '../run/own-reading.ts';
import type { Reply } from '../run/post.ts';
import type { Tongue } from '../tongues/tongue.ts';

/** One exchange as recorded. */
export interface Recording {
  /** `yyyy-MM-dd HH:mm:ss`, China's time. */
  readonly at: string;
  readonly request: Buffer;
  /** Absent: no answer came. */
  readonly answer?: Buffer;
  /** HTTP status of the answer; 200 when absent. */
  readonly status?: number;
}

/**
 * Reads a file of recordings, in the order of their times.
 * @throws Error naming every line that cannot be read
 */
export function parseRecordings(text: string): readonly Recording[] {
  const har = findHar(text);
  const read = har === undefined ? readLines(text) : har.map((entry, at) => readHarEntry(entry, at));
  const faults = read.flatMap((one) => (typeof one === 'string' ? [one] : []));
  if (faults.length > 0) throw new Error(faults.join('\n'));
  const recordings = read as readonly Recording[];
  return recordings.toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
}

/** A recording as an exchange, its answer read twice. */
export function toExchange({ at, request, answer, status = 200 }: Recording, tongue: Tongue): Exchange {
  const named = namesOf(request);
  const reply: Reply =
    answer === undefined
      ? { came: false, failure: 'abandoned', text: NOT_RECORDED, ms: 0 }
      : { came: true, status, bytes: answer, ms: 0, headers: {} };
  return {
    name: `recorded-${named.infno}`,
    ...named,
    at,
    sent: request,
    reply,
    ...(reply.came && { read: tongue.read(reply, named) }),
  };
}

const NOT_RECORDED = { zh: '没有记录到应答', en: 'no answer was recorded' };

function namesOf(bytes: Buffer): Pick<Exchange, 'infno' | 'msgid'> {
  try {
    const envelope = parseMessage(bytes.toString('utf8'));
    return { infno: leaf(envelope, 'infno'), msgid: leaf(envelope, 'msgid') };
  } catch {
    return { infno: '', msgid: '' };
  }
}

const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

function readLines(text: string): readonly (Recording | string)[] {
  return text
    .split(/\r?\n/)
    .map((line, at) => (line.trim() === '' ? undefined : readLine(line, at + 1)))
    .filter((one) => one !== undefined);
}

function readLine(line: string, number: number): Recording | string {
  const where = (zh: string, en: string): string => `第 ${number} 行 line ${number}: ${zh} ${en}`;
  let value: OwnObject;
  try {
    value = parseMessage(line);
  } catch {
    return where('不是 JSON 对象', 'it is no JSON object');
  }
  const at = leaf(value, 'at');
  if (!TIME.test(at)) return where('at 应为 yyyy-MM-dd HH:mm:ss', '`at` must be yyyy-MM-dd HH:mm:ss');
  const request = bytesOf(value, 'request');
  if (request === undefined)
    return where('request 应为文本或 {"base64":"…"}', '`request` must be a text or {"base64":"…"}');
  const answer = bytesOf(value, 'answer');
  if (answer === undefined && value['answer'] !== undefined && value['answer'] !== null)
    return where('answer 应为文本或 {"base64":"…"}', '`answer` must be a text or {"base64":"…"}');
  const status = leaf(value, 'status');
  if (status !== '' && !/^[1-5]\d\d$/.test(status))
    return where('status 应为 HTTP 状态码', '`status` must be an HTTP status');
  return {
    at,
    request,
    ...(answer !== undefined && { answer }),
    ...(status !== '' && { status: Number(status) }),
  };
}

function bytesOf(value: OwnObject, name: string): Buffer | undefined {
  const member = value[name];
  if (typeof member === 'string') return Buffer.from(member);
  const base64 = isNode(member) ? member['base64'] : undefined;
  return typeof base64 === 'string' ? Buffer.from(base64, 'base64') : undefined;
}

interface HarEntry {
  readonly startedDateTime?: string;
  readonly request?: { readonly postData?: { readonly text?: string; readonly encoding?: string } };
  readonly response?: {
    readonly status?: number;
    readonly content?: { readonly text?: string; readonly encoding?: string };
  };
}

/** Entries of a HAR file that have a body; nothing for another file. */
function findHar(text: string): readonly HarEntry[] | undefined {
  if (!/^\s*\{\s*"log"/.test(text)) return undefined;
  const { log } = JSON.parse(text) as { readonly log?: { readonly entries?: readonly HarEntry[] } };
  return (log?.entries ?? []).filter(({ request }) => request?.postData?.text !== undefined);
}

function readHarEntry({ startedDateTime = '', request, response }: HarEntry, at: number): Recording | string {
  const time = Date.parse(startedDateTime);
  if (Number.isNaN(time)) return `entries[${at}]: startedDateTime`;
  const { text, encoding } = response?.content ?? {};
  const status = response?.status ?? 0;
  return {
    at: new Date(time + CHINA_MS).toISOString().slice(0, 19).replace('T', ' '),
    request: Buffer.from(request?.postData?.text ?? ''),
    ...(status > 0 &&
      text !== undefined && {
        status,
        answer: Buffer.from(text, encoding === 'base64' ? 'base64' : 'utf8'),
      }),
  };
}

const CHINA_MS = 8 * 3_600_000;
