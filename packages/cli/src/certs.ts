/** `yiqiao certs make-pki`, `show` and `check`. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { daysLeft, expiryLevel } from '@yiqiao/signer';
import {
  checkCertificate,
  makeTestPki,
  readCertificates,
  readKeyStore,
  readOcspAnswer,
  readRevocationLists,
  reasonText,
} from '@yiqiao/signer/certificates';
import type { Certificate, CertificateUse, CertificateVerdict } from '@yiqiao/signer/certificates';
import type { Report } from './report.ts';

/** Writes a test authority; never overwrites. */
export function makePki(
  report: Report,
  folder: string,
  options: { institution: readonly string[]; host: readonly string[]; days: string },
): number {
  const days = Number(options.days);
  if (!Number.isInteger(days) || days < 1) throw new Error(`--days ${options.days}: 1, 2, 3 …`);
  const files = makeTestPki({
    institutions: options.institution,
    hosts: options.host,
    now: Date.now(),
    days,
  });
  for (const { name } of files) {
    const path = join(folder, name);
    if (existsSync(path)) throw new Error(`${path} 已存在，未覆盖 / exists already; nothing was written`);
  }
  mkdirSync(folder, { recursive: true });
  for (const { name, content, secret } of files) {
    writeFileSync(join(folder, name), content, { mode: secret ? 0o600 : 0o644 });
    report.line(`${secret ? '私钥 key ' : '文件 file'}  ${join(folder, name)}`);
  }
  report.line('仅供测试，不得用于生产 / for tests only, never for production');
  return report.finish(true, { folder, files: files.map(({ name }) => name) });
}

/** Tells what certificates say, without believing them. */
export function showCertificates(report: Report, files: readonly string[], options: StoreOptions): number {
  const now = Date.now();
  const shown = files.flatMap((file) =>
    readFile(file, options).map((certificate) => ({ file, ...describe(certificate, now) })),
  );
  for (const one of shown) {
    report.line(`${one.file}`);
    report.line(`  主体 subject     ${one.subject}`);
    report.line(`  颁发者 issuer    ${one.issuer}`);
    report.line(`  序列号 serial    ${one.serial}`);
    report.line(
      `  有效期 valid     ${one.notBefore} – ${one.notAfter}  (${one.daysLeft} 天 days, ${one.level})`,
    );
    report.line(`  密钥 key         ${one.key}，签名 signed with ${one.algorithm}`);
    report.line(`  用途 uses        ${one.uses.join(', ') || '未限定 any'}`);
    report.line(`  指纹 SHA-256     ${one.fingerprint}`);
  }
  return report.finish(true, { certificates: shown });
}

/** Checks certificates against anchors. */
export function checkCertificates(
  report: Report,
  files: readonly string[],
  options: StoreOptions & {
    anchors: readonly string[];
    intermediates?: readonly string[];
    crl?: readonly string[];
    ocsp?: readonly string[];
    use?: CertificateUse;
    institution?: string;
    requireRevocation?: boolean;
    at?: string;
  },
): number {
  const at = options.at === undefined ? Date.now() : Date.parse(options.at);
  if (Number.isNaN(at)) throw new Error(`--at ${options.at}: 2027-01-31, 2027-01-31T08:00:00+08:00`);
  const read = (paths: readonly string[] = []): Certificate[] => paths.flatMap((path) => readFile(path, {}));
  const results = files.map((file) => {
    const [certificate, ...others] = readFile(file, options);
    if (certificate === undefined) throw new Error(`${file}: 没有证书 / no certificate`);
    const verdict = checkCertificate(certificate, {
      at,
      anchors: read(options.anchors),
      intermediates: [...others, ...read(options.intermediates)],
      revocation: {
        lists: (options.crl ?? []).flatMap((path) => readRevocationLists(readFileSync(path))),
        answers: (options.ocsp ?? []).map((path) => readOcspAnswer(readFileSync(path))),
      },
      revocationCheck: options.requireRevocation === true ? 'required' : 'known',
      ...(options.use === undefined ? {} : { use: options.use }),
      ...(options.institution === undefined
        ? {}
        : { institution: { code: options.institution, parts: ['CN', 'serialNumber', 'OU'] } }),
    });
    return { file, certificate, verdict };
  });
  for (const { file, verdict } of results) printVerdict(report, file, verdict);
  return report.finish(
    results.every(({ verdict }) => verdict.valid),
    {
      certificates: results.map(({ file, certificate, verdict }) => ({
        file,
        valid: verdict.valid,
        reasons: verdict.reasons,
        ...describe(certificate, at),
      })),
    },
  );
}

interface StoreOptions {
  readonly passwordFile?: string;
}

/** PEM, DER or PKCS#12; the password of the last stands in a file, where no list of processes shows it. */
function readFile(file: string, { passwordFile }: StoreOptions): readonly Certificate[] {
  const bytes = readFileSync(file);
  if (!/\.(?:p12|pfx)$/i.test(file)) return readCertificates(bytes);
  const password = passwordFile === undefined ? '' : readFileSync(passwordFile, 'utf8').replace(/\r?\n$/, '');
  return readKeyStore(bytes, password).certificates;
}

function describe(certificate: Certificate, now: number) {
  const { key, usages, extendedUsages } = certificate;
  return {
    subject: certificate.subject,
    issuer: certificate.issuer,
    serial: certificate.serial,
    notBefore: new Date(certificate.notBefore).toISOString(),
    notAfter: new Date(certificate.notAfter).toISOString(),
    daysLeft: daysLeft(certificate.notAfter, now),
    level: expiryLevel(certificate.notAfter, now),
    key: key.kind === 'SM2' ? 'SM2' : `${key.kind} ${key.bits}`,
    algorithm: certificate.algorithm.name,
    uses: [...(usages ?? []), ...(extendedUsages ?? [])],
    authority: certificate.isAuthority,
    fingerprint: certificate.fingerprint,
  };
}

function printVerdict(report: Report, file: string, { valid, chain, reasons }: CertificateVerdict): void {
  report.line(`${valid ? '✔' : '✘'} ${file}`);
  chain.forEach(({ subject }, depth) => report.line(`  ${'  '.repeat(depth)}${subject}`));
  for (const { fault, subject } of reasons) {
    const { zh, en } = reasonText(fault);
    report.line(`  - ${fault}: ${zh} (${subject})\n    ${en}`);
  }
}
