/** gm-envelope around a national message, which is its `data`. Source: signing.json, gm-envelope; carrier: project design. */
import { child, leaf, parseMessage } from './national-message.ts';
import type { JsonObject } from './national-message.ts';
import { decryptData, sealEnvelope, textToSign } from './platforms/gm-envelope.ts';
import type { EnvelopeSettings } from './platforms/gm-envelope.ts';
import { shapeOf } from './signature-shape.ts';
import type { OpenedByScheme, SchemeSettings, SigningObjection, SigningScheme } from './signing-scheme.ts';
import { verifyBytes } from './sm2-signature.ts';

/** Both variants of the derivation of the content key. */
export function createGmScheme(
  { side, keys, peerPublicKey = '', credentials }: SchemeSettings,
  derivation?: 'even-positions',
): SigningScheme {
  const { appId = '', appSecret = '' } = credentials;
  const settings: EnvelopeSettings = {
    appId,
    appSecret,
    peerPublicKey,
    privateKey: keys?.privateKey ?? '',
    publicKey: keys?.publicKey ?? '',
    ...(derivation !== undefined && { derivation }),
  };
  return {
    open: ({ bytes }) => openWith(settings, bytes),
    seal(clear, { now }, instead = {}) {
      const data = parseMessage(clear.toString('utf8'));
      const members = side === 'client' ? { version: '1.0.0' } : { code: '0' };
      return { bytes: sealEnvelope(settings, { members, data, now, instead }), headers: {} };
    },
  };
}

function openWith(settings: EnvelopeSettings, bytes: Buffer): OpenedByScheme {
  let envelope: JsonObject;
  try {
    envelope = parseMessage(bytes.toString('utf8'));
  } catch {
    return { clear: undefined, objections: [{ what: 'syntax', member: '' }] };
  }
  const objections: SigningObjection[] = [
    ...differs(envelope, 'appId', settings.appId),
    ...differs(envelope, 'encType', 'SM4'),
    ...differs(envelope, 'signType', 'SM2'),
    ...(/^(?:\d{13}|\d{14})$/.test(leaf(envelope, 'timestamp'))
      ? []
      : [{ what: 'time', member: 'timestamp' }]),
  ];
  const isOpen = Object.hasOwn(envelope, 'data');
  if (isOpen) objections.push({ what: 'clear', member: 'data' });
  const data = isOpen ? child(envelope, 'data') : decryptData(settings, envelope);
  if (data === undefined)
    return { clear: undefined, objections: [...objections, { what: 'cipher', member: 'encData' }] };
  objections.push(...signatureObjections(settings, envelope, data));
  return { clear: Buffer.from(JSON.stringify(data)), objections };
}

function differs(envelope: JsonObject, member: string, value: string): readonly SigningObjection[] {
  return leaf(envelope, member).toUpperCase() === value.toUpperCase() ? [] : [{ what: 'member', member }];
}

function signatureObjections(
  settings: EnvelopeSettings,
  envelope: JsonObject,
  data: JsonObject,
): readonly SigningObjection[] {
  const member = 'signData';
  const given = Object.hasOwn(envelope, member) ? leaf(envelope, member) : undefined;
  const shape = shapeOf(given);
  if (shape !== 'rs') return [{ what: shape === 'absent' ? 'unsigned' : shape, member }];
  const text = textToSign({ ...envelope, data }, settings.appSecret);
  const { peerPublicKey, appSecret } = settings;
  const isRight = verifyBytes(text, Buffer.from(given ?? '', 'base64'), { peerPublicKey, userId: appSecret });
  return isRight ? [] : [{ what: 'signature', member }];
}
