/** What each call writes. Every method runs inside a transaction and refuses before its first write. */
import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import { GatewayError } from '@yiqiao/model';
import { sealEntry } from './entry.ts';
import type { EntryHead, EntryKind, StoredEntry } from './entry.ts';
import { acceptedFacts, endFacts, legFacts, outcomeFacts } from './facts.ts';
import type {
  BuriedFacts,
  EndedFacts,
  KeptFacts,
  RecordFacts,
  ResolvedFacts,
  ReversedFacts,
  SentFacts,
} from './facts.ts';
import type { IndexKeys } from './index-keys.ts';
import { Payload } from './payload.ts';
import type {
  ExchangeEnd,
  ExchangeKey,
  LegOutcome,
  NewExchange,
  NewLeg,
  NewRecord,
  Opening,
  Resolution,
  SettlementLine,
} from './types.ts';
import type { Vault } from './vault.ts';
import { prepareWrites } from './write-statements.ts';
import type { WriteStatements } from './write-statements.ts';

/** What the tables say of an exchange before something is added to it. */
interface Standing {
  readonly id: number;
  readonly state: string;
  readonly legs: number;
  readonly endedAt: number | null;
  readonly head: number;
  readonly hash: Uint8Array;
}

/** The writes of a journal, on an open file. The promises of `Journal` are made around them. */
export class Writes {
  readonly #sql: WriteStatements;
  readonly #vault: Vault;
  readonly #keys: IndexKeys;
  /** Numbers of writes that were rolled back stay unused. */
  #lastEntry: number;
  #lastExchange: number;

  constructor(db: DatabaseSync, { vault, keys }: { readonly vault: Vault; readonly keys: IndexKeys }) {
    this.#sql = prepareWrites(db);
    this.#vault = vault;
    this.#keys = keys;
    const last = db
      .prepare(
        `SELECT (SELECT coalesce(max(id), 0) FROM entries) AS entry,
                (SELECT coalesce(max(id), 0) FROM exchanges) AS exchange`,
      )
      .get() as { entry: number; exchange: number };
    this.#lastEntry = last.entry;
    this.#lastExchange = last.exchange;
  }

  /** See `Journal.open`. */
  open({ exchange, leg }: Opening): number {
    const payload = new Payload();
    const facts = acceptedFacts(exchange, leg, payload);
    const entry = this.#sealFirst('accepted', exchange.acceptedAt, facts, payload);
    if (!this.#insertExchange(exchange, entry)) throw this.#refusalOf(exchange.key, exchange.digest);
    this.#append(entry);
    this.#sql.insertLegMessage.run(leg.peer, leg.messageId, entry.exchangeId);
    for (const key of exchange.naturalKeys ?? []) {
      this.#sql.insertNaturalKey.run(exchange.key.institution, this.#keys.ofMatter(key), entry.exchangeId);
    }
    return entry.exchangeId;
  }

  /** See `Journal.addLeg`. */
  addLeg(exchangeId: number, leg: NewLeg): number {
    const standing = this.#openStanding(exchangeId);
    const payload = new Payload();
    const facts: SentFacts = { leg: legFacts(leg, payload) };
    const entry = this.#sealNext(standing, { kind: 'sent', at: leg.sentAt }, facts, payload);
    this.#append(entry);
    this.#sql.insertLegMessage.run(leg.peer, leg.messageId, exchangeId);
    this.#sql.countLeg.run(entry.id, entry.hash, exchangeId);
    return standing.legs + 1;
  }

  /** See `Journal.settleLeg`. */
  settleLeg(exchangeId: number, outcome: LegOutcome): void {
    const standing = this.#standing(exchangeId);
    checkLegs(standing, [outcome]);
    const payload = new Payload();
    const facts = outcomeFacts(outcome, payload);
    const entry = this.#sealNext(standing, { kind: 'leg-settled', at: outcome.at }, facts, payload);
    this.#append(entry);
    this.#sql.moveHead.run(entry.id, entry.hash, exchangeId);
  }

  /** See `Journal.end`. */
  end(exchangeId: number, end: ExchangeEnd, legs: readonly LegOutcome[]): number | undefined {
    const standing = this.#openStanding(exchangeId);
    checkLegs(standing, legs);
    const original = end.reverses === undefined ? undefined : this.#endedStanding(end.reverses);
    const followUp = end.followUp === undefined ? undefined : this.open(end.followUp);
    const payload = new Payload();
    const facts: EndedFacts = {
      ...endFacts(end, payload),
      ...(followUp !== undefined && { followUp }),
      legs: legs.map((outcome) => outcomeFacts(outcome, payload)),
      records: this.#recordFacts(end.records ?? [], payload),
    };
    const entry = this.#sealNext(standing, { kind: 'ended', at: end.at }, facts, payload);
    this.#append(entry);
    this.#sql.setState.run(end.state, end.at, entry.id, entry.hash, exchangeId);
    if (end.settlement !== undefined) this.#enterInLedger(entry, end.settlement);
    this.#pointRecords(facts.records, entry.id);
    if (original !== undefined) this.#markReversed(original, exchangeId, end.at);
    return followUp;
  }

  /** See `Journal.resolve`. */
  resolve(exchangeId: number, { as, reason, operator, at }: Resolution): void {
    const standing = this.#standing(exchangeId);
    if (standing.state !== 'handed-to-person') throw outOfOrder('not with a person', exchangeId);
    const payload = new Payload();
    const facts: ResolvedFacts = { as, reason: payload.add(reason), operator };
    const entry = this.#sealNext(standing, { kind: 'resolved', at }, facts, payload);
    this.#append(entry);
    this.#sql.setState.run(as, standing.endedAt, entry.id, entry.hash, exchangeId);
  }

  /** See `Journal.bury`. */
  bury(key: ExchangeKey, at: number): void {
    const { peer, institution, messageId } = key;
    const facts: BuriedFacts = { key: { peer, institution, messageId } };
    const entry = this.#sealFirst('buried', at, facts, new Payload());
    const buried = { key, digest: '', transaction: '', acceptedAt: at };
    if (this.#insertExchange(buried, entry)) this.#append(entry);
    else if (this.#byKey(key).state !== 'buried') throw inProgress(key);
  }

  /** See `Journal.keep`. */
  keep(records: readonly NewRecord[], at: number): void {
    const payload = new Payload();
    const facts: KeptFacts = { records: this.#recordFacts(records, payload) };
    const id = ++this.#lastEntry;
    const head: EntryHead = { id, exchangeId: null, previous: null, kind: 'kept', at };
    this.#append(sealEntry(head, facts, payload, { vault: this.#vault }));
    this.#pointRecords(facts.records, id);
  }

  #sealFirst(
    kind: EntryKind,
    at: number,
    facts: object,
    payload: Payload,
  ): StoredEntry & { readonly exchangeId: number } {
    const exchangeId = ++this.#lastExchange;
    const head = { id: ++this.#lastEntry, exchangeId, previous: null, kind, at };
    return { ...sealEntry(head, facts, payload, { vault: this.#vault }), exchangeId };
  }

  #sealNext(
    standing: Standing,
    what: { readonly kind: EntryKind; readonly at: number },
    facts: object,
    payload: Payload,
  ): StoredEntry {
    const head = { id: ++this.#lastEntry, exchangeId: standing.id, previous: standing.head, ...what };
    return sealEntry(head, facts, payload, { vault: this.#vault, previousHash: standing.hash });
  }

  #append(entry: StoredEntry): void {
    const { id, exchangeId, previous, kind, at, facts, payload, hash, payloadHash, keptAs } = entry;
    this.#sql.insertEntry.run(id, exchangeId, previous, kind, at, facts, payload, hash, payloadHash, keptAs);
  }

  /** False when the key is on record already. */
  #insertExchange(
    exchange: Pick<NewExchange, 'key' | 'digest' | 'transaction' | 'acceptedAt'>,
    entry: StoredEntry,
  ): boolean {
    const { key, digest, transaction, acceptedAt } = exchange;
    const buried = entry.kind === 'buried';
    const { changes } = this.#sql.insertExchange.run(
      entry.exchangeId,
      key.peer,
      key.institution,
      key.messageId,
      digest,
      transaction,
      buried ? 'buried' : 'open',
      acceptedAt,
      buried ? acceptedAt : null,
      buried ? 0 : 1,
      entry.id,
      entry.hash,
    );
    return changes > 0;
  }

  #markReversed(original: Standing, by: number, at: number): void {
    const facts: ReversedFacts = { by };
    const entry = this.#sealNext(original, { kind: 'reversed', at }, facts, new Payload());
    this.#append(entry);
    this.#sql.setState.run('reversed', original.endedAt, entry.id, entry.hash, original.id);
  }

  #enterInLedger({ id, exchangeId }: StoredEntry, line: SettlementLine): void {
    this.#sql.insertLedgerLine.run(
      id,
      exchangeId,
      line.settlementId,
      line.visitId,
      line.institution,
      line.total,
      line.fundPaid,
      line.accountPaid,
      line.cashPaid,
    );
  }

  #recordFacts(records: readonly NewRecord[], payload: Payload): readonly RecordFacts[] {
    return records.map(({ institution, kind, key, body }) => ({
      institution,
      kind,
      key: this.#keys.ofRecord(kind, key),
      body: payload.add(body),
    }));
  }

  #pointRecords(records: readonly RecordFacts[], entry: number): void {
    for (const { institution, kind, key, body } of records) {
      this.#sql.putRecord.run(institution, kind, key, entry, body[0], body[1]);
    }
  }

  #standing(id: number): Standing {
    const row = this.#sql.standing.get(id) as Omit<Standing, 'id'> | undefined;
    if (row === undefined || row.state === 'buried') throw outOfOrder('no such exchange', id);
    return { id, ...row };
  }

  #openStanding(id: number): Standing {
    const standing = this.#standing(id);
    if (standing.state !== 'open') throw outOfOrder('the exchange has ended', id);
    return standing;
  }

  #endedStanding(id: number): Standing {
    const standing = this.#standing(id);
    if (standing.state === 'open') throw outOfOrder('the exchange to be reversed is open', id);
    return standing;
  }

  #byKey(key: ExchangeKey): { readonly state: string; readonly digest: string } {
    const row = this.#sql.byKey.get(key.peer, key.institution, key.messageId);
    assert(row !== undefined, 'a key that could not be inserted is on record');
    return row as { state: string; digest: string };
  }

  #refusalOf(key: ExchangeKey, digest: string): GatewayError {
    const row = this.#byKey(key);
    if (row.state === 'buried') return new GatewayError('REVERSED', { facts: { messageId: key.messageId } });
    if (row.digest === digest) return inProgress(key);
    return new GatewayError('MESSAGE_ID_REUSED', { facts: { messageId: key.messageId } });
  }
}

function inProgress(key: ExchangeKey): GatewayError {
  return new GatewayError('EXCHANGE_IN_PROGRESS', { facts: { messageId: key.messageId } });
}

function outOfOrder(reason: string, exchange: number): GatewayError {
  return new GatewayError('INTERNAL', { facts: { reason, exchange } });
}

function checkLegs(standing: Standing, outcomes: readonly LegOutcome[]): void {
  const stray = outcomes.find(({ leg }) => !Number.isInteger(leg) || leg < 1 || leg > standing.legs);
  if (stray !== undefined) throw outOfOrder(`no leg ${stray.leg}`, standing.id);
}
