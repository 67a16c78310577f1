/** What a journal does beside its work: everything sealed with the key in force, and nothing kept beyond its time. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { GatewayError } from '@yiqiao/model';
import { isIntact, openEntry, remainsOf } from './entry.ts';
import type { StoredEntry } from './entry.ts';
import type { EndedFacts, KeptFacts } from './facts.ts';
import { ENTRY_COLUMNS } from './read-statements.ts';
import { encodeProgress, findProgress } from './sealing-keys.ts';
import type { Vault } from './vault.ts';

/** How long contents are kept, in milliseconds; for ever where absent. */
export interface Retention {
  /** Records of reading exchanges. */
  readonly readsMs?: number;
  /** Messages of exchanges that have ended, counted from their acceptance. */
  readonly writesMs?: number;
}

/** What upkeep came to. */
export interface Maintenance {
  /** Entries sealed with the key in force that were not before. */
  readonly sealed: number;
  /** Entries whose contents were deleted. */
  readonly expired: number;
  /** Entries left as they are because they are damaged. */
  readonly damaged: number;
}

/** Entries or exchanges looked at in one step: a step must hold up nobody for longer than a few milliseconds. */
const PER_STEP = 32;

/** A step at a time; each runs inside a transaction and is found again by the file alone. */
export type Step = () => { readonly did: Partial<Maintenance>; readonly more: boolean };

/** What a step may leave out of an exchange whose time is over. */
interface Standing {
  readonly id: number;
  readonly acceptedAt: number;
  readonly state: string;
  readonly head: number;
}

/** The upkeep of a journal on an open file. */
export class Upkeep {
  readonly #db: DatabaseSync;
  readonly #vault: Vault;
  readonly #onDamage: (entry: StoredEntry) => void;
  readonly #page: StatementSync;
  readonly #byId: StatementSync;
  readonly #replace: StatementSync;
  readonly #forgetRecord: StatementSync;
  readonly #exchanges: StatementSync;
  /** The exchange last looked at. What was left then is looked at again after the next start. */
  #seen: Pick<Standing, 'id' | 'acceptedAt'> = { id: 0, acceptedAt: 0 };

  constructor(
    db: DatabaseSync,
    { vault, onError }: { vault: Vault; onError: (error: GatewayError) => void },
  ) {
    this.#db = db;
    this.#vault = vault;
    this.#onDamage = ({ id, exchangeId }) => {
      const facts = { entry: id, ...(exchangeId !== null && { exchange: exchangeId }) };
      onError(new GatewayError('RECORD_DAMAGED', { facts }));
    };
    this.#page = db.prepare(
      `SELECT ${ENTRY_COLUMNS} FROM entries WHERE id > ? AND id <= ? ORDER BY id LIMIT ?`,
    );
    this.#byId = db.prepare(`SELECT ${ENTRY_COLUMNS} FROM entries WHERE id = ?`);
    this.#replace = db.prepare('UPDATE entries SET payload = ?, kept_as = ? WHERE id = ?');
    this.#forgetRecord = db.prepare(
      'DELETE FROM records WHERE institution = ? AND kind = ? AND key = ? AND entry = ?',
    );
    this.#exchanges = db.prepare(
      `SELECT id, accepted_at AS acceptedAt, state, head FROM exchanges
       WHERE (accepted_at, id) > (?, ?) AND accepted_at < ? ORDER BY accepted_at, id LIMIT ${PER_STEP}`,
    );
  }

  /** Seals the next entries with the key in force; keys that nothing needs any more are forgotten at the end. */
  sealNext(): ReturnType<Step> {
    const progress = findProgress(this.#db);
    if (progress === undefined || this.#vault.keyId === undefined) return { did: {}, more: false };
    const { done, last } = progress;
    const entries = this.#page.all(done, last, PER_STEP) as unknown as StoredEntry[];
    const endings = entries.map((entry) => this.#sealAnew(entry));
    const count = (ending: string): number => endings.filter((one) => one === ending).length;
    const reached = entries.at(-1)?.id ?? last;
    const more = reached < last;
    if (more) this.#note('sealing', encodeProgress({ done: reached, last }));
    else this.#finishSealing();
    return { did: { sealed: count('sealed'), damaged: count('damaged') }, more };
  }

  /** Steps that delete what is older than `retention` allows at `now`. */
  expire({ readsMs, writesMs }: Retention, now: number): readonly Step[] {
    const steps: Step[] = [];
    if (readsMs !== undefined) steps.push(() => this.#expireReads(now - readsMs));
    if (writesMs !== undefined) steps.push(() => this.#expireWrites(now - writesMs));
    return steps;
  }

  #sealAnew(entry: StoredEntry): 'sealed' | 'damaged' | 'same' {
    if (entry.keptAs === 'expired' || this.#vault.isCurrent(entry)) return 'same';
    const opened = this.#vault.open(entry.id, entry);
    if (opened.condition !== 'whole') {
      this.#onDamage(entry);
      return 'damaged';
    }
    const { payload, keptAs } = this.#vault.keep(entry.id, opened.clear);
    this.#replace.run(payload, keptAs, entry.id);
    return 'sealed';
  }

  #finishSealing(): void {
    this.#db.prepare('DELETE FROM sealing_keys WHERE id <> ?').run(this.#vault.keyId ?? '');
    this.#db.prepare(`DELETE FROM meta WHERE name = 'sealing'`).run();
  }

  /** Reads are looked through once, in the order in which they were written. */
  #expireReads(before: number): ReturnType<Step> {
    const done = this.#noted('reads-expired');
    const page = this.#page.all(done, Number.MAX_SAFE_INTEGER, PER_STEP) as unknown as StoredEntry[];
    const old = page.slice(0, firstFrom(page, before));
    const expired = old.filter((entry) => entry.kind === 'kept' && this.#empty(entry) === 'expired').length;
    const last = old.at(-1)?.id;
    if (last !== undefined) this.#note('reads-expired', Buffer.from(String(last)));
    return { did: { expired }, more: old.length === PER_STEP };
  }

  /** An exchange that has not ended, or waits for a person, is kept whatever its age. */
  #expireWrites(before: number): ReturnType<Step> {
    const { id, acceptedAt } = this.#seen;
    const exchanges = this.#exchanges.all(acceptedAt, id, before) as unknown as Standing[];
    let expired = 0;
    let damaged = 0;
    for (const { head, state } of exchanges) {
      if (KEPT_WHATEVER.has(state)) continue;
      for (const entry of this.#chain(head)) {
        const ending = this.#empty(entry);
        if (ending === 'expired') expired += 1;
        if (ending === 'damaged') damaged += 1;
      }
    }
    this.#seen = exchanges.at(-1) ?? this.#seen;
    return { did: { expired, damaged }, more: exchanges.length === PER_STEP };
  }

  #chain(head: number): readonly StoredEntry[] {
    const entries: StoredEntry[] = [];
    for (let next: number | null = head; next !== null;) {
      const entry = this.#byId.get(next) as StoredEntry | undefined;
      if (entry === undefined || (entry.previous ?? 0) >= next) break;
      entries.push(entry);
      next = entry.previous;
    }
    return entries;
  }

  /** Damage is evidence, and is left for a person. */
  #empty(stored: StoredEntry): 'expired' | 'damaged' | 'gone' {
    if (stored.keptAs === 'expired') return 'gone';
    const previous =
      stored.previous === null ? undefined : (this.#byId.get(stored.previous) as StoredEntry | undefined);
    const entry = openEntry(stored, this.#vault);
    if (!isIntact(entry, previous, stored.exchangeId)) return 'damaged';
    const { records = [] } = JSON.parse(stored.facts) as Partial<EndedFacts | KeptFacts>;
    for (const { institution, kind, key } of records)
      this.#forgetRecord.run(institution, kind, key, stored.id);
    this.#replace.run(remainsOf(stored, previous?.hash), 'expired', stored.id);
    return 'expired';
  }

  #note(name: string, value: Uint8Array): void {
    this.#db.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)').run(name, value);
  }

  #noted(name: string): number {
    const row = this.#db.prepare('SELECT value FROM meta WHERE name = ?').get(name) as
      { value: Uint8Array } | undefined;
    return row === undefined ? 0 : Number(Buffer.from(row.value).toString());
  }
}

const KEPT_WHATEVER: ReadonlySet<string> = new Set(['open', 'handed-to-person']);

function firstFrom(entries: readonly StoredEntry[], time: number): number {
  const at = entries.findIndex((entry) => entry.at >= time);
  return at === -1 ? entries.length : at;
}
