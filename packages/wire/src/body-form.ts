/** How the body stands in a framed message: as an object, as arguments by position, or as a conversation of calls. */
import { isWireObject } from '@yiqiao/model';
import type { Fault, WireObject, WireValue } from '@yiqiao/model';
import { fault } from './faults.ts';

/** Which half of which transaction is at hand, and where its body stands. */
export interface BodyPlace {
  readonly transaction: string;
  readonly direction: 'request' | 'response';
  /** Pointer of the body in the message. */
  readonly at: string;
}

/** One way of a body to stand in a message. */
export interface BodyForm {
  /** The transaction, where the body itself tells it. */
  transactionOf?(value: WireValue | undefined): string;
  /** `undefined` when the value is none of this form; what is wrong inside is added to the faults. */
  read(value: WireValue | undefined, place: BodyPlace, faults: Fault[]): WireObject | undefined;
  /** What the form cannot carry is added to the faults. */
  write(body: WireObject, place: BodyPlace, faults: Fault[]): WireValue;
}

/** The body as it is. */
export const OBJECT_FORM: BodyForm = {
  read: (value) => (isWireObject(value) ? value : undefined),
  write: (body) => body,
};

/** What a form cannot carry. */
export function formLimit(at: string, zh: string, en: string): Fault {
  return fault({ rule: 'format', at, zh, en });
}

/** Arguments that are missing, each named. */
export function missingArgument(at: string, count: { position: number; found: number }): Fault {
  const { position, found } = count;
  return fault({
    rule: 'fields',
    at,
    found: String(found),
    zh: `缺第 ${position} 个参数，只收到 ${found} 个；请补齐，没有值也要占位。`,
    en: `Argument ${position} is missing, ${found} came; write an empty one where there is no value.`,
  });
}
