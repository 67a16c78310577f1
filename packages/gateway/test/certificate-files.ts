/** A test authority in a folder that goes when the process ends. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTestPki } from '@yiqiao/signer/certificates';
import { SIGNING } from './messages.ts';

/** Files of an authority, by name. */
export interface TestPki {
  /** Path of a file. */
  file(name: string): string;
  /** Private key of a holder, as PEM. */
  key(holder: string): string;
}

/** Makes an authority with certificates of the institution that signs. */
export function writePki(validity: { readonly now: number; readonly days: number }): TestPki {
  const folder = mkdtempSync(join(tmpdir(), 'yiqiao-pki-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string): string => join(folder, name);
  for (const { name, content } of makeTestPki({ institutions: [SIGNING], hosts: ['localhost'], ...validity }))
    writeFileSync(file(name), content);
  return { file, key: (holder) => readFileSync(file(`${holder}.key.pem`), 'utf8') };
}
