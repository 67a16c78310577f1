/** Far sides at which a write stands only once it is confirmed: 流水号, then 确认 or 取消. */
import { canQuery, GatewayError, isTwoPhase } from '@yiqiao/model';
import type { CommitKey, CommitResult, StagedMessage } from '@yiqiao/model';
import { addHop, attemptCommit, attemptQuery, reportDeviations, sentRecordOf } from './attempt.ts';
import { settleHop } from './case.ts';
import type { Case, Hop, HopEnd } from './case.ts';
import { awaitLanded, persevere } from './machine.ts';
import type { Machine } from './machine.ts';

/** Whether an answered message still waits for its confirmation. */
export function isUnconfirmed(opened: Case, hop: Hop): boolean {
  return hop.response?.commitKey !== undefined && commitOf(opened, hop, 'confirm')?.state !== 'answered';
}

/** Whether a confirmation was begun: it may have been done, so that nothing but repeating it is right. */
export function isBeingConfirmed(opened: Case, hop: Hop): boolean {
  const state = commitOf(opened, hop, 'confirm')?.state;
  return state === 'sent' || state === 'unknown';
}

function commitOf(opened: Case, hop: Hop, purpose: 'confirm' | 'cancel'): Hop | undefined {
  return opened.hops.findLast((other) => other.purpose === purpose && other.ofLeg === hop.number);
}

/** Lets every answered message stand, oldest first. Resolves with why not, else with nothing. */
export async function confirmAll(machine: Machine, opened: Case): Promise<string | undefined> {
  for (const hop of opened.hops.filter((one) => one.purpose === 'forward' && one.state === 'answered')) {
    if (!isUnconfirmed(opened, hop)) continue;
    const result = await commit(machine, opened, hop, { purpose: 'confirm', key: hop.response?.commitKey });
    if (result !== 'done') return result === 'gave-up' ? 'confirm-unanswered' : 'confirm-refused';
  }
  return undefined;
}

/**
 * Drops a message that was computed; `undefined` when the far side refuses that. `key` is what its answer or a question
 * told: only then it has certainly arrived.
 */
export async function cancelStaged(
  machine: Machine,
  opened: Case,
  hop: Hop,
  key: CommitKey | undefined = hop.response?.commitKey,
): Promise<HopEnd | undefined> {
  for (;;) {
    const askedAt = machine.now();
    const result = await commit(machine, opened, hop, { purpose: 'cancel', key });
    if (result === 'gave-up') return { state: 'unresolved', reason: 'gave-up' };
    if (result === 'refused') return undefined;
    if (result === 'done' || key !== undefined) return dropped(machine, opened, hop);
    if (machine.untilLanded(hop, askedAt) <= 0) return dropped(machine, opened, hop);
    await awaitLanded(machine, hop);
  }
}

function dropped(machine: Machine, opened: Case, hop: Hop): HopEnd {
  settleHop(opened, hop, { state: 'reversed', at: machine.deps.clock.now() });
  const { transaction, messageId } = hop.request.header;
  return { state: 'reversed', error: new GatewayError('REVERSED', { facts: { transaction, messageId } }) };
}

async function commit(
  machine: Machine,
  opened: Case,
  hop: Hop,
  how: { readonly purpose: 'confirm' | 'cancel'; readonly key: CommitKey | undefined },
): Promise<Exclude<CommitResult, 'unknown'> | 'gave-up'> {
  const { purpose, key = hop.commitKey } = how;
  const { peer, step, number: ofLeg, request } = hop;
  const begun = commitOf(opened, hop, purpose);
  const leg =
    begun !== undefined && (begun.state === 'sent' || begun.state === 'unknown')
      ? begun
      : addHop(machine, opened, { purpose, peer, request, step, ofLeg });
  const message: StagedMessage = {
    sent: sentRecordOf(hop),
    ...(key !== undefined && { commitKey: key }),
    messageId: leg.request.header.messageId,
  };
  let isDoubtful = leg === begun;
  const told = await persevere(machine, peer, async () => {
    const attempt = await attemptCommit(machine, opened, leg, message);
    if (attempt.kind !== 'answered') return attempt.kind === 'person' ? 'refused' : attempt.kind;
    if (attempt.value === 'unknown') isDoubtful = true;
    return attempt.value;
  });
  if (told === 'gave-up') return told;
  const result =
    told !== 'done' && isDoubtful && purpose === 'confirm' && (await stands(machine, opened, hop))
      ? 'done'
      : told;
  const state = result === 'done' ? 'answered' : 'rejected';
  settleHop(opened, leg, { state, at: machine.deps.clock.now(), reason: result });
  return result;
}

/** Whether the far side tells that a message stands: what refuses a confirmation may be that an earlier copy of it was done. */
async function stands(machine: Machine, opened: Case, hop: Hop): Promise<boolean> {
  if (!ownWaysOut(machine, hop).includes('query')) return false;
  const result = await persevere(machine, hop.peer, async () => {
    const attempt = await attemptQuery(machine, opened, hop);
    if (attempt.kind !== 'answered') return attempt.kind === 'silent' ? 'silent' : 'unknown';
    return attempt.value.state === 'unknown' ? 'unknown' : attempt.value.state;
  });
  return result === 'done';
}

/** Asks the far side what became of a message; `undefined` when it cannot be asked or cannot tell. */
export async function takeByQuery(machine: Machine, opened: Case, hop: Hop): Promise<HopEnd | undefined> {
  if (!ownWaysOut(machine, hop).includes('query')) return undefined;
  let isCancelRefused = false;
  for (;;) {
    const askedAt = machine.now();
    const result = await persevere(machine, hop.peer, async () => {
      const attempt = await attemptQuery(machine, opened, hop);
      if (attempt.kind !== 'answered') return attempt.kind === 'silent' ? 'silent' : 'unknown';
      return attempt.value.state === 'unknown' ? 'unknown' : attempt.value;
    });
    if (result === 'gave-up') return undefined;
    const at = machine.deps.clock.now();
    switch (result.state) {
      case 'done':
        reportDeviations(machine.deps.events, hop, result.response);
        settleHop(opened, hop, { state: 'answered', at, response: result.response });
        return { state: 'answered', response: result.response };
      case 'staged': {
        const end = await cancelStaged(machine, opened, hop, result.commitKey);
        // A cancellation may be refused because the message has come to stand meanwhile: that is asked once more.
        if (end !== undefined || isCancelRefused) return end;
        isCancelRefused = true;
        break;
      }
      case 'not-done':
        if (machine.untilLanded(hop, askedAt) <= 0) return neverArrived(machine, opened, hop);
        await awaitLanded(machine, hop);
    }
  }
}

/** Notes that a message never arrived and no longer can. */
export function neverArrived(machine: Machine, opened: Case, hop: Hop): HopEnd {
  settleHop(opened, hop, { state: 'rejected', at: machine.deps.clock.now(), reason: 'NEVER_ARRIVED' });
  const { transaction, messageId } = hop.request.header;
  return {
    state: 'rejected',
    error: new GatewayError('NEVER_ARRIVED', { facts: { transaction, messageId } }),
  };
}

/** The ways out that the far side itself offers for a message, before those of its operation. */
export function ownWaysOut(machine: Machine, hop: Hop): readonly ('query' | 'cancel')[] {
  const adapter = machine.deps.adapters.get(hop.peer);
  if (adapter === undefined) return [];
  const asks = canQuery(adapter, hop.request);
  if (!isTwoPhase(adapter, hop.request)) return asks ? ['query'] : [];
  return asks ? ['query', 'cancel'] : ['cancel'];
}
