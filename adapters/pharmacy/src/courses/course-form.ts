/** What every course can do; which one a purchase takes stands in courses.json. */
import type { ExactNumber, Operation, OperationBodies } from '@yiqiao/model';
import type { NamedCourse, PharmacyPolicy } from '../policy.ts';
import type { Trial } from '../purchase/payment-rules.ts';
import type { PurchaseRecord, Settlement } from '../purchase/record.ts';

/** The pharmacy as its messages name it. */
export interface Institution {
  readonly code: string;
  readonly name: string;
}

/** One purchase on its way through a course. */
export interface CourseRun {
  /** As it was when the run began; steps are on record beside it. */
  readonly record: PurchaseRecord;
  readonly course: NamedCourse;
  readonly policy: PharmacyPolicy;
  readonly institution: Institution;
  readonly careRegion: string;
  /** `yyyy-MM-dd HH:mm:ss`. */
  now(): string;
  /** A call that writes: on record before it leaves, and not made again once it is answered. */
  write<O extends Operation>(
    step: string,
    operation: O,
    body: NonNullable<OperationBodies[O]['request']>,
  ): Promise<OperationBodies[O]['response']>;
  /** A call that only reads. */
  read<O extends Operation>(
    operation: O,
    body: NonNullable<OperationBodies[O]['request']>,
    carried?: Readonly<Record<string, ExactNumber>>,
  ): Promise<OperationBodies[O]['response']>;
  /** Whether a step was begun and not refused; then it may have been done. */
  mayBeDone(step: string): boolean;
  /** The answer of a step; `undefined` when there is none. */
  answerOf<O extends Operation>(step: string, operation: O): OperationBodies[O]['response'] | undefined;
}

/** A settlement that the insured person has yet to pay for. */
export const AWAITS_PAYMENT = 'awaits-payment';

/** A way to settle. Errors are those of `InsurancePort.call`. */
export interface CourseForm {
  /** Step whose answer is the settlement. */
  readonly settleStep: string;
  /** What stands before the trial. */
  prepare(run: CourseRun): Promise<void>;
  /** What the settlement would be; `undefined` where a course has no trial. */
  trial(run: CourseRun): Promise<Trial | undefined>;
  settle(run: CourseRun): Promise<Settlement | typeof AWAITS_PAYMENT>;
  /** Looks for a settlement whose answer is lost, by other means than its message; absent: there are none. */
  findLost?(run: CourseRun): Promise<unknown>;
  /** Whether a settlement still stands, when the answer to its cancellation is lost; absent: nobody can say. */
  stands?(run: CourseRun): Promise<boolean>;
  /** Cancels a settlement. */
  cancel(run: CourseRun, settlement: Settlement): Promise<void>;
  /** Takes back what `prepare` and an order that is not paid have left. May be repeated. */
  giveUp(run: CourseRun): Promise<void>;
}
