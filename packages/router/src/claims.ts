/**
 * Who is at what, among all processes that have the journal in common. In one that has it for itself everything here is
 * granted at once: what runs there excludes each other in memory.
 */
import { GatewayError } from '@yiqiao/model';
import type { Exchange, ExchangeKey } from '@yiqiao/journal';
import { keyText } from './machine.ts';
import type { StopSwitch } from './stop-switch.ts';
import type { ExchangeDeps } from './types.ts';

/** Names that a process holds. */
export interface Claims {
  /** Takes all names or none; false when another process has one of them. */
  take(names: readonly string[]): Promise<boolean>;
  release(names: readonly string[]): void;
  /** Does its work while it holds the name, once it is free. */
  run<T>(name: string, work: () => Promise<T>): Promise<T>;
  /**
   * Waits until an open exchange has ended elsewhere, or takes it up when nobody is at it. Resolves with whether it is
   * this process's to go on with.
   */
  takeUp(exchange: Pick<Exchange, 'id'>): Promise<boolean>;
  /** @throws GatewayError `EXCHANGE_IN_PROGRESS` when another process has taken up the exchange meanwhile. */
  assertOurs(exchangeId: number): Promise<void>;
  /** Waits a little for another process. @throws GatewayError `EXCHANGE_IN_PROGRESS` when the program has stopped. */
  wait(round: number): Promise<void>;
}

const FIRST_WAIT_MS = 10;
const LONGEST_WAIT_MS = 200;

/** The name of a message while it is being done. */
export function exchangeName(key: ExchangeKey): string {
  return `exchange\n${keyText(key)}`;
}

/** Creates the claims of this process. */
export function createClaims(
  { journal: { shared }, scheduler }: Pick<ExchangeDeps, 'journal' | 'scheduler'>,
  stop: StopSwitch,
): Claims {
  // What waits for another process goes on while the program drains: the other one ends it.
  const wait = async (round: number): Promise<void> => {
    stop.assertCallsAllowed();
    const delayMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(round, 10));
    await new Promise<void>((resolve) => scheduler.after(delayMs, resolve));
  };
  return {
    wait,
    take: async (names) => shared === undefined || names.length === 0 || shared.take(names),
    release: (names) => shared?.release(names),
    async run(name, work) {
      if (shared === undefined) return work();
      for (let round = 0; !(await shared.take([name])); round += 1) await wait(round);
      try {
        return await work();
      } finally {
        shared.release([name]);
      }
    },
    async takeUp({ id }) {
      for (let round = 0; shared !== undefined; round += 1) {
        const whose = await shared.adopt(id);
        if (whose !== 'elsewhere') return whose === 'ours';
        await wait(round);
      }
      return true;
    },
    async assertOurs(exchangeId) {
      if (shared === undefined || (await shared.adopt(exchangeId)) === 'ours') return;
      throw new GatewayError('EXCHANGE_IN_PROGRESS', { facts: { elsewhere: true } });
    },
  };
}
