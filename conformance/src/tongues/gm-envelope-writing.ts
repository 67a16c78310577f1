/** Messages in gm-envelopes: right ones by the product, those that are wrong in one way by the sandbox. */
import type { WireObject } from '@yiqiao/model';
import { sealEnvelope } from '@yiqiao/sandbox';
import type { EnvelopeContent } from '@yiqiao/sandbox';
import { readJsonObject } from '@yiqiao/signer';
import type { SendStep, SignWay, Template } from '../kits/types.ts';
import { fill } from '../run/fill.ts';
import type { Lookup } from '../run/fill.ts';
import { leaf, parseMessage } from '../run/own-reading.ts';
import type { OwnObject } from '../run/own-reading.ts';
import type { Account } from './gm-envelope-accounts.ts';

/** What an envelope is made of. */
export interface EnvelopeParts {
  readonly account: Account;
  /** Members beside the usual ones. */
  readonly members: Readonly<Record<string, string>>;
  /** The business object as text. */
  readonly body: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Members that no signature covers: they are changed after it is made. So are those written with `!` before them. */
const isUnsigned = (name: string): boolean =>
  ['encData', 'signData', 'data'].includes(name) || name.startsWith('!');

/**
 * The bytes of a step. Members of `envelope` are signed as they stand, but for those that are never signed; `data`
 * stands for the business object in the clear in place of the encrypted one, `encData: lower` for hex in small letters.
 */
export function sealMessage(
  {
    envelope = {},
    removeEnvelope = [],
    sign = 'good',
  }: Pick<SendStep, 'envelope' | 'removeEnvelope' | 'sign'>,
  parts: EnvelopeParts & { readonly lookup: Lookup },
): Buffer {
  const { path: _, ...filled } = fill(envelope, parts.lookup) as OwnObject;
  const entries = Object.entries(filled);
  const signed = Object.fromEntries(entries.filter(([name]) => !isUnsigned(name)));
  const unsigned = Object.fromEntries(
    entries.filter(([name]) => isUnsigned(name)).map(([name, value]) => [name.replace('!', ''), value]),
  );
  const made =
    Object.keys(signed).length === 0 ? sealWay(sign, parts) : sealOther({ ...parts, instead: signed });
  if (entries.length === 0 && removeEnvelope.length === 0) return made;
  const message = { ...parseMessage(made.toString('utf8')), ...unsigned } as Record<
    string,
    OwnObject[string]
  >;
  if (unsigned['encData'] === 'lower')
    message['encData'] = leaf(parseMessage(made.toString('utf8')), 'encData').toLowerCase();
  if (unsigned['data'] !== undefined) {
    message['data'] = parseMessage(parts.body);
    delete message['encData'];
  }
  for (const name of removeEnvelope) delete message[name];
  return Buffer.from(JSON.stringify(message));
}

/** By the sandbox's hand: with other members, or with other bytes inside. */
export function sealOther({
  account,
  members,
  body,
  now,
  instead,
  inside,
}: EnvelopeParts & Pick<EnvelopeContent, 'instead' | 'inside'>): Buffer {
  const usual = { ...members, version: versionOf(account) };
  const content = {
    members: usual,
    now,
    ...(instead !== undefined && { instead }),
    ...(inside !== undefined && { inside }),
  };
  try {
    const data = parseMessage(inside === undefined ? body : inside.toString('utf8'));
    return sealEnvelope(account.own, { ...content, data });
  } catch {
    // What no JSON reader takes, or is too deep to be signed, goes under the signature of what is right.
    return sealEnvelope(account.own, { ...content, data: parseMessage(body) });
  }
}

function sealWay(way: SignWay, parts: EnvelopeParts): Buffer {
  const { account, members, body, now } = parts;
  const seal = (by: Account['reader'], more: WireObject = {}): Buffer =>
    by.sealMessage?.(
      { ...members, data: { ...readJsonObject(Buffer.from(body)), ...more } },
      { now, nonce: '' },
    ) ?? Buffer.alloc(0);
  if (way === 'good') return seal(account.reader);
  if (way === 'other-user-id') return seal(account.otherUser);
  if (way === 'stranger') {
    const all = { ...members, version: versionOf(account) };
    return sealEnvelope(account.own, { members: all, data: parseMessage(body), now, stranger: true });
  }
  const good = parseMessage(seal(account.reader).toString('utf8'));
  const raw = Buffer.from(leaf(good, 'signData'), 'base64');
  const ways: Readonly<Partial<Record<SignWay, () => string>>> = {
    empty: () => '',
    'other-body': () => leaf(parseMessage(seal(account.reader, { memo: '1' }).toString('utf8')), 'signData'),
    der: () => derOf(raw).toString('base64'),
    hex: () => raw.toString('hex'),
    cut: () => raw.subarray(0, 63).toString('base64'),
    longer: () => Buffer.concat([raw, Buffer.of(0)]).toString('base64'),
    zero: () => Buffer.alloc(64).toString('base64'),
    swapped: () => Buffer.concat([raw.subarray(32), raw.subarray(0, 32)]).toString('base64'),
  };
  const { signData: _, ...rest } = good;
  if (way === 'none') return Buffer.from(JSON.stringify(rest));
  const make = ways[way];
  if (make === undefined) throw new RangeError(`a gm-envelope is not signed ${way}`);
  return Buffer.from(
    JSON.stringify({ ...rest, signData: make() } satisfies Record<string, Template | OwnObject[string]>),
  );
}

/** The version that the product writes for this account. */
function versionOf({ reader }: Account): string {
  const made = reader.sealMessage?.({ data: {} }, { now: 0, nonce: '' }) ?? Buffer.from('{}');
  return leaf(parseMessage(made.toString('utf8')), 'version');
}

/** r‖s as the sequence that OpenSSL and Java libraries give. */
function derOf(raw: Buffer): Buffer {
  const integer = (half: Buffer): Buffer => {
    const first = half.findIndex((byte) => byte !== 0);
    const digits = half.subarray(Math.max(first, 0));
    const body = (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits;
    return Buffer.concat([Buffer.of(2, body.length), body]);
  };
  const body = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))]);
  return Buffer.concat([Buffer.of(0x30, body.length), body]);
}
