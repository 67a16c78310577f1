/** What PostgreSQL's errors mean to the journal. */
import { GatewayError } from '@yiqiao/model';

/** SQLSTATE of an error from the server; `undefined` when the server did not speak. Source: PostgreSQL, appendix A. */
export function findSqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined;
}

/** Another process was at the same rows: done once more, it sees what the other one did. */
export function isRace(error: unknown): boolean {
  return ['23505', '40001', '40P01', '55P03'].includes(findSqlState(error) ?? '');
}

/** The day of an entry has no place yet. */
export function lacksDay(error: unknown): boolean {
  return findSqlState(error) === '23514' && /no partition/.test((error as Error).message);
}

/** Whether one write is to blame and the others can be stored: bad data, or an error of the program. */
export function isOfOneWrite(error: unknown): boolean {
  const state = findSqlState(error);
  if (state !== undefined) return /^(21|22|23|42)/.test(state);
  return error instanceof TypeError || error instanceof RangeError || isAssertion(error);
}

function isAssertion(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_ASSERTION';
}

/** `JOURNAL_FAILED` for what went wrong below; a `GatewayError` stays as it is. */
export function toStoreError(cause: unknown, doing: 'read' | 'write' | 'claim'): GatewayError {
  if (cause instanceof GatewayError) return cause;
  const state = findSqlState(cause);
  return new GatewayError(
    'JOURNAL_FAILED',
    { facts: { doing, ...(state !== undefined && { sqlState: state }) } },
    { cause },
  );
}
