/** The profiles of schemas/signing/profiles.json, and one connection of each seen from both sides. */
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { GatewayError } from '@yiqiao/model';
import { createKeyPair, createMessageProtection } from '@yiqiao/signer';
import type { MessageProtection, ProtectionSettings, SigningProfile } from '@yiqiao/signer';

const file = new URL('../../../schemas/signing/profiles.json', import.meta.url);

/** All of them. */
export const { profiles } = JSON.parse(readFileSync(file, 'utf8')) as {
  profiles: readonly SigningProfile[];
};

/** One of them. */
export function profileOf(id: string): SigningProfile {
  const profile = profiles.find((one) => one.id === id);
  assert.ok(profile);
  return profile;
}

/** The time at which the tests take place. */
export const NOW = Date.parse('2026-01-01T08:00:00+08:00');
export const clock = { now: () => NOW };
export const NONCE = '0123456789abcdef0123456789abcdef';
export const clientPair = createKeyPair();
const serverPair = createKeyPair();

const CREDENTIALS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'fsi-main-cainfo': { cipherKey: 'TESTCLIENT000001' },
  'gm-envelope': {
    appId: 'TESTAPP0000000000000000000000001',
    appSecret: 'TESTSECRET00000000000000000000AB',
  },
  'gm-envelope-evenpos': {
    appId: 'TESTAPP0000000000000000000000001',
    appSecret: 'TESTSECRET00000000000000000000AB',
  },
  tif: { paasId: 'mbs_fsi_auth', token: 'TESTTOKEN0000000000000000000000A' },
  csb: { accessKey: 'testAccessKey', secretKey: 'testSecretKey', apiName: 'TEST_API', apiVersion: '1.0.0' },
  'boss-md5': { appId: 'TESTAPP', key: 'TESTKEY' },
};

/** The settings of one side of a connection that works. */
export function settingsOf(id: string, side: 'client' | 'server'): ProtectionSettings {
  const [own, peer] = side === 'client' ? [clientPair, serverPair] : [serverPair, clientPair];
  const names = side === 'client' ? ['province', 'hub'] : ['hub', 'province'];
  const credentials =
    id === 'yiqiao-message' ? { ownName: names[0] ?? '', peerName: names[1] ?? '' } : CREDENTIALS[id];
  return {
    side,
    clock,
    privateKey: own.privateKey,
    publicKeys: [{ text: peer.publicHex }],
    ...(credentials === undefined ? {} : { credentials }),
    ...(id === 'oauth-bearer' ? { accessTokenHashes: [hash('sha256', 'TESTTOKEN', 'hex')] } : {}),
  };
}

/** One side of a connection, with changed settings. */
export function protect(
  id: string,
  side: 'client' | 'server',
  change: Partial<ProtectionSettings> = {},
): MessageProtection {
  return createMessageProtection(profileOf(id), { ...settingsOf(id, side), ...change });
}

/** The error of a call, which must be one of ours. */
export function errorOf(call: () => unknown): GatewayError {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof GatewayError, String(error));
    return error;
  }
  assert.fail('nothing was thrown');
}
