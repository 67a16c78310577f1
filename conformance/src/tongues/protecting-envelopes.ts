/** Ways of the profiles that put the message into an envelope of their own: gm-envelope, boss-md5. */
import type { JsonObject } from '@yiqiao/sandbox';
import { createSigningScheme } from '@yiqiao/sandbox';
import { readJsonObject } from '@yiqiao/signer';
import type { ProtectionSettings } from '@yiqiao/signer';
import type { SignWay } from '../kits/types.ts';
import { leaf, parseMessage } from '../run/own-reading.ts';
import { byTable, credentialsWith, tailChanged } from './protecting.ts';
import type { Bare, Material, Protect, Protected } from './protecting.ts';
import { spellSignature } from './spelled-signature.ts';
import type { Spelling } from './spelled-signature.ts';

type Maker = (message: Bare) => Protected;
type Members = Record<string, JsonObject[string]>;

/** gm-envelope in both derivations; the national message is `data`. */
export function protectByGmEnvelope(material: Material): Protect {
  const sealed = (settings?: Partial<ProtectionSettings>): Maker => sealing(material, settings, 'data');
  const good = sealed();
  const spelled = (way: Spelling): Maker =>
    changing(good, (members) => ({ ...members, signData: spellSignature(way, leaf(members, 'signData')) }));
  /** Members with another value that is under the signature too: the product never writes them so. */
  const instead = (members: Readonly<Record<string, string>>): Maker => sealingOwn(material, members);
  return byTable({
    good,
    none: changing(good, without('signData')),
    ...spellings(['empty', 'hex', 'cut', 'longer', 'zero', 'swapped', 'der'], spelled),
    stranger: sealed({ privateKey: material.stranger.privateKey }),
    'other-user-id': sealed({ userId: '8765432187654321' }),
    'other-body': (message) => {
      const other = parseMessage(good(otherBody(message)).bytes.toString('utf8'));
      return changing(good, (members) => ({ ...members, signData: other['signData'] }))(message);
    },
    clear: (message) =>
      changing(good, (members) => ({
        ...without('encData')(members),
        data: parseMessage(message.bytes.toString('utf8')),
      }))(message),
    'enc-type': instead({ encType: 'NONE' }),
    'sign-type': instead({ signType: 'MD5' }),
    'no-time': instead({ timestamp: 'now' }),
    application: instead({ appId: tailChanged(material.inputs.protection?.credentials?.['appId'] ?? '') }),
    'lower-case': sealed({ variants: { typeCase: 'lower', hexCase: 'lower' } }),
    'compact-time': sealed({ variants: { timestamp: 'compact' } }),
  });
}

/** boss-md5; the national message is the business object. */
export function protectByBossMd5(material: Material): Protect {
  const sealed = (settings?: Partial<ProtectionSettings>): Maker => sealing(material, settings);
  const good = sealed();
  const credential = (name: string): Maker =>
    sealed({ credentials: credentialsWith(material, name, tailChanged) });
  const signed = (change: (text: string) => string): Maker =>
    changing(good, (members) => ({ ...members, sign: change(leaf(members, 'sign')) }));
  return byTable({
    good,
    none: changing(good, without('sign')),
    empty: signed(() => ''),
    stranger: credential('key'),
    application: credential('appId'),
    version: sealed({ variants: { version: '9.9' } }),
    cut: signed((text) => text.slice(0, -1)),
    longer: signed((text) => `${text}0`),
    'lower-case': signed((text) => text.toLowerCase()),
    'other-body': (message) => {
      const other = parseMessage(good(otherBody(message)).bytes.toString('utf8'));
      return changing(good, (members) => ({ ...members, data: other['data'] }))(message);
    },
    'other-nonce': changing(good, (members) => ({
      ...members,
      noise: tailChanged(leaf(members, 'noise')),
    })),
    'no-nonce': (message) => good({ ...message, nonce: '' }),
  });
}

/** Seals by the product. */
function sealing(
  material: Material,
  settings: Partial<ProtectionSettings> | undefined,
  member?: string,
): Maker {
  return ({ bytes, nonce }) => {
    const message = readJsonObject(bytes);
    const clear = member === undefined ? message : { [member]: message };
    const sealed = material.make(settings).sealMessage?.(clear, { now: material.clock.now(), nonce });
    return { bytes: sealed ?? bytes };
  };
}

/** Seals by the sandbox, which can put other members under the signature. */
function sealingOwn({ profile, inputs, clock }: Material, instead: Readonly<Record<string, string>>): Maker {
  const { signing, protection } = inputs;
  const scheme = createSigningScheme(profile.id, {
    side: 'client',
    credentials: protection?.credentials ?? {},
    ...(signing !== undefined && { keys: signing }),
  });
  return ({ bytes }) => ({ bytes: scheme.seal(bytes, { now: clock.now() }, instead).bytes });
}

function changing(make: Maker, change: (members: Members) => Members): Maker {
  return (message) => ({
    bytes: Buffer.from(JSON.stringify(change({ ...parseMessage(make(message).bytes.toString('utf8')) }))),
  });
}

function without(name: string): (members: Members) => Members {
  return (members) => Object.fromEntries(Object.entries(members).filter(([one]) => one !== name));
}

function spellings(
  ways: readonly Spelling[],
  make: (way: Spelling) => Maker,
): Partial<Record<SignWay, Maker>> {
  return Object.fromEntries(ways.map((way) => [way, make(way)]));
}

/** The same message under another operator. */
function otherBody(message: Bare): Bare {
  const members = parseMessage(message.bytes.toString('utf8'));
  return { ...message, bytes: Buffer.from(JSON.stringify({ ...members, opter: '9999' })) };
}
