import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkGatewayConfig, startGateway } from '@yiqiao/gateway';
import { GatewayError } from '@yiqiao/model';
import { UNSIGNED } from './messages.ts';
import { endAll, KEYS, makeFolder, startRig, usualConfig } from './rig.ts';

const USUAL = usualConfig({ core: 'http://127.0.0.1:9/', hub: 'http://127.0.0.1:9/' });

function check(yaml: string): ReturnType<typeof checkGatewayConfig> {
  const file = join(makeFolder(), 'gateway.yaml');
  writeFileSync(file, yaml);
  return checkGatewayConfig(file);
}

/** `rule place` of every fault, and the line it names. */
function faultsOf(yaml: string): string[] {
  return check(yaml).faults.map(({ rule, at, message }) => {
    assert(message.zh !== '' && message.en !== '');
    const line = /^line (\d+):/.exec(message.en)?.[1];
    assert.equal(/^第 (\d+) 行/.exec(message.zh)?.[1], line);
    return line === undefined ? `${rule} ${at}` : `${line} ${rule} ${at}`;
  });
}

/** The line of the usual configuration that holds a text. */
function lineOf(text: string): number {
  return USUAL.slice(0, USUAL.indexOf(text)).split('\n').length;
}

interface Mistake {
  readonly title: string;
  readonly from: string | RegExp;
  readonly to: string;
  readonly fault: string;
}

/** Adds a closure to the usual configuration. */
function closure(item: string): Pick<Mistake, 'from' | 'to'> {
  return { from: 'carePlaceCore:', to: `closures:\n  - ${item}\ncarePlaceCore:` };
}

const MISTAKES: readonly Mistake[] = [
  { title: 'no role', from: 'role: care-place\n', to: '', fault: 'required /role' },
  {
    title: 'a role that does not exist',
    from: 'role: care-place',
    to: 'role: carer',
    fault: `${lineOf('role:')} choice /role`,
  },
  {
    title: 'a region without quotes',
    from: 'region: "530000"',
    to: 'region: 530000',
    fault: `${lineOf('region:')} type /region`,
  },
  {
    title: 'a region of four digits',
    from: 'region: "530000"',
    to: 'region: "5300"',
    fault: `${lineOf('region:')} format /region`,
  },
  {
    title: 'a misspelt setting',
    from: 'logLevel',
    to: 'loglevel',
    fault: `${lineOf('logLevel')} unknown-setting /loglevel`,
  },
  {
    title: 'a misspelt setting inside another',
    from: 'limits: {}',
    to: 'limits: { concurent: 5 }',
    fault: `${lineOf('limits')} unknown-setting /limits/concurent`,
  },
  {
    title: 'a limit out of range',
    from: 'limits: {}',
    to: 'limits: { concurrent: 0 }',
    fault: `${lineOf('limits')} range /limits/concurrent`,
  },
  {
    title: 'a text where a number is due',
    from: 'port: 0',
    to: 'port: "8080"',
    fault: `${lineOf('listen')} range /listen/port`,
  },
  {
    title: 'an address that is none',
    from: /http:\S+?\/"/,
    to: '127.0.0.1:9"',
    fault: `${lineOf('to: {')} format /peers/2/to/url`,
  },
  {
    title: 'a peer that neither calls nor is called',
    from: /    from: .*\n    signing: { profile: none }/,
    to: '    signing: { profile: none }',
    fault: `${lineOf('id: plain')} required /peers/1`,
  },
  {
    title: 'a peer twice',
    from: 'id: plain',
    to: 'id: his',
    fault: `${lineOf('id: plain')} unique /peers/1`,
  },
  {
    title: 'a signed peer without key',
    from: `{ publicKeys: [{ text: ${KEYS.his.publicHex} }] }`,
    to: '{}',
    fault: `${lineOf('publicKeys')} signing /peers/0/signing/publicKeys`,
  },
  {
    title: 'a key file that does not exist',
    from: `{ text: ${KEYS.his.publicHex} }`,
    to: '{ file: missing.pem }',
    fault: `${lineOf('publicKeys')} readable /peers/0/signing/publicKeys/0/file`,
  },
  {
    title: 'a key in an environment variable that is not set',
    from: `{ text: ${KEYS.his.publicHex} }`,
    to: '{ env: YIQIAO_TEST_NOT_SET }',
    fault: `${lineOf('publicKeys')} required /peers/0/signing/publicKeys/0/env`,
  },
  {
    title: 'a key that is none',
    from: KEYS.his.publicHex,
    to: 'abcd',
    fault: 'KEY_INVALID /peers/0',
  },
  {
    title: 'a validity that is no date',
    from: KEYS.his.publicHex,
    to: `${KEYS.his.publicHex}, notAfter: "next year"`,
    fault: `${lineOf('publicKeys')} format /peers/0/signing/publicKeys/0/notAfter`,
  },
  {
    title: 'a profile that does not exist',
    from: 'profile: cross-province',
    to: 'profile: crossprovince',
    fault: 'CONFIG_INVALID /peers/3',
  },
  {
    title: 'a diagnosis of signatures on a connection that is not in test',
    from: 'id: plain',
    to: 'id: plain\n    diagnose: true',
    fault: `${lineOf('id: plain') + 1} reference /peers/1/diagnose`,
  },
  {
    title: 'a credential that its profile does not have',
    from: 'signing: { profile: none }',
    to: 'signing: { profile: tif, credentials: { paasId: a, token: 0123456789abcdef, pass: b } }',
    fault: `${lineOf('profile: none')} signing /peers/1/signing/credentials/pass`,
  },
  {
    title: 'a credential that is missing, in a list of profiles',
    from: 'signing: { profile: none }',
    to: 'signing: [{ profile: none }, { profile: tif, credentials: { paasId: a } }]',
    fault: `${lineOf('profile: none')} signing /peers/1/signing/1/credentials/token`,
  },
  {
    title: 'two profiles that cover the content',
    from: 'signing: { profile: none }',
    to: 'signing: [{ profile: boss-md5, credentials: { appId: a, key: b } }, { profile: gm-envelope, peerUnsigned: true, credentials: { appId: 0123456789abcdef, appSecret: s } }]',
    fault: `${lineOf('profile: none')} signing /peers/1/signing/0/profile`,
  },
  {
    title: 'a kind of party that does not exist',
    from: `from: { institutions: [${UNSIGNED}] }`,
    to: `from: { institutions: [${UNSIGNED}], kind: clinic }`,
    fault: `${lineOf('id: plain') + 1} choice /peers/1/from/kind`,
  },
  {
    title: 'a certificate by which nobody is known',
    from: `from: { institutions: [${UNSIGNED}] }`,
    to: `from: { institutions: [${UNSIGNED}], certificate: {} }`,
    fault: `${lineOf('id: plain') + 1} required /peers/1/from/certificate`,
  },
  {
    title: 'TLS towards an address in the clear',
    from: 'replyTimeoutMs: 1000 }',
    to: 'replyTimeoutMs: 1000, tls: {} }',
    fault: `${lineOf('replyTimeoutMs')} format /peers/2/to/tls`,
  },
  {
    title: 'a TLS certificate that is none',
    from: 'port: 0',
    to: 'port: 0, tls: { certificate: { text: x }, key: { text: y } }',
    fault: `${lineOf('listen')} certificate /listen/tls`,
  },
  {
    title: 'certificates asked of callers and nobody to believe',
    from: 'port: 0',
    to: 'port: 0, tls: { certificate: { text: x }, key: { text: y }, requireClientCertificate: true }',
    fault: `${lineOf('listen')} required /listen/tls/requireClientCertificate`,
  },
  {
    title: 'a signing profile that does not exist',
    from: 'signing: { profile: none }',
    to: 'signing: { profile: nil, publicKeys: [{ text: abcd }] }',
    fault: `${lineOf('profile: none')} data-file /peers/1/signing/profile`,
  },
  {
    title: 'a core that is no peer',
    from: 'carePlaceCore: care-place-core',
    to: 'carePlaceCore: core',
    fault: `${lineOf('carePlaceCore')} reference /carePlaceCore`,
  },
  {
    title: 'no core',
    from: 'carePlaceCore: care-place-core\n',
    to: '',
    fault: 'required /carePlaceCore',
  },
  {
    title: 'a route to a peer that is never called',
    from: 'peer: hub',
    to: 'peer: plain',
    fault: `${lineOf('insured:')} reference /routes`,
  },
  {
    title: 'a route from nowhere',
    from: 'insured: "*"',
    to: 'insured: "33"',
    fault: `${lineOf('insured:')} format /routes/0/insured`,
  },
  {
    title: 'a timeout of something that is no transaction',
    from: 'replyTimeoutMs: 1000 }',
    to: 'replyTimeoutMs: 1000, timeouts: { settlement: 1000 } }',
    fault: `${lineOf('to: {')} format /peers/2/to/timeouts`,
  },
  {
    title: 'a timeout of a transaction without quotes',
    from: 'replyTimeoutMs: 1000 }',
    to: 'replyTimeoutMs: 1000, timeouts: { 2207: 1000 } }',
    fault: `${lineOf('to: {')} format /peers/2/to/timeouts`,
  },
  {
    title: 'a timeout of nothing',
    from: 'replyTimeoutMs: 1000 }',
    to: 'replyTimeoutMs: 1000, timeouts: { "2207": 0 } }',
    fault: `${lineOf('to: {')} range /peers/2/to/timeouts/2207`,
  },
  {
    title: 'a breaker that is probed without pause',
    from: 'replyTimeoutMs: 1000 }',
    to: 'replyTimeoutMs: 1000, breaker: { probeAfterMs: 0 } }',
    fault: `${lineOf('to: {')} range /peers/2/to/breaker/probeAfterMs`,
  },
  {
    title: 'a closure of nothing',
    ...closure('{ from: "22:00", to: "23:00", reason: maintenance }'),
    fault: 'required /closures/0',
  },
  {
    title: 'a closure of a peer and a region',
    ...closure('{ peer: hub, region: "330000", from: "22:00", to: "23:00", reason: maintenance }'),
    fault: 'required /closures/0',
  },
  {
    title: 'a closure of a peer that is never called',
    ...closure('{ peer: plain, from: "22:00", to: "23:00", reason: maintenance }'),
    fault: 'reference /closures/0/peer',
  },
  {
    title: 'a closure on a day that does not exist',
    ...closure('{ peer: hub, from: "2026-02-30 22:00", to: "2026-03-01 23:00", reason: maintenance }'),
    fault: 'format /closures/0/from',
  },
  {
    title: 'a closure on a day of the week that does not exist',
    ...closure('{ peer: hub, from: "sun 22:00", to: "day 23:00", reason: maintenance }'),
    fault: 'format /closures/0/to',
  },
  {
    title: 'a closure that is written in two ways',
    ...closure('{ peer: hub, from: "sun 22:00", to: "23:00", reason: maintenance }'),
    fault: 'format /closures/0/to',
  },
  {
    title: 'a closure that ends before it begins',
    ...closure('{ peer: hub, from: "2027-01-01 00:00", to: "2026-12-31 00:00", reason: year-end }'),
    fault: 'range /closures/0/to',
  },
  {
    title: 'a closure for a reason that does not exist',
    ...closure('{ peer: hub, from: "22:00", to: "23:00", reason: holiday }'),
    fault: 'choice /closures/0/reason',
  },
  {
    title: 'a closure with a text in one language',
    ...closure('{ peer: hub, from: "22:00", to: "23:00", reason: other, text: { zh: 停 } }'),
    fault: 'required /closures/0/text/en',
  },
  {
    title: 'peers that are no list',
    from: /peers:\n(?:  .*\n)+carePlaceCore: care-place-core\nroutes:\n.*\n/,
    to: 'peers: none\ncarePlaceCore: care-place-core\n',
    fault: `${lineOf('peers:')} type /peers`,
  },
  { title: 'no YAML', from: 'role: care-place', to: 'role: [', fault: 'syntax ' },
  { title: 'a list instead of settings', from: /^[^]*$/, to: '- a\n- b\n', fault: '1 type ' },
  { title: 'an empty file', from: /^[^]*$/, to: '', fault: 'required /role' },
];

describe('A configuration', () => {
  afterEach(endAll);

  it('without faults is told in a few lines', () => {
    const { faults, summary } = check(USUAL);
    assert.deepEqual(faults, []);
    assert.equal(summary[0], 'care-place 530000 测试网关, 127.0.0.1:0');
    assert.deepEqual(
      summary.slice(1).map((line) => line.trim().split(' ')[0]),
      ['his', 'plain', 'care-place-core', 'hub'],
    );
  });

  for (const { title, from, to, fault } of MISTAKES) {
    it(`is refused with place and remedy: ${title}`, () => {
      const changed = USUAL.replace(from, to);
      assert.notEqual(changed, USUAL);
      const faults = faultsOf(changed);
      assert(
        faults.some((found) => found === fault || found.endsWith(` ${fault}`)),
        faults.join('\n'),
      );
    });
  }

  it('that has many faults is told all of them at once', () => {
    const faults = faultsOf(
      USUAL.replace('region: "530000"', 'region: 530000')
        .replace('logLevel', 'loglevel')
        .replace('limits: {}', 'limits: { concurrent: 0, depth: 2 }')
        .replace('peer: hub', 'peer: nobody'),
    );
    assert.deepEqual(
      faults.map((fault) => fault.split(' ').at(-1)),
      ['/region', '/limits/depth', '/limits/concurrent', '/loglevel', '/routes'],
    );
  });

  it('that cannot be read is a fault, too', () => {
    const { faults } = checkGatewayConfig(join(makeFolder(), 'missing.yaml'));
    assert.deepEqual(
      faults.map(({ rule }) => rule),
      ['readable'],
    );
  });

  it('never repeats a private key in what it says', () => {
    const secret = 'MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYIt';
    const { faults } = check(USUAL.replace(/privateKey: {[^}]*}/, `privateKey: { text: ${secret} }`));
    assert(faults.length > 0);
    assert(!JSON.stringify(faults).includes(secret));
  });

  const unusable = [
    ['a fault in the file', (yaml: string) => yaml.replace('region: "530000"', 'region: 530000')],
    ['a key that is none', (yaml: string) => yaml.replace(KEYS.his.publicHex, 'abcd')],
  ] as const;
  for (const [title, change] of unusable) {
    it(`that cannot be used leaves nothing open behind it: ${title}`, async () => {
      const file = join(makeFolder(), 'gateway.yaml');
      writeFileSync(file, change(USUAL));
      await assert.rejects(startGateway({ configFile: file }), isInvalid);
      writeFileSync(file, USUAL);
      await (await startGateway({ configFile: file })).close();
    });
  }

  it('whose port is taken is refused with the address and leaves nothing open', async () => {
    const { gateway } = await startRig();
    const { port } = new URL(gateway.url);
    const file = join(makeFolder(), 'gateway.yaml');
    writeFileSync(file, USUAL.replace('port: 0', `port: ${port}`));
    await assert.rejects(startGateway({ configFile: file }), (error) => {
      assert(isInvalid(error));
      return error.details.faults?.[0]?.message.en.includes(`127.0.0.1:${port}`) === true;
    });
    writeFileSync(file, USUAL);
    await (await startGateway({ configFile: file })).close();
  });

  it('that names the journal of a running gateway is refused', async () => {
    const { configFile } = await startRig();
    await assert.rejects(
      startGateway({ configFile }),
      (error) => error instanceof GatewayError && error.code === 'JOURNAL_UNUSABLE',
    );
  });
});

function isInvalid(error: unknown): error is GatewayError {
  return error instanceof GatewayError && error.code === 'CONFIG_INVALID';
}
