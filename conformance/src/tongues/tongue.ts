/** How a kit speaks: how its steps become bytes, and how answers to them are read. */
import type { Clock } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import type { Kit, RawStep, SendStep } from '../kits/types.ts';
import type { Lookup } from '../run/fill.ts';
import type { Inputs } from '../run/inputs.ts';
import type { ReadAnswer } from '../run/read-answer.ts';

/** A message ready to go. */
export interface Written {
  readonly infno: string;
  readonly msgid: string;
  readonly bytes: Buffer;
  /** Where the bytes hide it: what they say, `{ infno, input }` in JSON. */
  readonly clear?: Buffer;
  /** Path below the target's address, and headers beside the usual ones. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What one scenario gives for its messages. */
export interface Writing {
  readonly lookup: Lookup;
  /** The next 发送方报文ID. */
  readonly nextMsgid: () => string;
}

/** An answer as it came. */
export interface Came {
  readonly status: number;
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Writes and reads. */
export interface Tongue {
  /** Members that identify a person, where they have other names than the national ones. */
  readonly personal?: ReadonlySet<string>;
  /** Its messages are no JSON. */
  readonly notJson?: true;
  /** Writes the message of a step. @throws Error when the kit has no such message or a value is unknown */
  write(step: SendStep, writing: Writing): Written;
  /** Bytes that are no message, or one that nobody should send. */
  writeRaw(step: RawStep, writing: Writing): Written;
  /** Reads what came in answer to `asked`, twice; never throws. */
  read(came: Came, asked: Pick<Written, 'infno' | 'msgid' | 'headers'>): ReadAnswer;
}

/** What a tongue is made for. */
export interface TongueWorld {
  readonly registry: Registry;
  readonly kit: Kit;
  readonly inputs: Inputs;
  readonly clock: Clock;
}
