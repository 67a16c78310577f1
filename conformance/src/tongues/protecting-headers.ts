/** Ways of the profiles that put what proves the sender into headers: tif, csb, bearer tokens, yiqiao-message. */
import type { ProtectionSettings } from '@yiqiao/signer';
import { byTable, credentialsWith, tailChanged } from './protecting.ts';
import type { Bare, Material, Protect, Protected } from './protecting.ts';
import { spellSignature } from './spelled-signature.ts';
import type { Spelling } from './spelled-signature.ts';

type Headers = Readonly<Record<string, string>>;
type Table = Parameters<typeof byTable>[0];

/** How one message is headed, other than in the usual way. */
interface Heading {
  readonly settings?: Partial<ProtectionSettings>;
  readonly now?: number;
  readonly nonce?: string;
  readonly query?: readonly (readonly [name: string, value: string])[];
  /** The message that is signed, when it is another than the one that is sent. */
  readonly of?: Bare;
  readonly accessToken?: string;
}

const DAY_MS = 86_400_000;

/** `x-tif-*`. */
export function protectByTif(material: Material): Protect {
  const names: HeaderNames = {
    signature: 'x-tif-signature',
    time: 'x-tif-timestamp',
    nonce: 'x-tif-nonce',
    application: 'x-tif-paasid',
  };
  const later = (text: string): string => String(Number(text) + 1);
  return byTable({
    ...usualWays(material, names, { later, secret: 'token', application: 'paasId' }),
    cut: heading(
      material,
      {},
      edit(names.signature, (text) => text.slice(0, -1)),
    ),
    longer: heading(
      material,
      {},
      edit(names.signature, (text) => `${text}0`),
    ),
    'upper-case': heading(material, { settings: { variants: { hexCase: 'upper' } } }),
  });
}

/** `_api_*`. */
export function protectByCsb(material: Material): Protect {
  const names: HeaderNames = {
    signature: '_api_signature',
    time: '_api_timestamp',
    nonce: '_api_nonce',
    application: '_api_access_key',
  };
  const later = (text: string): string => String(Number(text) + 1);
  const credential = (name: string): Heading => ({
    settings: { credentials: credentialsWith(material, name, tailChanged) },
  });
  const withNonce: Heading = { settings: { variants: { nonce: 'sent' } } };
  const signed: Heading = { query: [['name', 'testname']] };
  return byTable({
    ...usualWays(material, names, { later, secret: 'secretKey', application: 'accessKey' }),
    cut: heading(
      material,
      {},
      edit(names.signature, (text) => text.slice(0, -1)),
    ),
    longer: heading(
      material,
      {},
      edit(names.signature, (text) => `${text}=`),
    ),
    service: heading(material, credential('apiName')),
    version: heading(material, credential('apiVersion')),
    'with-nonce': heading(material, withNonce),
    'other-nonce': heading(material, withNonce, edit(names.nonce, tailChanged)),
    query: (message) => ({ ...heading(material, signed)(message), path: '?name=testname' }),
    'altered-query': (message) => ({ ...heading(material, signed)(message), path: '?name=othername' }),
  });
}

/** `Authorization: Bearer …`. */
export function protectByBearer(material: Material): Protect {
  const accessToken = material.inputs.protection?.accessToken ?? '';
  const bearing = (text: string) => (message: Bare) => ({
    bytes: message.bytes,
    headers: { authorization: text },
  });
  return byTable({
    good: heading(material, { accessToken }),
    none: ({ bytes }) => ({ bytes }),
    empty: bearing(''),
    stranger: bearing(`Bearer ${tailChanged(accessToken)}`),
    cut: bearing(`Bearer ${accessToken.slice(0, -1)}`),
    longer: bearing(`Bearer ${accessToken}0`),
    scheme: bearing(`Basic ${accessToken}`),
  });
}

/** `x-yiqiao-signature` and its companions. */
export function protectWhole(material: Material): Protect {
  const signature = 'x-yiqiao-signature';
  const names: HeaderNames = { signature, time: `${signature}-time`, nonce: `${signature}-nonce` };
  const later = (text: string): string => String(Number(text) + 1);
  const spelled = (way: Spelling): ((message: Bare) => Protected) =>
    heading(
      material,
      {},
      edit(signature, (text) => spellSignature(way, text)),
    );
  const application = { settings: { credentials: credentialsWith(material, 'ownName', tailChanged) } };
  return byTable({
    ...usualWays(material, names, { later }),
    stranger: heading(material, { settings: { privateKey: material.stranger.privateKey } }),
    'other-user-id': heading(material, { settings: { userId: '8765432187654321' } }),
    'other-body': (message) =>
      heading(material, { of: { ...message, bytes: Buffer.concat([message.bytes, Buffer.of(0x20)]) } })(
        message,
      ),
    hex: spelled('hex'),
    der: spelled('der'),
    cut: spelled('cut'),
    longer: spelled('longer'),
    zero: spelled('zero'),
    swapped: spelled('swapped'),
    application: heading(material, application),
    algorithm: heading(
      material,
      {},
      edit(`${signature}-algorithm`, () => 'SM2-SHA256'),
    ),
    'short-nonce': heading(material, { nonce: 'N1' }),
  });
}

interface HeaderNames {
  readonly signature: string;
  readonly time: string;
  readonly nonce: string;
  readonly application?: string;
}

/** Ways that every such profile has. */
function usualWays(
  material: Material,
  names: HeaderNames,
  {
    later,
    secret,
    application,
  }: { readonly later: (text: string) => string; readonly secret?: string; readonly application?: string },
): Table {
  const credential = (name: string): Heading => ({
    settings: { credentials: credentialsWith(material, name, tailChanged) },
  });
  return {
    good: heading(material, {}),
    none: ({ bytes }) => ({ bytes }),
    empty: heading(
      material,
      {},
      edit(names.signature, () => ''),
    ),
    old: heading(material, { now: material.clock.now() - DAY_MS }),
    'no-time': heading(material, {}, without(names.time)),
    'no-nonce': heading(material, {}, without(names.nonce)),
    'other-time': heading(material, {}, edit(names.time, later)),
    'other-nonce': heading(material, {}, edit(names.nonce, tailChanged)),
    ...(secret !== undefined && { stranger: heading(material, credential(secret)) }),
    ...(application !== undefined && { application: heading(material, credential(application)) }),
    ...(names.application !== undefined && {
      'no-application': heading(material, {}, without(names.application)),
    }),
  };
}

/** Sends the message under headers, changed when they are made. */
function heading(
  material: Material,
  how: Heading,
  change: (headers: Headers) => Headers = (headers) => headers,
): (message: Bare) => Protected {
  const { settings, now, nonce, query, of, accessToken } = how;
  return (message) => {
    const signed = of ?? message;
    const headers = material.make(settings).headers?.({
      direction: 'request',
      body: signed.bytes,
      now: now ?? material.clock.now(),
      nonce: nonce ?? message.nonce,
      transaction: message.infno,
      messageId: message.msgid,
      ...(query !== undefined && { query }),
      ...(accessToken !== undefined && { accessToken }),
    });
    return { bytes: message.bytes, headers: change(headers ?? {}) };
  };
}

function edit(name: string, change: (text: string) => string): (headers: Headers) => Headers {
  return (headers) => ({ ...headers, [name]: change(headers[name] ?? '') });
}

function without(name: string): (headers: Headers) => Headers {
  return (headers) => Object.fromEntries(Object.entries(headers).filter(([one]) => one !== name));
}
