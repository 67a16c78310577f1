/** How the story is told: steps, the numbers in it, charges. */
import { GatewayError } from '@yiqiao/model';
import type { ErrorCode } from '@yiqiao/model';

/** A step as it came out. */
export interface StoryStep {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  readonly ok: boolean;
  /** Numbers, amounts, codes. */
  readonly facts: Readonly<Record<string, string>>;
}

/** Numbers that the institutions give. */
export const NUMBERS = {
  earlier: 'MZ1',
  visit: 'HL1',
  prescription: 'HL1-RX1',
  purchase: '202600001',
} as const;

/** A charge that was settled. */
export interface Charge {
  readonly visitId: string;
  readonly settlementId: string;
  readonly total: string;
  readonly fundPaid: string;
}

/** Tells steps, and remembers whether all came out right. */
export interface Teller {
  step(id: string, texts: { zh: string; en: string }, done: { ok: boolean; facts: StoryStep['facts'] }): void;
  allRight(): boolean;
}

/** Tells each step to `tell`. */
export function createTeller(tell: (step: StoryStep) => void): Teller {
  let right = true;
  return {
    step(id, texts, { ok, facts }) {
      right &&= ok;
      tell({ id, ...texts, ok, facts });
    },
    allRight: () => right,
  };
}

/** The code that something is refused with; `undefined` when it is not. */
export async function codeOf(promise: Promise<unknown>): Promise<ErrorCode | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    if (error instanceof GatewayError) return error.code;
    throw error;
  }
}
