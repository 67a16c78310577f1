/** The settings file of the reconciliation. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { SideFile } from '@yiqiao/reconciliation';
import { readSettings, setting } from '@yiqiao/sdk';
import type { ClientSettings, SettingsOf } from '@yiqiao/sdk';
import { parse } from 'yaml';

const FILE = {
  file: setting.text({ example: 'his-{day}.csv' }),
  charset: setting.withDefault(setting.oneOf('utf-8', 'gb18030'), 'utf-8'),
  separator: setting.withDefault(setting.text({ pattern: /^.$/s, example: '","' }), ','),
  columns: setting.table(setting.text()),
  trailer: setting.optional(setting.text()),
  constants: setting.optional(setting.table(setting.text())),
} as const;

const SHAPE = {
  gateway: setting.section({
    config: setting.optional(setting.text()),
    journal: setting.optional(setting.text()),
    books: setting.optional(setting.section(FILE)),
  }),
  his: setting.optional(setting.section(FILE)),
  platform: setting.section({
    books: setting.optional(setting.section(FILE)),
    url: setting.optional(setting.url()),
    profile: setting.withDefault(setting.text(), 'national'),
    institution: setting.optional(setting.section({ code: setting.text(), name: setting.text() })),
    careRegion: setting.optional(setting.region()),
    settlementAgency: setting.optional(setting.region()),
    operator: setting.withDefault(
      setting.section({ type: setting.text(), id: setting.text(), name: setting.text() }),
      { type: '1', id: 'reconcile', name: 'reconcile' },
    ),
    signing: setting.optional(
      setting.section({
        profile: setting.withDefault(setting.text(), 'fsi-main-cainfo'),
        privateKey: setting.text(),
        publicKey: setting.optional(setting.text()),
        userId: setting.optional(setting.text()),
      }),
    ),
    signIn: setting.optional(setting.section({ macAddress: setting.text(), ipAddress: setting.text() })),
    farSide: setting.withDefault(setting.oneOf('idempotent', 'platform'), 'platform'),
  }),
  details: setting.withDefault(setting.oneOf('on-mismatch', 'always'), 'on-mismatch'),
  clearingTypes: setting.withDefault(setting.list(setting.text()), []),
  out: setting.withDefault(setting.text(), 'reconciliation'),
} as const;

type Settings = SettingsOf<typeof SHAPE>;

/** The settings, paths from the folder of their file. */
export interface ReconcileSettings extends Settings {
  /** Path of a setting; `{day}` becomes the day, as `2026-11-21`. */
  path(name: string): string;
}

/** Reads them. @throws GatewayError `CONFIG_INVALID` with every fault. */
export function readReconcileSettings(file: string, day: string): ReconcileSettings {
  const settings = readSettings(parse(readFileSync(file, 'utf8')), SHAPE);
  const folder = dirname(resolve(file));
  return { ...settings, path: (name) => resolve(folder, name.replaceAll('{day}', day)) };
}

/** One party's books as the reconciliation reads them. */
export function bookOf(
  books: NonNullable<Settings['his']>,
  { path }: Pick<ReconcileSettings, 'path'>,
): SideFile {
  const { file, trailer, constants, ...rest } = books;
  return {
    ...rest,
    file: path(file),
    ...(trailer !== undefined && { trailer }),
    ...(constants !== undefined && { constants }),
  };
}

/** How the platform is asked; `undefined` when its books are a file. */
export function platformOf({
  platform,
  path,
}: ReconcileSettings):
  | { readonly client: ClientSettings; readonly institution: string; readonly settlementAgency: string }
  | undefined {
  const { url, institution, careRegion, settlementAgency = careRegion, operator, signing, signIn } = platform;
  if (url === undefined) return undefined;
  if (institution === undefined || careRegion === undefined || settlementAgency === undefined)
    throw new Error('platform: 须给出 institution 与 careRegion / needs institution and careRegion');
  const key = (name: string): string => readFileSync(path(name), 'utf8');
  return {
    institution: institution.code,
    settlementAgency,
    client: {
      to: url,
      as: { institution, careRegion, operator },
      profile: platform.profile,
      farSide: platform.farSide,
      ...(signIn !== undefined && { signIn }),
      ...(signing !== undefined && {
        signing: {
          profile: signing.profile,
          privateKey: key(signing.privateKey),
          ...(signing.publicKey !== undefined && { publicKey: key(signing.publicKey) }),
          ...(signing.userId !== undefined && { userId: signing.userId }),
        },
      }),
    },
  };
}
