/** What the configuration says of the insurance side: proof of settlements, and vouchers. */
import { insuranceSettings, senderSettings, setting } from '@yiqiao/sdk';
import type { SettingsOf } from '@yiqiao/sdk';

/** `insurance` of the configuration, for `readSettings`. */
export const INSURANCE = {
  ...insuranceSettings,
  ...senderSettings,
  /** Last four digits of message ids: a range that no other process of the institutions has; HIS leaves this one free. */
  sequences: setting.withDefault(
    setting.section({
      first: setting.integer({ min: 1, max: 9_999 }),
      last: setting.integer({ min: 1, max: 9_999 }),
    }),
    { first: 9_601, last: 9_999 },
  ),
  /** Whether 5203 is asked before a bill is issued. */
  proof: setting.withDefault(setting.flag(), true),
  /** Codes of vouchers, whose lists are not public; absent: vouchers are not uploaded. */
  vouchers: setting.optional(
    setting.section({
      type: setting.text(),
      settlementType: setting.text(),
      visitTypes: setting.section({ outpatient: setting.text(), inpatient: setting.text() }),
    }),
  ),
};

/** `insurance` as read. */
export type InsuranceSettings = SettingsOf<typeof INSURANCE>;
