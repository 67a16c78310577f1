/** The ways of both institutions to their far sides. */
import { createBillIssuer, defineBillPlatform, loadBillFacts } from '@yiqiao/e-invoice';
import type { BillIssuer } from '@yiqiao/e-invoice';
import { systemClock } from '@yiqiao/model';
import { connectCentre, epcDialect } from '@yiqiao/prescription';
import type { Centre, CirculationFacts } from '@yiqiao/prescription';
import { connectAdapter, createClient, createOutbox, openStore } from '@yiqiao/sdk';
import type { AdapterStore, Client, Outbox } from '@yiqiao/sdk';
import type { InstitutionKeys, StoryWorld } from './story-world.ts';

/** A store that ends with the story. */
export function memory(): AdapterStore {
  return openStore(':memory:', { clock: systemClock });
}

/** A client of an institution, signed both ways. */
export function clientOf(
  { code, name, region }: { readonly code: string; readonly name: string; readonly region: string },
  far: { readonly url: string; readonly keys: InstitutionKeys; readonly publicKey: string },
): Client {
  return createClient({
    to: far.url,
    as: {
      institution: { code, name },
      careRegion: region,
      operator: { type: '1', id: '0001', name: '测试经办' },
    },
    farSide: 'idempotent',
    signing: { privateKey: far.keys.gateway.privateKey, publicKey: far.publicKey },
    signIn: { macAddress: '00-00-00-00-00-00', ipAddress: '127.0.0.1' },
  });
}

/** How an institution and the centre sign towards each other. */
export function signingOf({ centre }: StoryWorld, { centre: own, appId, appSecret }: InstitutionKeys) {
  return [
    {
      profile: 'gm-envelope',
      privateKey: own.privateKey,
      publicKeys: [centre.publicKey],
      credentials: { appId, appSecret },
    },
  ];
}

/** The prescription centre as an institution reaches it. */
export function centreOf(world: StoryWorld, facts: CirculationFacts, keys: InstitutionKeys): Centre {
  return connectCentre(facts.centre, epcDialect(facts.centre), {
    url: world.centre.url,
    signing: signingOf(world, keys),
  });
}

/** An issuer of bills; `tax`: it only records the tax invoices that somebody makes out. */
export function openBills(
  { bills: platform }: StoryWorld,
  store: AdapterStore,
  institution: { readonly code: string; readonly name: string; readonly bills: 'public-finance' | 'tax' },
): { issuer: BillIssuer; outbox: Outbox; close: () => Promise<void> } {
  const facts = loadBillFacts();
  const adapter = connectAdapter(defineBillPlatform(facts.success), {
    url: platform.url,
    signing: [{ profile: 'boss-md5', credentials: { appId: platform.appId, key: platform.key } }],
  });
  const issuer = createBillIssuer({
    store,
    platform: adapter,
    institutions: [{ ...institution, placeCode: '001', kind: '综合医院', cashier: '测试收费员' }],
    ways: {
      refusalCodes: facts.refusalCodes,
      businessTypes: { outpatient: '02', inpatient: '01', registration: '06' },
      cardType: '1',
      payChannel: '02',
      quietMs: 1_000,
    },
    facts,
    clock: systemClock,
  });
  const outbox = createOutbox({ store, handlers: issuer.handlers, clock: systemClock });
  return { issuer, outbox, close: () => adapter.close() };
}

/** Does what all of them owe; one may owe something because another has done it. */
export async function drainAll(outboxes: readonly Outbox[]): Promise<void> {
  for (let round = 0; round < 2; round += 1) for (const outbox of outboxes) await outbox.drain();
}

/** Jobs that are open or with a person. */
export function owedBy(outboxes: readonly Outbox[]): number {
  return outboxes.reduce((sum, outbox) => sum + outbox.list().length, 0);
}

/** Closes far sides, then stores. */
export async function closeAll(
  farSides: readonly { close(): Promise<void> }[],
  stores: readonly AdapterStore[],
): Promise<void> {
  for (const one of farSides) await one.close();
  for (const store of stores) store.close();
}
