/** Our pharmacy adapter as the target of the kit `pharmacy`: its till is a program, its messages pass a line. */
import { GatewayError } from '@yiqiao/model';
import { createCounter, createPolicy } from '@yiqiao/pharmacy';
import type { Counter, OutsidePrescription, PrescriptionPort, Receipt } from '@yiqiao/pharmacy';
import { createClient, describeError, openStore, readPeripheral } from '@yiqiao/sdk';
import type { Client } from '@yiqiao/sdk';
import type { Template } from '../kits/types.ts';
import { createProgramCashier, nodeIn, textIn } from '../listen/program-cashier.ts';
import type { ActWith, Driver } from '../listen/program-cashier.ts';
import { openClientLine } from './bent-client.ts';
import type { ClientChange } from './bent-client.ts';
import { purchaseOf } from './pharmacy-purchase.ts';
import type { StartSystem, SystemWorld } from './system.ts';

/** Starts it beside the counterpart `platform`. */
export const startPharmacySystem: StartSystem = async (world, change) => {
  const bent = change as ClientChange | undefined;
  const platform = world.counterparts.of['platform'];
  if (platform === undefined) throw new Error('the kit has no counterpart platform');
  const line = await openClientLine(platform.url, bent);
  const shop = createShop(line.url, world);
  return {
    url: line.url,
    cashier: createProgramCashier(shop.driver, bent),
    inputs: { listening: { waitMs: 1 } },
    async stop() {
      await shop.close();
      await line.stop();
    },
  };
};

interface Last {
  readonly receipt?: Receipt;
  readonly error?: unknown;
}

function createShop(to: string, { clock, inputs }: SystemWorld) {
  const { institution, operator, mdtrtarea_admvs: careRegion } = inputs.values as Shop;
  let later = 0;
  // What is owed is tried again after a while: the shop's clock is moved, not waited for.
  const ownClock = { now: () => clock.now() + later };
  const store = openStore(':memory:', { clock: ownClock });
  const client = createClient({
    to,
    as: { institution, careRegion, operator: { type: '1', id: operator.number, name: operator.name } },
    farSide: 'platform',
    signIn: { macAddress: '00-00-00-00-00-01', ipAddress: '127.0.0.1' },
    timeoutMs: 10_000,
    inFlightMs: 0,
    clock: ownClock,
  });
  const counter = createCounter({
    institution,
    careRegion,
    policy: createPolicy((name) => readPeripheral('pharmacy', name), { courses: 'national' }),
    store,
    insurance: client,
    prescriptions: centreOf(inputs.values),
    clock: ownClock,
  });
  const till = createTill(counter, client);
  return {
    driver: till.driverWith(async () => {
      later += 60_000;
      await counter.outbox.drain();
    }),
    async close() {
      await counter.outbox.stop();
      await client.close();
      store.close();
    },
  };
}

function createTill(counter: Counter, client: Client) {
  let last: Last = {};
  const sold = new Map<string, unknown>();
  const noting = async (work: () => Promise<Receipt>): Promise<void> => {
    try {
      last = { receipt: await work() };
    } catch (error) {
      last = { error };
    }
    await counter.outbox.drain();
  };
  const isUnknown = (): boolean =>
    last.error !== undefined && describeError(last.error).mayHaveActed === 'unknown';
  const stateOf = (given: ActWith): string => {
    try {
      return counter.find(textIn(given, 'number')).state;
    } catch {
      return '';
    }
  };
  return {
    driverWith: (settleUp: () => Promise<void>): Driver => ({
      deeds: {
        'sign-in': async () => {
          await client.signIn();
        },
        purchase: (given) => {
          const raw = purchaseOf(given);
          sold.set(textIn(given, 'number'), raw);
          return noting(() => counter.purchase(raw));
        },
        'purchase-again': (given) => noting(() => counter.purchase(sold.get(textIn(given, 'number')))),
        cancel: (given) => noting(() => counter.cancel(textIn(given, 'number'))),
        retry: settleUp,
        nothing: () => Promise.resolve(),
      },
      questions: {
        'shows-done': () => last.receipt !== undefined,
        'shows-refusal': (given) => wordsOf(last.error).includes(textIn(given, 'text')),
        'shows-refused': () => last.error !== undefined && !isUnknown(),
        'shows-unknown': isUnknown,
        'shows-garbage': isUnknown,
        'shows-settled': (given) => stateOf(given) === 'settled',
        'shows-cancelled': (given) => stateOf(given) === 'cancelled',
        'shows-amounts': (given) => {
          const { fundPaid, ownAccountPaid, cashPaid } = last.receipt?.settlement ?? {};
          return (
            isSame(fundPaid, given, 'fundPaid') &&
            isSame(ownAccountPaid, given, 'accountPaid') &&
            isSame(cashPaid, given, 'cashPaid')
          );
        },
      },
    }),
  };
}

interface Shop extends Readonly<Record<string, Template>> {
  readonly institution: { readonly code: string; readonly name: string };
  readonly operator: { readonly number: string; readonly name: string };
  readonly mdtrtarea_admvs: string;
}

function isSame(shown: unknown, given: ActWith, name: string): boolean {
  return typeof shown === 'string' && shown === Number(textIn(given, name)).toFixed(2);
}

function wordsOf(error: unknown): string {
  return error instanceof GatewayError ? (error.details.upstream?.text ?? '') : '';
}

/** A prescription centre with one prescription of the test person, for two boxes. */
function centreOf(values: Readonly<Record<string, Template>>): PrescriptionPort {
  const person = nodeIn(values, 'employee');
  const prescription: OutsidePrescription = {
    number: 'RX0001',
    status: 'valid',
    audited: false,
    person: {
      certificateType: '01',
      certificateNumber: textIn(person, 'certno'),
      name: textIn(person, 'psn_name'),
    },
    prescriber: { institutionCode: 'H53010000001', institutionName: '示例医院', doctorName: '测试医师' },
    issuedAt: '2026-11-19 09:00:00',
    validUntil: '2026-11-24 23:59:59',
    diagnoses: [{ code: 'I10.x00', name: '示例诊断' }],
    drugs: [
      { catalogueCode: 'XA02BCA215N001010100001', name: '甲类降压片', quantity: '9' as never, unit: '盒' },
    ],
    reuse: { reusable: true, maximumUses: 99, timesUsed: 0, minimumIntervalDays: 0 },
  };
  return {
    find: () => Promise.resolve(prescription),
    claim: ({ claimId }) => Promise.resolve({ claimId, expiresAt: Number.MAX_SAFE_INTEGER }),
    dispense: ({ claimId }) => Promise.resolve({ dispensingNumber: `D-${claimId}` }),
    undo: () => Promise.resolve(),
  };
}
