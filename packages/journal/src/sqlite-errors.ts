/** What SQLite's errors mean to the journal. */
import { GatewayError } from '@yiqiao/model';

/** Primary result codes. Source: https://www.sqlite.org/rescode.html */
const CODE = {
  ERROR: 1,
  BUSY: 5,
  TOOBIG: 18,
  CONSTRAINT: 19,
  MISMATCH: 20,
  CORRUPT: 11,
  RANGE: 25,
  NOTADB: 26,
} as const;

/** Codes that blame one statement and leave the file alone. */
const OF_ONE_STATEMENT: ReadonlySet<number> = new Set([
  CODE.ERROR,
  CODE.TOOBIG,
  CODE.CONSTRAINT,
  CODE.MISMATCH,
  CODE.RANGE,
]);

/** Primary result code of an error from node:sqlite, `undefined` for any other error. */
function findSqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined;
  return error.errcode & 0xff;
}

/** Whether the file or the disk is to blame, so that no other write of the batch can succeed either. */
export function spoilsBatch(error: unknown): boolean {
  const code = findSqliteCode(error);
  return code !== undefined && !OF_ONE_STATEMENT.has(code);
}

/** Whether SQLite has met a damaged page. */
export function isCorruption(error: unknown): boolean {
  return findSqliteCode(error) === CODE.CORRUPT;
}

/** `JOURNAL_FAILED` for what went wrong below; a `GatewayError` stays as it is. */
export function toJournalError(cause: unknown, doing: 'read' | 'write' | 'close'): GatewayError {
  if (cause instanceof GatewayError) return cause;
  const code = findSqliteCode(cause);
  return new GatewayError(
    'JOURNAL_FAILED',
    { facts: { doing, ...(code !== undefined && { sqlite: code }) } },
    { cause },
  );
}

/** Why a file cannot be opened as a journal. */
export function whyNotOpened(error: unknown): 'in-use' | 'not-a-journal' | 'damaged' | 'not-writable' {
  const code = findSqliteCode(error);
  if (code === CODE.BUSY) return 'in-use';
  if (code === CODE.NOTADB) return 'not-a-journal';
  return code === CODE.CORRUPT ? 'damaged' : 'not-writable';
}
