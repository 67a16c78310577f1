import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyPair, createMessageSigner } from '@yiqiao/signer';
import { createRegistry } from '@yiqiao/registry';
import { endAll, figuresOf, makeFolder, speak } from './spoken.ts';

const INPUT = '{"data":{"psn_name":"测试甲","amt":12.50,"gone":null}}';
const ENVELOPE = { infno: '2207', msgid: 'H00000000001202601010800000001', fixmedins_code: 'H00000000001' };
const [his, other] = [createKeyPair(), createKeyPair()];
const CAINFO = createRegistry().signingProfile('fsi-main-cainfo');

/** A folder with keys, settings and what is signed. */
function files(): { path(name: string): string; write(name: string, text: string): string } {
  const folder = makeFolder();
  const path = (name: string): string => join(folder, name);
  const write = (name: string, text: string): string => {
    writeFileSync(path(name), text);
    return path(name);
  };
  write('his.key.pem', his.privateKey);
  write('his.pub.pem', his.publicKey);
  write('other.pub.pem', other.publicKey);
  write('message.json', `${JSON.stringify(ENVELOPE).slice(0, -1)},"input":${INPUT}}`);
  return { path, write };
}

/** The message, signed over some text by some key. */
function signedOver(text: string, key: { privateKey: string; userId?: string }): string {
  const members = createMessageSigner(CAINFO, key)(Buffer.from(text));
  return `${JSON.stringify({ ...ENVELOPE, ...members }).slice(0, -1)},"input":${INPUT}}`;
}

describe('yiqiao sign make and verify', () => {
  after(endAll);

  it('sign a message of the main interface and leave its body as it is', async () => {
    const { path } = files();
    const made = await speak('sign', 'make', '--message', path('message.json'), '--key', path('his.key.pem'));
    assert.equal(made.code, 0);
    assert.ok(made.out.trimEnd().endsWith(`"input":${INPUT}}`));
    writeFileSync(path('signed.json'), made.out.trimEnd());
    const verify = ['sign', 'verify', '--message', path('signed.json'), '--key'];
    assert.equal((await speak(...verify, path('his.pub.pem'))).code, 0);
    const bad = await speak(...verify, path('other.pub.pem'));
    assert.equal(bad.code, 1);
    assert.match(bad.out, /^✗ SIGNATURE_INVALID: 签名验证失败/);
    const { ok, code } = figuresOf(await speak(...verify, path('other.pub.pem'), '--json'));
    assert.deepEqual([ok, code], [false, 'SIGNATURE_INVALID']);
  });

  const rounds: Record<string, [profile: string, settings: object]> = {
    'an encrypted input': ['fsi-main-cainfo', { credentials: { cipherKey: 'TESTCLIENT000001' } }],
    'a gm-envelope': [
      'gm-envelope',
      {
        credentials: { appId: 'TESTAPP0000000001', appSecret: 'TESTSECRET' },
        variants: { userId: 'default' },
      },
    ],
    'an e-invoice': ['boss-md5', { credentials: { appId: 'TESTAPP', key: 'TESTKEY' } }],
  };
  for (const [title, [profile, settings]] of Object.entries(rounds)) {
    it(`go together: ${title}`, async () => {
      const { path, write } = files();
      const file = write('settings.json', JSON.stringify(settings));
      const common = ['--profile', profile, '--settings', file];
      const message = profile === 'gm-envelope' ? write('message.json', INPUT) : path('message.json');
      const made = await speak(
        'sign',
        'make',
        '--message',
        message,
        '--key',
        path('his.key.pem'),
        '--out',
        path('signed.json'),
        ...common,
      );
      assert.deepEqual([made.code, made.err], [0, '']);
      assert.doesNotMatch(made.out, /TESTSECRET|TESTCLIENT|TESTKEY/);
      if (profile !== 'boss-md5') assert.doesNotMatch(readFileSync(path('signed.json'), 'utf8'), /测试甲/);
      const verify = ['sign', 'verify', '--message', path('signed.json'), '--key', path('his.pub.pem')];
      assert.equal((await speak(...verify, ...common)).code, 0);
    });
  }

  it('go together by headers', async () => {
    const { path, write } = files();
    const common = ['--profile', 'yiqiao-message', '--message', path('message.json')];
    const names = (ownName: string, peerName: string): string =>
      write(`${ownName}.json`, JSON.stringify({ credentials: { ownName, peerName } }));
    const made = await speak(
      'sign',
      'make',
      '--key',
      path('his.key.pem'),
      '--settings',
      names('province', 'hub'),
      ...common,
      '--out',
      path('headers.json'),
    );
    assert.deepEqual([made.code, made.err], [0, '']);
    const verify = ['sign', 'verify', '--key', path('his.pub.pem'), ...common];
    const settings = ['--settings', names('hub', 'province')];
    assert.equal((await speak(...verify, ...settings, '--headers', path('headers.json'))).code, 0);
    const without = await speak(...verify, ...settings);
    assert.equal(without.code, 2);
    assert.match(without.err, /give --headers/);
  });

  const unusable: Record<string, [args: string[], said: RegExp]> = {
    'no such profile': [['--profile', 'sm9'], /There is no signing profile sm9/],
    'no key': [['--profile', 'fsi-main-cainfo'], /--key/],
    'a profile that signs nothing': [['--profile', 'none'], /signs no messages/],
    'no credentials': [['--profile', 'boss-md5'], /The signing key is missing/],
  };
  for (const [title, [args, said]] of Object.entries(unusable)) {
    it(`say what is missing and end with 2: ${title}`, async () => {
      const { path } = files();
      const spoken = await speak('sign', 'make', '--message', path('message.json'), ...args);
      assert.equal(spoken.code, 2);
      assert.match(spoken.err, said);
    });
  }

  it('name what is wrong with a settings file and never repeat it', async () => {
    const { path, write } = files();
    for (const text of ['{"token":"SECRET"}', '{"credentials":{"a":1}}', '{"variants":"SECRET"}', 'SECRET']) {
      const settings = write('settings.json', text);
      const spoken = await speak('sign', 'make', '--message', path('message.json'), '--settings', settings);
      assert.equal(spoken.code, 2);
      assert.match(spoken.err, /settings\.json/);
      assert.doesNotMatch(spoken.err, /SECRET/);
    }
  });
});

describe('yiqiao sign diagnose', () => {
  after(endAll);

  async function diagnosed(signed: string, ...args: string[]) {
    const { path, write } = files();
    const message = write('signed.json', signed);
    const command = ['sign', 'diagnose', '--message', message, '--key', path('his.pub.pem')];
    const all = [...command, '--other-keys', path('other.pub.pem'), ...args];
    const plain = await speak(...all);
    return { plain, figures: figuresOf(await speak(...all, '--json')) };
  }

  it('ends with 0 when nothing is wrong', async () => {
    const { plain, figures } = await diagnosed(signedOver(INPUT, his));
    assert.deepEqual([plain.code, figures['ok'], figures['verdict']], [0, true, 'valid']);
  });

  const cases: Record<string, [signed: string, differences: string[], said: RegExp]> = {
    'a user id': [
      signedOver(INPUT, { ...his, userId: 'H00000000001' }),
      ['user-id-other'],
      /用户标识为另一已知值[^]*→ 双方统一 SM2 用户标识/,
    ],
    'another party': [
      signedOver(INPUT, other),
      ['key-other'],
      /By the key of another party \(key: other\.pub\.pem\)/,
    ],
    'a null member taken out after signing': [
      signedOver(INPUT.replace('"amt"', '"psn_cert_type":null,"amt"'), his),
      ['nulls-gone'],
      /Signed before null members were removed/,
    ],
    'null members': [
      signedOver(INPUT.replace(',"gone":null', ''), his),
      ['nulls-removed'],
      /Signed without null members, but sent with them/,
    ],
  };
  for (const [title, [signed, differences, said]] of Object.entries(cases)) {
    it(`names the cause and what to do: ${title}`, async () => {
      const { plain, figures } = await diagnosed(signed);
      assert.equal(plain.code, 1);
      assert.match(plain.out, said);
      const [cause] = figures['causes'] as { differences: string[] }[];
      assert.deepEqual([figures['verdict'], cause?.differences], ['explained', differences]);
    });
  }

  it('lists what was tried when nothing fits', async () => {
    const { plain } = await diagnosed(signedOver('{}', his));
    assert.match(plain.out, /None of \d+ known ways[^]*contents: .*bytes-gbk/);
  });

  it('says that there is no signature', async () => {
    const { path } = files();
    const { out } = await speak(
      'sign',
      'diagnose',
      '--message',
      path('message.json'),
      '--key',
      path('his.pub.pem'),
    );
    assert.match(out, /there is no signature/);
  });

  it('takes the settings of the connection, an application secret among them', async () => {
    const { write } = files();
    const settings = write('settings.json', JSON.stringify({ appSecret: 'TESTSECRET' }));
    const signed = signedOver(INPUT, { ...his, userId: 'TESTSECRET' });
    const { plain } = await diagnosed(signed, '--settings', settings);
    assert.match(plain.out, /Valid with user id = appSecret/);
    assert.doesNotMatch(plain.out, /TESTSECRET/);
  });

  it('reads headers, too', async () => {
    const { path, write } = files();
    const token = 'TESTTOKEN0000000000000000000000A';
    const settings = write('s.json', JSON.stringify({ credentials: { paasId: 'x', token } }));
    const common = ['--message', path('message.json'), '--profile', 'tif', '--settings', settings];
    await speak('sign', 'make', ...common, '--out', path('headers.json'));
    const good = await speak('sign', 'diagnose', ...common, '--headers', path('headers.json'));
    assert.equal(good.code, 0);
    const other = JSON.stringify({ credentials: { paasId: 'y', token } });
    const again = [
      '--message',
      path('message.json'),
      '--profile',
      'tif',
      '--settings',
      write('o.json', other),
    ];
    const { code, out } = await speak('sign', 'diagnose', ...again, '--headers', path('headers.json'));
    assert.equal(code, 1);
    assert.match(out, /For another application, access key, service or version/);
  });

  it('needs a key for SM2, and a profile that signs', async () => {
    const { path } = files();
    const command = ['sign', 'diagnose', '--message', path('message.json')];
    assert.match((await speak(...command)).err, /--key/);
    assert.match((await speak(...command, '--profile', 'none')).err, /no signature to diagnose/);
  });

  it('reads a gm-envelope, too', async () => {
    const { path, write } = files();
    const credentials = { appId: 'TESTAPP0000000001', appSecret: 'TESTSECRET' };
    const settings = (userId: string): string =>
      write(`${userId}.json`, JSON.stringify({ credentials, variants: { userId } }));
    const common = ['--message', write('clear.json', INPUT), '--profile', 'gm-envelope'];
    const made = await speak(
      'sign',
      'make',
      ...common,
      '--key',
      path('his.key.pem'),
      '--settings',
      settings('default'),
    );
    const signed = write('signed.json', made.out.trimEnd());
    const command = ['sign', 'diagnose', '--message', signed, '--key', path('his.pub.pem')];
    const found = await speak(...command, '--profile', 'gm-envelope', '--settings', settings('appSecret'));
    assert.match(found.out, /Valid with user id = 1234567812345678/);
  });
});
