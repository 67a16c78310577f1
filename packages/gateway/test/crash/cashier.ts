/** A cashier who never gives up: sends the same bytes until told what happened, and charges again when told that nothing did. */
import { setTimeout as pause } from 'node:timers/promises';
import { cancellation, feeUpload, INSTITUTION, requestText, reversal, settlement } from './messages.ts';
import type { Visit } from './messages.ts';

const CALL_MS = 4_000;
const PATIENCE_MS = 15_000;
const MOST_ATTEMPTS = 30;

/** What the gateway told of one message. */
export type Told =
  | { readonly state: 'done'; readonly output: unknown }
  | { readonly state: 'not-done'; readonly code: string }
  | { readonly state: 'person' };

/** One message and its end. */
export interface Sent {
  readonly infno: string;
  readonly messageId: string;
  readonly bytes: string;
  readonly told: Told;
}

/** How a visit ended for the cashier. */
export interface VisitEnd {
  readonly visit: Visit;
  readonly fees: 'there' | 'person';
  /** What stands of the money, or that a person looks after it. */
  readonly money: 'none' | 'settled' | 'cancelled' | 'reversed' | 'person';
  readonly settlementId?: string;
  readonly sent: readonly Sent[];
}

/** What the cashier does after the settlement. */
export type Afterwards = 'nothing' | 'cancel' | 'reverse';

/** A cashier of the one institution. */
export interface Cashier {
  /** Sends once and tells what came; `undefined` when the outcome is not known yet. */
  post(bytes: string): Promise<Told | undefined>;
  /** Sends one message until its outcome is known. */
  send(infno: string, input: object): Promise<Sent>;
  /** Uploads the fees, settles, and does what is wanted afterwards; each until it is done or with a person. */
  run(visit: Visit, afterwards: Afterwards): Promise<VisitEnd>;
}

/** Makes a cashier of the gateway that listens at `url`, now or as soon as it is up again. */
export function createCashier(url: () => Promise<string>): Cashier {
  let serial = 0;

  const send = async (infno: string, input: object): Promise<Sent> => {
    serial += 1;
    const messageId = `${INSTITUTION}${String(serial).padStart(18, '0')}`;
    const bytes = requestText(infno, input, { messageId, sentAt: Date.now() });
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      const told = await postTo(await url(), bytes);
      if (told !== undefined) return { infno, messageId, bytes, told };
      if (Date.now() > until) throw new Error(`${infno} ${messageId} never ended`);
      await pause(40);
    }
  };
  /** Under new message ids until it is done or with a person. */
  const insist = async (infno: string, input: object, sent: Sent[]): Promise<Sent> => {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const one = await send(infno, input);
      sent.push(one);
      if (one.told.state !== 'not-done') return one;
      await pause(20);
    }
    throw new Error(`${infno} is refused again and again: ${JSON.stringify(sent.map(({ told }) => told))}`);
  };
  return {
    post: async (bytes) => postTo(await url(), bytes),
    send,
    async run(visit, afterwards) {
      const sent: Sent[] = [];
      const fees = await insist('2204', feeUpload(visit, Date.now()), sent);
      if (fees.told.state === 'person') return { visit, fees: 'person', money: 'none', sent };
      const settled = await insist('2207', settlement(visit), sent);
      const end = { visit, fees: 'there', sent } as const;
      if (settled.told.state !== 'done') return { ...end, money: 'person' };
      const settlementId = settlementIdOf(settled.told.output);
      if (afterwards === 'nothing') return { ...end, money: 'settled', settlementId };
      const undone =
        afterwards === 'cancel'
          ? await insist('2208', cancellation(visit, settlementId), sent)
          : await insist('2601', reversal(visit, settled.messageId), sent);
      const money = afterwards === 'cancel' ? 'cancelled' : 'reversed';
      return { ...end, money: undone.told.state === 'done' ? money : 'person', settlementId };
    },
  };
}

function settlementIdOf(output: unknown): string {
  return (output as { readonly setlinfo: { readonly setl_id: string } }).setlinfo.setl_id;
}

async function postTo(url: string, bytes: string): Promise<Told | undefined> {
  let text: string;
  try {
    const answer = await fetch(url, {
      method: 'POST',
      body: bytes,
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(CALL_MS),
    });
    text = await answer.text();
  } catch {
    return undefined;
  }
  if (text.startsWith('[HANDED_TO_PERSON]')) return { state: 'person' };
  if (!text.startsWith('{')) return undefined;
  const told = JSON.parse(text) as { infcode: number; output: unknown; yiqiao?: { code: string } };
  return Number(told.infcode) === 0
    ? { state: 'done', output: told.output }
    : { state: 'not-done', code: told.yiqiao?.code ?? '' };
}
