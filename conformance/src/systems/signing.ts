/** The insured place of the sandbox behind a door that signs and verifies by the profile of an edition. */
import { createSandboxKeys } from '@yiqiao/sandbox';
import type { DoorChange } from '../faulty/types.ts';
import { openSigningDoor } from '../sound/signing-door.ts';
import { startSoundInsuredPlace } from '../sound/start-sound.ts';
import type { StartSystem } from './system.ts';

const APPLICATION = {
  appId: 'TESTAPP00000000000000000000000001',
  appSecret: 'TESTSECRET00000000000000000000AB',
};

/** What a platform hands over, by signing profile; made up. */
const CREDENTIALS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'gm-envelope': APPLICATION,
  'gm-envelope-evenpos': APPLICATION,
  tif: { paasId: 'test_paas', token: 'TESTTOKEN0000000000000000000000A' },
  csb: { accessKey: 'testAccessKey', secretKey: 'testSecretKey', apiName: 'TEST_API', apiVersion: '1.0.0' },
  'boss-md5': { appId: 'TESTAPP', key: 'TESTKEY' },
  'oauth-bearer': { accessToken: 'TESTTOKEN0000000000000000000000B' },
  'yiqiao-message': { ownName: 'suite', peerName: 'target' },
};

/** Starts core and door; `change` is a `DoorChange`. */
export const startSigningSystem: StartSystem = async ({ registry, clock, kit, suiteKeys }, change) => {
  const profile = kit.signing ?? '';
  const credentials = CREDENTIALS[profile] ?? {};
  const own = createSandboxKeys();
  const core = await startSoundInsuredPlace({ registry, clock });
  const { ownName, peerName } = credentials;
  const turned =
    ownName === undefined || peerName === undefined ? {} : { ownName: peerName, peerName: ownName };
  const door = await openSigningDoor({
    profile,
    settings: {
      side: 'server',
      keys: own,
      peerPublicKey: suiteKeys.publicKey,
      credentials: { ...credentials, ...turned },
    },
    inside: core.url,
    clock,
    ...(change !== undefined && { change: change as DoorChange }),
  });
  return {
    url: door.url,
    inputs: {
      signing: { ...suiteKeys, peerPublicKey: own.publicKey },
      protection: { credentials: profile === 'oauth-bearer' ? {} : credentials, ...tokenOf(credentials) },
    },
    async stop() {
      await door.stop();
      await core.stop();
    },
  };
};

function tokenOf({ accessToken }: Readonly<Record<string, string>>): { readonly accessToken?: string } {
  return accessToken === undefined ? {} : { accessToken };
}
