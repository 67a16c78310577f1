/** National messages under a signing profile other than `fsi-main-cainfo`: in its envelope, or below its headers. */
import { randomUUID } from 'node:crypto';
import { createSandboxKeys, createSigningScheme } from '@yiqiao/sandbox';
import type { SigningProfile } from '@yiqiao/signer';
import type { SendStep } from '../kits/types.ts';
import { createAnswerReader } from './national-reading.ts';
import { writeRaw, writeStep } from './national-writing.ts';
import { protectByBearer, protectByCsb, protectByTif, protectWhole } from './protecting-headers.ts';
import { protectByBossMd5, protectByGmEnvelope } from './protecting-envelopes.ts';
import { prepareMaterial } from './protecting.ts';
import type { Bare, Material, Protect } from './protecting.ts';
import { createProtectedReader } from './signed-reading.ts';
import type { Tongue, TongueWorld, Writing, Written } from './tongue.ts';

const PROTECTS: Readonly<Record<string, (material: Material) => Protect>> = {
  'gm-envelope': protectByGmEnvelope,
  'boss-md5': protectByBossMd5,
  tif: protectByTif,
  csb: protectByCsb,
  'oauth-bearer': protectByBearer,
  'yiqiao-message': protectWhole,
};

/** Makes the tongue of a run. What the inputs lack is told when the first message is to be written. */
export function createSignedTongue({ registry, kit, inputs, clock }: TongueWorld): Tongue {
  const profile = registry.signingProfile(kit.signing ?? '') as SigningProfile;
  const material = { messages: kit.messages, sign: () => ({ cainfo: '', signtype: '' }), clock };
  const readClear = createAnswerReader(registry, undefined);
  let made:
    { readonly protect: Protect; readonly read: ReturnType<typeof createProtectedReader> } | undefined;

  const parts = (): NonNullable<typeof made> => {
    made ??= prepare();
    return made;
  };

  function prepare(): NonNullable<typeof made> {
    const make = PROTECTS[profile.algorithm];
    if (make === undefined) throw new Error(`no messages are made for the signing profile ${profile.id}`);
    const stuff = prepareMaterial(profile, inputs, clock);
    const { signing, protection } = inputs;
    const scheme = createSigningScheme(profile.id, {
      side: 'client',
      keys: signing ?? createSandboxKeys(),
      credentials: protection?.credentials ?? {},
      ...(signing?.peerPublicKey !== undefined && { peerPublicKey: signing.peerPublicKey }),
    });
    const reading = {
      profile,
      scheme,
      clock,
      protection: stuff.make(),
      decrypting: stuff.make({ peerUnsigned: true }),
    };
    return {
      protect: make(stuff),
      read: createProtectedReader({ ...reading, isSigned: signing?.peerPublicKey !== undefined, readClear }),
    };
  }

  function protectedOf(bare: Bare, way: NonNullable<SendStep['sign']>): Written {
    const { bytes, headers, path } = parts().protect(way, bare);
    return {
      infno: bare.infno,
      msgid: bare.msgid,
      bytes,
      clear: bare.bytes,
      ...(headers !== undefined && { headers }),
      ...(path !== undefined && { path }),
    };
  }

  return {
    write({ sign = 'good', ...step }: SendStep, writing: Writing) {
      const { infno, msgid, bytes } = writeStep(step, { ...material, ...writing });
      return protectedOf({ infno, msgid, bytes, nonce: randomUUID().replaceAll('-', '') }, sign);
    },
    writeRaw: (step, writing) => writeRaw(step, { ...material, ...writing }),
    read: (came, asked) => parts().read(came, asked),
  };
}
