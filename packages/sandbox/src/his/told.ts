/** What a HIS was told about a message it sent, and how it keeps asking until it is told. */
import type { Scheduler } from '../scheduler.ts';

/**
 * `done`: it was done. `not-done`: infcode -1 or a negative errorcode, nothing was done. `unknown`: HTTP 504
 * without envelope, no answer, or one that cannot be trusted; the same message may be sent again.
 */
export type Told<T> =
  | { readonly state: 'done'; readonly value: T }
  | { readonly state: 'not-done'; readonly text: string }
  | { readonly state: 'unknown'; readonly reason: string };

/** A message ready to be sent, and sent again with the same bytes. */
export interface Exchange<T> {
  readonly messageId: string;
  send(): Promise<Told<T>>;
}

/** How patiently a HIS asks. */
export interface Patience {
  readonly scheduler: Scheduler;
  /** How often the same message is sent at most. */
  readonly asks: number;
  /** Milliseconds between two asks. */
  readonly waitMs: number;
}

/** Result of charging with care. */
export interface Charged<T> {
  readonly told: Told<T>;
  /** Message id of the last charge. */
  readonly messageId: string;
  /** How many charges were made, each with its own message id. */
  readonly charges: number;
  /** Whether an answer was missing at least once. */
  readonly wasUnknown: boolean;
}

/** Texts that say: taken back, charge again. */
const TAKEN_BACK = /冲正|撤回|REVERSED/;

/** Most charges for one batch. */
const MOST_CHARGES = 3;

/** Sends a message until the HIS is told, or its patience ends. */
export async function askUntilTold<T>(
  exchange: Exchange<T>,
  { scheduler, asks, waitMs }: Patience,
): Promise<{ readonly told: Told<T>; readonly wasUnknown: boolean }> {
  let told = await exchange.send();
  const wasUnknown = told.state === 'unknown';
  for (let asked = 1; told.state === 'unknown' && asked < asks; asked += 1) {
    await scheduler.wait(waitMs);
    told = await exchange.send();
  }
  return { told, wasUnknown };
}

/**
 * The cashier's way to charge. As long as the outcome is unknown the same message is sent again, never a new one.
 * When the charge was taken back (the refusal says so, or it ends a time of not knowing), the same batch is
 * charged again with a new message.
 */
export async function chargeWithCare<T>(prepare: () => Exchange<T>, patience: Patience): Promise<Charged<T>> {
  let everUnknown = false;
  for (let charges = 1; ; charges += 1) {
    const exchange = prepare();
    const { told, wasUnknown } = await askUntilTold(exchange, patience);
    everUnknown ||= wasUnknown;
    const takenBack = told.state === 'not-done' && (wasUnknown || TAKEN_BACK.test(told.text));
    if (!takenBack || charges >= MOST_CHARGES) {
      return { told, messageId: exchange.messageId, charges, wasUnknown: everUnknown };
    }
  }
}
