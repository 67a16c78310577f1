/** Envelope of mobile payment, the prescription centre and e-credentials. Source: signing.json, gm-envelope. */
import { compactTime, findTime, GatewayError, isWireObject, leafText, systemClock } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import { canonicalData, signText } from '../canonical-text.ts';
import type { CanonicalForm } from '../canonical-text.ts';
import { readJson, readJsonObject, sortedJson, writeJson } from '../json-text.ts';
import { requireSetting } from './key-settings.ts';
import type { WholeSigningProfile } from '../signing-profile.ts';
import { decryptSm4, encryptSm4 } from '../sm4.ts';
import { createOwnSigner } from '../signing-key.ts';
import { createKeyRing } from '../verifying-keys.ts';
import { fault } from './chosen-settings.ts';
import type { ChosenSettings } from './chosen-settings.ts';
import type { MessageProtection, OpenedMessage, ProtectionSettings } from './contract.ts';
import { isSame, refusal, requireFresh } from './refusals.ts';

const DEFAULT_USER_ID = '1234567812345678';

/**
 * The SM4 key of the content: the first 16 characters of the upper-case hex of SM4(application key, secret), as bytes.
 * `appId`: at least 16 characters; with `even-positions`, at least 32.
 */
export function deriveContentKey(
  app: { readonly id: string; readonly secret: string },
  derivation: WholeSigningProfile['derivation'],
): Buffer {
  const id = Buffer.from(app.id);
  const chosen = derivation === 'even-positions' ? id.filter((_, index) => index % 2 === 1) : id;
  const sealed = encryptSm4(chosen.subarray(0, 16), Buffer.from(app.secret));
  return Buffer.from(sealed.toString('hex').toUpperCase().slice(0, 16), 'latin1');
}

/** Both directions: the request and the answer are protected alike, each by the key of its sender. */
export function createGmEnvelope(
  profile: WholeSigningProfile,
  chosen: ChosenSettings,
  settings: ProtectionSettings,
): Pick<MessageProtection, 'sealMessage' | 'openMessage'> {
  const app = { id: chosen.credential('appId'), secret: chosen.credential('appSecret') };
  const parts: EnvelopeParts = {
    app,
    chosen,
    settings,
    contentKey: deriveContentKey(app, profile.derivation),
    form: readForm(chosen),
    defaultUserId: findUserId(chosen, app.secret),
  };
  return { sealMessage: createSealer(parts), openMessage: createOpener(parts) };
}

/** The reading of the canonical text that a connection has chosen. */
export function readForm(chosen: ChosenSettings): CanonicalForm {
  return {
    scalars: chosen.variant('scalars') === 'bare' ? 'bare' : 'quoted',
    emptyObjects: chosen.variant('emptyObjects') === 'drop' ? 'drop' : 'keep',
  };
}

/** The user id that holds where the connection names none. */
export function findUserId(chosen: ChosenSettings, secret: string): string {
  return chosen.variant('userId') === 'appSecret' ? secret : DEFAULT_USER_ID;
}

/** An envelope with its data in the clear and its signature beside, nothing of it verified. For diagnosing. */
export function openEnvelope(
  bytes: Uint8Array,
  options: {
    readonly app: { readonly id: string; readonly secret: string };
    readonly derivation: WholeSigningProfile['derivation'];
  },
): { readonly message: WireObject; readonly signData: WireValue | undefined } {
  const sent = readJsonObject(bytes);
  const { encData: _, signData, ...rest } = sent;
  const data = openData(deriveContentKey(options.app, options.derivation), sent);
  return { message: { ...rest, data }, signData };
}

interface EnvelopeParts {
  readonly app: { readonly id: string; readonly secret: string };
  readonly chosen: ChosenSettings;
  readonly settings: ProtectionSettings;
  readonly contentKey: Buffer;
  readonly form: CanonicalForm;
  readonly defaultUserId: string;
}

function createSealer(parts: EnvelopeParts): NonNullable<MessageProtection['sealMessage']> {
  const { app, chosen, settings, contentKey, form } = parts;
  const privateKey = requireSetting(settings.privateKey, 'privateKey');
  const encoding = chosen.variant('encoding') === 'der' ? 'der' : 'rs';
  const userId = settings.userId ?? parts.defaultUserId;
  const signer = createOwnSigner(privateKey, { userId, encoding }, settings.clock);
  const letters =
    chosen.variant('typeCase') === 'lower' ? { sm4: 'sm4', sm2: 'sm2' } : { sm4: 'SM4', sm2: 'SM2' };
  return (clear, { now }) => {
    refuseOpenContent(clear);
    const data = canonicalData(clear['data'] ?? {}, form);
    const envelope: WireObject = {
      ...clear,
      appId: app.id,
      encType: letters.sm4,
      signType: letters.sm2,
      timestamp: formatTimestamp(now, chosen.variant('timestamp')),
      ...(settings.side === 'client' ? { version: chosen.variant('version') } : {}),
      data,
    };
    const signature = signer.sign(Buffer.from(signText(envelope, { secret: app.secret, form })));
    const sealed = encryptSm4(contentKey, Buffer.from(sortedJson(data))).toString('hex');
    const { data: _, ...rest } = envelope;
    const encData = chosen.variant('hexCase') === 'lower' ? sealed : sealed.toUpperCase();
    return Buffer.from(writeJson({ ...rest, encData, signData: signature.toString('base64') }));
  };
}

function createOpener(parts: EnvelopeParts): NonNullable<MessageProtection['openMessage']> {
  const { app, chosen, settings, form } = parts;
  const clock = settings.clock ?? systemClock;
  const encoding =
    chosen.variant('encoding') === 'either' ? 'either' : chosen.variant('encoding') === 'der' ? 'der' : 'rs';
  const verify =
    settings.peerUnsigned === true
      ? undefined
      : createKeyRing(requireSetting(settings.publicKeys, 'publicKeys'), {
          userId: settings.peerUserId ?? parts.defaultUserId,
          encoding,
        });
  return (bytes): OpenedMessage => {
    const sent = readJsonObject(bytes);
    if (settings.side === 'client' && isBareRefusal(sent)) return { message: sent, signed: false };
    requireAlgorithms(sent);
    if (settings.side === 'server' || sent['appId'] !== undefined) requireApplication(sent, app.id);
    const { encData: _, signData, ...rest } = sent;
    const message = { ...rest, data: openData(parts.contentKey, sent) };
    if (verify === undefined) return { message, signed: false };
    const text = signText(message, { secret: app.secret, form });
    verify(Buffer.from(text), readSignData(signData), clock.now());
    if (settings.side === 'server') {
      const time = leafText(sent['timestamp']) ?? '';
      requireFresh(findTimestamp(time), {
        now: clock.now(),
        toleranceSeconds: chosen.count('toleranceSeconds'),
      });
    }
    return { message, signed: true };
  };
}

/** Only `data` is encrypted: whatever else has an inside would travel in the clear. */
function refuseOpenContent(clear: WireObject): void {
  const faults = Object.entries(clear)
    .filter(([name, value]) => name !== 'data' && (isWireObject(value) || Array.isArray(value)))
    .map(([name]) => ({
      ...fault(`/${name}`, {
        label: { zh: name, en: name },
        zh: '信封顶层只放文本，业务内容放入 data，否则不会加密。',
        en: 'Beside data an envelope holds texts only: content outside data would not be encrypted.',
      }),
      rule: 'type',
    }));
  if (faults.length > 0) throw new GatewayError('MESSAGE_INVALID', { faults });
}

/** An answer that brings no data and is not signed: a refusal, by whoever turned the message away. */
function isBareRefusal(sent: WireObject): boolean {
  const carriesNothing = ['encData', 'data', 'signData'].every(
    (name) => sent[name] === undefined || sent[name] === null || sent[name] === '',
  );
  return carriesNothing && sent['success'] !== true && leafText(sent['code']) !== '0';
}

/** Nothing weaker than agreed is taken, however the far side calls it. */
function requireAlgorithms(sent: WireObject): void {
  for (const [member, value] of [
    ['encType', 'SM4'],
    ['signType', 'SM2'],
  ] as const) {
    const found = leafText(sent[member]);
    if (found === undefined || found === '')
      throw new GatewayError('SIGNATURE_MISSING', { facts: { member } });
    if (found.toUpperCase() !== value)
      throw refusal('SIGNATURE_ALGORITHM_WRONG', `${member} is not ${value}`, { found: found.slice(0, 10) });
  }
}

function requireApplication(sent: WireObject, appId: string): void {
  if (!isSame(leafText(sent['appId']) ?? '', appId))
    throw refusal('CREDENTIAL_UNKNOWN', 'another application', { member: 'appId' });
}

function openData(contentKey: Buffer, sent: WireObject): WireValue {
  if (sent['data'] !== undefined)
    throw refusal('CIPHERTEXT_INVALID', 'data came in the clear', { member: 'data' });
  const text = sent['encData'];
  if (typeof text !== 'string' || !/^(?:[\da-f]{2})+$/i.test(text))
    throw refusal('CIPHERTEXT_INVALID', 'encData is not hex', { member: 'encData' });
  const clear = decryptSm4(contentKey, Buffer.from(text, 'hex'));
  if (clear === undefined)
    throw refusal('CIPHERTEXT_INVALID', 'encData does not decrypt under this key', { member: 'encData' });
  return readJson(clear.toString('utf8'));
}

function readSignData(value: WireValue | undefined): Buffer {
  if (typeof value !== 'string' || value === '')
    throw new GatewayError('SIGNATURE_MISSING', { facts: { member: 'signData' } });
  const bytes = Buffer.from(value, 'base64');
  if (bytes.toString('base64') !== value)
    throw refusal('SIGNATURE_MALFORMED', 'signData is not base64', { characters: value.length });
  return bytes;
}

function formatTimestamp(now: number, form: string): string {
  return form === 'compact' ? compactTime(now).slice(0, 14) : String(now);
}

/** Both writings occur. Epoch milliseconds of a `timestamp`; `undefined` when it is neither. */
export function findTimestamp(text: string): number | undefined {
  if (/^\d{13}$/.test(text)) return Number(text);
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  return findTime(`${year}-${month}-${day} ${hour}:${minute}:${second}`);
}
