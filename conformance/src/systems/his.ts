/** Our hospital adapter as the target of the kit `his`: its orders given by a program, its messages over a line. */
import { createDesk, createPolicies, portOf } from '@yiqiao/his';
import type { Desk, DeskSettings, HisOrder, InsurancePort } from '@yiqiao/his';
import { openStore } from '@yiqiao/sdk';
import type { Client, ClientSettings } from '@yiqiao/sdk';
import { textIn } from '../listen/program-cashier.ts';
import { openClient, startDriven, stationOf } from './driven.ts';
import type { ClientChange, Driven, Station } from './driven.ts';
import { tillOf } from './his-till.ts';
import type { Counter, Last } from './his-till.ts';
import type { StartSystem, SystemWorld } from './system.ts';

/** Starts it beside the counterpart `platform`. */
export const startHisSystem: StartSystem = (world, change) =>
  startDriven(world, {
    change: change as ClientChange | undefined,
    open: (to) => createHospital(to, world),
  });

/** A hospital that is driven. */
export interface Hospital extends Driven {
  client(): Client;
  readonly note: Counter['note'];
}

/** A hospital whose till is a program, with the client's settings beside the usual ones. */
export function createHospital(
  to: string,
  { clock, inputs }: SystemWorld,
  more: Partial<ClientSettings> = {},
): Hospital {
  const station = stationOf(inputs.values);
  const store = openStore(':memory:', { clock });
  let days = 0;
  const open = (): Client => {
    days += 1;
    // A new day has message ids of its own: the clock stands still.
    const sequences = { first: 1_000 * days, last: 1_000 * days + 999 };
    return openClient(to, { station, clock, more: { sequences, ...more } });
  };
  let patienceMs: number | undefined;
  const deskOf = (of: Client): Desk =>
    createDesk({
      store,
      port: portWith(of, () => patienceMs),
      clock,
      settings: settingsOf(station),
      policies: createPolicies(),
    });
  let client = open();
  let desk = deskOf(client);
  let serial = 0;
  let last: Last = {};
  const given = new Map<string, HisOrder>();
  const counter: Counter = {
    async note(work) {
      try {
        last = { reply: await work() };
      } catch (error) {
        last = { error };
      }
    },
    last: () => last,
    desk: () => desk,
    client: () => client,
    visits: () => [...given.keys()],
    setPatience: (prompt) => (patienceMs = Number(textIn(prompt, 'patienceMs')) || undefined),
    async order(action, visit, body) {
      const order: HisOrder = { order: `O${(serial += 1)}`, action, visit, body };
      given.set(visit, order);
      return (await desk.perform(order)).body;
    },
    async repeat(visit) {
      const order = given.get(visit);
      return order === undefined ? {} : (await desk.perform(order)).body;
    },
    async nextDay() {
      await client.close();
      client = open();
      desk = deskOf(client);
    },
  };
  return {
    driver: tillOf(counter, { operatorId: station.operator.id, clock }),
    client: () => client,
    note: (work) => counter.note(work),
    async close() {
      await client.close();
      store.close();
    },
  };
}

/** The client as the insurance side; `patience`: how long a settlement is waited for, where it is not as long as usual. */
function portWith(client: Client, patience: () => number | undefined): InsurancePort {
  return portOf({
    newMessageId: () => client.newMessageId(),
    resolve: (message) => client.resolve(message),
    call: (operation, body, options) => {
      const timeoutMs = operation === 'settleOutpatient' ? patience() : undefined;
      return client.call(operation, body, { ...options, ...(timeoutMs !== undefined && { timeoutMs }) });
    },
  });
}

function settingsOf({ institution, careRegion }: Station): DeskSettings {
  return {
    institution,
    careRegion,
    mostLines: 100,
    credentialHoldsMs: 30 * 60_000,
    acrossYears: 'midway',
    entitlementFor: 'all',
    trialParts: true,
    internetAgreement: true,
    resume: 'resolve',
  };
}
