/** A cashier that is a program: for the test of the suite, and for targets that can be driven by one. */
import type { Template } from '../kits/types.ts';
import { textOf } from '../run/own-reading.ts';
import type { OwnValue } from '../run/own-reading.ts';
import type { Cashier } from './cashier.ts';

/** What a deed or a question is given. */
export type ActWith = Readonly<Record<string, Template>>;

/** How a target is driven. Deeds never throw: what came of them is what the questions are about. */
export interface Driver {
  readonly deeds: Readonly<Record<string, (given: ActWith) => Promise<void>>>;
  readonly questions: Readonly<Record<string, (given: ActWith) => boolean>>;
}

/** What makes a cashier of a faulty target different. */
export interface CashierChange {
  readonly says?: Readonly<Record<string, 'yes' | 'no'>>;
  readonly acts?: Readonly<Record<string, string>>;
}

/** Makes it. @throws RangeError, when asked, for a deed or question that the driver does not know */
export function createProgramCashier(driver: Driver, { says = {}, acts = {} }: CashierChange = {}): Cashier {
  return {
    async ask({ act, kind, with: given }) {
      if (kind === 'deed') {
        const name = acts[act] ?? act;
        const deed = driver.deeds[name];
        if (deed === undefined) throw new RangeError(`the cashier cannot do ${name}`);
        await deed(given);
        return 'done';
      }
      // `shows-done:spaced` is the question `shows-done` of one scenario, so that a faulty target can be wrong there alone.
      const question = driver.questions[act.split(':')[0] ?? ''];
      if (question === undefined) throw new RangeError(`the cashier cannot tell ${act}`);
      return says[act] ?? (question(given) ? 'yes' : 'no');
    },
  };
}

/** A text of what is given; empty when it is not there. */
export function textIn(given: ActWith, name: string): string {
  return textOf(given[name] as OwnValue | undefined);
}

/** A node of what is given. */
export function nodeIn(given: ActWith, name: string): ActWith {
  const node = given[name];
  return typeof node === 'object' && node !== null && !Array.isArray(node) ? (node as ActWith) : {};
}
