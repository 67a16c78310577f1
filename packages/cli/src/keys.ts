/** `yiqiao keys make` and `yiqiao keys show`. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyPair, describeKey } from '@yiqiao/signer';
import type { Report } from './report.ts';

/** Writes NAME.key.pem (readable by its owner only) and NAME.pub.pem; never overwrites. */
export function makeKeys(report: Report, options: { out: string; name: string }): number {
  const privateFile = join(options.out, `${options.name}.key.pem`);
  const publicFile = join(options.out, `${options.name}.pub.pem`);
  for (const file of [privateFile, publicFile]) {
    if (existsSync(file)) throw new Error(`${file} 已存在，未覆盖 / exists already; nothing was written`);
  }
  const pair = createKeyPair();
  mkdirSync(options.out, { recursive: true });
  writeFileSync(privateFile, pair.privateKey, { mode: 0o600 });
  writeFileSync(publicFile, pair.publicKey);
  report.line(`私钥 private key  ${privateFile}`);
  report.line(`公钥 public key   ${publicFile}`);
  report.line(`公钥 hex          ${pair.publicHex}`);
  return report.finish(true, { privateFile, publicFile, publicHex: pair.publicHex });
}

/** Tells the kind of a key file and its public point. */
export function showKey(report: Report, file: string): number {
  const key = describeKey(readFileSync(file, 'utf8'));
  report.line(`${key.kind === 'private' ? '私钥 private key' : '公钥 public key'}  SM2 (${key.form})`);
  report.line(`公钥 hex     ${key.publicHex}`);
  report.line(`公钥 base64  ${Buffer.from(key.publicHex, 'hex').toString('base64')}`);
  return report.finish(true, { ...key });
}
