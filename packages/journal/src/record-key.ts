/** Under which key a record lies in the file. */
import { createHmac } from 'node:crypto';

/** Key as given → key as stored: keys that identify a person are digested with the journal's own salt. */
export type KeyOfRecord = (kind: string, key: string) => string;

/** `salt`: random bytes of this journal, so that digests of two journals cannot be compared. */
export function createKeyOfRecord(salt: Uint8Array): KeyOfRecord {
  return (kind, key) => (kind === 'person' ? createHmac('sha256', salt).update(key).digest('hex') : key);
}
