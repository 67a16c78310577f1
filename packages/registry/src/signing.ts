/** Signing profiles. Source: schemas/signing/profiles.json. */
import { GatewayError } from '@yiqiao/model';
import { fileFault } from './data-files.ts';
import type { DataFiles } from './data-files.ts';

/** How messages are signed; the signer takes it as it is. */
export type SigningData =
  | {
      readonly id: string;
      readonly algorithm: 'SM3withSM2';
      /** Default user id of SM2; a connection may have its own. */
      readonly userId: string;
      /** Member of the envelope, encoding of the signature, and writing of its bytes. */
      readonly signature: {
        readonly member: string;
        readonly encoding: 'rs';
        readonly text: 'base64';
      };
      readonly type: { readonly member: string; readonly value: string };
    }
  | { readonly id: string; readonly algorithm: 'none' };

const PATH = 'signing/profiles.json';

/** Finds a signing profile by id. @throws GatewayError `CONFIG_INVALID` listing the known ones. */
export function readSigningProfile(files: DataFiles, id: string): SigningData {
  const { profiles } = files.read(PATH) as { profiles: readonly SigningData[] };
  const found = profiles.find((profile) => profile.id === id);
  if (found !== undefined) return found;
  const ids = profiles.map((profile) => profile.id).join(', ');
  const message = {
    zh: `没有名为 ${id} 的签名方案；现有：${ids}。`,
    en: `There is no signing profile ${id}; known: ${ids}.`,
  };
  throw new GatewayError('CONFIG_INVALID', {
    faults: [fileFault({ path: PATH, pointer: '/profiles', message })],
  });
}
