/** Our hospital adapter as the target of the kit `his`: its orders given by a program, its messages over a line. */
import { createDesk, createPolicies, portOf } from '@yiqiao/his';
import type {
  Desk,
  DeskSettings,
  HisAction,
  HisOrder,
  HisReply,
  InsurancePort,
  OrderBodies,
} from '@yiqiao/his';
import { GatewayError, formatFen, parseDecimal, sumFen } from '@yiqiao/model';
import type { Clock, Fen } from '@yiqiao/model';
import { createClient, describeError, openStore } from '@yiqiao/sdk';
import type { Client, ClientSettings } from '@yiqiao/sdk';
import type { Template } from '../kits/types.ts';
import { createProgramCashier, textIn } from '../listen/program-cashier.ts';
import type { ActWith, Driver } from '../listen/program-cashier.ts';
import { openClientLine } from './bent-client.ts';
import type { ClientChange } from './bent-client.ts';
import { BODIES } from './his-orders.ts';
import type { StartSystem, SystemWorld } from './system.ts';

/** Starts it beside the counterpart `platform`. */
export const startHisSystem: StartSystem = async (world, change) => {
  const bent = change as ClientChange | undefined;
  const platform = world.counterparts.of['platform'];
  if (platform === undefined) throw new Error('the kit has no counterpart platform');
  const line = await openClientLine(platform.url, bent);
  const hospital = createHospital(line.url, world);
  return {
    url: line.url,
    cashier: createProgramCashier(hospital.driver, bent),
    // Everything that a deed sends was sent when it ends.
    inputs: { listening: { waitMs: 1 } },
    async stop() {
      await hospital.close();
      await line.stop();
    },
  };
};

/** A hospital that is driven. */
export interface Hospital {
  readonly driver: Driver;
  client(): Client;
  /** Does something whose outcome the questions are about. */
  note(work: () => Promise<HisReply['body']>): Promise<void>;
  close(): Promise<void>;
}

/** What came of the last deed. */
interface Last {
  readonly reply?: HisReply['body'];
  readonly error?: unknown;
}

/** A desk that gives orders, and remembers what came of the last. */
interface Counter {
  readonly note: Hospital['note'];
  last(): Last;
  desk(): Desk;
  client(): Client;
  /** Numbers of all visits and stays. */
  visits(): readonly string[];
  /** How long the next settlements are waited for, where a prompt says so. */
  hasPatience(given: ActWith): void;
  /** A new order. */
  order<A extends HisAction>(action: A, visit: string, body: OrderBodies[A]): Promise<HisReply['body']>;
  /** The last order of a visit once more. */
  repeat(visit: string): Promise<HisReply['body']>;
  /** Closes the client and opens another: the next morning. */
  nextDay(): Promise<void>;
}

/** A hospital whose till is a program, with the client's settings beside the usual ones. */
export function createHospital(
  to: string,
  { clock, inputs }: SystemWorld,
  more: Partial<ClientSettings> = {},
): Hospital {
  const settings = settingsOf(inputs.values);
  const store = openStore(':memory:', { clock });
  let days = 0;
  const open = (): Client => clientOf(to, { settings, clock, day: (days += 1), more });
  let patienceMs: number | undefined;
  const deskOf = (of: Client): Desk =>
    createDesk({ store, port: portWith(of, () => patienceMs), clock, settings, policies: createPolicies() });
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
    hasPatience: (given) => (patienceMs = Number(textIn(given, 'patienceMs')) || undefined),
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
    driver: { deeds: deedsOf(counter, settings, clock), questions: questionsOf(counter) },
    client: () => client,
    note: (work) => counter.note(work),
    async close() {
      await client.close();
      store.close();
    },
  };
}

function deedsOf(counter: Counter, { operator }: Ward, clock: Clock): Driver['deeds'] {
  const plain = (action: HisAction) => (given: ActWith) =>
    counter.note(() => counter.order(action, textIn(given, 'visit'), BODIES[action]?.(given, clock) ?? {}));
  const tried = (trial: HisAction, settle: HisAction) => (given: ActWith) =>
    counter.note(async () => {
      const visit = textIn(given, 'visit');
      const body = BODIES[settle]?.(given, clock) ?? {};
      counter.hasPatience(given);
      await counter.order(trial, visit, body);
      return await counter.order(settle, visit, body);
    });
  return {
    'sign-in': () =>
      counter.note(async () => {
        await counter.client().signIn();
        return {};
      }),
    'sign-out': () =>
      counter.note(async () => {
        const signInNumber = await counter.client().signIn();
        await counter.client().call('signOut', { signInNumber, operatorNumber: operator.id });
        await counter.nextDay();
        return {};
      }),
    register: plain('register'),
    fees: plain('fees'),
    'withdraw-fees': plain('withdraw'),
    charge: tried('presettle', 'settle'),
    'charge-without-trial': plain('settle'),
    'charge-anyway': async (given) => {
      await plain('presettle')(given);
      await plain('settle')(given);
    },
    cancel: plain('cancel'),
    'refund-part': plain('refund'),
    admit: plain('admit'),
    'stay-fees': plain('stayFees'),
    'withdraw-stay-fees': plain('withdrawStay'),
    discharge: plain('discharge'),
    'charge-stay': tried('presettleStay', 'settleStay'),
    'cancel-stay': plain('cancelStay'),
    retry: (given) => counter.note(() => bringToEnd(counter, textIn(given, 'visit'))),
    'retry-once': (given) => counter.note(() => counter.repeat(textIn(given, 'visit'))),
    reconcile: (given) =>
      counter.note(async () => {
        const asked = { ...totalsOf(counter, textIn(given, 'insuranceType')), ...dayOf(given) };
        return (await counter.client().call('reconcileTotals', asked)).body as unknown as HisReply['body'];
      }),
    nothing: () => counter.note(() => Promise.resolve({})),
  };
}

/** What is settled with one insurance and stands. */
function totalsOf(counter: Counter, insuranceType: string) {
  const standing = counter
    .visits()
    .map((visit) => counter.desk().findVisit(visit))
    .filter((visit) => visit?.person.insuranceType === insuranceType)
    .flatMap((visit) => visit?.settlements ?? [])
    .filter(({ undone }) => undone === undefined);
  const sum = (name: string): Fen => sumFen(standing.map(({ body }) => (body[name] ?? 0n) as Fen));
  return {
    insuranceType,
    total: sumFen(standing.map(({ total }) => total)),
    fundPaid: sum('fundPaid'),
    accountPaid: sum('accountPaid'),
    institutionSettlementCount: parseDecimal(String(standing.length)),
    institutionRefundSettlement: '0',
  };
}

function dayOf(given: ActWith) {
  const day = textIn(given, 'day');
  return {
    clearingType: '11',
    settlementAgency: textIn(given, 'agency'),
    reconciliationBeginDate: day,
    reconciliationEndDate: day,
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

/** The same order again until it is known; what was taken back is charged anew. */
async function bringToEnd(counter: Counter, visit: string): Promise<HisReply['body']> {
  try {
    return await counter.repeat(visit);
  } catch (error) {
    if (!(error instanceof GatewayError) || error.kind.outcome !== 'rejected') throw error;
    return await counter.repeat(visit);
  }
}

function questionsOf({ last, desk }: Counter): Driver['questions'] {
  const isUnknown = (): boolean =>
    last().error !== undefined && describeError(last().error).mayHaveActed === 'unknown';
  return {
    'shows-done': () => last().reply !== undefined,
    'shows-refusal': (given) => wordsOf(last().error).includes(textIn(given, 'text')),
    'shows-unknown': isUnknown,
    'shows-garbage': isUnknown,
    'shows-amounts': (given) =>
      ['fundPaid', 'accountPaid', 'cashPaid'].every((name) =>
        isShown(last().reply?.[name], textIn(given, name)),
      ),
    'shows-standing': (given) =>
      (desk().findVisit(textIn(given, 'visit'))?.settlements ?? []).some(
        ({ undone }) => undone === undefined,
      ),
  };
}

function clientOf(
  to: string,
  {
    settings,
    clock,
    day,
    more,
  }: {
    readonly settings: Ward;
    readonly clock: SystemWorld['clock'];
    readonly day: number;
    readonly more: Partial<ClientSettings>;
  },
): Client {
  return createClient({
    to,
    as: { institution: settings.institution, careRegion: settings.careRegion, operator: settings.operator },
    farSide: 'platform',
    signIn: { macAddress: '00-00-00-00-00-01', ipAddress: '127.0.0.1' },
    timeoutMs: 10_000,
    // The clock of the suite stands still: a message that a platform does not know never arrived.
    inFlightMs: 0,
    // And a new day has message ids of its own.
    sequences: { first: 1_000 * day, last: 1_000 * day + 999 },
    clock,
    ...more,
  });
}

interface Ward extends DeskSettings {
  readonly operator: { readonly type: string; readonly id: string; readonly name: string };
}

function settingsOf(values: Readonly<Record<string, Template>>): Ward {
  const {
    institution,
    operator,
    mdtrtarea_admvs: careRegion,
  } = values as {
    readonly institution: Ward['institution'];
    readonly operator: { readonly number: string; readonly name: string };
    readonly mdtrtarea_admvs: string;
  };
  return {
    institution,
    careRegion,
    operator: { type: '1', id: operator.number, name: operator.name },
    mostLines: 100,
    credentialHoldsMs: 30 * 60_000,
    acrossYears: 'midway',
    entitlementFor: 'all',
    trialParts: true,
    internetAgreement: true,
    resume: 'resolve',
  };
}

/** What the screen has to say of an error: the platform's own words where it spoke. */
function wordsOf(error: unknown): string {
  if (!(error instanceof GatewayError)) return '';
  return error.details.upstream?.text ?? '';
}

function isShown(value: unknown, text: string): boolean {
  return typeof value === 'bigint' && formatFen(value as never) === Number(text).toFixed(2);
}
