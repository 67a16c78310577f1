import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { figuresOf, speak } from './spoken.ts';

describe('yiqiao certs', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'yiqiao-certs-')), 'pki');
  const file = (name: string): string => join(folder, name);
  const code = 'H00000000001';
  const make = (): ReturnType<typeof speak> =>
    speak('certs', 'make-pki', folder, '--institution', code, '--host', 'localhost');
  const check = (name: string, ...more: string[]): ReturnType<typeof speak> =>
    speak(
      'certs',
      'check',
      file(name),
      '--intermediates',
      file('intermediate.pem'),
      '--anchors',
      file('root.pem'),
      ...more,
    );

  before(async () => {
    assert.equal((await make()).code, 0);
  });
  after(() => {
    rmSync(join(folder, '..'), { recursive: true });
  });

  it('makes keys that only their owner can read, and overwrites nothing', async () => {
    assert.equal(statSync(file(`${code}.sign.key.pem`)).mode & 0o077, 0);
    const again = await make();
    assert.equal(again.code, 2);
    assert.match(again.err, /已存在/);
  });

  it('shows whose a certificate is and how long it holds', async () => {
    const { out } = await speak('certs', 'show', file(`${code}.sign.pem`));
    assert.match(out, /CN=H00000000001[^]*SM2 intermediate[^]*364 天[^]*SM2-SM3[^]*digitalSignature/);
  });

  it('believes a certificate up to the root, for its use and its institution', async () => {
    const told = await check(`${code}.sign.pem`, '--use', 'signing', '--institution', code);
    assert.equal(told.code, 0);
    const encryption = await check(`${code}.encrypt.pem`, '--use', 'signing');
    assert.equal(encryption.code, 1);
    assert.match(encryption.out, /usage-not-allowed/);
  });

  it('names the uses there are when it is asked for another', async () => {
    const { code: exit, err } = await check(`${code}.sign.pem`, '--use', 'singing');
    assert.equal(exit, 2);
    assert.match(err, /signing, encryption, tls-server, tls-client/);
  });

  it('tells that a certificate is revoked, in both languages and as data', async () => {
    const { code: exit, out } = await check('revoked.pem', '--crl', file('revoked.crl.pem'));
    assert.equal(exit, 1);
    assert.match(out, /revoked: 证书已被吊销[^]*has been revoked/);
    const figures = figuresOf(await check('revoked.pem', '--crl', file('revoked.crl.pem'), '--json'));
    const [only] = figures['certificates'] as { reasons: { fault: string }[] }[];
    assert.deepEqual(
      only?.reasons.map(({ fault }) => fault),
      ['revoked'],
    );
  });

  it('says what a file is instead when it is no certificate', async () => {
    const { code: exit, err } = await speak('certs', 'show', file(`${code}.sign.key.pem`));
    assert.equal(exit, 2);
    assert.match(err, /CERTIFICATE_INVALID[^]*PEM of PRIVATE KEY/);
    assert.equal(existsSync(file(`${code}.sign.key.pem`)), true);
  });
});
