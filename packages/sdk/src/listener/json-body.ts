/** JSON of an adapter's own entry: numbers and amounts never become floats. */
import { ExactNumber, formatFen, GatewayError } from '@yiqiao/model';
import type { Fen, WireObject } from '@yiqiao/model';
import { readJsonObject } from '@yiqiao/signer';
import type { ListenerAnswer, ListenerRequest } from './listener-types.ts';

/**
 * The JSON object of a request, numbers as their text.
 * @throws GatewayError `MESSAGE_NOT_READABLE`, `CHARSET_WRONG`, `DUPLICATE_MEMBER`, `MESSAGE_TOO_DEEP`.
 */
export function readJsonBody({ body }: Pick<ListenerRequest, 'body'>): WireObject {
  return readJsonObject(body);
}

/** An answer in JSON; a `bigint` is an amount in 分 and is written as text in 元. */
export function answerJson(value: unknown, status = 200): ListenerAnswer {
  return {
    status,
    contentType: 'application/json; charset=utf-8',
    body: `${JSON.stringify(value, plain)}\n`,
  };
}

function plain(this: Readonly<Record<string, unknown>>, name: string): unknown {
  const value = this[name];
  if (typeof value === 'bigint') return formatFen(value as Fen);
  return value instanceof ExactNumber ? value.text : value;
}

/** An error as JSON: code, texts in both languages, faults. Whatever is none of the catalogue is `INTERNAL`. */
export function answerError(error: unknown): ListenerAnswer {
  const known = error instanceof GatewayError ? error : new GatewayError('INTERNAL');
  const { cause, cashier, outcome, http } = known.kind;
  const { cashier: own, ...details } = known.details;
  return answerJson({ code: known.code, outcome, message: cause, cashier: own ?? cashier, ...details }, http);
}
