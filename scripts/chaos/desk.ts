/**
 * How the cashiers' messages leave. Each is in the HIS's file before its first byte leaves, and so is what was told
 * of it before anybody goes on: after a kill the same bytes are sent again.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import { envelopeOf, serialOfMessage } from './messages.ts';
import type { SignedText } from './signed-text.ts';
import type { Waits } from './timing.ts';

/** What she was told of one message in the end. */
export type Told =
  | { readonly state: 'done'; readonly settlementId: string; readonly total: number }
  | { readonly state: 'not-done'; readonly code: string }
  | { readonly state: 'person' }
  | { readonly state: 'unknown' };

/** A message to be sent until its end is told, or for one call only. */
export interface Call {
  readonly infno: string;
  readonly messageId: string;
  readonly input: object;
  readonly once: boolean;
}

/** The way out of the HIS. */
export interface Desk {
  readonly waits: Waits;
  /** Messages so far, each counted once however often it was sent. */
  messages(): number;
  /** Asks, or finds on record what was told. */
  ask(call: Call): Promise<Told>;
  /** Highest serial of a visit that has sent something. */
  lastVisit(): number;
  /** Whether the message has been sent. */
  knows(messageId: string): boolean;
}

interface Line {
  readonly id: string;
  readonly text?: string;
  readonly told?: Told;
}

/** Opens the desk on a file. `onMessage` hears of each new message. */
export function createDesk(options: {
  readonly file: string;
  readonly url: string;
  readonly signed: SignedText;
  readonly blind: boolean;
  readonly waits: Waits;
  onMessage(): void;
}): Desk {
  const { file, blind, signed, url, waits } = options;
  const texts = new Map<string, string>();
  const tolds = new Map<string, Told>();
  const post = (line: Line): void => {
    if (line.text !== undefined) texts.set(line.id, line.text);
    if (line.told !== undefined) tolds.set(line.id, line.told);
  };
  const note = (line: Line): void => {
    appendFileSync(file, `${JSON.stringify(line)}\n`);
    post(line);
  };
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  for (const line of lines) post(JSON.parse(line) as Line);
  const textOf = ({ infno, messageId, input }: Call): string => {
    const known = texts.get(messageId);
    if (known !== undefined) return known;
    const text = signed.write(envelopeOf(infno, messageId, Date.now()), 'input', input);
    note({ id: messageId, text });
    options.onMessage();
    return text;
  };
  return {
    waits,
    messages: () => texts.size,
    lastVisit: () => Math.max(0, ...[...texts.keys()].map(serialOfMessage)),
    knows: (messageId) => texts.has(messageId),
    async ask(call) {
      // What one call told is kept beside the end, so that a cashier who starts again decides as she did.
      const id = call.once ? `${call.messageId} once` : call.messageId;
      const known = tolds.get(id);
      if (known !== undefined) return known;
      const doubtful = texts.has(call.messageId);
      const letter = {
        url,
        signed,
        text: textOf(call),
        callMs: blind ? waits.blindCashierMs : waits.cashierMs,
      };
      const told = await insist(letter, {
        once: call.once || blind,
        doubtful,
        patienceMs: waits.patienceMs,
      });
      note({ id, told });
      return told;
    },
  };
}

interface Letter {
  readonly url: string;
  readonly signed: SignedText;
  readonly text: string;
  readonly callMs: number;
}

async function insist(
  letter: Letter,
  {
    once,
    doubtful,
    patienceMs,
  }: { readonly once: boolean; readonly doubtful: boolean; readonly patienceMs: number },
): Promise<Told> {
  const until = Date.now() + patienceMs;
  for (let sent = doubtful; Date.now() < until; sent = true) {
    const told = await send(letter);
    // What refuses the bytes says nothing of the same bytes sent before.
    const saysNothing = told?.state === 'not-done' && sent && /^(?:MESSAGE|SIGNATURE)_/.test(told.code);
    if (told !== undefined && !saysNothing) return told;
    if (once) break;
    await pause(60);
  }
  return { state: 'unknown' };
}

/** `undefined` when nothing is known. */
async function send({ url, signed, text, callMs }: Letter): Promise<Told | undefined> {
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
