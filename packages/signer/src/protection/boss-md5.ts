/** Envelope of the e-invoice platform: base64 data under an MD5 with a key. Source: signing.json, boss-md5. */
import { hash } from 'node:crypto';
import { GatewayError, leafText } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import { readJson, readJsonObject, writeJson } from '../json-text.ts';
import type { ChosenSettings } from './chosen-settings.ts';
import type { MessageProtection, ProtectionSettings } from './contract.ts';
import { isSame, refusal } from './refusals.ts';

interface SignedParts {
  readonly appid: string;
  readonly data: string;
  readonly noise: string;
  readonly key: string;
  readonly version: string;
}

/** Upper-case hex MD5 of the parts in their fixed order. */
function bossSign({ appid, data, noise, key, version }: SignedParts): string {
  const text = `appid=${appid}&data=${data}&noise=${noise}&key=${key}&version=${version}`;
  return hash('md5', text, 'hex').toUpperCase();
}

/** A message is the business object; an answer `{ result, message }`, `message` an object or a text. */
export function createBossMd5(
  chosen: ChosenSettings,
  { side }: ProtectionSettings,
): Pick<MessageProtection, 'sealMessage' | 'openMessage'> {
  const account = { appid: chosen.credential('appId'), version: chosen.variant('version') };
  const key = chosen.credential('key');
  return {
    sealMessage(clear, { nonce }) {
      const content = side === 'server' ? { ...clear, message: encodeInner(clear['message'] ?? '') } : clear;
      const data = Buffer.from(writeJson(content)).toString('base64');
      const sign = bossSign({ ...account, data, noise: nonce, key });
      const { appid, version } = account;
      const noise = nonce;
      return Buffer.from(
        JSON.stringify(side === 'server' ? { data, noise, sign } : { appid, data, noise, version, sign }),
      );
    },
    openMessage(bytes) {
      const sent = readJsonObject(bytes);
      if (side === 'server') requireAccount(sent, account);
      const [data, noise, sign] = ['data', 'noise', 'sign'].map((name) => requireText(sent, name)) as [
        string,
        string,
        string,
      ];
      if (!/^[\da-f]{32}$/i.test(sign))
        throw refusal('SIGNATURE_MALFORMED', 'sign is not hex of 16 bytes', { characters: sign.length });
      if (!isSame(sign.toUpperCase(), bossSign({ ...account, data, noise, key })))
        throw refusal('SIGNATURE_INVALID', 'sign is not the MD5 of appid, data, noise, key and version');
      const message = readJsonObject(decodeBase64(data));
      return {
        message: side === 'client' ? { ...message, message: decodeInner(message['message']) } : message,
        signed: true,
      };
    },
  };
}

function requireAccount(
  sent: WireObject,
  account: { readonly appid: string; readonly version: string },
): void {
  for (const [member, expected] of Object.entries(account)) {
    if (!isSame(leafText(sent[member]) ?? '', expected))
      throw refusal('CREDENTIAL_UNKNOWN', 'another account or version', { member });
  }
}

function requireText(sent: WireObject, member: string): string {
  const value = sent[member];
  if (typeof value === 'string' && value !== '') return value;
  throw new GatewayError('SIGNATURE_MISSING', { facts: { member } });
}

function encodeInner(value: WireValue): string {
  return Buffer.from(typeof value === 'string' ? value : writeJson(value)).toString('base64');
}

/** The result object, or the error text. */
function decodeInner(value: WireValue | undefined): WireValue {
  const text = decodeBase64(typeof value === 'string' ? value : '').toString('utf8');
  return /^\s*[{[]/.test(text) ? readJson(text) : text;
}

function decodeBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') === text) return bytes;
  throw refusal('CIPHERTEXT_INVALID', 'not base64', { characters: text.length });
}
