/** Our hospital adapter as the target of the kit `his`: its orders given by a program, its messages over a line. */
import { createDesk, createPolicies, portOf } from '@yiqiao/his';
import type { DeskSettings, HisAction, HisOrder, HisReply, OrderBodies } from '@yiqiao/his';
import { GatewayError, formatFen } from '@yiqiao/model';
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
  let client = open();
  const deskOf = (port: Client) =>
    createDesk({ store, port: portOf(port), clock, settings, policies: createPolicies() });
  let desk = deskOf(client);
  let serial = 0;
  let last: Last = {};
  const repeatable = new Map<string, HisOrder>();

  async function noting(work: () => Promise<HisReply['body']>): Promise<void> {
    try {
      last = { reply: await work() };
    } catch (error) {
      last = { error };
    }
  }

  async function order<A extends HisAction>(
    action: A,
    visit: string,
    body: OrderBodies[A],
  ): Promise<HisReply['body']> {
    const given: HisOrder<A> = { order: `O${(serial += 1)}`, action, visit, body };
    repeatable.set(visit, given as HisOrder);
    return (await desk.perform(given as HisOrder)).body;
  }

  const plain = (action: HisAction) => (given: ActWith) =>
    noting(() => order(action, textIn(given, 'visit'), BODIES[action]?.(given, clock) ?? {}));
  const tried = (trial: HisAction, settle: HisAction) => (given: ActWith) =>
    noting(async () => {
      const visit = textIn(given, 'visit');
      const body = BODIES[settle]?.(given, clock) ?? {};
      await order(trial, visit, body);
      return await order(settle, visit, body);
    });
  /** The same order again until it is known; what was taken back is charged anew. */
  const retry = (given: ActWith) =>
    noting(async () => {
      const before = repeatable.get(textIn(given, 'visit'));
      if (before === undefined) throw new Error('there is nothing to repeat');
      try {
        return (await desk.perform(before)).body;
      } catch (error) {
        if (!(error instanceof GatewayError) || error.kind.outcome !== 'rejected') throw error;
        return (await desk.perform(before)).body;
      }
    });

  const isUnknown = (): boolean =>
    last.error !== undefined && describeError(last.error).mayHaveActed === 'unknown';

  const driver: Driver = {
    deeds: {
      'sign-in': () =>
        noting(async () => {
          await client.signIn();
          return {};
        }),
      'sign-out': () =>
        noting(async () => {
          const signInNumber = await client.signIn();
          await client.call('signOut', { signInNumber, operatorNumber: settings.operator.id });
          await client.close();
          client = open();
          desk = deskOf(client);
          return {};
        }),
      register: plain('register'),
      'cancel-registration': plain('cancelRegistration'),
      fees: plain('fees'),
      'withdraw-fees': plain('withdraw'),
      trial: plain('presettle'),
      charge: tried('presettle', 'settle'),
      'charge-without-trial': plain('settle'),
      'charge-anyway': async (given) => {
        await plain('presettle')(given);
        await plain('settle')(given);
      },
      cancel: plain('cancel'),
      'refund-part': plain('refund'),
      reverse: plain('reverse'),
      admit: plain('admit'),
      'stay-fees': plain('stayFees'),
      'withdraw-stay-fees': plain('withdrawStay'),
      discharge: plain('discharge'),
      'charge-stay': tried('presettleStay', 'settleStay'),
      'cancel-stay': plain('cancelStay'),
      'cancel-discharge': plain('cancelDischarge'),
      'cancel-admission': plain('cancelAdmission'),
      retry,
      'retry-once': (given) =>
        noting(async () => {
          const before = repeatable.get(textIn(given, 'visit'));
          return before === undefined ? {} : (await desk.perform(before)).body;
        }),
      reconcile: (given) =>
        noting(async () => (await client.call('reconcileTotals', totalsOf(given) as never)).body as never),
      nothing: async () => {
        await Promise.resolve();
        last = {};
      },
    },
    questions: {
      'shows-done': () => last.reply !== undefined,
      'shows-refusal': (given) => wordsOf(last.error).includes(textIn(given, 'text')),
      'shows-unknown': isUnknown,
      'shows-garbage': isUnknown,
      'shows-amounts': (given) =>
        ['fundPaid', 'accountPaid', 'cashPaid'].every((name) =>
          isShown(last.reply?.[name], textIn(given, name)),
        ),
      'shows-standing': (given) =>
        (desk.findVisit(textIn(given, 'visit'))?.settlements ?? []).some(
          ({ undone }) => undone === undefined,
        ),
      'shows-name': (given) => desk.findVisit(textIn(given, 'visit'))?.person.name === textIn(given, 'name'),
    },
  };
  return {
    driver,
    client: () => client,
    note: (work) => noting(work),
    async close() {
      await client.close();
      store.close();
    },
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
    timeoutMs: 300,
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

function totalsOf(given: ActWith): object {
  return {
    insuranceType: textIn(given, 'insuranceType'),
    clearingType: textIn(given, 'clearingType'),
    settlementAgency: textIn(given, 'agency'),
    beginDate: textIn(given, 'day'),
    endDate: textIn(given, 'day'),
    total: textIn(given, 'total'),
    fundPaid: textIn(given, 'fund'),
    accountPaid: textIn(given, 'account'),
    settlementCount: Number(textIn(given, 'count')),
    refundOnly: '0',
  };
}
