/** The protection of a connection's messages, made from a signing profile and the settings of the connection. */
import { createBearer, createSession } from './protection/bearer.ts';
import { createBodyProtection } from './protection/body-protection.ts';
import { createBossMd5 } from './protection/boss-md5.ts';
import { chooseSettings } from './protection/chosen-settings.ts';
import type { MessageProtection, ProtectionSettings } from './protection/contract.ts';
import { createGmEnvelope } from './protection/gm-envelope.ts';
import { createCsb, createTif } from './protection/header-hashes.ts';
import { createWholeMessage } from './protection/whole-message.ts';
import type { SigningProfile } from './signing-profile.ts';

/**
 * The protection of one connection in one role; several profiles on one connection (headers of a gateway, and a
 * signature inside) are one protection each, applied one after the other.
 * @throws GatewayError `CONFIG_INVALID` listing every setting that is missing, unknown or unfit; `KEY_INVALID`.
 */
export function createMessageProtection(
  profile: SigningProfile,
  settings: ProtectionSettings,
): MessageProtection {
  return { profile: profile.id, ...createAbilities(profile, settings) };
}

function createAbilities(
  profile: SigningProfile,
  settings: ProtectionSettings,
): Omit<MessageProtection, 'profile'> {
  const chosen = chooseSettings(profile, settings);
  switch (profile.algorithm) {
    case 'SM3withSM2':
      return createBodyProtection(profile, chosen, settings);
    case 'gm-envelope':
      return createGmEnvelope(profile, chosen, settings);
    case 'boss-md5':
      return createBossMd5(chosen, settings);
    case 'tif':
      return createTif(chosen, settings);
    case 'csb':
      return createCsb(chosen, settings);
    case 'oauth-bearer':
      return createBearer(settings);
    case 'yiqiao-message':
      return createWholeMessage(chosen, settings);
    case 'session':
      return createSession(profile, settings);
    case 'none':
      return {};
  }
}
