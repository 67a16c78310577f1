/** Under which keys things are found in the file: what may identify a person is a digest there. */
import { createHmac } from 'node:crypto';

/** Keys as given → keys as stored. */
export interface IndexKeys {
  /** Of a record: digested when it is of kind `person`. */
  ofRecord(kind: string, key: string): string;
  /** Of a matter (`naturalKeys`): always digested. */
  ofMatter(key: string): string;
}

/**
 * `salt`: random bytes of this journal, so that digests of two journals cannot be compared. In an encrypted journal it is
 * sealed, so that nobody can try keys without the journal's own.
 */
export function createIndexKeys(salt: Uint8Array): IndexKeys {
  const digest = (text: string): Buffer => createHmac('sha256', salt).update(text).digest();
  return {
    ofRecord: (kind, key) => (kind === 'person' ? digest(key).toString('hex') : key),
    ofMatter: (key) => digest(`matter\n${key}`).toString('base64url').slice(0, 22),
  };
}
