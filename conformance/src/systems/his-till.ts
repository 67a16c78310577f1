/** The till of a hospital that is a program: what it does, and what its screen shows. */
import type { Desk, HisAction, HisReply, OrderBodies } from '@yiqiao/his';
import { GatewayError, parseDecimal, sumFen } from '@yiqiao/model';
import type { Clock, Fen } from '@yiqiao/model';
import type { Client } from '@yiqiao/sdk';
import { textIn } from '../listen/program-cashier.ts';
import type { ActWith, Driver } from '../listen/program-cashier.ts';
import { findFen } from '../run/own-reading.ts';
import { isUnknown, wordsOf } from './driven.ts';
import { BODIES } from './his-orders.ts';

/** What came of the last deed. */
export interface Last {
  readonly reply?: HisReply['body'];
  readonly error?: unknown;
}

/** A desk that gives orders, and remembers what came of the last. */
export interface Counter {
  /** Does something whose outcome the questions are about. */
  note(work: () => Promise<HisReply['body']>): Promise<void>;
  last(): Last;
  desk(): Desk;
  client(): Client;
  /** Numbers of all visits and stays. */
  visits(): readonly string[];
  /** How long the next settlements are waited for, where a prompt says so. */
  setPatience(prompt: ActWith): void;
  /** A new order. */
  order<A extends HisAction>(action: A, visit: string, body: OrderBodies[A]): Promise<HisReply['body']>;
  /** The last order of a visit once more. */
  repeat(visit: string): Promise<HisReply['body']>;
  /** Closes the client and opens another: the next morning. */
  nextDay(): Promise<void>;
}

/** How the till is driven; `operatorId`: number of who signs out. */
export function tillOf(
  counter: Counter,
  { operatorId, clock }: { readonly operatorId: string; readonly clock: Clock },
): Driver {
  return { deeds: deedsOf(counter, operatorId, clock), questions: questionsOf(counter) };
}

function deedsOf(counter: Counter, operatorId: string, clock: Clock): Driver['deeds'] {
  const plain = (action: HisAction) => (given: ActWith) =>
    counter.note(() => counter.order(action, textIn(given, 'visit'), BODIES[action]?.(given, clock) ?? {}));
  const tried = (trial: HisAction, settle: HisAction) => (given: ActWith) =>
    counter.note(async () => {
      const visit = textIn(given, 'visit');
      const body = BODIES[settle]?.(given, clock) ?? {};
      counter.setPatience(given);
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
        await counter.client().call('signOut', { signInNumber, operatorNumber: operatorId });
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
  return {
    'shows-done': () => last().reply !== undefined,
    'shows-refusal': (given) => wordsOf(last().error).includes(textIn(given, 'text')),
    'shows-unknown': () => isUnknown(last().error),
    'shows-garbage': () => isUnknown(last().error),
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

/** Whether an amount in 分 is the one that a prompt has in 元. */
function isShown(value: unknown, text: string): boolean {
  return typeof value === 'bigint' && value === (findFen(text) ?? 0n);
}
