import assert from 'node:assert/strict';
import { join, dirname } from 'node:path';
import { checkGatewayConfig } from '@yiqiao/gateway';
import { formatTime } from '@yiqiao/model';
import type { ErrorCode } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import { createKeyPair, createMessageProtection } from '@yiqiao/signer';
import type { KeyPair, MessageProtection } from '@yiqiao/signer';
import { identification, message, settlement, settlementInput, UNSIGNED } from './messages.ts';
import type { Leaves } from './messages.ts';
import { assertDone, assertRefused, envelopeOf, post } from './posts.ts';
import { auditedCodes, countedCodes } from './refusals.ts';
import { endAll, KEYS, startRig } from './rig.ts';
import type { Rig } from './rig.ts';

const HOSPITAL = 'H53010000003';
const DER_HOSPITAL = 'H53010000004';
const TIF_HOSPITAL = 'H53010000005';
const OUTGONE = 'H53010000006';
const TO_COME = 'H53010000007';
const PHARMACY = 'P53010000001';
/** Order of the group. */
const N = 'fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123';

const registry = createRegistry();
const hospital = createKeyPair();
const stranger = createKeyPair();

/** Peers that the attacker passes for. */
const PEERS = `
  - id: hospital
    from: { institutions: [${HOSPITAL}], kind: hospital, insuredRegions: ["530000", "330000"] }
    signing:
      - { profile: yiqiao-message, credentials: { ownName: gateway, peerName: hospital }, publicKeys: [{ text: ${hospital.publicHex} }] }
  - id: der
    from: { institutions: [${DER_HOSPITAL}], transactions: ["2207"] }
    signing: { variants: { encoding: der }, publicKeys: [{ text: ${hospital.publicHex} }] }
  - id: tif
    from: { institutions: [${TIF_HOSPITAL}] }
    signing: { profile: tif, credentials: { paasId: app, token: 0123456789abcdef } }
  - id: outgone
    from: { institutions: [${OUTGONE}] }
    signing: { publicKeys: [{ text: ${hospital.publicHex}, notAfter: "2020-01-01" }] }
  - id: to-come
    from: { institutions: [${TO_COME}] }
    signing: { publicKeys: [{ text: ${hospital.publicHex}, notBefore: "2999-01-01" }] }
  - id: pharmacy
    from: { institutions: [${PHARMACY}], kind: pharmacy }
    signing: { profile: none }`;

function startTarget(): Promise<Rig> {
  return startRig({
    change: (yaml) => yaml.replace('\n  - id: care-place-core', `${PEERS}\n  - id: care-place-core`),
  });
}

const of = (institution: string): Leaves => ({ fixmedins_code: JSON.stringify(institution) });

/** What the attacker sends, and where. */
interface Attack {
  readonly to: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The protection that a peer has on its side. */
function clientOf(key: KeyPair, names = { ownName: 'hospital', peerName: 'gateway' }): MessageProtection {
  return createMessageProtection(registry.signingProfile('yiqiao-message'), {
    side: 'client',
    privateKey: key.privateKey,
    publicKeys: [{ text: KEYS.gateway.publicHex }],
    credentials: names,
  });
}

let nonces = 0;

/** A message with the headers that prove it. */
function whole(
  body: string,
  { by = clientOf(hospital), at = Date.now(), to = 'peers/hospital' } = {},
): Required<Attack> {
  const { infno, msgid } = JSON.parse(body) as { infno: string; msgid: string };
  nonces += 1;
  const headers = by.headers?.({
    direction: 'request',
    body: Buffer.from(body),
    now: at,
    nonce: `nonce-of-the-test-${String(nonces).padStart(6, '0')}`,
    transaction: infno,
    messageId: msgid,
  });
  assert(headers !== undefined);
  return { to, body, headers };
}

/** 2207 with a signature over `input`; then the members are changed. */
function signed(institution: string, changes: Leaves = {}, encoding = 'rs', by: KeyPair = hospital): Attack {
  const protection = createMessageProtection(registry.signingProfile('fsi-main-cainfo'), {
    side: 'client',
    privateKey: by.privateKey,
    peerUnsigned: true,
    variants: { encoding },
  });
  const input = settlementInput();
  const members = protection.signBody?.(Buffer.from(input)) ?? {};
  const leaves = Object.entries(members).map(([name, value]) => [name, JSON.stringify(value)]);
  return {
    to: 'care-place',
    body: message('2207', input, {
      ...of(institution),
      ...(Object.fromEntries(leaves) as Leaves),
      ...changes,
    }),
  };
}

function tif(body: string, headers?: Readonly<Record<string, string>>): Required<Attack> {
  const protection = createMessageProtection(registry.signingProfile('tif'), {
    side: 'client',
    credentials: { paasId: 'app', token: '0123456789abcdef' },
  });
  nonces += 1;
  const made = protection.headers?.({
    direction: 'request',
    body: Buffer.from(body),
    now: Date.now(),
    nonce: `nonce${nonces}`,
  });
  return { to: 'peers/tif', body, headers: headers ?? made ?? {} };
}

const rs = (r: string, s: string): string => JSON.stringify(Buffer.from(r + s, 'hex').toString('base64'));
const ONE = '1'.padStart(64, '0');
const ZERO = '0'.repeat(64);

/** A DER signature with a byte behind it. */
function trailing(attack: Attack): Attack {
  return {
    ...attack,
    body: attack.body.replace(/"cainfo":"([^"]+)"/, (_, text: string) => {
      const longer = Buffer.concat([Buffer.from(text, 'base64'), Buffer.from([0])]);
      return `"cainfo":"${longer.toString('base64')}"`;
    }),
  };
}

const settle = (): string => settlement({}, of(HOSPITAL));
const without = (attack: Required<Attack>, name: string): Attack => ({
  ...attack,
  headers: Object.fromEntries(Object.entries(attack.headers).filter(([header]) => header !== name)),
});
const withHeader = (attack: Required<Attack>, name: string, value: string): Attack => ({
  ...attack,
  headers: { ...attack.headers, [name]: value },
});
const SIGNATURE = 'x-yiqiao-signature';

const ATTACKS: readonly (readonly [title: string, code: ErrorCode, make: () => Attack])[] = [
  ['forged with a key of one’s own', 'SIGNATURE_INVALID', () => whole(settle(), { by: clientOf(stranger) })],
  [
    'forged by another content under a signature',
    'SIGNATURE_INVALID',
    () => {
      const made = whole(settle());
      return { ...made, body: made.body.replace('12.50', '92.50') };
    },
  ],
  [
    'forged by another region in the envelope',
    'SIGNATURE_INVALID',
    () => {
      const made = whole(settle());
      return { ...made, body: made.body.replace('"insuplc_admdvs":"530100"', '"insuplc_admdvs":"330100"') };
    },
  ],
  ['stripped of its signature', 'SIGNATURE_MISSING', () => without(whole(settle()), SIGNATURE)],
  [
    'stripped of its algorithm',
    'SIGNATURE_MISSING',
    () => without(whole(settle()), `${SIGNATURE}-algorithm`),
  ],
  [
    'stripped and sent to the common address',
    'SIGNATURE_MISSING',
    () => ({ to: 'care-place', body: settle() }),
  ],
  ['replayed under other content', 'SIGNATURE_INVALID', () => ({ ...whole(settle()), body: settle() })],
  ['from long ago', 'SIGNATURE_OUTDATED', () => whole(settle(), { at: Date.now() - 3_600_000 })],
  ['from the future', 'SIGNATURE_OUTDATED', () => whole(settle(), { at: Date.now() + 3_600_000 })],
  [
    're-addressed: signed for another receiver',
    'SIGNATURE_INVALID',
    () => whole(settle(), { by: clientOf(hospital, { ownName: 'hospital', peerName: 'elsewhere' }) }),
  ],
  [
    're-addressed: for another institution',
    'INSTITUTION_NOT_ALLOWED',
    () => whole(settlement({}, of(DER_HOSPITAL))),
  ],
  [
    're-addressed: for an institution that nobody has',
    'OPERATION_NOT_ALLOWED',
    () => whole(settlement({}, of('H53010000099')), { to: 'care-place' }),
  ],
  ['to the address of another peer', 'INSTITUTION_NOT_ALLOWED', () => whole(settle(), { to: 'peers/tif' })],
  ['to the address of nobody', 'PEER_UNKNOWN', () => whole(settle(), { to: 'peers/nobody' })],
  [
    'under no algorithm',
    'SIGNATURE_ALGORITHM_WRONG',
    () => withHeader(whole(settle()), `${SIGNATURE}-algorithm`, 'none'),
  ],
  [
    'under MD5',
    'SIGNATURE_ALGORITHM_WRONG',
    () => withHeader(whole(settle()), `${SIGNATURE}-algorithm`, 'MD5'),
  ],
  [
    'with r = 0 in a header',
    'SIGNATURE_MALFORMED',
    () => withHeader(whole(settle()), SIGNATURE, Buffer.from(ZERO + ONE, 'hex').toString('base64')),
  ],
  ['signed by a key that has ended', 'SIGNATURE_KEY_EXPIRED', () => signed(OUTGONE)],
  ['signed by a key that is not valid yet', 'SIGNATURE_KEY_NOT_YET_VALID', () => signed(TO_COME)],
  ['signed by nobody known', 'SIGNATURE_INVALID', () => signed(DER_HOSPITAL, {}, 'der', stranger)],
  ['with signtype none', 'SIGNATURE_ALGORITHM_WRONG', () => signed(OUTGONE, { signtype: '"none"' })],
  ['with signtype MD5', 'SIGNATURE_ALGORITHM_WRONG', () => signed(OUTGONE, { signtype: '"MD5"' })],
  ['with r = 0', 'SIGNATURE_MALFORMED', () => signed(OUTGONE, { cainfo: rs(ZERO, ONE) })],
  ['with s = 0', 'SIGNATURE_MALFORMED', () => signed(OUTGONE, { cainfo: rs(ONE, ZERO) })],
  ['with r = n', 'SIGNATURE_MALFORMED', () => signed(OUTGONE, { cainfo: rs(N, ONE) })],
  ['with s beyond n', 'SIGNATURE_MALFORMED', () => signed(OUTGONE, { cainfo: rs(ONE, 'f'.repeat(64)) })],
  ['with bytes behind the DER', 'SIGNATURE_MALFORMED', () => trailing(signed(DER_HOSPITAL, {}, 'der'))],
  ['in another encoding than agreed', 'SIGNATURE_MALFORMED', () => signed(DER_HOSPITAL)],
  [
    'by an application that nobody knows',
    'CREDENTIAL_UNKNOWN',
    () => withHeader(tif(settlement({}, of(TIF_HOSPITAL))), 'x-tif-paasid', 'other'),
  ],
  [
    'a transaction that the peer may not send',
    'TRANSACTION_NOT_ALLOWED',
    () => {
      const { body } = signed(DER_HOSPITAL, {}, 'der');
      return { to: 'care-place', body: body.replace('"infno":"2207"', '"infno":"2208"') };
    },
  ],
  [
    'an inpatient settlement of a pharmacy',
    'TRANSACTION_NOT_ALLOWED',
    () => ({ to: 'care-place', body: message('2304', settlementInput(), of(PHARMACY)) }),
  ],
  [
    'people of a place that are none of its business',
    'REGION_NOT_ALLOWED',
    () => whole(identification({ ...of(HOSPITAL), insuplc_admdvs: '"440100"' })),
  ],
];

function attack(rig: Rig, { to, body, headers = {} }: Attack): ReturnType<typeof post> {
  return post(`${rig.gateway.base}/${to}`, body, headers);
}

describe('An attacker', () => {
  afterEach(endAll);

  it('gets nowhere: each attempt is refused by its own code, counted and audited, and nothing else changes', async () => {
    const rig = await startTarget();
    for (const [title, code, make] of ATTACKS) {
      const before = (await countedCodes(rig.gateway)).get(code) ?? 0;
      const answer = await attack(rig, make());
      assert.equal(envelopeOf(answer)['output'] ?? null, null, title);
      assert.equal(assertRefused(answer, code).yiqiao.code, code, title);
      assert.equal((await countedCodes(rig.gateway)).get(code), before + 1, title);
    }
    assert.deepEqual([rig.far.numbers(), rig.hub.numbers()], [[], []]);
    assert.deepEqual(await rig.journal(), []);
    const expected = ATTACKS.map(([, code]) => code).filter((code) => code !== 'PEER_UNKNOWN');
    assert.deepEqual(auditedCodes(join(dirname(rig.configFile), 'journal.sqlite')), expected);
  });

  it('who sends the same bytes again is told the same, and nothing is done twice', async () => {
    const rig = await startTarget();
    const made = whole(settle());
    const first = assertDone(await attack(rig, made));
    const second = assertDone(await attack(rig, made));
    assert.deepEqual(second['output'], first['output']);
    assert.deepEqual(rig.far.numbers(), ['2207']);
  });

  it('cannot use headers that prove the caller only for a message of his own', async () => {
    const rig = await startTarget();
    const { body, headers } = tif(settlement({}, of(TIF_HOSPITAL)));
    assertDone(await attack(rig, { to: 'peers/tif', body, headers }));
    const own = tif(
      settlement({ medfee_sumamt: '99.00', inscp_scp_amt: '99.00' }, of(TIF_HOSPITAL)),
      headers,
    );
    assertRefused(await attack(rig, own), 'MESSAGE_REPLAYED');
    assert.deepEqual(rig.far.numbers(), ['2207']);
  });

  it('who puts another question under the id of one that was asked is refused', async () => {
    const rig = await startTarget();
    const msgid = JSON.stringify(`${UNSIGNED}202601010000000777`);
    assertDone(await post(rig.gateway.url, identification({ msgid })));
    assertDone(
      await post(
        rig.gateway.url,
        identification({ msgid, inf_time: JSON.stringify(formatTime(Date.now())) }),
      ),
    );
    const other = identification({ msgid }).replace('000000199001010018', '000000199001010026');
    assertRefused(await post(rig.gateway.url, other), 'MESSAGE_ID_REUSED');
    assert.deepEqual(rig.far.numbers(), ['1101', '1101']);
  });

  it('cannot have a refusal without proof taken for an answer of the gateway', async () => {
    const rig = await startTarget();
    const made = whole(settle(), { by: clientOf(stranger) });
    const response = await fetch(`${rig.gateway.base}/${made.to}`, {
      method: 'POST',
      body: made.body,
      headers: { 'content-type': 'application/json', ...made.headers },
    });
    const body = Buffer.from(await response.arrayBuffer());
    const nonce = made.headers['x-yiqiao-signature-nonce'] ?? '';
    const check = clientOf(hospital).checkHeaders;
    const headers = Object.fromEntries(response.headers);
    const answer = { direction: 'response', body, now: Date.now(), nonce } as const;
    assert.deepEqual(check?.(headers, answer), { nonce });
    assert.throws(() => check?.(headers, { ...answer, body: Buffer.from('{}') }));
  });

  it('floods no one but himself: beyond its rate a peer begins nothing new, and is told what is done', async () => {
    const rig = await startRig({
      change: (yaml) =>
        yaml.replace(
          `from: { institutions: [${UNSIGNED}] }`,
          `from: { institutions: [${UNSIGNED}], rate: { perSecond: 0.01, burst: 1 } }`,
        ),
    });
    const first = settlement();
    assertDone(await post(rig.gateway.url, first));
    assertRefused(await post(rig.gateway.url, settlement()), 'BUSY');
    assertDone(await post(rig.gateway.url, first));
    assert.deepEqual(rig.far.numbers(), ['2207']);
  });

  it('cannot fill the audit log: of one peer and code a few a minute are written, all are counted', async () => {
    const rig = await startTarget();
    for (let sent = 0; sent < 25; sent += 1)
      assertRefused(await attack(rig, { to: 'care-place', body: settle() }), 'SIGNATURE_MISSING');
    assert.equal((await countedCodes(rig.gateway)).get('SIGNATURE_MISSING'), 25);
    assert.deepEqual(await rig.journal(), []);
    assert.equal(auditedCodes(join(dirname(rig.configFile), 'journal.sqlite')).length, 20);
  });

  it('cannot have a key accepted that is no point of the curve', async () => {
    const rig = await startRig();
    const off = `04${'a1'.repeat(64)}`;
    rig.rewrite((yaml) => yaml.replace(KEYS.his.publicHex, off));
    const { faults } = checkGatewayConfig(rig.configFile);
    assert.deepEqual(
      faults.map(({ rule, at }) => `${rule} ${at}`),
      ['KEY_INVALID /peers/0'],
    );
  });
});
