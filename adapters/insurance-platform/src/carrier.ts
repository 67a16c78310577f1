/** How the envelope of another interface carries a national message. Source: schemas/signing/profiles.json, `carrier`. */
import { Buffer } from 'node:buffer';
import { isWireObject } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import { readJsonObject } from '@yiqiao/signer';
import type { Direction } from '@yiqiao/signer';
import { formatJson } from '@yiqiao/wire';

/** Where the message stands in each direction. */
export interface Carrier {
  readonly request: CarriedPlace;
  readonly response: CarriedPlace;
}

interface CarriedPlace {
  /** Member that holds the message; absent: its members are those of the envelope. */
  readonly member?: string;
  /** Members that stand beside it. */
  readonly beside?: Readonly<Record<string, string>>;
}

/** The members of an envelope around a message. */
export function sealCarrier(carrier: Carrier, direction: Direction, bytes: Uint8Array): WireObject {
  const { member, beside = {} } = carrier[direction];
  const message = readJsonObject(bytes);
  return member === undefined ? message : { ...beside, [member]: message };
}

/** The message inside an envelope; `undefined` when there is none, as in a refusal by whoever stands before it. */
export function openCarrier(
  carrier: Carrier,
  direction: Direction,
  envelope: WireObject,
): Uint8Array | undefined {
  const { member } = carrier[direction];
  const message = member === undefined ? envelope : envelope[member];
  return isWireObject(message) ? Buffer.from(formatJson(message)) : undefined;
}
