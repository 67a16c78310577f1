/** What a journal in PostgreSQL does beside its work; one process at a time, in small steps. */
import { setTimeout } from 'node:timers/promises';
import { GatewayError } from '@yiqiao/model';
import type pg from 'pg';
import { isIntact, openEntry, remainsOf } from '../entry.ts';
import type { StoredEntry } from '../entry.ts';
import type { EndedFacts, KeptFacts } from '../facts.ts';
import { encodeProgress } from '../sealing-keys.ts';
import type { SealingProgress } from '../sealing-keys.ts';
import type { Maintenance, Retention } from '../upkeep.ts';
import type { Vault } from '../vault.ts';
import { inTransaction } from './opening.ts';
import { ENTRY_COLUMNS } from './read-statements.ts';

/** What upkeep works with. */
export interface UpkeepParts {
  /** A connection that nobody else uses meanwhile. */
  readonly client: pg.Client;
  readonly vault: Vault;
  readonly onError: (error: GatewayError) => void;
  now(): number;
  /** Ends it between two steps. */
  readonly signal: AbortSignal;
}

/** Entries or exchanges looked at in one step: its locks must hold up nobody for long. */
const PER_STEP = 64;
/** Whoever changes entries that are on record holds it: upkeep for a step, archiving for as long as it takes. */
export const UPKEEP_LOCK = `hashtextextended('yiqiao upkeep ' || current_schema(), 0)`;
const LOCK = `SELECT pg_try_advisory_xact_lock(${UPKEEP_LOCK}) AS mine`;

interface Did {
  readonly did: Partial<Maintenance>;
  readonly more: boolean;
}

const NOTHING: Did = { did: {}, more: false };

/** Between two steps: others come first. */
const PAUSE_MS = 2;

/** Seals everything with the key in force, and deletes what has had its time. */
export async function maintain(parts: UpkeepParts, retention: Retention): Promise<Maintenance> {
  const sum = { sealed: 0, expired: 0, damaged: 0 };
  for (const step of createSteps(parts, retention)) {
    for (let more = true; more && !parts.signal.aborted;) {
      const { did, more: further } = await step();
      for (const [name, count] of Object.entries(did)) sum[name as keyof Maintenance] += count;
      more = further;
      if (more) await setTimeout(PAUSE_MS);
    }
  }
  return sum;
}

/** Nothing is done by a step while another process is at it. */
function createSteps(parts: UpkeepParts, { readsMs, writesMs }: Retention): readonly (() => Promise<Did>)[] {
  const seen = { at: 0, id: 0 };
  const step = (work: () => Promise<Did>) => (): Promise<Did> =>
    inTransaction(parts.client, async () => {
      const { rows } = await parts.client.query<{ mine: boolean }>(LOCK);
      return rows[0]?.mine === true ? work() : NOTHING;
    });
  return [
    step(() => forgetRefusals(parts)),
    step(() => sealNext(parts)),
    ...(readsMs === undefined ? [] : [step(() => expireReads(parts, parts.now() - readsMs))]),
    ...(writesMs === undefined ? [] : [step(() => expireWrites(parts, parts.now() - writesMs, seen))]),
  ];
}

async function forgetRefusals({ client, now }: UpkeepParts): Promise<Did> {
  await client.query('DELETE FROM refusals WHERE until < $1', [now()]);
  return NOTHING;
}

/** Seals the next entries with the key in force; keys that nothing needs any more are forgotten at the end. */
async function sealNext(parts: UpkeepParts): Promise<Did> {
  const { client, vault } = parts;
  const noted = await noteOf(client, 'sealing');
  if (noted === undefined || vault.keyId === undefined) return NOTHING;
  const { done, last } = JSON.parse(noted) as SealingProgress;
  const { rows } = await client.query<StoredEntry>(
    `SELECT ${ENTRY_COLUMNS} FROM entries AS e WHERE id > $1 AND id <= $2 ORDER BY id LIMIT ${PER_STEP}`,
    [done, last],
  );
  const sum = { sealed: 0, damaged: 0 };
  for (const entry of rows) {
    const ending = await sealAnew(parts, entry);
    if (ending !== 'same') sum[ending] += 1;
  }
  const reached = rows.at(-1)?.id ?? last;
  const more = rows.length === PER_STEP && reached < last;
  if (more) await note(client, 'sealing', encodeProgress({ done: reached, last }));
  else {
    await client.query('DELETE FROM sealing_keys WHERE id <> $1', [vault.keyId]);
    await client.query(`DELETE FROM meta WHERE name = 'sealing'`);
  }
  return { did: sum, more };
}

async function sealAnew(
  { client, vault, onError }: UpkeepParts,
  entry: StoredEntry,
): Promise<'sealed' | 'damaged' | 'same'> {
  if (entry.keptAs === 'expired' || vault.isCurrent(entry)) return 'same';
  const opened = vault.open(entry.id, entry);
  if (opened.condition !== 'whole') {
    const { id, exchangeId } = entry;
    const facts = { entry: id, ...(exchangeId !== null && { exchange: exchangeId }) };
    onError(new GatewayError('RECORD_DAMAGED', { facts }));
    return 'damaged';
  }
  const { payload, keptAs } = vault.keep(entry.id, opened.clear);
  await replace(client, entry.id, payload, keptAs);
  return 'sealed';
}

/** Reads are looked through once, in the order in which they were written. */
async function expireReads(parts: UpkeepParts, before: number): Promise<Did> {
  const { client } = parts;
  const done = Number((await noteOf(client, 'reads-expired')) ?? 0);
  const { rows } = await client.query<StoredEntry>(
    `SELECT ${ENTRY_COLUMNS} FROM entries AS e WHERE id > $1 AND kind = 'kept' ORDER BY id LIMIT ${PER_STEP}`,
    [done],
  );
  const young = rows.findIndex(({ at }) => at >= before);
  const old = young === -1 ? rows : rows.slice(0, young);
  let expired = 0;
  for (const entry of old) if ((await empty(parts, entry, undefined)) === 'expired') expired += 1;
  const last = old.at(-1)?.id;
  if (last !== undefined) await note(client, 'reads-expired', Buffer.from(String(last)));
  return { did: { expired }, more: old.length === PER_STEP };
}

/** An exchange that has not ended, or waits for a person, is kept whatever its age. */
async function expireWrites(
  parts: UpkeepParts,
  before: number,
  seen: { at: number; id: number },
): Promise<Did> {
  const { client } = parts;
  const { rows } = await client.query<{ id: number; at: number; state: string; head: number }>(
    `SELECT id, accepted_at AS at, state, head FROM exchanges
     WHERE (accepted_at, id) > ($1, $2) AND accepted_at < $3 ORDER BY accepted_at, id LIMIT ${PER_STEP}`,
    [seen.at, seen.id, before],
  );
  const sum = { expired: 0, damaged: 0 };
  for (const { head, state } of rows) {
    if (state === 'open' || state === 'handed-to-person') continue;
    const chain = await chainTo(client, head);
    for (const [index, entry] of chain.entries()) {
      const ending = await empty(parts, entry, chain[index + 1]);
      if (ending !== 'gone') sum[ending] += 1;
    }
  }
  Object.assign(seen, rows.at(-1) ?? {});
  return { did: sum, more: rows.length === PER_STEP };
}

/** Newest first. */
async function chainTo(client: pg.Client, head: number): Promise<readonly StoredEntry[]> {
  const { rows } = await client.query<StoredEntry>(
    `WITH RECURSIVE e AS (
       SELECT * FROM entries WHERE id = $1
       UNION ALL
       SELECT before.* FROM e JOIN entries AS before ON before.id = e.previous WHERE e.previous < e.id
     ) SELECT ${ENTRY_COLUMNS} FROM e ORDER BY id DESC`,
    [head],
  );
  return rows;
}

/** Damage is evidence, and is left for a person. */
async function empty(
  { client, vault }: UpkeepParts,
  stored: StoredEntry,
  previous: StoredEntry | undefined,
): Promise<'expired' | 'damaged' | 'gone'> {
  if (stored.keptAs === 'expired') return 'gone';
  if (!isIntact(openEntry(stored, vault), previous, stored.exchangeId)) return 'damaged';
  const { records = [] } = JSON.parse(stored.facts) as Partial<EndedFacts | KeptFacts>;
  for (const { institution, kind, key } of records) {
    await client.query(
      'DELETE FROM records WHERE institution = $1 AND kind = $2 AND key = $3 AND entry = $4',
      [institution, kind, key, stored.id],
    );
  }
  await replace(client, stored.id, remainsOf(stored, previous?.hash), 'expired');
  return 'expired';
}

async function replace(client: pg.Client, id: number, payload: Uint8Array, keptAs: string): Promise<void> {
  await client.query('UPDATE entries SET payload = $1, kept_as = $2 WHERE id = $3', [payload, keptAs, id]);
}

async function note(client: pg.Client, name: string, value: Uint8Array): Promise<void> {
  await client.query(
    'INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    [name, value],
  );
}

async function noteOf(client: pg.Client, name: string): Promise<string | undefined> {
  const { rows } = await client.query<{ value: Buffer }>('SELECT value FROM meta WHERE name = $1', [name]);
  return rows[0]?.value.toString();
}
