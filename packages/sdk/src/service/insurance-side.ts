/** The insurance side of a service: what its configuration says of it, and the client that is made of that. */
import type { Client, ClientSettings, SavedRequest } from '../client/client-types.ts';
import { createClient } from '../client/client.ts';
import { setting } from '../settings/setting.ts';
import type { SettingsOf } from '../settings/setting-types.ts';
import type { AdapterStore } from '../store/types.ts';
import type { ServiceParts } from './service.ts';

/** In whose name a service calls; for `readSettings`. */
export const senderSettings = {
  /** 就医地医保区划. */
  careRegion: setting.region(),
  operator: setting.section({ type: setting.text(), id: setting.text(), name: setting.text() }),
};

/** Whom a service calls, and how; for `readSettings`. */
export const insuranceSettings = {
  url: setting.url(),
  profile: setting.optional(setting.text()),
  farSide: setting.oneOf('idempotent', 'platform'),
  timeoutMs: setting.optional(setting.integer({ min: 1_000, max: 120_000 })),
  signIn: setting.optional(setting.section({ macAddress: setting.text(), ipAddress: setting.text() })),
  signing: setting.optional(
    setting.section({ privateKeyFile: setting.text(), publicKeyFile: setting.text() }),
  ),
};

/** What the client of a service is made of. */
export interface ServiceClientOptions extends Pick<ClientSettings, 'as' | 'signing' | 'sequences'> {
  /** As read; the keys of its `signing` are files, where they do not come as `signing` beside it. */
  readonly settings: SettingsOf<typeof insuranceSettings>;
  readonly parts: Pick<ServiceParts, 'clock' | 'readFile'>;
  readonly store: AdapterStore;
  /** Kind of the records of what was sent in the store, `his.client-request`. */
  readonly recordKind: string;
}

/**
 * A client whose writes are in the store of its service: what became of them is found out after a restart, too.
 * @throws GatewayError `CONFIG_INVALID` for a key that cannot be read, or settings that do not fit
 */
export function createServiceClient({
  settings: { url, profile, farSide, timeoutMs, signIn, signing },
  parts: { clock, readFile },
  store,
  recordKind,
  ...more
}: ServiceClientOptions): Client {
  return createClient({
    to: url,
    farSide,
    clock,
    ...(signing !== undefined && {
      signing: {
        privateKey: readFile(signing.privateKeyFile),
        publicKey: readFile(signing.publicKeyFile),
      },
    }),
    ...more,
    ...(profile !== undefined && { profile }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(signIn !== undefined && { signIn }),
    record: {
      save: (request) => store.transact((tx) => tx.put(recordKind, request.messageId, request)),
      load: (messageId) => store.get<SavedRequest>(recordKind, messageId),
      end: (messageId) => store.transact((tx) => void tx.remove(recordKind, messageId)),
    },
  });
}
