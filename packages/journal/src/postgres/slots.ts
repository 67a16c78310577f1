/**
 * Which of the processes on one journal this is. Message ids are made of the slot, and two of one kind in one
 * second would be one message to a far side: a slot is a row with an end, kept beyond any loss of a session, and nobody
 * else takes it before that end. Times are those of the server.
 */
import { MOST_PROCESSES } from '../shared-work.ts';
import type { Ask } from './reads.ts';

/** Longer than a session lives that is not heard of, so that a process which comes back finds its slot its own. */
const KEPT_MS = 30_000;
/** After a process has said good-bye: its last message ids may be some seconds ahead of the clock. */
const FREE_AFTER_MS = 3_000;

/** The slot of one process. */
export interface Slot {
  readonly number: number;
  /** Keeps it, or takes another when it was away for so long that somebody else has it. @throws what `pg` throws. */
  renew(): Promise<void>;
  /** Leaves it to others. @throws what `pg` throws. */
  leave(): Promise<void>;
}

const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';
const TAKE = {
  name: 'take-slot',
  text: `INSERT INTO slots AS s (slot, epoch, until)
    SELECT n, $1, ${NOW} + ${KEPT_MS} FROM generate_series(0, ${MOST_PROCESSES - 1}) AS g (n)
      LEFT JOIN slots AS t ON t.slot = n WHERE t.until IS NULL OR t.until <= ${NOW}
      ORDER BY coalesce(t.until, 0), n LIMIT 1
    ON CONFLICT (slot) DO UPDATE SET epoch = excluded.epoch, until = excluded.until WHERE s.until <= ${NOW}
    RETURNING slot`,
};
const FREE = {
  name: 'free-slots',
  text: `SELECT count(*)::int AS n FROM generate_series(0, ${MOST_PROCESSES - 1}) AS g (n)
    WHERE NOT EXISTS (SELECT 1 FROM slots WHERE slot = n AND until > ${NOW})`,
};
const KEEP = {
  name: 'keep-slot',
  text: `UPDATE slots SET until = ${NOW} + $3 WHERE slot = $1 AND epoch = $2 RETURNING slot`,
};

/** Takes a slot; `undefined` when all are taken. @throws what `pg` throws. */
export async function takeSlot(ask: Ask, epoch: number): Promise<Slot | undefined> {
  const first = await take(ask, epoch);
  if (first === undefined) return undefined;
  let number = first;
  return {
    get number() {
      return number;
    },
    async renew() {
      const kept = await ask(KEEP, [number, epoch, KEPT_MS]);
      if (kept.length > 0) return;
      const other = await take(ask, epoch);
      if (other === undefined) throw new Error('all slots of the journal are taken');
      number = other;
    },
    async leave() {
      await ask(KEEP, [number, epoch, FREE_AFTER_MS]);
    },
  };
}

/** Whoever was first at a slot has it; the others look again. */
async function take(ask: Ask, epoch: number): Promise<number | undefined> {
  for (;;) {
    const [row] = await ask<{ slot: number }>(TAKE, [epoch]);
    if (row !== undefined) return row.slot;
    const [free] = await ask<{ n: number }>(FREE, []);
    if (free === undefined || free.n === 0) return undefined;
  }
}
