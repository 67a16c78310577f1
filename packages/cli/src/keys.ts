/** `yiqiao keys make`, `show`, `check` and `rotate`. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createKeyPair,
  createSm2Signer,
  createSm2Verifier,
  describeKey,
  parsePrivateKey,
  parsePublicKey,
} from '@yiqiao/signer';
import type { KeyPair } from '@yiqiao/signer';
import type { Report } from './report.ts';

/** Writes NAME.key.pem (readable by its owner only) and NAME.pub.pem; never overwrites. */
export function makeKeys(report: Report, options: { out: string; name: string }): number {
  const { privateFile, publicFile, pair } = writePair(options);
  report.line(`私钥 private key  ${privateFile}`);
  report.line(`公钥 public key   ${publicFile}`);
  report.line(`公钥 hex          ${pair.publicHex}`);
  return report.finish(true, { privateFile, publicFile, publicHex: pair.publicHex });
}

function writePair(options: { out: string; name: string }): {
  privateFile: string;
  publicFile: string;
  pair: KeyPair;
} {
  const privateFile = join(options.out, `${options.name}.key.pem`);
  const publicFile = join(options.out, `${options.name}.pub.pem`);
  for (const file of [privateFile, publicFile]) {
    if (existsSync(file)) throw new Error(`${file} 已存在，未覆盖 / exists already; nothing was written`);
  }
  const pair = createKeyPair();
  mkdirSync(options.out, { recursive: true });
  writeFileSync(privateFile, pair.privateKey, { mode: 0o600 });
  writeFileSync(publicFile, pair.publicKey);
  return { privateFile, publicFile, pair };
}

/** Tells the kind of a key file and its public point. */
export function showKey(report: Report, file: string): number {
  const key = describeKey(readFileSync(file, 'utf8'));
  report.line(`${key.kind === 'private' ? '私钥 private key' : '公钥 public key'}  SM2 (${key.form})`);
  report.line(`公钥 hex     ${key.publicHex}`);
  report.line(`公钥 base64  ${Buffer.from(key.publicHex, 'hex').toString('base64')}`);
  return report.finish(true, { ...key });
}

/** Proves that a private key can be used: it signs, its public half verifies, and nobody else reads the file. */
export function checkKey(report: Report, file: string, options: { public?: string }): number {
  const key = parsePrivateKey(readFileSync(file, 'utf8'));
  const given = options.public === undefined ? undefined : readFileSync(options.public, 'utf8');
  const publicKey = given === undefined ? key.publicKey : parsePublicKey(given);
  const identity = { userId: '1234567812345678' };
  const trial = Buffer.from('yiqiao keys check');
  const fits = createSm2Verifier(publicKey, identity).verify(
    trial,
    createSm2Signer(key, identity).sign(trial),
  );
  const faults = [
    ...(fits ? [] : [FAULTS.other]),
    ...((statSync(file).mode & 0o077) === 0 || process.platform === 'win32' ? [] : [FAULTS.readable]),
    ...(publicKey.notAfter !== undefined && Date.now() > publicKey.notAfter ? [FAULTS.expired] : []),
  ];
  const publicHex = key.publicKey.point.toString('hex');
  report.line(`${faults.length === 0 ? '✔' : '✘'} ${file}`);
  report.line(`公钥 hex     ${publicHex}`);
  for (const { code, zh, en } of faults) report.line(`  - ${code}: ${zh}\n    ${en}`);
  return report.finish(faults.length === 0, { publicHex, faults: faults.map(({ code }) => code) });
}

const FAULTS = {
  other: {
    code: 'other-key',
    zh: '所给公钥或证书不属于该私钥',
    en: 'The public key or certificate belongs to another private key.',
  },
  readable: {
    code: 'readable-by-others',
    zh: '其他用户可读取私钥文件；请执行 chmod 600',
    en: 'Others can read the private key; chmod 600 it.',
  },
  expired: { code: 'expired', zh: '证书已过期', en: 'The certificate has expired.' },
} as const;

const DAY_MS = 86_400_000;

/** Makes the next pair; the key in use is read but not changed. */
export function rotateKeys(
  report: Report,
  file: string,
  options: { from: string; overlap: string; out: string; name: string },
): number {
  const old = parsePrivateKey(readFileSync(file, 'utf8')).publicKey.point.toString('hex');
  const from = Date.parse(options.from);
  const days = Number(options.overlap);
  if (Number.isNaN(from)) throw new Error(`--from ${options.from}: 2027-01-31, 2027-01-31T08:00:00+08:00`);
  if (!Number.isInteger(days) || days < 1) throw new Error(`--overlap ${options.overlap}: 1, 2, 3 …`);
  const begin = new Date(from).toISOString();
  const end = new Date(from + days * DAY_MS).toISOString();
  const { privateFile, publicFile, pair } = writePair(options);
  const own = [
    'signing:',
    '  keys:',
    `    - { file: "${file}", notAfter: "${end}" }`,
    `    - { file: "${privateFile}", notBefore: "${begin}" }`,
  ];
  const theirs = [
    'publicKeys:',
    `  - { text: ${old}, notAfter: "${end}" }`,
    `  - { text: ${pair.publicHex}, notBefore: "${begin}" }`,
  ];
  report.line(`新私钥 new private key  ${privateFile}`);
  report.line(`新公钥 new public key   ${publicFile}`);
  report.line();
  report.line(`1. ${begin} 之前，请对方登记两个公钥 / before then, the far sides enter both public keys:`);
  for (const line of theirs) report.line(`     ${line}`);
  report.line('2. 写入本网关配置并重载 / write into the configuration of this gateway, and reload it:');
  for (const line of own) report.line(`     ${line}`);
  report.line(`3. ${end} 之后，双方删除旧密钥 / after that, both sides remove the old key.`);
  return report.finish(true, { privateFile, publicFile, publicHex: pair.publicHex, from: begin, until: end });
}
