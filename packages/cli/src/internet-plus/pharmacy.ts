/** The pharmacy of the story: its counter, its side of the prescriptions, and its record of tax invoices. */
import type { BillIssuer } from '@yiqiao/e-invoice';
import { systemClock } from '@yiqiao/model';
import { createCounter, createPolicy } from '@yiqiao/pharmacy';
import type { Counter } from '@yiqiao/pharmacy';
import { createPharmacySide } from '@yiqiao/prescription';
import type { CirculationFacts } from '@yiqiao/prescription';
import { readPeripheral } from '@yiqiao/sdk';
import type { AdapterStore } from '@yiqiao/sdk';
import { centreOf, clientOf, closeAll, drainAll, memory, openBills, owedBy } from './far-sides.ts';
import { PHARMACY } from './story-world.ts';
import type { StoryWorld } from './story-world.ts';

/** A pharmacy with everything that it runs. */
export interface Pharmacy {
  readonly counter: Counter;
  readonly invoices: BillIssuer;
  readonly stores: readonly AdapterStore[];
  settleUp(): Promise<void>;
  owed(): number;
  close(): Promise<void>;
}

/** Opens it against a world. */
export function openPharmacy(world: StoryWorld, facts: CirculationFacts): Pharmacy {
  const clock = systemClock;
  const stores = { counter: memory(), prescriptions: memory(), invoices: memory() };
  const insurance = clientOf(PHARMACY, {
    url: world.gateways.pharmacySide.url,
    keys: world.keys.pharmacy,
    publicKey: world.gatewayKeys.pharmacySide,
  });
  const centre = centreOf(world, facts, world.keys.pharmacy);
  const { issuer, outbox, close } = openBills(world, stores.invoices, { ...PHARMACY, bills: 'tax' });
  const prescriptions = createPharmacySide({
    centre,
    store: stores.prescriptions,
    facts,
    clock,
    knowsRepeats: true,
    pharmacistToken: (code) => `token-of-${code}`,
    terminal: {
      institution: PHARMACY,
      device: 'yiqiao-demo',
      address: '127.0.0.1',
      operator: { account: '0001', name: '测试收银员' },
      agency: PHARMACY.code,
    },
  });
  const counter = createCounter({
    institution: PHARMACY,
    careRegion: PHARMACY.region,
    // That another province's fund pays here is the sandbox's policy, and marked so in the data.
    policy: createPolicy((name) => readPeripheral('pharmacy', name), {
      courses: 'national',
      payment: 'sandbox',
    }),
    store: stores.counter,
    insurance,
    clock,
    prescriptions,
    observers: { invoices: issuer },
  });
  return {
    counter,
    invoices: issuer,
    stores: Object.values(stores),
    settleUp: () => drainAll([counter.outbox, outbox]),
    owed: () => counter.owed().length + owedBy([outbox]),
    close: () => closeAll([insurance, centre, { close }], Object.values(stores)),
  };
}
