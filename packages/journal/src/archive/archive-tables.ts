/** The tables of a SQLite journal that know of its archives. */

/**
 * Which archives there are, and which numbers the entries have that lie in them and nowhere else: only those may be
 * deleted. `removed` is 0 while their deletion is under way.
 */
export const ARCHIVE_TABLES = `
CREATE TABLE archives (
  sha256 TEXT PRIMARY KEY,
  day INTEGER NOT NULL,
  file TEXT NOT NULL,
  entries INTEGER NOT NULL,
  exchanges INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  archived_at INTEGER NOT NULL,
  removed INTEGER NOT NULL,
  restored_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE archived_ranges (
  first INTEGER PRIMARY KEY,
  last INTEGER NOT NULL,
  archive TEXT NOT NULL REFERENCES archives (sha256)
) STRICT;
DROP TRIGGER entries_are_not_deleted;
CREATE TRIGGER entries_are_not_deleted BEFORE DELETE ON entries
  WHEN NOT EXISTS (SELECT 1 FROM (SELECT last FROM archived_ranges WHERE first <= old.id ORDER BY first DESC LIMIT 1)
    WHERE last >= old.id)
  BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;
`;
