/** A hospital as `yiqiao adapter run` starts it: entries over HTTP, exchange tables, and the outbox of events. */
import {
  createOutbox,
  createServiceClient,
  defineService,
  openStore,
  readSettings,
  startListener,
} from '@yiqiao/sdk';
import type {
  AdapterService,
  AdapterStore,
  Client,
  Listener,
  ListenerOptions,
  Outbox,
  ServiceDefinition,
  ServiceHealth,
  ServiceParts,
} from '@yiqiao/sdk';
import { portOf } from './client-port.ts';
import { createDesk } from './course/desk.ts';
import type { CredentialSource, DeskSettings } from './course/desk-types.ts';
import { entryRoutes } from './entry/http-entry.ts';
import type { SettlementObserver } from './events.ts';
import type { EarlierVisitSource } from './internet/earlier-visits.ts';
import { createPolicies } from './internet/policy.ts';
import type { InternetPolicies, PolicyFile } from './internet/policy.ts';
import { compileMap } from './map/compiled-map.ts';
import type { CompiledMap } from './map/compiled-map.ts';
import type { VendorMap } from './map/map-types.ts';
import { readJsonFile, readMapFile } from './map/read-map.ts';
import { observerHandlers } from './observers.ts';
import { takeSlot } from './process-slot.ts';
import type { ProcessSlot } from './process-slot.ts';
import { createRelayCredentials } from './relay-credentials.ts';
import { SETTINGS } from './service-settings.ts';
import type { Settings } from './service-settings.ts';
import { createUpkeep } from './service-upkeep.ts';
import { createExchangeTables } from './tables/exchange-tables.ts';
import type { ExchangeTables } from './tables/exchange-tables.ts';
import { createTellObserver } from './tell-observer.ts';

/** Neighbours that a process puts beside the hospital. */
export interface HisNeighbours {
  readonly observers?: readonly SettlementObserver[];
  readonly earlierVisits?: EarlierVisitSource;
  readonly credentials?: CredentialSource;
}

/** The service with these neighbours. */
export function createHisService(neighbours: HisNeighbours = {}): ServiceDefinition {
  return defineService({
    name: 'his',
    create: (raw, parts) => Promise.resolve(create(readSettings(raw, SETTINGS), parts, neighbours)),
  });
}

/** The service alone. */
export const hisService: ServiceDefinition = createHisService();

function create(settings: Settings, parts: ServiceParts, neighbours: HisNeighbours): AdapterService {
  const { clock } = parts;
  const maps = settings.maps.map((file) => compileMap(readMapFile(file, parts.readFile(file))));
  const policies = createPolicies(policyOf(settings, parts));
  const store = openStore(parts.pathOf(settings.store), { clock, encryption: parts.storeEncryption });
  try {
    return assemble({ settings, parts, neighbours, maps, policies, store });
  } catch (error) {
    store.close();
    throw error;
  }
}

function assemble({
  settings,
  parts,
  neighbours,
  maps,
  policies,
  store,
}: {
  readonly settings: Settings;
  readonly parts: ServiceParts;
  readonly neighbours: HisNeighbours;
  readonly maps: readonly CompiledMap[];
  readonly policies: InternetPolicies;
  readonly store: AdapterStore;
}): AdapterService {
  const { clock, log } = parts;
  const slot = takeSlot(store, clock);
  const client = clientOf(settings, parts, { store, slot });
  const { earlierVisits, observers = [] } = neighbours;
  const relay = relayOf(settings);
  const credentials = neighbours.credentials ?? relay;
  const desk = createDesk({
    store,
    port: portOf(client),
    clock,
    policies,
    settings: deskSettings(settings),
    ...(credentials !== undefined && { credentials }),
    ...(earlierVisits !== undefined && { earlierVisits }),
  });
  const told = settings.tell.map((url) => createTellObserver(url, clock));
  const outbox = outboxOf(settings, parts, { store, observers: [...observers, ...told] });
  const onProblem = (event: string, error: unknown): void => log.error(event, error);
  const tables = tablesOf(settings, maps).map((options) =>
    createExchangeTables({ ...options, desk, onProblem }),
  );
  const upkeep = createUpkeep({ store, clock, log, slot, keepDays: settings.keepDays });
  let listener: Listener | undefined;
  return {
    async start() {
      outbox.start();
      upkeep.start();
      for (const one of tables) await one.start();
      if (settings.listen === undefined) return {};
      const routes = maps.flatMap((map) =>
        entryRoutes({ map, desk, onError: (error) => log.error('his.entry', error) }),
      );
      listener = await startListener({ ...listenOf(settings.listen, parts), routes });
      return { url: listener.url };
    },
    async stop() {
      upkeep.stop();
      await listener?.close();
      for (const one of tables) await one.stop();
      await outbox.stop();
      for (const one of told) await one.close();
      await client.close();
      await relay?.close();
      slot.release();
      store.close();
    },
    health: () => Promise.resolve(healthOf(outbox, { tables, isOurs: upkeep.isOurs() })),
  };
}

function outboxOf(
  settings: Settings,
  { clock, log }: ServiceParts,
  { store, observers }: { readonly store: AdapterStore; readonly observers: readonly SettlementObserver[] },
): Outbox {
  return createOutbox({
    store,
    clock,
    keep: settings,
    handlers: observerHandlers(observers),
    onProblem: ({ kind, attempt, reason, withPerson }) =>
      log.warn('his.event', { kind, attempt, reason, withPerson }),
  });
}

function relayOf({ relay, institution, operator }: Settings) {
  return relay && createRelayCredentials({ ...relay, institution, operator });
}

function listenOf(
  { tls, ...place }: NonNullable<Settings['listen']>,
  { readFile }: ServiceParts,
): Pick<ListenerOptions, 'host' | 'port' | 'tls'> {
  if (tls === undefined) return place;
  const { certificateFile, keyFile, clientAnchorsFile } = tls;
  return {
    ...place,
    tls: {
      certificate: readFile(certificateFile),
      key: readFile(keyFile),
      ...(clientAnchorsFile !== undefined && { clientAnchors: readFile(clientAnchorsFile) }),
    },
  };
}

function healthOf(
  outbox: Outbox,
  { tables, isOurs }: { readonly tables: readonly ExchangeTables[]; readonly isOurs: boolean },
): ServiceHealth {
  const owed = outbox.list();
  const withPerson = owed.filter(({ state }) => state === 'person').length;
  const figures = tables.map((one) => one.figures());
  const sum = (part: (figure: (typeof figures)[number]) => number): number =>
    figures.reduce((total, figure) => total + part(figure), 0);
  return {
    ok: withPerson === 0 && isOurs,
    facts: {
      owed: owed.length,
      withPerson,
      ordersUnderWay: sum(({ active }) => active),
      ordersEnded: sum(({ ended }) => ended),
    },
  };
}

function deskSettings(settings: Settings): DeskSettings {
  const {
    trialParts,
    institution,
    careRegion,
    mostLines,
    credentialHoldsMs,
    acrossYears,
    insurance,
    internet,
  } = settings;
  return {
    institution,
    careRegion,
    mostLines,
    credentialHoldsMs,
    acrossYears,
    entitlementFor: 'all',
    trialParts,
    internetAgreement: internet.agreement,
    resume: insurance.farSide === 'idempotent' ? 'resend' : 'resolve',
  };
}

function policyOf({ internet }: Settings, { readFile }: ServiceParts): PolicyFile['regions'] {
  if (internet.policy === undefined) return {};
  return readJsonFile(internet.policy, readFile(internet.policy)) as PolicyFile['regions'];
}

function tablesOf({ tables }: Settings, maps: readonly CompiledMap[]) {
  if (tables === undefined) return [];
  const { longestIdleMs, ...options } = tables;
  const idleMs = { first: Math.min(50, longestIdleMs), longest: longestIdleMs };
  return maps
    .filter(({ vendor }: { vendor: VendorMap }) => vendor.tables !== undefined)
    .map((map) => ({ ...options, idleMs, map }));
}

function clientOf(
  { institution, careRegion, operator, insurance }: Settings,
  parts: ServiceParts,
  { store, slot }: { readonly store: AdapterStore; readonly slot: ProcessSlot },
): Client {
  return createServiceClient({
    settings: insurance,
    as: { institution, careRegion, operator },
    sequences: slot.sequences,
    parts,
    store,
    recordKind: 'his.client-request',
  });
}
