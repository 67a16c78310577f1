/** A cashier with books of her own. She sends the same bytes until told; blind, she sends anew instead. */
import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import { cancellationInput, chargeInput, envelopeOf, INSTITUTION, reversalInput } from './messages.ts';
import type { Visit } from './messages.ts';
import type { SignedText } from './signed-text.ts';

const CALL_MS = 4_000;
/** Whoever sends anew does not wait long either. */
const BLIND_CALL_MS = 1_000;
const PATIENCE_MS = 45_000;
const MOST_ATTEMPTS = 15;
/** Before a charge that was refused is made anew; longer each time. */
const AGAIN_MS = 120;

/** What she was told of one message in the end. */
export type Told =
  | { readonly state: 'done'; readonly settlementId: string; readonly total: number }
  | { readonly state: 'not-done'; readonly code: string }
  | { readonly state: 'person' }
  | { readonly state: 'unknown' };

/** One message and its end. */
export interface Sent {
  readonly infno: string;
  readonly messageId: string;
  readonly told: Told;
}

/** A line of her books. Amounts in 分, negative for a cancellation. */
export interface CashierRow {
  readonly messageId: string;
  readonly settlementId: string;
  readonly total: number;
  state: 'settled' | 'cancelled' | 'cancellation' | 'reversed';
}

/** How a visit ended for her. */
export interface VisitEnd {
  readonly visit: Visit;
  readonly sent: readonly Sent[];
  readonly rows: readonly CashierRow[];
  /** `open`: with a person, or never told. */
  readonly money: 'closed' | 'open';
}

/** What she wants after the charge. */
export type Afterwards = 'nothing' | 'cancel' | 'reverse';

/** All cashiers of the institution. */
export interface Cashiers {
  /** Messages sent so far, each counted once however often it is sent. */
  messages(): number;
  run(visit: Visit, afterwards: Afterwards): Promise<VisitEnd>;
}

/** Makes the cashiers. */
export function createCashiers(options: {
  readonly url: string;
  readonly signed: SignedText;
  /** Whether a missing answer is met by a new message of a new charge batch. */
  readonly blind: boolean;
}): Cashiers {
  const { url, signed, blind } = options;
  let serial = 0;

  const send = async (infno: string, input: object, sent: Sent[]): Promise<Sent> => {
    serial += 1;
    const messageId = `${INSTITUTION}${String(serial).padStart(18, '0')}`;
    const text = signed.write(envelopeOf(infno, messageId, Date.now()), 'input', input);
    const told = await ask(text);
    const one = { infno, messageId, told };
    sent.push(one);
    return one;
  };
  const ask = async (text: string): Promise<Told> => {
    const until = Date.now() + PATIENCE_MS;
    for (let doubtful = false; Date.now() < until; doubtful = true) {
      const told = await post({ url, signed, text, callMs: blind ? BLIND_CALL_MS : CALL_MS });
      // What refuses the bytes says nothing of the same bytes sent before.
      const saysNothing = told?.state === 'not-done' && doubtful && /^(?:MESSAGE|SIGNATURE)_/.test(told.code);
      if (told !== undefined && !saysNothing) return told;
      if (blind) return { state: 'unknown' };
      await pause(60);
    }
    return { state: 'unknown' };
  };
  const insist = async (infno: string, input: (attempt: number) => object, sent: Sent[]): Promise<Sent> => {
    for (let attempt = 1; ; attempt += 1) {
      const one = await send(infno, input(attempt), sent);
      const again = one.told.state === 'not-done' || (blind && one.told.state === 'unknown');
      if (!again || attempt === MOST_ATTEMPTS) return one;
      await pause(AGAIN_MS * Math.min(attempt, 6));
    }
  };
  return {
    messages: () => serial,
    async run(visit, afterwards) {
      const sent: Sent[] = [];
      const batchOf = (attempt: number): string => `B${visit.serial}-${blind ? attempt : 1}`;
      const charged = await insist(visit.charge, (attempt) => chargeInput(visit, batchOf(attempt)), sent);
      const { told } = charged;
      const nothing = told.state === 'not-done';
      if (told.state !== 'done') return { visit, sent, rows: [], money: nothing ? 'closed' : 'open' };
      const { settlementId, total } = told;
      const row: CashierRow = { messageId: charged.messageId, settlementId, total, state: 'settled' };
      const rows = [row];
      if (afterwards === 'nothing') return { visit, sent, rows, money: 'closed' };
      const cancels = afterwards === 'cancel';
      const undone = cancels
        ? await insist(CANCELLATIONS[visit.charge], () => cancellationInput(visit, settlementId), sent)
        : await insist('2601', () => reversalInput(visit, charged.messageId), sent);
      const { state } = undone.told;
      if (undone.told.state !== 'done')
        return { visit, sent, rows, money: state === 'not-done' ? 'closed' : 'open' };
      row.state = cancels ? 'cancelled' : 'reversed';
      if (cancels) rows.push({ ...undone.told, messageId: undone.messageId, state: 'cancellation' });
      return { visit, sent, rows, money: 'closed' };
    },
  };
}

const CANCELLATIONS = { '2207': '2208', '2102': '2103' } as const;

/** `undefined` when nothing is known. */
async function post(asked: {
  readonly url: string;
  readonly signed: SignedText;
  readonly text: string;
  readonly callMs: number;
}): Promise<Told | undefined> {
  const { url, signed, text, callMs } = asked;
  let answer: string;
  try {
    const response = await request(url, {
      method: 'POST',
      body: text,
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(callMs),
    });
    answer = await response.body.text();
  } catch {
    return undefined;
  }
  if (answer.startsWith('[HANDED_TO_PERSON]')) return { state: 'person' };
  const told = signed.read(answer, 'output');
  if (told === undefined) return undefined;
  if (Number(told['infcode']) !== 0) {
    const yiqiao = told['yiqiao'] as { readonly code?: string } | undefined;
    return { state: 'not-done', code: yiqiao?.code ?? '' };
  }
  const output = told['output'] as { readonly setlinfo?: Readonly<Record<string, string | number>> } | null;
  const total = Math.round(Number(output?.setlinfo?.['medfee_sumamt'] ?? 0) * 100);
  return { state: 'done', settlementId: String(output?.setlinfo?.['setl_id'] ?? ''), total };
}
