/**
 * Who is at what, among the processes on one journal. Names are advisory locks of one session: they end with it, and it
 * ends when its process is gone, or has not been heard of for `LEASE_MS`.
 */
import { hash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Clock, GatewayError } from '@yiqiao/model';
import type pg from 'pg';
import type { SharedWork, ToldRefusal } from '../shared-work.ts';
import type { ExchangeKey } from '../types.ts';
import { createConnection, schemaOf } from './connection.ts';
import type { Connection, PostgresPlace } from './connection.ts';
import { toStoreError } from './postgres-errors.ts';
import type { Ask } from './reads.ts';
import { takeSlot } from './slots.ts';
import type { Slot } from './slots.ts';

/** The server ends a session that has been silent for so long. */
const LEASE_MS = 15_000;
/** This process counts its session as lost when it has had no answer for so long: always before the server does. */
const HEARD_MS = 10_000;
const BEAT_MS = 2_500;
const AGAIN_MS = 500;

/** What the claims work with. */
export interface ClaimParts {
  readonly place: PostgresPlace;
  readonly epoch: number;
  readonly ask: Ask;
  readonly clock: Clock;
  /** Hears each time that the store was not reached. */
  readonly onError: (error: GatewayError) => void;
}

/** The claims of a process, until it closes them. */
export interface Claims extends SharedWork {
  /** How often the session was lost: names that were taken before may be another process's by now. */
  readonly generation: number;
  close(): Promise<void>;
}

interface Asked {
  readonly names: readonly string[];
  readonly resolve: (taken: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** Takes a slot and a session; `undefined` when there are too many processes. @throws what `pg` throws; then nothing is kept. */
export async function openClaims(parts: ClaimParts): Promise<Claims | undefined> {
  const slot = await takeSlot(parts.ask, parts.epoch);
  if (slot === undefined) return undefined;
  const claims = claimsOf(parts, new Session(parts, slot), slot);
  try {
    // Connects: from here on the others see that this process lives.
    await claims.take([`process ${parts.epoch}`]);
    return claims;
  } catch (error) {
    await claims.close();
    throw error;
  }
}

function claimsOf(parts: ClaimParts, session: Session, slot: Slot): Claims {
  const { ask, epoch, place } = parts;
  const [space] = numbersOf(schemaOf(place), 'processes');
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      throw toStoreError(cause, 'claim');
    }
  };
  return {
    get slot() {
      return slot.number;
    },
    get generation() {
      return session.generation;
    },
    take: (names) => guarded(() => session.take(names)),
    release: (names) => session.release(names),
    adopt: (id) =>
      guarded(async () => {
        const [row] = await ask<{ state: string; owner: number }>(OWNER, [id]);
        if (row?.state !== 'open') return 'ended';
        if (row.owner === epoch) return 'ours';
        const adopted = await ask(ADOPT, [id, epoch, space]);
        return adopted.length > 0 ? 'ours' : 'elsewhere';
      }),
    adoptOrphans: (limit) =>
      guarded(async () => {
        await ask(ADOPT_ORPHANS, [limit, epoch, space]);
        const ours = await ask<ExchangeKey & { id: number }>(OURS, [epoch]);
        return ours.map(({ id, ...key }) => ({ id, key }));
      }),
    findRefusal: (key, digest) =>
      guarded(async () => {
        const [row] = await ask<{ told: string }>(REFUSAL, [messageOf(key, digest), parts.clock.now()]);
        return row?.told;
      }),
    noteRefusal: ({ key, digest, told, until }: ToldRefusal) =>
      guarded(
        async () => void (await ask(NOTE_REFUSAL, [messageOf(key, digest), told, until, parts.clock.now()])),
      ),
    async close() {
      await session.close();
      await slot.leave().catch((cause: unknown) => parts.onError(toStoreError(cause, 'claim')));
    },
  };
}

const OWNER = { name: 'owner', text: 'SELECT state, owner FROM exchanges WHERE id = $1' };
/** The processes that are there hold a lock on their number. */
const LIVING = `SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid::bigint = $3 AND objsubid = 2
  AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
const ADOPT = {
  name: 'adopt',
  text: `UPDATE exchanges SET owner = $2 WHERE id = $1 AND state = 'open'
    AND owner NOT IN (${LIVING}) RETURNING id`,
};
const ADOPT_ORPHANS = {
  name: 'adopt-orphans',
  text: `UPDATE exchanges SET owner = $2 WHERE id IN (
      SELECT id FROM exchanges WHERE state = 'open' AND owner <> $2 AND owner NOT IN (${LIVING})
      ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)
    RETURNING id`,
};
const OURS = {
  name: 'ours',
  text: `SELECT id, peer, institution, message_id AS "messageId" FROM exchanges
    WHERE state = 'open' AND owner = $1 ORDER BY id`,
};
const REFUSAL = { name: 'refusal', text: 'SELECT told FROM refusals WHERE message = $1 AND until > $2' };
const NOTE_REFUSAL = {
  name: 'note-refusal',
  text: `INSERT INTO refusals AS r (message, told, until) VALUES ($1, $2, $3)
    ON CONFLICT (message) DO UPDATE SET told = excluded.told, until = excluded.until WHERE r.until <= $4`,
};
const TAKE = {
  name: 'take',
  text: 'SELECT pg_try_advisory_lock(n) AS taken FROM unnest($1::bigint[]) WITH ORDINALITY AS t (n, i) ORDER BY i',
};
const RELEASE = { name: 'release', text: 'SELECT pg_advisory_unlock(n) FROM unnest($1::bigint[]) AS t (n)' };
const BEAT = { name: 'beat', text: 'SELECT 1' };

function messageOf({ peer, institution, messageId }: ExchangeKey, digest: string): string {
  return hash('sha256', JSON.stringify([peer, institution, messageId, digest]), 'base64url');
}

/** One session with the names that it holds. */
class Session {
  readonly #parts: ClaimParts;
  readonly #slot: Slot;
  readonly #connection: Connection;
  readonly #held = new Map<string, number>();
  readonly #schema: string;
  #asked: Asked[] = [];
  #released: string[] = [];
  #scheduled = false;
  #heardAt = performance.now();
  #generation = 0;
  readonly #closing = new AbortController();
  readonly #beating: Promise<void>;

  constructor(parts: ClaimParts, slot: Slot) {
    this.#parts = parts;
    this.#slot = slot;
    this.#schema = schemaOf(parts.place);
    this.#connection = createConnection({
      ...parts.place,
      purpose: 'claims',
      timeoutMs: HEARD_MS,
      settings: { idle_session_timeout: String(LEASE_MS) },
      begin: (client) => this.#begin(client),
      onLost: () => (this.#generation += 1),
    });
    this.#beating = this.#beat();
  }

  get generation(): number {
    // No answer for so long: the server may have ended the session, although nobody has told us.
    if (performance.now() - this.#heardAt > HEARD_MS) {
      this.#heardAt = performance.now();
      this.#generation += 1;
    }
    return this.#generation;
  }

  take(names: readonly string[]): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ names, resolve, reject });
      this.#schedule();
    });
  }

  release(names: readonly string[]): void {
    this.#released.push(...names.filter((name) => this.#forget(name)));
    if (this.#released.length > 0) this.#schedule();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#connection.close();
    await this.#beating;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => void this.#flush());
  }

  /** All that was asked for in one turn, as one statement; what was given back goes first. */
  async #flush(): Promise<void> {
    this.#scheduled = false;
    const [asked, released] = [this.#asked, this.#released];
    this.#asked = [];
    this.#released = [];
    try {
      await Promise.all([
        released.length === 0 ? undefined : this.#run(RELEASE, released),
        asked.length === 0 ? undefined : this.#takeAll(asked),
      ]);
    } catch (error) {
      this.#parts.onError(toStoreError(error, 'claim'));
      // Names that could not be given back end with the session.
      for (const { reject } of asked) reject(error);
    }
  }

  async #takeAll(asked: readonly Asked[]): Promise<void> {
    const rows = await this.#run<{ taken: boolean }>(
      TAKE,
      asked.flatMap(({ names }) => names),
    );
    let at = 0;
    for (const { names, resolve } of asked) {
      const taken = names.filter((_, index) => rows[at + index]?.taken === true);
      at += names.length;
      for (const name of taken) this.#held.set(name, (this.#held.get(name) ?? 0) + 1);
      if (taken.length < names.length) this.release(taken);
      resolve(taken.length === names.length);
    }
  }

  async #run<Row>(
    statement: { readonly name: string; readonly text: string },
    names: readonly string[],
  ): Promise<readonly Row[]> {
    const keys = names.map((name) => bigNumberOf(this.#schema, name));
    const sentAt = performance.now();
    const rows = await this.#connection.query<Row>(statement, statement === BEAT ? [] : [keys]);
    this.#heardAt = Math.max(this.#heardAt, sentAt);
    return rows;
  }

  #forget(name: string): boolean {
    const count = this.#held.get(name);
    if (count === undefined) return false;
    if (count > 1) this.#held.set(name, count - 1);
    else this.#held.delete(name);
    return true;
  }

  /** A new session begins with what the one before it held, as far as nobody else has it by now. */
  async #begin(client: pg.Client): Promise<void> {
    const [space] = numbersOf(this.#schema, 'processes');
    await client.query('SELECT pg_advisory_lock($1::int, $2::int)', [toSigned(space), this.#parts.epoch]);
    const names = [...this.#held].flatMap(([name, count]) => Array<string>(count).fill(name));
    const keys = names.map((name) => bigNumberOf(this.#schema, name));
    const { rows } = await client.query<{ taken: boolean }>({ ...TAKE, values: [keys] });
    names.forEach((name, index) => {
      if (rows[index]?.taken !== true) this.#forget(name);
    });
    // Before anything is taken in the new session: what is minted from now on is this process's alone.
    await this.#slot.renew();
    this.#heardAt = performance.now();
  }

  async #keepAlive(): Promise<void> {
    await this.#run(BEAT, []);
    await this.#slot.renew();
  }

  async #beat(): Promise<void> {
    const { signal } = this.#closing;
    const pause = (delayMs: number): Promise<unknown> =>
      setTimeout(delayMs, undefined, { ref: false, signal }).catch(() => undefined);
    while (!signal.aborted) {
      await pause(BEAT_MS);
      if (signal.aborted) return;
      await this.#keepAlive().catch((error: unknown) => {
        if (!signal.aborted) this.#parts.onError(toStoreError(error, 'claim'));
        return pause(AGAIN_MS);
      });
    }
  }
}

/** 64 bits of a name as PostgreSQL takes them. */
function bigNumberOf(schema: string, name: string): string {
  return hash('sha256', `${schema}\n${name}`, 'buffer').readBigInt64BE().toString();
}

function numbersOf(schema: string, name: string): readonly [number] {
  return [hash('sha256', `${schema}\n${name}`, 'buffer').readUInt32BE()];
}

function toSigned(number: number): number {
  return number | 0;
}
