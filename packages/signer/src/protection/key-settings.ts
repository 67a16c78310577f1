/** Keys that a connection must have. */
import { GatewayError } from '@yiqiao/model';
import { fault } from './chosen-settings.ts';
import type { ProtectionSettings } from './contract.ts';

const LABELS = {
  privateKey: { zh: '本方私钥', en: 'own private key' },
  publicKeys: { zh: '对方公钥', en: "far side's public key" },
} as const;

/** @throws GatewayError `CONFIG_INVALID` naming the setting that is absent. */
export function requireSetting<Name extends keyof typeof LABELS>(
  value: ProtectionSettings[Name] | undefined,
  name: Name,
): NonNullable<ProtectionSettings[Name]> {
  if (value !== undefined && value.length > 0) return value;
  const label = LABELS[name];
  throw new GatewayError('CONFIG_INVALID', {
    faults: [
      fault(`/${name}`, {
        label,
        zh: `该签名方案需要${label.zh}，请配置。`,
        en: `This signing profile needs the ${label.en}; configure it.`,
      }),
    ],
  });
}
