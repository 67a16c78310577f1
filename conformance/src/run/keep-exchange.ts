/** Exchanges in the form in which they are kept: names and numbers of persons masked, long texts cut. */
import { maskIdentifiers } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import { isArchive } from '../tongues/archives.ts';
import type { Exchange } from './exchanges.ts';
import { child, isNode, leaf, parseMessage, plainText, textOf } from './own-reading.ts';
import type { OwnValue } from './own-reading.ts';
import type { KeptExchange } from './results.ts';

const MAX_TEXT = 20_000;

/** How exchanges are kept. */
export interface Keeping {
  readonly registry: Registry;
  /** With their bytes. */
  readonly exact: boolean;
  /** Members that identify a person, beside those of the national form. */
  readonly personal?: ReadonlySet<string>;
}

/** Makes an exchange ready to be kept. */
export function keepExchange(exchange: Exchange, { registry, exact, personal }: Keeping): KeptExchange {
  const { name, infno, msgid, at, sent, clear, reply, read } = exchange;
  const isPersonal = (member: string): boolean =>
    registry.findName(member)?.personal === true || personal?.has(member) === true;
  // Sealed messages and packed files are of no use to a reader: what they say is kept, and with `--exact` their bytes.
  const packed = clear !== undefined || (reply.came && isArchive(reply.bytes));
  const told =
    packed && read?.state === 'read' ? Buffer.from(JSON.stringify(read.answer.envelope)) : undefined;
  const output = read?.state === 'read' ? read.answer.output : {};
  const setlId = leaf(child(output, 'setlinfo'), 'setl_id');
  return {
    name,
    infno,
    msgid,
    at,
    ms: reply.ms,
    ...(reply.came && { status: reply.status }),
    ...(setlId !== '' && { setlId }),
    ...(read?.state === 'read' && { infcode: read.answer.code }),
    sent: maskedText(clear ?? sent, isPersonal),
    received: reply.came ? maskedText(told ?? reply.bytes, isPersonal) : `${reply.text.zh} ${reply.text.en}`,
    ...(exact && { sentBytes: sent.toString('base64') }),
    ...(exact && reply.came && { receivedBytes: reply.bytes.toString('base64') }),
  };
}

type IsPersonal = (name: string) => boolean;

function maskedText(bytes: Buffer, isPersonal: IsPersonal): string {
  const text = plainText(bytes.subarray(0, MAX_TEXT));
  if (bytes.length > MAX_TEXT) return `${maskIdentifiers(text)}… (${bytes.length} bytes)`;
  try {
    return JSON.stringify(maskedValue(parseMessage(text), '', isPersonal));
  } catch {
    return maskIdentifiers(text);
  }
}

function maskedValue(value: OwnValue | undefined, name: string, isPersonal: IsPersonal): unknown {
  if (Array.isArray(value))
    return (value as readonly OwnValue[]).map((item) => maskedValue(item, name, isPersonal));
  if (isNode(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, maskedValue(member, key, isPersonal)]),
    );
  const text = textOf(value);
  if (text !== '' && isPersonal(name)) return text.length < 3 ? '**' : `${text.slice(0, 1)}***`;
  return typeof value === 'string' ? maskIdentifiers(value) : value;
}
