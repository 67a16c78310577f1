/** What the configuration of a hospital may say. */
import { insuranceSettings, keepingSettings, senderSettings, setting } from '@yiqiao/sdk';
import type { SettingsOf } from '@yiqiao/sdk';

const ms = (fallback: number, least = 10) =>
  setting.withDefault(setting.integer({ min: least, max: 86_400_000 }), fallback);

/** For `readSettings`. */
export const SETTINGS = {
  adapter: setting.optional(setting.oneOf('his')),
  store: setting.text(),
  ...keepingSettings,
  institution: setting.section({ code: setting.text(), name: setting.text() }),
  ...senderSettings,
  insurance: setting.section(insuranceSettings),
  /** Map files: each for HTTP, XML or tables, or for several of them. */
  maps: setting.list(setting.text(), { min: 1 }),
  listen: setting.optional(
    setting.section({
      host: setting.withDefault(setting.text(), '127.0.0.1'),
      port: setting.integer({ min: 0, max: 65_535 }),
      /** With `clientAnchorsFile` callers show a certificate that these have signed. */
      tls: setting.optional(
        setting.section({
          certificateFile: setting.text(),
          keyFile: setting.text(),
          clientAnchorsFile: setting.optional(setting.text()),
        }),
      ),
    }),
  ),
  tables: setting.optional(
    setting.section({
      connection: setting.secret(),
      concurrency: setting.withDefault(setting.integer({ min: 1, max: 256 }), 16),
      leaseMs: ms(60_000, 1_000),
      retryMs: ms(5_000),
      longestIdleMs: ms(2_000),
    }),
  ),
  internet: setting.withDefault(
    setting.section({ agreement: setting.flag(), policy: setting.optional(setting.text()) }),
    { agreement: false },
  ),
  /** Addresses of neighbours that hear of settlements: `POST settled`, `POST undone`. */
  tell: setting.withDefault(setting.list(setting.url()), []),
  trialParts: setting.withDefault(setting.flag(), true),
  /** How long visits and orders are remembered; earlier visits are evidence for those over the internet. */
  keepDays: setting.withDefault(setting.integer({ min: 31, max: 3_660 }), 400),
  mostLines: setting.withDefault(setting.integer({ min: 1, max: 10_000 }), 100),
  credentialHoldsMs: ms(15 * 60_000),
  /** The relay beside the scanner: an e-credential that ended before the settlement is scanned again. */
  relay: setting.optional(
    setting.section({
      url: setting.url(),
      token: setting.optional(setting.secret()),
      timeoutMs: setting.optional(setting.integer({ min: 100, max: 600_000 })),
      businessType: setting.optional(setting.text()),
      office: setting.section({ id: setting.text(), name: setting.text() }),
    }),
  ),
  acrossYears: setting.withDefault(setting.oneOf('midway', 'together'), 'midway'),
};

/** A configuration as read. */
export type Settings = SettingsOf<typeof SETTINGS>;
