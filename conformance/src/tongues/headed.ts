/** The national form below the headers of a regional gateway, when the inputs have what these are made with. */
import { randomUUID } from 'node:crypto';
import type { SigningProfile } from '@yiqiao/signer';
import { createNationalTongue } from './national.ts';
import { protectByBearer, protectByTif } from './protecting-headers.ts';
import { prepareMaterial } from './protecting.ts';
import type { Material, Protect } from './protecting.ts';
import type { Tongue, TongueWorld, Written } from './tongue.ts';

const PROTECTS: Readonly<Record<string, (material: Material) => Protect>> = {
  tif: protectByTif,
  'oauth-bearer': protectByBearer,
};

/** Makes the tongue of a run. */
export function createHeadedTongue(world: TongueWorld): Tongue {
  const { registry, kit, inputs, clock } = world;
  const national = createNationalTongue(world);
  const make = PROTECTS[kit.signing ?? ''];
  if (make === undefined || inputs.protection === undefined) return national;
  const profile = registry.signingProfile(kit.signing ?? '') as SigningProfile;
  const protect = make(prepareMaterial(profile, inputs, clock));
  const headed = (written: Written): Written => {
    const { infno, msgid, bytes } = written;
    const { headers } = protect('good', { infno, msgid, bytes, nonce: randomUUID().replaceAll('-', '') });
    return { ...written, ...(headers !== undefined && { headers }) };
  };
  return {
    write: (step, writing) => headed(national.write(step, writing)),
    writeRaw: (step, writing) => headed(national.writeRaw(step, writing)),
    read: (came, asked) => national.read(came, asked),
  };
}
