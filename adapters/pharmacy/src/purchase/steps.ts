/** Calls that write are on record before they leave, and found again after whatever happened. */
import assert from 'node:assert/strict';
import { GatewayError, formatTime } from '@yiqiao/model';
import type { Clock, Operation, OperationBodies } from '@yiqiao/model';
import type { AdapterStore } from '@yiqiao/sdk';
import type { CourseRun, Institution } from '../courses/course-form.ts';
import type { PharmacyPolicy } from '../policy.ts';
import type { InsurancePort } from '../ports.ts';
import { PURCHASES } from './record.ts';
import type { PurchaseRecord, Step } from './record.ts';

/** What the runs of one pharmacy stand on. */
export interface RunParts {
  readonly store: AdapterStore;
  readonly insurance: InsurancePort;
  readonly policy: PharmacyPolicy;
  readonly institution: Institution;
  readonly careRegion: string;
  readonly clock: Clock;
}

/** The record of a purchase that must be there. */
export function recordOf(reader: Pick<AdapterStore, 'get'>, number: string): PurchaseRecord {
  const record = reader.get<PurchaseRecord>(PURCHASES, number);
  assert(record !== undefined, 'a purchase on its way is on record');
  return record;
}

/** A run of the purchase's course. */
export function createRun(parts: RunParts, number: string): CourseRun {
  const { store, insurance, policy, clock } = parts;
  const current = (): PurchaseRecord => recordOf(store, number);
  const { insuredRegion } = current().purchase.person;
  const putStep = (name: string, step: Step): void =>
    store.transact((tx) => {
      const record = recordOf(tx, number);
      tx.put(PURCHASES, number, { ...record, steps: { ...record.steps, [name]: step } });
    });
  const write = async (name: string, operation: Operation, body: object): Promise<unknown> => {
    const before = current().steps[name];
    if (before?.state === 'answered') return before.body;
    const known = before?.state === 'sent' ? await findOut({ insurance, step: before }) : undefined;
    if (known !== undefined && known.state === 'answered') {
      putStep(name, known);
      return known.body;
    }
    const step = { messageId: insurance.newMessageId(), operation };
    putStep(name, { ...step, state: 'sent' });
    try {
      const answer = await insurance.call(operation, body as never, {
        messageId: step.messageId,
        insuredRegion,
      });
      putStep(name, { ...step, state: 'answered', body: answer.body });
      return answer.body;
    } catch (error) {
      if (isRefusal(error)) putStep(name, { ...step, state: 'not-done' });
      throw error;
    }
  };
  return {
    get record() {
      return current();
    },
    course: policy.course(current().course),
    policy,
    institution: parts.institution,
    careRegion: parts.careRegion,
    now: () => formatTime(clock.now()),
    write: write as CourseRun['write'],
    read: async (operation, body, carried = {}) =>
      (await insurance.call(operation, body, { insuredRegion, carried })).body as never,
    mayBeDone: (name) => {
      const state = current().steps[name]?.state;
      return state === 'sent' || state === 'answered';
    },
    answerOf: <O extends Operation>(name: string) =>
      current().steps[name]?.body as OperationBodies[O]['response'] | undefined,
  };
}

/**
 * What became of a step that was sent; `undefined` when it was not done.
 * @throws GatewayError `PURCHASE_PENDING` while nobody knows.
 */
export async function findOut({
  insurance,
  step,
}: {
  readonly insurance: InsurancePort;
  readonly step: Step;
}): Promise<Step | undefined> {
  const found = await insurance.resolve(step.messageId);
  if (found.state === 'answered') return { ...step, state: 'answered', body: found.body };
  if (found.state === 'not-done') return undefined;
  throw new GatewayError('PURCHASE_PENDING', { facts: { messageId: step.messageId } });
}

/** Whether an error says that nothing was done. */
export function isRefusal(error: unknown): boolean {
  return error instanceof GatewayError && error.kind.outcome === 'rejected';
}
