/**
 * The steps of an order. Each message that writes is on record with its id before it leaves, and its answer together
 * with what it changes: an order that is repeated, by whichever process, goes on where it stood, with the same messages.
 */
import { GatewayError } from '@yiqiao/model';
import type { Operation, OperationBodies } from '@yiqiao/model';
import type { AdapterStore, StoreReader, StoreTransaction } from '@yiqiao/sdk';
import type { InsurancePort, PortOptions, Told } from '../insurance-port.ts';
import type { GroupCommit } from './group-commit.ts';

/** A message of an order. */
interface StepRecord {
  readonly operation: Operation;
  readonly messageId: string;
  readonly body: unknown;
  readonly insuredRegion?: string;
  /** Set when it was answered; `null` where there is no body. */
  readonly answer?: unknown;
  /** The answer as a person has found it out; taken when the order comes again. */
  readonly found?: unknown;
}

/** Kind of the documents of steps; the key is the order's number, a line break and the step's name. */
export const STEP = 'his.step';

/** A message as it goes out. */
export interface Message<O extends Operation> {
  readonly operation: O;
  readonly body: OperationBodies[O]['request'];
  readonly insuredRegion?: string;
  /** Questions only: members that the model does not have, by their pointer below `input`. */
  readonly carried?: PortOptions['carried'];
}

/** What comes with an answer. */
export interface Answered<O extends Operation> {
  readonly body: Told<O>;
  readonly messageId: string;
}

/** Steps of one order. */
export interface Steps {
  /** Sends what changes nothing. */
  ask<O extends Operation>(message: Message<O>): Promise<Told<O>>;
  /**
   * Sends what writes, once. `message` is made only the first time, `apply` runs in the transaction that records the
   * answer and only then.
   */
  write<O extends Operation>(
    name: string,
    message: () => Message<O> | Promise<Message<O>>,
    apply: (tx: StoreTransaction, answered: Answered<O>) => void,
  ): Promise<Told<O>>;
  /** Forgets all steps, once everything they did is taken back. */
  forget(): void;
}

/** What steps are made with. */
interface StepParts {
  readonly store: AdapterStore;
  readonly commits: GroupCommit;
  readonly port: InsurancePort;
  readonly order: string;
  readonly resume: 'resend' | 'resolve';
}

/** Makes them. */
export function createSteps(parts: StepParts): Steps {
  return new OrderSteps(parts);
}

/** Whether a message of the order is out, or about to be, without an answer. */
export function hasOpenStep(store: StoreReader, order: string): boolean {
  return store.list<StepRecord>(STEP, { prefix: `${order}\n` }).some(({ body }) => !('answer' in body));
}

/** Forgets the steps of an order. */
export function forgetSteps(tx: StoreTransaction, order: string): void {
  for (const { key } of tx.list(STEP, { prefix: `${order}\n` })) tx.remove(STEP, key);
}

/**
 * A person has found out what became of an order's open message: not done, or done with this answer. The order then goes
 * on when it comes again. `false` when the order has no open message.
 */
export function resolveStep(
  tx: StoreTransaction,
  order: string,
  outcome: 'not-done' | { readonly answer: unknown },
): boolean {
  const steps = tx.list<StepRecord>(STEP, { prefix: `${order}\n` });
  const open = steps.find(({ body }) => !('answer' in body));
  if (open === undefined) return false;
  if (outcome === 'not-done') tx.remove(STEP, open.key);
  else tx.put(STEP, open.key, { ...open.body, found: outcome.answer });
  return true;
}

class OrderSteps implements Steps {
  readonly #parts: StepParts;

  constructor(parts: StepParts) {
    this.#parts = parts;
  }

  async ask<O extends Operation>({ operation, body, insuredRegion, carried }: Message<O>): Promise<Told<O>> {
    const options = {
      ...(insuredRegion !== undefined && { insuredRegion }),
      ...(carried !== undefined && { carried }),
    };
    const told = await this.#parts.port.call(operation, body, options);
    return told.body as Told<O>;
  }

  async write<O extends Operation>(
    name: string,
    message: () => Message<O> | Promise<Message<O>>,
    apply: (tx: StoreTransaction, answered: Answered<O>) => void,
  ): Promise<Told<O>> {
    const { store, commits } = this.#parts;
    const key = this.#keyOf(name);
    const known = store.get<StepRecord>(STEP, key);
    if (known !== undefined && 'answer' in known) return known.answer as Told<O>;
    const step = known ?? (await this.#begin(key, await message()));
    const body = await this.#send(step, { wasSent: known !== undefined, key });
    return commits.run((tx) => {
      const before = tx.get<StepRecord>(STEP, key);
      // Another process may have had the same answer first; it is applied once.
      if (before !== undefined && 'answer' in before) return before.answer as Told<O>;
      const answer = (body ?? null) as Told<O>;
      tx.put(STEP, key, { ...step, answer });
      apply(tx, { body: answer, messageId: step.messageId });
      return answer;
    });
  }

  forget(): void {
    const { store, order } = this.#parts;
    store.transact((tx) => {
      forgetSteps(tx, order);
    });
  }

  #keyOf(name: string): string {
    return `${this.#parts.order}\n${name}`;
  }

  #begin<O extends Operation>(key: string, message: Message<O>): Promise<StepRecord> {
    const { commits, port } = this.#parts;
    const step: StepRecord = { ...message, messageId: port.newMessageId() };
    return commits.run((tx) => {
      const before = tx.get<StepRecord>(STEP, key);
      if (before === undefined) tx.put(STEP, key, step);
      return before ?? step;
    });
  }

  async #send(step: StepRecord, { wasSent, key }: { wasSent: boolean; key: string }): Promise<unknown> {
    const { store, port, resume } = this.#parts;
    const options: PortOptions = {
      messageId: step.messageId,
      ...(step.insuredRegion !== undefined && { insuredRegion: step.insuredRegion }),
    };
    try {
      if ('found' in step) return step.found;
      if (wasSent && resume === 'resolve') return await this.#resolved(step);
      return (await port.call(step.operation, step.body as never, options)).body;
    } catch (error) {
      // Nothing was done: the next attempt is another message.
      if (error instanceof GatewayError && error.kind.outcome === 'rejected') {
        store.transact((tx) => tx.remove(STEP, key));
      }
      throw error;
    }
  }

  async #resolved({ messageId, operation }: StepRecord): Promise<unknown> {
    const found = await this.#parts.port.resolve?.(messageId);
    if (found?.state === 'answered') return found.body;
    const facts = { messageId, operation };
    throw new GatewayError(found?.state === 'not-done' ? 'NEVER_ARRIVED' : 'UPSTREAM_TIMEOUT', { facts });
  }
}
