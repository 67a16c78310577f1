/** Signing profiles. Source: schemas/signing/profiles.json. */
import { GatewayError } from '@yiqiao/model';
import { fileFault } from './data-files.ts';
import type { DataFiles } from './data-files.ts';
import type { Confidence } from './types.ts';

interface SigningFacts {
  readonly id: string;
  readonly confidence: Confidence;
  /** What the far side hands over: application ids, secrets, names. */
  readonly credentials?: readonly {
    readonly name: string;
    readonly label: { readonly zh: string; readonly en: string };
    readonly secret: boolean;
    readonly optional?: true;
    readonly minLength?: number;
    readonly length?: number;
  }[];
  /** Where sources disagree: what a connection may choose, and what holds when it does not. */
  readonly variants?: readonly {
    readonly name: string;
    readonly label: { readonly zh: string; readonly en: string };
    readonly values?: readonly string[];
    readonly default: string;
  }[];
}

interface CarriedPlace {
  /** Member that holds the message; absent: its members are those of the envelope. */
  readonly member?: string;
  /** Members beside it. */
  readonly beside?: Readonly<Record<string, string>>;
}

/** How messages are protected; the signer takes it as it is. */
export type SigningData =
  | (SigningFacts & {
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
      /** Member of the envelope that tells of an encrypted body, and the writing of its bytes. */
      readonly encryption?: { readonly member: string; readonly value: string; readonly text: 'base64' };
    })
  | (SigningFacts & {
      readonly algorithm: 'gm-envelope' | 'boss-md5' | 'tif' | 'csb' | 'oauth-bearer' | 'yiqiao-message';
      readonly derivation?: 'first-characters' | 'even-positions';
      /** Where a national message stands in such an envelope. */
      readonly carrier?: { readonly [K in 'request' | 'response']: CarriedPlace };
    })
  | (SigningFacts & { readonly algorithm: 'session'; readonly member: string })
  | (SigningFacts & { readonly algorithm: 'none' });

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
