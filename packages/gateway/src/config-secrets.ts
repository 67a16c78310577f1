/** Keys and tokens of a configuration: each stands in a file, in an environment variable or, if public, in the text. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CertificateBook } from './certificate-book.ts';
import type { ConfigNode } from './config-node.ts';

/** Where relative paths start from and how a setting that names an environment variable is read. */
export interface SecretSources {
  readonly folder: string;
  readEnvironment(node: ConfigNode): string;
  /** Where everything that ends some day is noted. */
  readonly certificates: CertificateBook;
}

/** A key: `{ file: … }`, `{ env: … }` or, for public keys, `{ text: … }`. */
export function readSecret(
  node: ConfigNode,
  sources: Pick<SecretSources, 'folder' | 'readEnvironment'>,
): string {
  const file = node.member('file');
  const env = node.member('env');
  const text = node.member('text');
  for (const other of ['notBefore', 'notAfter']) node.member(other);
  node.finish();
  if (text.exists) return text.text();
  if (env.exists) return sources.readEnvironment(env);
  const path = resolve(sources.folder, file.text());
  try {
    return readFileSync(path, 'utf8');
  } catch {
    file.report('readable', { zh: '密钥文件无法读取', en: 'the key file cannot be read' });
    return '';
  }
}
