/** What messages are about, whatever their message ids: one matter is done once, one batch is emptied by nobody in passing. */
import { GatewayError } from '@yiqiao/model';
import type { CanonicalRequest } from '@yiqiao/model';
import type { ExchangeKey, NaturalMatch } from '@yiqiao/journal';
import type { OperationEntry } from '@yiqiao/registry';
import { isCancelled } from './cancelled.ts';
import type { Case, Hop } from './case.ts';
import type { Machine } from './machine.ts';
import { batchKeys, doubtKeys, onceKeys } from './natural-keys.ts';

/** A matter that a running exchange has taken up. */
export interface Matter {
  readonly key: ExchangeKey;
  readonly done: Promise<unknown>;
}

/**
 * Takes up the matter of a message that is about to be sent, once nobody else is at it. Resolves with what gives it
 * back; the message that is waited for stands in `opened.waitsFor`.
 * @throws GatewayError `ALREADY_DONE` | `EXCHANGE_IN_PROGRESS` (with a person, or not free by the deadline), with the
 *   other's message id; nothing was sent.
 */
export async function takeUp(
  machine: Machine,
  opened: Case,
  { entry, request, deadline }: { entry: OperationEntry; request: CanonicalRequest; deadline: number },
): Promise<() => void> {
  const { institution } = opened.accepted.key;
  const keys = onceKeys(entry, request).map((key) => `${institution}\n${key}`);
  for (;;) {
    const rival = findRival(machine, opened, entry, request);
    if (rival === undefined) return reserve(machine, opened, keys);
    opened.waitsFor = rival.key;
    await Promise.race([rival.done(), machine.stop.pause(deadline - machine.deps.clock.now())]);
    if (machine.stop.stopping || machine.deps.clock.now() >= deadline) throw inProgress(rival.key);
    delete opened.waitsFor;
  }
}

/** The error of a message whose matter another one is at. */
export function inProgress({ messageId }: ExchangeKey): GatewayError {
  return new GatewayError('EXCHANGE_IN_PROGRESS', { facts: { originalMessageId: messageId } });
}

function reserve(machine: Machine, opened: Case, keys: readonly string[]): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  const matter: Matter = { key: opened.accepted.key, done: promise };
  for (const key of keys) machine.matters.set(key, matter);
  return () => {
    for (const key of keys) machine.matters.delete(key);
    resolve();
  };
}

interface Rival {
  readonly key: ExchangeKey;
  done(): Promise<unknown>;
}

/** Who is at the same matter, or is in doubt about the same batch or what goes in order. @throws GatewayError when the matter is done or with a person. */
function findRival(
  machine: Machine,
  opened: Case,
  entry: OperationEntry,
  request: CanonicalRequest,
): Rival | undefined {
  const { journal } = machine.deps;
  const { institution } = opened.accepted.key;
  for (const key of onceKeys(entry, request)) {
    const running = machine.matters.get(`${institution}\n${key}`);
    if (running !== undefined) return { key: running.key, done: () => running.done };
    for (const match of journal.findByNaturalKey(institution, key)) {
      if (match.state === 'open') return { key: match.key, done: () => machine.join(match.id) };
      refuseDone(machine, entry, match);
    }
  }
  const doubtful = doubtKeys(entry, request)
    .flatMap((key) => journal.findByNaturalKey(institution, key))
    .find(({ id, state }) => state === 'open' && journal.load(id)?.state === 'unknown');
  return doubtful && { key: doubtful.key, done: () => machine.join(doubtful.id) };
}

/** What was rejected, reversed or cancelled since does not stand. */
function refuseDone(machine: Machine, entry: OperationEntry, match: NaturalMatch): void {
  const facts = { originalMessageId: match.key.messageId, originalTransaction: match.transaction };
  if (match.state === 'handed-to-person') throw inProgress(match.key);
  if (match.state === 'answered' && !isCancelled(machine, entry, match))
    throw new GatewayError('ALREADY_DONE', { facts });
}

/**
 * Waits until nobody else has a message on its way into the batches of a hop. False when another message into one of
 * them was answered and still stands: emptying the batch would take that one back as well, unseen.
 */
export async function awaitSoleBatch(machine: Machine, opened: Case, hop: Hop): Promise<boolean> {
  if (hop.entry?.batchKey === undefined) return true;
  const keys = batchKeys(hop.entry, hop.request);
  for (let round = 1; ; round += 1) {
    const others = keys.flatMap((key) => othersIn(machine, opened, hop, key));
    if (others.some(({ state }) => state !== 'open')) return false;
    const underWay = others.filter(({ id }) => machine.deps.journal.load(id)?.state === 'sent');
    if (underWay.length === 0) return true;
    await machine.stop.pause(machine.backOffMs(round));
  }
}

/** Messages into a batch that stand or may stand, back to the last one that emptied it. */
function othersIn(machine: Machine, opened: Case, hop: Hop, key: string): readonly NaturalMatch[] {
  const { journal, registry } = machine.deps;
  const matches = journal.findByNaturalKey(opened.accepted.key.institution, key);
  const undo = hop.entry?.undoneBy === undefined ? undefined : registry.operation(hop.entry.undoneBy);
  const emptied = matches.findIndex(
    ({ transaction, state }) => transaction === undo?.transaction && state === 'answered',
  );
  const since = emptied < 0 ? matches : matches.slice(0, emptied);
  return since.filter(({ id }) => id !== opened.id);
}
