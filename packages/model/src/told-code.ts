/** The code at the head of the words in which a gateway tells an error. */
import { ERRORS } from './error-catalogue.ts';
import type { ErrorCode } from './errors.ts';

/** `[REVERSED] …` → `REVERSED`; `undefined` for every other text. */
export function findToldCode(text = ''): ErrorCode | undefined {
  const code = /^\[([A-Z_]+)\]/.exec(text)?.[1];
  return code !== undefined && isErrorCode(code) ? code : undefined;
}

/** Whether a text is a code of the catalogue. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERRORS, text);
}
