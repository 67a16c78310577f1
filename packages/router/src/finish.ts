/** The end of an exchange, written once and before anyone hears of it. */
import { GatewayError } from '@yiqiao/model';
import type { CanonicalResponse, Transcript } from '@yiqiao/model';
import type { Exchange, ExchangeEnd, SettlementLine } from '@yiqiao/journal';
import { forwardHops, toLegOutcome, withoutResponse } from './case.ts';
import type { Case, Hop, HopEnd } from './case.ts';
import { confirmAll } from './commit.ts';
import { createOwedRecord, createOwedReversal, findReversed, openingOf } from './follow-up.ts';
import { counterLine, recordsOf, settlementLine } from './kept.ts';
import { persist } from './machine.ts';
import type { Machine } from './machine.ts';
import { oddWhenWritten } from './odd-answers.ts';
import type { Ending, Incoming, WrittenReply } from './types.ts';
import { unwind } from './ways-out.ts';

/** The caller's side of an end; a restart has none. */
export type Caller = Pick<Incoming, 'formatReply' | 'keepsRecords'>;

/**
 * Ends an exchange whose steps have all been answered. An answer that the caller's format cannot carry is
 * taken back: money that nobody can be told of must not have moved.
 */
export async function finishAnswered(
  machine: Machine,
  opened: Case,
  responses: readonly CanonicalResponse[],
  caller?: Caller,
): Promise<Ending> {
  let reply: WrittenReply | undefined;
  try {
    reply = await caller?.formatReply({ ok: true, responses });
  } catch (cause) {
    const error = cause instanceof GatewayError ? cause : new GatewayError('INTERNAL', {}, { cause });
    // An answer that cannot be signed now is written when the caller asks again.
    if (error.code !== 'SIGNER_UNAVAILABLE')
      return finishUndone(machine, opened, { state: 'reversed', error }, caller);
  }
  const fault = await confirmAll(machine, opened);
  if (fault !== undefined) return handOver(machine, opened, fault);
  return write(machine, opened, { state: 'answered', responses, ...(reply && { reply }) }, caller);
}

/** Ends an exchange of which a step was not answered; what other steps did is taken back first. */
export async function finishUndone(
  machine: Machine,
  opened: Case,
  end: Exclude<HopEnd, { readonly state: 'answered' }>,
  caller?: Caller,
): Promise<Ending> {
  if (end.state === 'unresolved') return handOver(machine, opened, end.reason);
  if (!(await unwind(machine, opened))) return handOver(machine, opened, 'not-taken-back');
  const error = opened.id === undefined ? end.error : definite(end.error);
  const reply = await formatRefusal(machine, opened, error, caller);
  return write(machine, opened, { state: end.state, error, reason: error.code, ...(reply && { reply }) });
}

/** What is known to be undone is not told as unknown, whatever the fault was. */
function definite(error: GatewayError): GatewayError {
  return error.kind.infcode === null ? new GatewayError('REVERSED', {}, { cause: error }) : error;
}

function handOver(machine: Machine, opened: Case, reason: string): Promise<Ending> {
  const error = new GatewayError('HANDED_TO_PERSON', { facts: { reason } });
  return write(machine, opened, { state: 'handed-to-person', error, reason });
}

async function formatRefusal(
  machine: Machine,
  opened: Case,
  error: GatewayError,
  caller: Caller | undefined,
): Promise<Transcript | undefined> {
  if (caller === undefined || error.kind.infcode === null) return undefined;
  try {
    return await caller.formatReply({ ok: false, error });
  } catch (fault) {
    machine.deps.events.onTrouble?.(fault, opened.accepted.key);
    return undefined;
  }
}

/** An exchange that never sent anything is not on record, so that the same message may be sent again. */
async function write(machine: Machine, opened: Case, ending: Ending, caller?: Caller): Promise<Ending> {
  const { accepted, id } = opened;
  const { state, reason } = ending;
  if (id !== undefined) await writeEnd(machine, opened, { id, ending, caller });
  machine.deps.events.onStateChange?.({
    key: accepted.key,
    transaction: accepted.transaction,
    state,
    ...(id !== undefined && { exchangeId: id }),
    ...(reason !== undefined && { reason }),
  });
  return ending;
}

async function writeEnd(
  machine: Machine,
  opened: Case,
  what: { readonly id: number; readonly ending: Ending; readonly caller: Caller | undefined },
): Promise<void> {
  const { ending, id } = what;
  const { clock, journal } = machine.deps;
  const left = ending.state === 'answered' ? await leftBehind(machine, opened, what.caller) : {};
  const odd = oddWhenWritten(ending.reply?.odd);
  const end: ExchangeEnd = {
    state: ending.state,
    at: clock.now(),
    ...(ending.reply !== undefined && { reply: ending.reply }),
    ...(ending.reason !== undefined && { reason: ending.reason }),
    ...(odd !== undefined && { odd }),
    ...left.end,
  };
  // A 2601 for several steps undoes them from their answers.
  const needsAnswers = ending.reply === undefined || opened.steps > 1;
  const legs = opened.outcomes.map(needsAnswers ? toLegOutcome : withoutResponse);
  const followUp = await persist(machine, opened.accepted.key, () => journal.end(id, end, legs));
  if (left.owed !== undefined && followUp !== undefined) machine.follow({ ...left.owed, id: followUp });
}

interface LeftBehind {
  readonly end?: Omit<ExchangeEnd, 'state' | 'at'>;
  readonly owed?: Case | undefined;
}

/** What an answered exchange leaves, written in the same commit as its end. */
async function leftBehind(machine: Machine, opened: Case, caller: Caller | undefined): Promise<LeftBehind> {
  const { key } = opened.accepted;
  const answered = forwardHops(opened);
  const last = answered.at(-1);
  if (last === undefined) return {};
  const messages = caller?.keepsRecords === false ? [] : answered;
  const records = recordsOf(
    key.institution,
    messages.map((hop) => ({ ...hop, numbered: true })),
  );
  const { owed, reverses, settlement } = await persist(machine, key, () =>
    consequences(machine, opened, last),
  );
  return {
    owed,
    end: {
      ...(records.length > 0 && { records }),
      ...(settlement !== undefined && { settlement }),
      ...(owed !== undefined && { followUp: openingOf(owed) }),
      ...(reverses !== undefined && { reverses }),
    },
  };
}

interface Consequences {
  readonly owed?: Case | undefined;
  readonly settlement?: SettlementLine | undefined;
  readonly reverses?: number;
}

async function consequences(machine: Machine, opened: Case, last: Hop): Promise<Consequences> {
  const { key } = opened.accepted;
  const original =
    opened.reverses === undefined
      ? await findReversed(machine, last.request, last.peer)
      : await machine.deps.journal.load(opened.reverses);
  if (original === undefined) {
    return {
      owed: createOwedRecord(machine, key, last),
      settlement: settlementLine(key.institution, last.response),
    };
  }
  return original.state === 'reversed' ? {} : consequencesOfReversal(machine, last, original);
}

async function consequencesOfReversal(
  machine: Machine,
  last: Hop,
  original: Exchange,
): Promise<Consequences> {
  return {
    owed: await createOwedReversal(machine, last, original),
    settlement: original.settlement === undefined ? undefined : counterLine(original.settlement),
    reverses: original.id,
  };
}
