/** Signature and encryption of the body inside an open envelope. Source: signing.json, fsi-main-cainfo. */
import { leafText } from '@yiqiao/model';
import { createMessageSigner, createMessageVerifier } from '../message-signature.ts';
import type { Sm2SigningProfile } from '../signing-profile.ts';
import { decryptSm4, encryptSm4 } from '../sm4.ts';
import type { ChosenSettings } from './chosen-settings.ts';
import type { MessageProtection, ProtectionSettings } from './contract.ts';
import { requireSetting } from './key-settings.ts';
import { refusal } from './refusals.ts';

/** Signs when there is a private key, verifies unless the far side does not sign, encrypts when there is a key for it. */
export function createBodyProtection(
  given: Sm2SigningProfile,
  chosen: ChosenSettings,
  settings: ProtectionSettings,
): Omit<MessageProtection, 'profile'> {
  const profile = { ...given, signature: chooseSignature(given, chosen) };
  const { privateKey, userId, peerUserId, clock } = settings;
  return {
    ...(privateKey === undefined
      ? {}
      : {
          signBody: createMessageSigner(profile, {
            privateKey,
            ...(userId === undefined ? {} : { userId }),
            ...(clock === undefined ? {} : { clock }),
          }),
        }),
    ...(settings.peerUnsigned === true
      ? {}
      : {
          verifyBody: createMessageVerifier(profile, {
            publicKeys: requireSetting(settings.publicKeys, 'publicKeys'),
            ...(peerUserId === undefined ? {} : { userId: peerUserId }),
            ...(clock === undefined ? {} : { clock }),
          }),
        }),
    ...createEncryption(profile, chosen.optional('cipherKey')),
  };
}

function chooseSignature(profile: Sm2SigningProfile, chosen: ChosenSettings): Sm2SigningProfile['signature'] {
  const { signature } = profile;
  const encoding = chosen.variant('encoding');
  const text = chosen.variant('text');
  return {
    ...signature,
    ...(encoding === 'rs' || encoding === 'der' || encoding === 'either' ? { encoding } : {}),
    ...(text === 'base64' || text === 'hex' ? { text } : {}),
  };
}

function createEncryption(
  { encryption }: Sm2SigningProfile,
  cipherKey: string | undefined,
): Pick<MessageProtection, 'sealBody' | 'openBody'> {
  if (encryption === undefined || cipherKey === undefined) return {};
  const key = Buffer.from(cipherKey);
  const { member, value, text: writing } = encryption;
  return {
    sealBody: (clear) => ({
      text: encryptSm4(key, clear).toString(writing),
      members: { [member]: value },
    }),
    openBody(envelope, text) {
      const type = leafText(envelope[member]) ?? '';
      if (text === undefined || type === '')
        throw refusal('CIPHERTEXT_INVALID', 'the body came in the clear');
      if (type.toUpperCase() !== value)
        throw refusal('SIGNATURE_ALGORITHM_WRONG', `${member} is not ${value}`, { found: type.slice(0, 10) });
      const sealed = Buffer.from(text, writing);
      if (sealed.toString(writing) !== text)
        throw refusal('CIPHERTEXT_INVALID', `not ${writing}`, { characters: text.length });
      const clear = decryptSm4(key, sealed);
      if (clear === undefined) throw refusal('CIPHERTEXT_INVALID', 'does not decrypt under this key');
      return clear;
    },
  };
}
