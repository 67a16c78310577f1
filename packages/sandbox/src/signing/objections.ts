/** Reasons not to trust a message that several signing schemes have in common. */
import { verifyText } from '../sm2-signature.ts';
import type { Signer } from '../sm2-signature.ts';
import type { OpenedByScheme, ProtectedMessage, SigningObjection } from './signing-scheme.ts';

type Objections = readonly SigningObjection[];

/** Bytes that are no JSON object. */
export const UNREADABLE: OpenedByScheme = { clear: undefined, objections: [{ what: 'syntax', member: '' }] };

/** Headers that are missing or empty; `unsigned` when none of them is there. */
export function absences(headers: ProtectedMessage['headers'], names: readonly string[]): Objections {
  const absent = names.filter((name) => headers[name] === undefined);
  if (absent.length === names.length) return [{ what: 'unsigned', member: names.at(-1) ?? '' }];
  return names.flatMap((member) => {
    const value = headers[member];
    if (value === undefined) return [{ what: 'absent', member }];
    return value.trim() === '' ? [{ what: 'empty', member }] : [];
  });
}

/** A member or header that is not what was agreed. */
export function memberObjections(given: string | undefined, agreed: string, member: string): Objections {
  return given === agreed ? [] : [{ what: 'member', member }];
}

/** How near to now a time in seconds (10 digits) or milliseconds (13 digits) has to be. `now`: epoch milliseconds. */
export interface TimeRule {
  readonly digits: 10 | 13;
  readonly now: number;
  readonly withinMs: number;
  readonly member: string;
}

/** A time that is unreadable, or too far away. */
export function timeObjections(text: string, { digits, now, withinMs, member }: TimeRule): Objections {
  const isTime = text.length === digits && /^\d+$/.test(text);
  const time = Number(text) * 10 ** (13 - digits);
  return isTime && Math.abs(time - now) <= withinMs ? [] : [{ what: 'time', member }];
}

/** A digest that is not the expected one. */
export function digestObjections(given: string, expected: string, member: string): Objections {
  if (given.length < expected.length) return [{ what: 'short', member }];
  if (given.length > expected.length) return [{ what: 'long', member }];
  return given === expected ? [] : [{ what: 'signature', member }];
}

/** What is not the SM2 signature of the text by `signer`, r‖s in base64. */
export function sm2Objections(
  given: string | undefined,
  text: string,
  { member, ...signer }: Signer & { readonly member: string },
): Objections {
  const shape = shapeOf(given);
  if (shape !== 'rs') return [{ what: shape, member }];
  return verifyText(text, given ?? '', signer) ? [] : [{ what: 'signature', member }];
}

/** `rs`: 64 bytes in base64, not all zero. `other`: no writing of an SM2 signature that is known. */
type SignatureShape = 'unsigned' | 'empty' | 'hex' | 'der' | 'short' | 'long' | 'zero' | 'rs' | 'other';

function shapeOf(text: string | undefined): SignatureShape {
  if (text === undefined) return 'unsigned';
  if (text === '') return 'empty';
  if (/^[\da-f]{128}$/i.test(text)) return 'hex';
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) return 'other';
  if (bytes[0] === 0x30 && bytes[1] === bytes.length - 2) return 'der';
  if (bytes.length !== 64) return bytes.length < 64 ? 'short' : 'long';
  return bytes.every((one) => one === 0) ? 'zero' : 'rs';
}
