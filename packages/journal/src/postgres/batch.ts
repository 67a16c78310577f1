/** Many writes of one process as one transaction: what they need is read, they run in memory, what they say is stored. */
import { GatewayError } from '@yiqiao/model';
import { entryOf, sealAudit } from '../audit-log.ts';
import type { AuditEntry, AuditRow, NewAuditEntry } from '../audit-log.ts';
import type { StoredEntry } from '../entry.ts';
import type { OddState } from '../odd-answer.ts';
import type { ExchangeKey, SettlementLine } from '../types.ts';
import type { ExchangeEntry, Head, NewRow, RecordPlace, Standing, WritePort } from '../write-port.ts';

/** What a write has to know before it runs. */
export interface Needs {
  /** Exchanges that it adds to or marks. */
  readonly exchanges?: readonly number[];
  /** Keys that it opens or buries. */
  readonly keys?: readonly ExchangeKey[];
  /** Entries that it writes at most. */
  readonly entries: number;
  /** It adds to the audit log. */
  readonly audit?: boolean;
}

/** A row of `exchanges` as a batch finds it. */
export interface LoadedExchange extends Standing {
  readonly owner: number;
}

/** A row that has a key. */
export interface LoadedKey {
  readonly peer: string;
  readonly institution: string;
  readonly messageId: string;
  readonly state: string;
  readonly digest: string;
}

/** What was read for a batch. */
export interface Loaded {
  readonly entryIds: readonly number[];
  readonly exchangeIds: readonly number[];
  readonly exchanges: readonly LoadedExchange[];
  readonly keys: readonly LoadedKey[];
  readonly auditEnd: Pick<AuditRow, 'id' | 'hash'> | undefined;
  /** This process. */
  readonly epoch: number;
}

type Row = { -readonly [Name in keyof Standing]: Standing[Name] };

/** The tables as one batch sees them: what was read, and on top of it what the writes of the batch have said. */
export class Batch implements WritePort {
  readonly entries: StoredEntry[] = [];
  readonly opened: (NewRow & { readonly row: Row })[] = [];
  readonly legMessages: (readonly [peer: string, messageId: string, exchangeId: number])[] = [];
  readonly naturalKeys: (readonly [institution: string, key: string, exchangeId: number])[] = [];
  readonly ledger: { readonly entry: ExchangeEntry; readonly line: SettlementLine }[] = [];
  readonly records = new Map<string, RecordPlace>();
  readonly audit: AuditRow[] = [];
  readonly #loaded: Loaded;
  readonly #rows = new Map<number, Row>();
  readonly #owners = new Map<number, number>();
  readonly #changed = new Set<Row>();
  readonly #keys = new Map<string, { readonly state: string; readonly digest: string }>();
  #entryIds = 0;
  #exchangeIds = 0;

  constructor(loaded: Loaded) {
    this.#loaded = loaded;
    for (const { owner, ...row } of loaded.exchanges) {
      this.#rows.set(row.id, row);
      this.#owners.set(row.id, owner);
    }
    for (const row of loaded.keys) this.#keys.set(nameOf(row), row);
  }

  /** Rows that were there before and are not as they were. */
  get changed(): readonly Row[] {
    const added = new Set(this.opened.map(({ row }) => row));
    return [...this.#changed].filter((row) => !added.has(row));
  }

  nextEntry(): number {
    return taken(this.#loaded.entryIds[this.#entryIds++]);
  }

  nextExchange(): number {
    return taken(this.#loaded.exchangeIds[this.#exchangeIds++]);
  }

  standing(exchangeId: number): Standing | undefined {
    const row = this.#rows.get(exchangeId);
    const owner = this.#owners.get(exchangeId) ?? this.#loaded.epoch;
    if (row?.state === 'open' && owner !== this.#loaded.epoch)
      throw new GatewayError('EXCHANGE_IN_PROGRESS', { facts: { elsewhere: true } });
    return row && { ...row };
  }

  byKey(key: ExchangeKey): { readonly state: string; readonly digest: string } | undefined {
    return this.#keys.get(nameOf(key));
  }

  insertExchange(added: NewRow): boolean {
    const { key, digest, acceptedAt, entry } = added;
    const name = nameOf(key);
    if (this.#keys.has(name)) return false;
    const buried = entry.kind === 'buried';
    const state = buried ? 'buried' : 'open';
    const row: Row = {
      id: entry.exchangeId,
      state,
      legs: buried ? 0 : 1,
      endedAt: buried ? acceptedAt : null,
      odd: null,
      head: entry.id,
      hash: entry.hash,
    };
    this.#keys.set(name, { state, digest });
    this.#rows.set(row.id, row);
    this.opened.push({ ...added, row });
    return true;
  }

  insertEntry(entry: StoredEntry): void {
    this.entries.push(entry);
  }

  insertLegMessage(...row: [peer: string, messageId: string, exchangeId: number]): void {
    this.legMessages.push(row);
  }

  insertNaturalKey(...row: [institution: string, key: string, exchangeId: number]): void {
    this.naturalKeys.push(row);
  }

  countLeg(exchangeId: number, head: Head): void {
    const row = this.#change(exchangeId, head);
    row.legs += 1;
  }

  moveHead(exchangeId: number, head: Head): void {
    this.#change(exchangeId, head);
  }

  setState(exchangeId: number, state: string, endedAt: number | null, head: Head): void {
    const row = this.#change(exchangeId, head);
    row.state = state;
    row.endedAt = endedAt;
  }

  setOdd(exchangeId: number, odd: OddState): void {
    this.#rowOf(exchangeId).odd = odd;
  }

  insertLedgerLine(entry: ExchangeEntry, line: SettlementLine): void {
    this.ledger.push({ entry, line });
  }

  putRecord(place: RecordPlace): void {
    this.records.set(JSON.stringify([place.institution, place.kind, place.key]), place);
  }

  /** Adds to the audit log. */
  appendAudit(entry: NewAuditEntry): AuditEntry {
    const row = sealAudit(entry, this.audit.at(-1) ?? this.#loaded.auditEnd);
    this.audit.push(row);
    return entryOf(row);
  }

  #change(exchangeId: number, head: Head): Row {
    const row = this.#rowOf(exchangeId);
    row.head = head.id;
    row.hash = head.hash;
    return row;
  }

  #rowOf(exchangeId: number): Row {
    const row = this.#rows.get(exchangeId);
    if (row === undefined) throw new RangeError('a write names the exchanges that it changes');
    this.#changed.add(row);
    return row;
  }
}

function taken(id: number | undefined): number {
  if (id === undefined) throw new RangeError('a write names how much it writes');
  return id;
}

function nameOf({ peer, institution, messageId }: ExchangeKey): string {
  return JSON.stringify([peer, institution, messageId]);
}
