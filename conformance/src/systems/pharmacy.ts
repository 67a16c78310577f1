/** Our pharmacy adapter as the target of the kit `pharmacy`: its till is a program, its messages pass a line. */
import { createCounter, createPolicy } from '@yiqiao/pharmacy';
import type { Counter, OutsidePrescription, PrescriptionPort, Receipt } from '@yiqiao/pharmacy';
import { openStore, readPeripheral } from '@yiqiao/sdk';
import type { Client } from '@yiqiao/sdk';
import type { Template } from '../kits/types.ts';
import { nodeIn, textIn } from '../listen/program-cashier.ts';
import type { ActWith, Driver } from '../listen/program-cashier.ts';
import { isUnknown, openClient, startDriven, stationOf, wordsOf } from './driven.ts';
import type { ClientChange, Driven } from './driven.ts';
import { purchaseOf } from './pharmacy-purchase.ts';
import type { StartSystem, SystemWorld } from './system.ts';

/** Starts it beside the counterpart `platform`. */
export const startPharmacySystem: StartSystem = (world, change) =>
  startDriven(world, {
    change: change as ClientChange | undefined,
    open: (to) => openShop(to, world),
  });

interface Last {
  readonly receipt?: Receipt;
  readonly error?: unknown;
}

function openShop(to: string, { clock, inputs }: SystemWorld): Driven {
  const station = stationOf(inputs.values);
  let later = 0;
  // What is owed is tried again after a while: the shop's clock is moved, not waited for.
  const ownClock = { now: () => clock.now() + later };
  const store = openStore(':memory:', { clock: ownClock });
  const client = openClient(to, { station, clock: ownClock });
  const counter = createCounter({
    institution: station.institution,
    careRegion: station.careRegion,
    policy: createPolicy((name) => readPeripheral('pharmacy', name), { courses: 'national' }),
    store,
    insurance: client,
    prescriptions: centreOf(inputs.values),
    clock: ownClock,
  });
  const settleUp = async (): Promise<void> => {
    later += 60_000;
    await counter.outbox.drain();
  };
  return {
    driver: tillOf({ counter, client, settleUp }),
    async close() {
      await counter.outbox.stop();
      await client.close();
      store.close();
    },
  };
}

/** The till of a program: what it does with the counter, and what its screen shows. */
function tillOf({
  counter,
  client,
  settleUp,
}: {
  readonly counter: Counter;
  readonly client: Client;
  /** Does what is owed and due. */
  readonly settleUp: () => Promise<void>;
}): Driver {
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
  const stateOf = (given: ActWith): string => {
    try {
      return counter.find(textIn(given, 'number')).state;
    } catch {
      return '';
    }
  };
  return {
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
      'shows-refused': () => last.error !== undefined && !isUnknown(last.error),
      'shows-unknown': () => isUnknown(last.error),
      'shows-garbage': () => isUnknown(last.error),
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
  };
}

/** Whether an amount is shown as a prompt has it; both in 元. */
function isSame(shown: unknown, given: ActWith, name: string): boolean {
  return typeof shown === 'string' && shown === Number(textIn(given, name)).toFixed(2);
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
