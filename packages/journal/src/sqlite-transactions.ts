/** Transactions of one SQLite connection. */
import type { DatabaseSync } from 'node:sqlite';
import type { TransactionPort } from './group-commit.ts';

/** The transaction statements, prepared once. */
export function createTransactions(db: DatabaseSync): TransactionPort {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const mark = db.prepare('SAVEPOINT part');
  const release = db.prepare('RELEASE part');
  const undo = db.prepare('ROLLBACK TO part');
  const rollback = (): void => {
    if (db.isTransaction) db.exec('ROLLBACK');
  };
  return {
    begin: () => {
      // A rollback that failed is made up for here.
      rollback();
      begin.run();
    },
    commit: () => void commit.run(),
    rollback: () => {
      try {
        rollback();
      } catch {
        // The fault that led here is the one to report; `begin` tries again.
      }
    },
    mark: () => void mark.run(),
    release: () => void release.run(),
    undo: () => {
      undo.run();
      release.run();
    },
  };
}
