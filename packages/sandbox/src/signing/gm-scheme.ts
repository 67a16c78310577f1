/** gm-envelope around a national message, which is its `data`. Source: signing.json, gm-envelope; carrier: project design. */
import { child, findMessage, leaf, parseMessage } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import { findData, sealEnvelope, textToSign } from '../platforms/gm-envelope.ts';
import type { EnvelopeSettings } from '../platforms/gm-envelope.ts';
import { UNREADABLE, memberObjections, sm2Objections } from './objections.ts';
import type { OpenedByScheme, SchemeSettings, SigningObjection, SigningScheme } from './signing-scheme.ts';

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
  const envelope = findMessage(bytes.toString('utf8'));
  if (envelope === undefined) return UNREADABLE;
  const objections: SigningObjection[] = [
    ...memberObjections(leaf(envelope, 'appId').toUpperCase(), settings.appId.toUpperCase(), 'appId'),
    ...memberObjections(leaf(envelope, 'encType').toUpperCase(), 'SM4', 'encType'),
    ...memberObjections(leaf(envelope, 'signType').toUpperCase(), 'SM2', 'signType'),
  ];
  if (!/^\d{13,14}$/.test(leaf(envelope, 'timestamp')))
    objections.push({ what: 'time', member: 'timestamp' });
  const isOpen = Object.hasOwn(envelope, 'data');
  if (isOpen) objections.push({ what: 'clear', member: 'data' });
  const data = isOpen ? child(envelope, 'data') : findData(settings, envelope);
  if (data === undefined)
    return { clear: undefined, objections: [...objections, { what: 'cipher', member: 'encData' }] };
  objections.push(...signatureObjections(settings, envelope, data));
  return { clear: Buffer.from(JSON.stringify(data)), objections };
}

function signatureObjections(
  { peerPublicKey, appSecret }: EnvelopeSettings,
  envelope: JsonObject,
  data: JsonObject,
): readonly SigningObjection[] {
  const member = 'signData';
  const given = Object.hasOwn(envelope, member) ? leaf(envelope, member) : undefined;
  const text = textToSign({ ...envelope, data }, appSecret);
  return sm2Objections(given, text, { member, peerPublicKey, userId: appSecret });
}
