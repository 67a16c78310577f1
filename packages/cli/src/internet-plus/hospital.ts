/** The hospital of the story: its desk, its prescriptions and its bills, each with a store of its own. */
import { createDesk, createPolicies, observerHandlers, portOf } from '@yiqiao/his';
import type { Desk } from '@yiqiao/his';
import type { BillIssuer } from '@yiqiao/e-invoice';
import { systemClock } from '@yiqiao/model';
import { createHospitalSide, createNewsDesk } from '@yiqiao/prescription';
import type { CirculationFacts, HospitalSide } from '@yiqiao/prescription';
import { createOutbox } from '@yiqiao/sdk';
import type { AdapterStore, NotificationDesk } from '@yiqiao/sdk';
import { centreOf, clientOf, closeAll, drainAll, memory, openBills, owedBy, signingOf } from './far-sides.ts';
import { HOSPITAL } from './story-world.ts';
import type { StoryWorld } from './story-world.ts';

/** A hospital with everything that it runs. */
export interface Hospital {
  readonly desk: Desk;
  readonly prescriptions: HospitalSide;
  readonly bills: BillIssuer;
  readonly news: NotificationDesk;
  readonly stores: readonly AdapterStore[];
  /** Does all that is owed: events to the issuer, bills, notifications that were parked. */
  settleUp(): Promise<void>;
  /** What is still owed. */
  owed(): number;
  close(): Promise<void>;
}

/** Opens it against a world. */
export function openHospital(world: StoryWorld, facts: CirculationFacts): Hospital {
  const clock = systemClock;
  const stores = { his: memory(), prescriptions: memory(), bills: memory() };
  const client = clientOf(HOSPITAL, {
    url: world.gateways.hospitalSide.url,
    keys: world.keys.hospital,
    publicKey: world.gatewayKeys.hospitalSide,
  });
  const centre = centreOf(world, facts, world.keys.hospital);
  const {
    issuer,
    outbox: billOutbox,
    close: closeBills,
  } = openBills(world, stores.bills, {
    ...HOSPITAL,
    bills: 'public-finance',
  });
  const desk = createDesk({
    store: stores.his,
    port: portOf(client),
    clock,
    policies: createPolicies(),
    settings: {
      institution: HOSPITAL,
      careRegion: HOSPITAL.region,
      mostLines: 100,
      credentialHoldsMs: 30 * 60_000,
      acrossYears: 'midway',
      entitlementFor: [],
      trialParts: false,
      internetAgreement: true,
      resume: 'resend',
    },
  });
  const news = createNewsDesk({
    dialect: 'epc',
    facts,
    store: stores.prescriptions,
    clock,
    signing: signingOf(world, world.keys.hospital),
  });
  const outboxes = [
    createOutbox({ store: stores.his, clock, handlers: observerHandlers([issuer]) }),
    billOutbox,
    createOutbox({ store: stores.prescriptions, clock, handlers: news.jobs }),
  ];
  return {
    desk,
    prescriptions: createHospitalSide({ centre, store: stores.prescriptions, facts, clock }),
    bills: issuer,
    news,
    stores: Object.values(stores),
    settleUp: () => drainAll(outboxes),
    owed: () => owedBy(outboxes),
    close: () => closeAll([client, centre, { close: closeBills }], Object.values(stores)),
  };
}
