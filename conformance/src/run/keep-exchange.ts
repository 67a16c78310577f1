/** Exchanges in the form in which they are kept: names and numbers of persons masked, long texts cut. */
import { maskIdentifiers } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import type { Exchange } from './exchanges.ts';
import { child, isNode, leaf, parseMessage, textOf } from './own-reading.ts';
import type { OwnValue } from './own-reading.ts';
import type { KeptExchange } from './results.ts';

const MAX_TEXT = 20_000;

/** Makes an exchange ready to be kept. `exact`: with its bytes. */
export function keepExchange(
  exchange: Exchange,
  { registry, exact }: { readonly registry: Registry; readonly exact: boolean },
): KeptExchange {
  const { name, infno, msgid, at, sent, reply, read } = exchange;
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
    sent: maskedText(sent, registry),
    received: reply.came ? maskedText(reply.bytes, registry) : `${reply.text.zh} ${reply.text.en}`,
    ...(exact && { sentBytes: sent.toString('base64') }),
    ...(exact && reply.came && { receivedBytes: reply.bytes.toString('base64') }),
  };
}

function maskedText(bytes: Buffer, registry: Registry): string {
  const text = bytes.subarray(0, MAX_TEXT).toString('utf8');
  if (bytes.length > MAX_TEXT) return `${maskIdentifiers(text)}… (${bytes.length} bytes)`;
  try {
    return JSON.stringify(maskedValue(parseMessage(text), '', registry));
  } catch {
    return maskIdentifiers(text);
  }
}

function maskedValue(value: OwnValue | undefined, name: string, registry: Registry): unknown {
  if (Array.isArray(value))
    return (value as readonly OwnValue[]).map((item) => maskedValue(item, name, registry));
  if (isNode(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, maskedValue(member, key, registry)]),
    );
  const text = textOf(value);
  if (text !== '' && registry.findName(name)?.personal === true)
    return text.length < 3 ? '**' : `${text.slice(0, 1)}***`;
  return typeof value === 'string' ? maskIdentifiers(value) : value;
}
