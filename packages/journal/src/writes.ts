/** What each call writes. Every method runs inside a transaction and refuses before its first write. */
import assert from 'node:assert/strict';
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
import { isOddHere } from './odd-answer.ts';
import type { Look, LookedFacts } from './odd-answer.ts';
import { Payload } from './payload.ts';
import type {
  ExchangeEnd,
  ExchangeKey,
  LegOutcome,
  NewLeg,
  NewRecord,
  Opening,
  Resolution,
} from './types.ts';
import type { Vault } from './vault.ts';
import type { ExchangeEntry, NewRow, Standing, WritePort } from './write-port.ts';

/** The writes of a journal, on the tables of a store. The promises of `Journal` are made around them. */
export class Writes {
  readonly #tables: WritePort;
  readonly #vault: Vault;
  readonly #keys: IndexKeys;

  constructor(tables: WritePort, { vault, keys }: { readonly vault: Vault; readonly keys: IndexKeys }) {
    this.#tables = tables;
    this.#vault = vault;
    this.#keys = keys;
  }

  /** See `Journal.open`. */
  open({ exchange, leg }: Opening): number {
    const payload = new Payload();
    const facts = acceptedFacts(exchange, leg, payload);
    const entry = this.#sealFirst('accepted', exchange.acceptedAt, facts, payload);
    if (!this.#insert(exchange, entry)) throw this.#refusalOf(exchange.key, exchange.digest);
    this.#tables.insertEntry(entry);
    this.#tables.insertLegMessage(leg.peer, leg.messageId, entry.exchangeId);
    for (const key of exchange.naturalKeys ?? []) {
      this.#tables.insertNaturalKey(exchange.key.institution, this.#keys.ofMatter(key), entry.exchangeId);
    }
    return entry.exchangeId;
  }

  /** See `Journal.addLeg`. */
  addLeg(exchangeId: number, leg: NewLeg): number {
    const standing = this.#openStanding(exchangeId);
    const payload = new Payload();
    const facts: SentFacts = { leg: legFacts(leg, payload) };
    const entry = this.#sealNext(standing, { kind: 'sent', at: leg.sentAt }, facts, payload);
    this.#tables.insertEntry(entry);
    this.#tables.insertLegMessage(leg.peer, leg.messageId, exchangeId);
    this.#tables.countLeg(exchangeId, entry);
    return standing.legs + 1;
  }

  /** See `Journal.settleLeg`. */
  settleLeg(exchangeId: number, outcome: LegOutcome): void {
    const standing = this.#standing(exchangeId);
    checkLegs(standing, [outcome]);
    const payload = new Payload();
    const facts = outcomeFacts(outcome, payload);
    const entry = this.#sealNext(standing, { kind: 'leg-settled', at: outcome.at }, facts, payload);
    this.#tables.insertEntry(entry);
    this.#tables.moveHead(exchangeId, entry);
    if (isOddHere([outcome.odd])) this.#tables.setOdd(exchangeId, 'waiting');
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
    this.#tables.insertEntry(entry);
    this.#tables.setState(exchangeId, end.state, end.at, entry);
    if (isOddHere([end.odd, ...legs.map(({ odd }) => odd)])) this.#tables.setOdd(exchangeId, 'waiting');
    if (end.settlement !== undefined) this.#tables.insertLedgerLine({ ...entry, exchangeId }, end.settlement);
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
    this.#tables.insertEntry(entry);
    this.#tables.setState(exchangeId, as, standing.endedAt, entry);
  }

  /** See `Journal.look`. */
  look(exchangeId: number, { reason, operator, at }: Look): void {
    const standing = this.#endedStanding(exchangeId);
    if (standing.odd !== 'waiting') throw outOfOrder('nothing odd waits', exchangeId);
    const payload = new Payload();
    const facts: LookedFacts = { reason: payload.add(reason), operator };
    const entry = this.#sealNext(standing, { kind: 'looked', at }, facts, payload);
    this.#tables.insertEntry(entry);
    this.#tables.moveHead(exchangeId, entry);
    this.#tables.setOdd(exchangeId, 'looked');
  }

  /** See `Journal.bury`. */
  bury(key: ExchangeKey, at: number): void {
    const { peer, institution, messageId } = key;
    const facts: BuriedFacts = { key: { peer, institution, messageId } };
    const entry = this.#sealFirst('buried', at, facts, new Payload());
    const buried = { key, digest: '', transaction: '', acceptedAt: at };
    if (this.#insert(buried, entry)) this.#tables.insertEntry(entry);
    else if (this.#byKey(key).state !== 'buried') throw inProgress(key);
  }

  /** See `Journal.keep`. */
  keep(records: readonly NewRecord[], at: number): void {
    const payload = new Payload();
    const facts: KeptFacts = { records: this.#recordFacts(records, payload) };
    const id = this.#tables.nextEntry();
    const head: EntryHead = { id, exchangeId: null, previous: null, kind: 'kept', at };
    this.#tables.insertEntry(sealEntry(head, facts, payload, { vault: this.#vault }));
    this.#pointRecords(facts.records, id);
  }

  #sealFirst(kind: EntryKind, at: number, facts: object, payload: Payload): ExchangeEntry {
    const exchangeId = this.#tables.nextExchange();
    const head = { id: this.#tables.nextEntry(), exchangeId, previous: null, kind, at };
    return { ...sealEntry(head, facts, payload, { vault: this.#vault }), exchangeId };
  }

  #sealNext(
    standing: Standing,
    what: { readonly kind: EntryKind; readonly at: number },
    facts: object,
    payload: Payload,
  ): StoredEntry {
    const head = { id: this.#tables.nextEntry(), exchangeId: standing.id, previous: standing.head, ...what };
    return sealEntry(head, facts, payload, { vault: this.#vault, previousHash: standing.hash });
  }

  /** False when the key is on record already. */
  #insert({ key, digest, transaction, acceptedAt }: Omit<NewRow, 'entry'>, entry: ExchangeEntry): boolean {
    return this.#tables.insertExchange({ key, digest, transaction, acceptedAt, entry });
  }

  #markReversed(original: Standing, by: number, at: number): void {
    const facts: ReversedFacts = { by };
    const entry = this.#sealNext(original, { kind: 'reversed', at }, facts, new Payload());
    this.#tables.insertEntry(entry);
    this.#tables.setState(original.id, 'reversed', original.endedAt, entry);
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
    for (const { institution, kind, key, body: span } of records)
      this.#tables.putRecord({ institution, kind, key, entry, span });
  }

  #standing(id: number): Standing {
    const standing = this.#tables.standing(id);
    if (standing === undefined || standing.state === 'buried') throw outOfOrder('no such exchange', id);
    return standing;
  }

  #openStanding(id: number): Standing {
    const standing = this.#standing(id);
    if (standing.state !== 'open') throw outOfOrder('the exchange has ended', id);
    return standing;
  }

  #endedStanding(id: number): Standing {
    const standing = this.#standing(id);
    if (standing.state === 'open') throw outOfOrder('the exchange is open', id);
    return standing;
  }

  #byKey(key: ExchangeKey): { readonly state: string; readonly digest: string } {
    const row = this.#tables.byKey(key);
    assert(row !== undefined, 'a key that could not be inserted is on record');
    return row;
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
