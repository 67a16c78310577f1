import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyPair } from '@yiqiao/signer';
import { endAll, figuresOf, launch, makeFolder, speak } from './spoken.ts';

const TOKEN = 'a-token-of-at-least-thirty-two-characters';

/** A folder with a key in use, as its owner keeps it. */
function withKey(): { folder: string; file: (name: string) => string } {
  const folder = makeFolder();
  const file = (name: string): string => join(folder, name);
  const pair = createKeyPair();
  writeFileSync(file('own.key.pem'), pair.privateKey, { mode: 0o600 });
  writeFileSync(file('own.pub.pem'), pair.publicKey);
  writeFileSync(file('other.pub.pem'), createKeyPair().publicKey);
  writeFileSync(file('token'), `${TOKEN}\n`);
  return { folder, file };
}

describe('yiqiao keys', () => {
  after(endAll);

  it('check proves that a key signs and fits its public half', async () => {
    const { file } = withKey();
    const told = await speak('keys', 'check', file('own.key.pem'), '--public', file('own.pub.pem'));
    assert.equal(told.code, 0);
    assert.match(told.out, /^✔/);
    const scalar = readFileSync(file('own.key.pem'), 'utf8').split('\n')[1] ?? '';
    assert(!told.out.includes(scalar));
  });

  it('check tells a public key of somebody else, and a file that others can read', async () => {
    const { file } = withKey();
    chmodSync(file('own.key.pem'), 0o644);
    const told = await speak(
      'keys',
      'check',
      file('own.key.pem'),
      '--public',
      file('other.pub.pem'),
      '--json',
    );
    assert.equal(told.code, 1);
    assert.deepEqual(figuresOf(told)['faults'], ['other-key', 'readable-by-others']);
  });

  it('rotate makes the next key and tells both sides what to write, without touching the old one', async () => {
    const { folder, file } = withKey();
    const before = readFileSync(file('own.key.pem'));
    const rotate = ['keys', 'rotate', file('own.key.pem'), '--from', '2027-01-31', '--out', folder];
    const { code, out } = await speak(...rotate, '--overlap', '10');
    assert.equal(code, 0);
    assert.match(
      out,
      /publicKeys:[^]*notAfter: "2027-02-10T00:00:00.000Z"[^]*notBefore: "2027-01-31T00:00:00.000Z"/,
    );
    assert.match(out, /own\.key\.pem", notAfter[^]*sm2-next\.key\.pem", notBefore/);
    assert.deepEqual(readFileSync(file('own.key.pem')), before);
    assert.equal((await speak(...rotate)).code, 2);
  });

  for (const [what, ...wrong] of [
    ['a day that is none', '--from', 'soon'],
    ['no days', '--from', '2027-01-31', '--overlap', '0'],
  ] as const) {
    it(`rotate refuses ${what} and writes nothing`, async () => {
      const { folder, file } = withKey();
      const told = await speak('keys', 'rotate', file('own.key.pem'), ...wrong, '--out', folder);
      assert.equal(told.code, 2);
      assert.equal(existsSync(file('sm2-next.key.pem')), false);
    });
  }
});

describe('yiqiao signer', () => {
  after(endAll);

  it('serves keys on a socket that only its owner may use, and check has each sign', async () => {
    const { file } = withKey();
    const socket = ['--socket', file('signer.sock'), '--token-file', file('token')];
    const signer = launch('signer', 'serve', '--key', `sign-2026=${file('own.key.pem')}`, ...socket);
    await signer.said(/签名服务 signer/);
    const told = await speak('signer', 'check', ...socket);
    assert.equal(told.code, 0);
    assert.match(told.out, /^✔ sign-2026 {2}sm3:[0-9a-f]{16}$/m);
    await signer.said(/1 × sign-2026/);
    signer.child.kill('SIGTERM');
    const { code, out, err } = await signer.ended;
    assert.equal(code, 0);
    assert(!`${out}${err}`.includes(TOKEN));
  });

  it('tells that no signer answers', async () => {
    const { file } = withKey();
    const place = ['--socket', file('nobody.sock'), '--token-file', file('token')];
    const told = await speak('signer', 'check', ...place);
    assert.equal(told.code, 2);
    assert.match(told.err, /SIGNER_UNAVAILABLE/);
  });

  it('does not start with a token that can be guessed', async () => {
    const { file } = withKey();
    writeFileSync(file('token'), 'short');
    const key = `sign-2026=${file('own.key.pem')}`;
    const told = await speak('signer', 'serve', '--key', key, '--port', '0', '--token-file', file('token'));
    assert.equal(told.code, 2);
    assert.match(told.err, /at least 32/);
  });
});
