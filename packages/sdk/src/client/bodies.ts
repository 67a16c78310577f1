/** Bodies as a vendor's program writes and reads them: the canonical model, amounts never as `number`. */
import type { Decimal, Fen, Operation, OperationBodies } from '@yiqiao/model';

/**
 * A body as it may be given: an amount is `Fen` or decimal text in 元 (`'12.50'`), any other exact number is decimal text.
 * A `number` in such a place does not compile.
 */
export type Given<T> = T extends Fen
  ? Fen | string
  : T extends Decimal
    ? string
    : T extends readonly (infer Item)[]
      ? readonly Given<Item>[]
      : T extends object
        ? { readonly [Name in keyof T]: Given<T[Name]> }
        : T;

/** Nothing: the operation has no such body. */
export type NoBody = Readonly<Record<string, never>>;

/** What is asked with an operation. */
export type RequestOf<O extends Operation> = OperationBodies[O]['request'] extends null
  ? NoBody
  : Given<OperationBodies[O]['request']>;

/** What an operation answers, amounts as `Fen`. An answer that was let through with warnings may lack a member. */
export type AnswerOf<O extends Operation> = OperationBodies[O]['response'] extends null
  ? NoBody
  : NonNullable<OperationBodies[O]['response']>;
