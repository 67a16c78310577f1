/** What messages are about, whatever their message ids: one matter is done once, one batch is emptied by nobody in passing. */
import { GatewayError } from '@yiqiao/model';
import type { CanonicalRequest } from '@yiqiao/model';
import type { ExchangeKey, NaturalMatch } from '@yiqiao/journal';
import type { OperationEntry } from '@yiqiao/registry';
import { isCancelled } from './cancelled.ts';
import type { Case, Hop } from './case.ts';
import { persist } from './machine.ts';
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
  for (let round = 0; ; round += 1) {
    const taken = await reserve(machine, opened, keys);
    const rival =
      typeof taken === 'function'
        ? await findRival(machine, opened, entry, request).catch((error: unknown) => {
            taken();
            throw error;
          })
        : (taken ?? elsewhere(machine, opened, round));
    if (typeof taken === 'function') {
      if (rival === undefined) return taken;
      taken();
    }
    if (rival === undefined) continue;
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

/**
 * Takes the matter, so that nobody takes it while the record is looked at. Resolves with what gives it back, with who
 * has it here, or with nothing when another process has it.
 */
async function reserve(
  machine: Machine,
  opened: Case,
  keys: readonly string[],
): Promise<(() => void) | Rival | undefined> {
  for (const key of keys) {
    const running = machine.matters.get(key);
    if (running !== undefined) return { key: running.key, done: () => running.done };
  }
  const { promise, resolve } = Promise.withResolvers<void>();
  const matter: Matter = { key: opened.accepted.key, done: promise };
  for (const key of keys) machine.matters.set(key, matter);
  const forget = (): void => {
    for (const key of keys) machine.matters.delete(key);
    resolve();
  };
  const names = keys.map((key) => `matter\n${key}`);
  try {
    if (!(await machine.claims.take(names))) {
      forget();
      return undefined;
    }
  } catch (error) {
    forget();
    throw error;
  }
  return () => {
    forget();
    machine.claims.release(names);
  };
}

/** Until what another process does is on record, its message id is not known here. */
function elsewhere(machine: Machine, opened: Case, round: number): Rival {
  return { key: opened.accepted.key, done: () => machine.claims.wait(round) };
}

interface Rival {
  readonly key: ExchangeKey;
  done(): Promise<unknown>;
}

/** Who is at the same matter, or is in doubt about the same batch or what goes in order. @throws GatewayError when the matter is done or with a person. */
async function findRival(
  machine: Machine,
  opened: Case,
  entry: OperationEntry,
  request: CanonicalRequest,
): Promise<Rival | undefined> {
  const { journal } = machine.deps;
  const { institution } = opened.accepted.key;
  for (const key of onceKeys(entry, request)) {
    for (const match of await journal.findByNaturalKey(institution, key)) {
      if (match.state === 'open') return { key: match.key, done: () => machine.join(match.id) };
      await refuseDone(machine, entry, match);
    }
  }
  for (const key of doubtKeys(entry, request)) {
    for (const { id, state, key: doubtful } of await journal.findByNaturalKey(institution, key)) {
      if (state === 'open' && (await journal.load(id))?.state === 'unknown')
        return { key: doubtful, done: () => machine.join(id) };
    }
  }
  return undefined;
}

/** What was rejected, reversed or cancelled since does not stand. */
async function refuseDone(machine: Machine, entry: OperationEntry, match: NaturalMatch): Promise<void> {
  const facts = { originalMessageId: match.key.messageId, originalTransaction: match.transaction };
  if (match.state === 'handed-to-person') throw inProgress(match.key);
  if (match.state === 'answered' && !(await isCancelled(machine, entry, match)))
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
    const found = await persist(machine, opened.accepted.key, () => lookInto(machine, opened, hop, keys));
    if (found !== 'under-way') return found === 'alone';
    await machine.stop.pause(machine.backOffMs(round));
  }
}

async function lookInto(
  machine: Machine,
  opened: Case,
  hop: Hop,
  keys: readonly string[],
): Promise<'alone' | 'shared' | 'under-way'> {
  const others: NaturalMatch[] = [];
  for (const key of keys) others.push(...(await othersIn(machine, opened, hop, key)));
  if (others.some(({ state }) => state !== 'open')) return 'shared';
  for (const { id } of others) {
    if ((await machine.deps.journal.load(id))?.state === 'sent') return 'under-way';
  }
  return 'alone';
}

/** Messages into a batch that stand or may stand, back to the last one that emptied it. */
async function othersIn(
  machine: Machine,
  opened: Case,
  hop: Hop,
  key: string,
): Promise<readonly NaturalMatch[]> {
  const { journal, registry } = machine.deps;
  const matches = await journal.findByNaturalKey(opened.accepted.key.institution, key);
  const undo = hop.entry?.undoneBy === undefined ? undefined : registry.operation(hop.entry.undoneBy);
  const emptied = matches.findIndex(
    ({ transaction, state }) => transaction === undo?.transaction && state === 'answered',
  );
  const since = emptied < 0 ? matches : matches.slice(0, emptied);
  return since.filter(({ id }) => id !== opened.id);
}
