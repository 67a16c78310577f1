/** A journal with exchanges in it, a notary, and a small authority. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createNotary } from '@yiqiao/evidence';
import type { EvidenceSigner, Notary } from '@yiqiao/evidence';
import { createSqliteJournal } from '@yiqiao/journal';
import type { EvidenceStore, Journal, JournalEncryption, NewExchange, NewLeg } from '@yiqiao/journal';
import { createSigningKey } from '@yiqiao/signer';
import { makeTestPki, readCertificates } from '@yiqiao/signer/certificates';
import assert from 'node:assert/strict';

/** When the tests play. */
export const NOW = Date.UTC(2026, 10, 21, 1, 2, 3);

const INSTITUTION = 'H00000000001';

/** A signer with certificates up to a root, made once. */
export interface TestSigner extends EvidenceSigner {
  /** Root, as PEM. */
  readonly anchors: string;
}

/** Makes a signer. */
export function makeSigner(): TestSigner {
  const files = makeTestPki({ institutions: [INSTITUTION], hosts: [], now: NOW, days: 30 });
  const text = (name: string): string => String(files.find((file) => file.name === name)?.content);
  return {
    key: createSigningKey(text(`${INSTITUTION}.sign.key.pem`)),
    userId: '1234567812345678',
    certificates: readCertificates(text(`${INSTITUTION}.sign.pem`) + text('intermediate.pem')),
    anchors: text('root.pem'),
  };
}

/** A journal under test. */
export interface EvidenceRig {
  readonly file: string;
  /** Puts exchanges on record: accepted with a first leg, and ended; returns their ids. `filling`: length of a text. */
  exchanges(count: number, from?: number, filling?: number): Promise<number[]>;
  /** Batches of at most so many entries over all there is. */
  sign(entries?: number): Promise<void>;
  store(): EvidenceStore;
  notary(options?: { entries?: number; maxAgeMs?: number; now?: () => number }): Notary;
  /** Deletes what retention does not keep. */
  expire(): Promise<void>;
  /** Closes the journal: its file can be read and changed then. */
  close(): Promise<void>;
  remove(): void;
}

/** Opens a journal in a folder of its own, or one that is there. */
export function createRig(
  signer: TestSigner,
  encryption?: JournalEncryption,
  file: string = join(mkdtempSync(join(tmpdir(), 'yiqiao-evidence-')), 'journal.db'),
): EvidenceRig {
  const clock = { now: () => NOW + 1_000 };
  const journal = createSqliteJournal({ file, clock, ...(encryption && { encryption }) });
  const { evidence } = journal;
  assert.ok(evidence);
  const store = (): EvidenceStore => evidence;
  const notary: EvidenceRig['notary'] = ({ entries = 4, maxAgeMs = 60_000, now = clock.now } = {}) =>
    createNotary({
      store: store(),
      signer: () => signer,
      clock: { now },
      limits: () => ({ entries, maxAgeMs }),
    });
  return {
    file,
    store,
    notary,
    exchanges: (count, from = 1, filling = 500) => addExchanges(journal, { count, from, filling }),
    async sign(entries = 4) {
      const made = notary({ entries });
      while ((await made.step()).more);
      await made.flush();
    },
    async expire() {
      await journal.maintain({ writesMs: 1 });
    },
    close: () => journal.close(),
    remove: () => rmSync(dirname(file), { recursive: true, force: true }),
  };
}

/** Puts exchanges on record, numbered from `from`. */
export async function addExchanges(
  journal: Pick<Journal, 'open' | 'end'>,
  { count, from, filling }: { readonly count: number; readonly from: number; readonly filling: number },
): Promise<number[]> {
  const ids: number[] = [];
  for (let n = from; n < from + count; n += 1) {
    const id = await journal.open(exchangeOf(n, filling), legOf(n));
    const reply = transcript(`{"infcode":0,"output":{"setlinfo":{"setl_id":"S${n}"}}}`);
    await journal.end(id, { state: 'answered', at: NOW + n, reply }, [
      { leg: 1, state: 'answered', at: NOW + n, reply, response: '{}' },
    ]);
    ids.push(id);
  }
  return ids;
}

/** Does to the file what the journal itself never would: its triggers are taken away first. */
export function tamper(file: string, sql: string, ...values: (string | number | Uint8Array)[]): void {
  const db = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  try {
    const triggers = db.prepare(`SELECT name FROM sqlite_master WHERE type = 'trigger'`).all();
    for (const { name } of triggers) db.exec(`DROP TRIGGER ${String(name)}`);
    const { changes } = db.prepare(sql).run(...values);
    assert.ok(changes > 0, `nothing changed: ${sql}`);
  } finally {
    db.close();
  }
}

function exchangeOf(n: number, filling: number): NewExchange {
  const messageId = `H00000000001202611210902${String(n).padStart(6, '0')}`;
  // More than one piece of contents, so that a change can be told to the piece.
  const received = transcript(`{"infno":"2207","n":${n},"psn_name":"测试甲","x":"${'明'.repeat(filling)}"}`);
  return {
    key: { peer: 'his-530000', institution: INSTITUTION, messageId },
    digest: `digest-${n}`,
    transaction: '2207',
    operation: 'settleOutpatient',
    received,
    acceptedAt: NOW,
  };
}

function legOf(n: number): NewLeg {
  return {
    purpose: 'forward',
    peer: 'hub',
    messageId: `G${n}`,
    transaction: '2207',
    operation: 'settleOutpatient',
    step: 0,
    request: `{"personName":"测试甲","n":${n}}`,
    sent: transcript(`{"infno":"2207","msgid":"G${n}"}`),
    sentAt: NOW + 1,
  };
}

function transcript(text: string): { bytes: Uint8Array; contentType: string } {
  return { bytes: new TextEncoder().encode(text), contentType: 'application/json; charset=utf-8' };
}
