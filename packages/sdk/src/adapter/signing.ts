/** The protection of an adapter's messages, made from the profiles in schemas/signing and a few lines of settings. */
import { randomUUID } from 'node:crypto';
import { GatewayError } from '@yiqiao/model';
import type { Clock, Fault } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import type { Registry } from '@yiqiao/registry';
import { createMessageProtection } from '@yiqiao/signer';
import type { MessageProtection, OwnKey, TokenClient } from '@yiqiao/signer';
import { setting } from '../settings/setting.ts';

/** One signing profile of a connection; keys as text: PEM, hex or base64. */
export interface AdapterSigning {
  /** Id in schemas/signing/profiles.json: `gm-envelope`, `boss-md5`, `tif`, `csb`, `fsi-main-cainfo`, … */
  readonly profile: string;
  readonly privateKey?: OwnKey;
  /** Keys or certificates of the far side; several during a change. */
  readonly publicKeys?: readonly string[];
  /** Identity of SM2 under which we sign, and under which the far side does; the profile's when absent. */
  readonly userId?: string;
  readonly peerUserId?: string;
  /** The far side does not sign. */
  readonly peerUnsigned?: boolean;
  /** Application id, secrets and the like, as the profile names them. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** Where sources disagree. */
  readonly variants?: Readonly<Record<string, string>>;
  /** Where access tokens are had from (`oauth-bearer`), for calling. */
  readonly token?: TokenClient & { readonly url: string };
  /** SHA-256 of the access tokens that callers may show, lower-case hex; for what calls us. */
  readonly accessTokenHashes?: readonly string[];
}

let known: Registry | undefined;

/** The registry, made when it is first needed. */
export function knowledge(): Registry {
  known ??= createRegistry();
  return known;
}

/**
 * Protections of one side of a connection, in the order in which they stand.
 * @throws GatewayError `CONFIG_INVALID` with a fault for each setting that is missing or unfit, `KEY_INVALID`.
 */
export function createProtections(
  signing: readonly AdapterSigning[],
  { side, clock }: { readonly side: 'client' | 'server'; readonly clock: Clock },
): readonly MessageProtection[] {
  const faults: Fault[] = [];
  const protections = signing.flatMap(({ profile, publicKeys = [], ...settings }, index) => {
    try {
      const keys = publicKeys.map((text) => ({ text }));
      return [
        createMessageProtection(knowledge().signingProfile(profile), {
          ...settings,
          side,
          clock,
          publicKeys: keys,
        }),
      ];
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'CONFIG_INVALID') throw error;
      faults.push(
        ...(error.details.faults ?? []).map((fault) => ({
          ...fault,
          at: fault.at.startsWith('/') ? `/signing/${index}${fault.at}` : `/signing/${index}/profile`,
        })),
      );
      return [];
    }
  });
  const content = protections.filter(({ signBody, verifyBody, sealMessage }) =>
    [signBody, verifyBody, sealMessage].some((ability) => ability !== undefined),
  );
  if (content.length > 1) faults.push(ONE_CONTENT);
  if (faults.length > 0) throw new GatewayError('CONFIG_INVALID', { faults });
  return protections;
}

/** Random text for one message: 32 hex digits. */
export function newNonce(): string {
  return randomUUID().replaceAll('-', '');
}

/** `signing` of an adapter's settings: a list of profiles; key files are read by the service. */
export const signingSetting = setting.list(
  setting.section({
    profile: setting.text(),
    privateKey: setting.optional(setting.secret()),
    publicKeys: setting.optional(setting.list(setting.text())),
    userId: setting.optional(setting.secret()),
    peerUserId: setting.optional(setting.secret()),
    peerUnsigned: setting.optional(setting.flag()),
    credentials: setting.optional(setting.table(setting.secret())),
    variants: setting.optional(setting.table(setting.text())),
    accessTokenHashes: setting.optional(setting.list(setting.text({ pattern: /^[\da-f]{64}$/ }))),
    token: setting.optional(
      setting.section({
        url: setting.url(),
        clientId: setting.text(),
        clientSecret: setting.secret(),
        grantType: setting.text(),
        username: setting.optional(setting.text()),
        password: setting.optional(setting.secret()),
        scope: setting.optional(setting.text()),
      }),
    ),
  }),
);

const ONE_CONTENT: Fault = {
  rule: 'signing',
  at: '/signing',
  field: 'signing',
  label: { zh: '签名方案', en: 'signing profiles' },
  message: {
    zh: '一条连接只能有一个方案覆盖报文内容，其余只能是 HTTP 头方案。',
    en: 'One profile at most may cover the content; the others are those of HTTP headers.',
  },
};
