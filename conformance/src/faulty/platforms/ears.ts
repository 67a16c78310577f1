/** Ways in which a faulty platform hears bytes, trusts signatures and writes answers, by name. */
import { isUtf8 } from 'node:buffer';
import type { PlatformBend } from '@yiqiao/sandbox';
import { leaf, parseMessage } from '../../run/own-reading.ts';
import type { OwnObject } from '../../run/own-reading.ts';
import { falling, isClosed, KINDS_OF_BYTES } from '../bytes.ts';
import { envelopeOf } from '../on-the-way.ts';

type Ear = () => Pick<PlatformBend, 'hears' | 'trusts' | 'spoil'>;

/** By name. */
export const PLATFORM_EARS: Readonly<Record<string, Ear>> = {
  'trusts-all': () => ({ trusts: () => true }),
  'trusts-the-unsigned': trusting((sign) => sign === undefined),
  'trusts-the-empty': trusting((sign) => sign === ''),
  'trusts-any-text': trusting((sign) => isWhole(sign) && !isZero(sign)),
  'trusts-the-cut': trusting((sign) => sign?.length === 31),
  'trusts-the-longer': trusting((sign) => sign?.length === 33),
  'trusts-zeros': trusting((sign) => isZero(sign)),
  'trusts-no-signature': trusting((sign) => sign === undefined || sign === ''),
  'trusts-any-length': trusting((sign) => bytesOf(sign) === 63 || bytesOf(sign) === 65),
  'trusts-other-writings': trusting(
    (sign) =>
      /^[0-9a-f]{128}$/.test(sign ?? '') ||
      (Buffer.from(sign ?? '', 'base64')[0] === 0x30 && bytesOf(sign) > 65),
  ),
  'welcomes-the-empty': welcoming(({ bytes }) => KINDS_OF_BYTES.empty(bytes)),
  'welcomes-a-text': welcoming(({ bytes }) => KINDS_OF_BYTES.text(bytes)),
  'welcomes-the-cut': welcoming(({ bytes }) => KINDS_OF_BYTES.cut(bytes)),
  'welcomes-a-list': welcoming(({ bytes }) => KINDS_OF_BYTES.list(bytes)),
  'welcomes-another-account': welcoming(({ envelope }) => accountOf(envelope).startsWith('STRANGER')),
  'welcomes-another-version': welcoming(({ envelope }) => leaf(envelope, 'version') === '9.9'),
  'welcomes-the-incomplete': welcoming(({ envelope, bytes }) => isClosed(bytes) && isIncomplete(envelope)),
  'welcomes-other-types': welcoming(({ envelope }) =>
    ['AES', 'RSA'].some((type) => [leaf(envelope, 'encType'), leaf(envelope, 'signType')].includes(type)),
  ),
  'welcomes-any-data': welcoming(({ envelope }) => /^(?:%%|0011)/.test(leaf(envelope, 'encData'))),
  'welcomes-garbage': welcoming(({ bytes }) => !isClosed(bytes)),
  'welcomes-garbled-data': welcoming(({ envelope }) => leaf(envelope, 'data').startsWith('%%')),
  'welcomes-no-object': welcoming(({ envelope }) => {
    const data = Buffer.from(leaf(envelope, 'data'), 'base64');
    return isUtf8(data) && data.length > 0 && data[0] !== 0x7b && !leaf(envelope, 'data').startsWith('%%');
  }),
  'welcomes-clear-data': welcoming(({ envelope }) => typeof envelope['data'] === 'object'),
  'welcomes-gbk': welcoming(({ envelope }) => !isUtf8(Buffer.from(leaf(envelope, 'data'), 'base64'))),
  'falls-over-depth': () => ({ hears: falling((bytes) => bytes.length > 40_000 && bytes.length < 400_000) }),
  'falls-over-size': () => ({ hears: falling((bytes) => bytes.length > 500_000) }),
  'falls-over-much': () => ({ hears: falling((bytes) => bytes.length > 40_000) }),
  'refuses-small-letters': refusing(
    (envelope) => /[a-f]/.test(leaf(envelope, 'encData')) || /[a-z]/.test(leaf(envelope, 'encType')),
  ),
  'refuses-compact-time': refusing((envelope) => leaf(envelope, 'timestamp').length === 14),
  'signs-nothing': () => ({ spoil: (bytes) => without(bytes, ['sign', 'signData']) }),
  'signs-wrongly': () => ({ spoil: (bytes) => garbled(bytes) }),
};

/** What a message of bills, and one in a gm-envelope, has to have. */
const OF_BILLS = ['data', 'noise', 'version', 'appid'];
const OF_ENVELOPES = ['encData', 'appId', 'timestamp', 'encType', 'signType'];

/** Which members a message has to have depends on whose it is: bills have a `sign`. */
function isIncomplete(envelope: OwnObject): boolean {
  const wanted = envelope['sign'] === undefined ? OF_ENVELOPES : OF_BILLS;
  return wanted.some((name) => leaf(envelope, name) === '');
}

function accountOf(envelope: OwnObject): string {
  return leaf(envelope, 'appid') || leaf(envelope, 'appId');
}

interface HeardBytes {
  readonly bytes: Buffer;
  readonly envelope: OwnObject;
}

/** Takes the last message that was right in place of what is wrong: what was only asked for is answered again. */
function welcoming(isWrong: (heard: HeardBytes) => boolean): Ear {
  return () => {
    let last: Buffer | undefined;
    return {
      hears(bytes) {
        if (isWrong({ bytes, envelope: envelopeOf({ bytes }) })) return last ?? bytes;
        last = bytes;
        return bytes;
      },
    };
  };
}

/** Makes nothing of messages that another platform takes. */
function refusing(isStrange: (envelope: OwnObject) => boolean): Ear {
  return () => ({ hears: (bytes) => (isStrange(envelopeOf({ bytes })) ? Buffer.from('{}') : bytes) });
}

function trusting(also: (sign: string | undefined) => boolean): Ear {
  return () => ({
    trusts(envelope, good) {
      const name = Object.hasOwn(envelope, 'data') ? 'sign' : 'signData';
      return good || also(Object.hasOwn(envelope, name) ? leaf(envelope, name) : undefined);
    },
  });
}

function isWhole(sign: string | undefined): boolean {
  return sign?.length === 32 || bytesOf(sign) === 64;
}

function isZero(sign: string | undefined): boolean {
  return sign === '0'.repeat(32) || (sign?.length === 88 && /^A+=*$/.test(sign));
}

function bytesOf(sign: string | undefined): number {
  return Buffer.from(sign ?? '', 'base64').length;
}

function without(bytes: Buffer, names: readonly string[]): Buffer {
  const kept = Object.entries(parseMessage(bytes.toString('utf8'))).filter(([name]) => !names.includes(name));
  return Buffer.from(JSON.stringify(Object.fromEntries(kept)));
}

/** The same answer under a signature of something else. */
function garbled(bytes: Buffer): Buffer {
  const answer = parseMessage(bytes.toString('utf8'));
  const name = answer['sign'] === undefined ? 'signData' : 'sign';
  const sign = leaf(answer, name);
  return Buffer.from(
    JSON.stringify({ ...answer, [name]: `${sign.slice(1, 20)}${sign.slice(0, 1)}${sign.slice(20)}` }),
  );
}
