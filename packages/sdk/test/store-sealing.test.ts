/** Stores that are sealed: nobody is found in the file, no other key opens it, and keys can be changed. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GatewayError } from '@yiqiao/model';
import { findTrace, openStore, sealStore } from '@yiqiao/sdk';
import type { AdapterStore, StoreEncryption } from '@yiqiao/sdk';

const PERSON = '000000199001010018';
const [ONE, TWO, THREE] = [1, 2, 3].map((fill) => Buffer.alloc(32, fill)) as [Buffer, Buffer, Buffer];
const aes = (key: Uint8Array, ...previous: Uint8Array[]): StoreEncryption => ({
  algorithm: 'aes-256-gcm',
  key,
  previous,
});
const sm4 = (key: Uint8Array, ...previous: Uint8Array[]): StoreEncryption => ({
  algorithm: 'sm4-ctr-hmac-sm3',
  key,
  previous,
});
/** More than one step of sealing anew. */
const MANY = 300;

function fill(store: AdapterStore): void {
  store.transact((tx) => {
    for (let at = 0; at < MANY; at += 1) tx.put('visit', `V${at}`, { name: '测试甲', certno: PERSON });
    tx.enqueue({ id: 'a', kind: 'issue', body: { name: '测试乙', certno: PERSON } });
    tx.trace({ at: 1, step: 'visit.settled', refs: { visit: 'V1' }, facts: { named: '测试丙' } });
  });
}

function assertWhole(store: AdapterStore): void {
  assert.deepEqual(store.get('visit', 'V299'), { name: '测试甲', certno: PERSON });
  assert.equal(store.list('visit').length, MANY);
  assert.deepEqual(store.jobs.find('a')?.body, { name: '测试乙', certno: PERSON });
  assert.deepEqual(findTrace([store], 'V1')[0]?.facts, { named: '测试丙' });
}

/** All bytes of a store: the file and its log. */
function bytesOf(file: string): Buffer {
  const parts = [file, `${file}-wal`].filter((one) => existsSync(one));
  return Buffer.concat(parts.map((one) => readFileSync(one)));
}

function namesIn(file: string): readonly string[] {
  const bytes = bytesOf(file);
  return [PERSON, '测试甲', '测试乙', '测试丙'].filter((one) => bytes.includes(one));
}

const refusal = (reason: string) => (error: unknown) =>
  error instanceof GatewayError &&
  error.code === 'STORE_UNUSABLE' &&
  error.details.facts?.['reason'] === reason &&
  (error.details.faults?.[0]?.message.zh.length ?? 0) > 0;

describe('A sealed store', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sealed-'));
    file = join(folder, 's.db');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function made(encryption?: StoreEncryption): void {
    const store = openStore(file, { encryption });
    fill(store);
    store.close();
  }

  for (const encryption of [aes(ONE), sm4(ONE)]) {
    it(`shows nobody in its file or its log, and gives everything back: ${encryption.algorithm}`, () => {
      const store = openStore(file, { encryption });
      fill(store);
      assert.deepEqual(namesIn(file), []);
      const digest = store.digest(PERSON);
      store.close();
      assert.deepEqual(namesIn(file), []);
      const again = openStore(file, { encryption });
      assertWhole(again);
      assert.deepEqual([again.digest(PERSON), again.sealing], [digest, 'sealed']);
      again.close();
    });
  }

  it('is refused without its key, with another and with a malformed one, and nothing is changed', () => {
    made(aes(ONE));
    const before = bytesOf(file);
    assert.throws(() => openStore(file), refusal('key-missing'));
    assert.throws(() => openStore(file, { encryption: aes(TWO) }), refusal('key-wrong'));
    assert.throws(() => openStore(file, { readOnly: true, encryption: aes(TWO) }), refusal('key-wrong'));
    assert.throws(() => openStore(file, { encryption: aes(Buffer.alloc(16)) }), refusal('key-malformed'));
    assert.throws(() => sealStore(file, aes(TWO, THREE)), refusal('key-wrong'));
    assert.throws(() => sealStore(join(folder, 'none.db'), aes(ONE)), refusal('missing'));
    assert.deepEqual(bytesOf(file), before);
    assert.equal(existsSync(join(folder, 'none.db')), false);
  });

  it('can be read without its key as far as a trace goes: when and what, no facts, no digest', () => {
    made(aes(ONE));
    const store = openStore(file, { readOnly: true });
    const refs = { visit: 'V1' };
    assert.deepEqual(findTrace([store], 'V1'), [{ at: 1, step: 'visit.settled', refs }]);
    assert.equal(store.sealing, 'closed');
    assert.throws(() => store.get('visit', 'V1'), refusal('key-missing'));
    assert.throws(() => store.digest(PERSON), refusal('key-missing'));
    store.close();
  });

  const CHANGES: readonly [string, StoreEncryption | undefined, StoreEncryption][] = [
    ['from clear to sealed', undefined, aes(TWO)],
    ['from one key to another', aes(ONE), aes(TWO, ONE)],
    ['from one algorithm to the other', aes(TWO), sm4(TWO)],
    ['from one key and algorithm to others', sm4(ONE), aes(TWO, THREE, ONE)],
  ];
  for (const [title, before, after] of CHANGES) {
    it(`is sealed anew when it is opened: ${title}; then the old key is not needed and leaves nothing`, () => {
      made(before);
      const old = openStore(file, { encryption: before });
      const digest = old.digest(PERSON);
      old.close();
      const former = keptIn(file, 'V1');
      openStore(file, { encryption: after }).close();
      assert.deepEqual(namesIn(file), []);
      const key = { ...after, previous: [] };
      const store = openStore(file, { encryption: key });
      assertWhole(store);
      assert.equal(store.digest(PERSON), digest);
      store.close();
      assert.equal(bytesOf(file).includes(former), false);
      assert.deepEqual(sealStore(file, key), {
        sealing: 'sealed',
        sealed: 0,
        damaged: 0,
        isUnderWay: false,
      });
      assert.throws(() => openStore(file), refusal('key-missing'));
    });
  }

  it('tells how much it has sealed anew', () => {
    made();
    assert.deepEqual(sealStore(file, aes(ONE)), {
      sealing: 'sealed',
      sealed: MANY + 2,
      damaged: 0,
      isUnderWay: false,
    });
  });

  it('goes on after a crash in the middle of it, and needs both keys until it is done', () => {
    made(aes(ONE));
    const former = join(folder, 'former.db');
    copyFileSync(file, former);
    openStore(file, { encryption: aes(TWO, ONE) }).close();
    // A crash after the first step: the mark stands, and half of it is as it was.
    const db = new DatabaseSync(file);
    db.prepare('ATTACH ? AS former').run(former);
    db.exec(`UPDATE document SET body = (SELECT body FROM former.document AS f WHERE f.key = document.key) WHERE key > 'V2';
             INSERT INTO meta SELECT 'sealing-under-way', value FROM meta WHERE name = 'sealing'`);
    const both = JSON.stringify(keyIdsOf(former).concat(keyIdsOf(file)));
    db.prepare(`UPDATE meta SET value = ? WHERE name = 'sealing-keys'`).run(Buffer.from(both));
    db.close();
    assert.throws(() => openStore(file, { encryption: aes(TWO) }), refusal('key-wrong'));
    const reader = openStore(file, { readOnly: true, encryption: aes(TWO, ONE) });
    assertWhole(reader);
    reader.close();
    assert.ok(sealStore(file, aes(TWO, ONE)).sealed > 0);
    const store = openStore(file, { encryption: aes(TWO) });
    assertWhole(store);
    store.close();
  });

  it('keeps the old keys while another process reads, and strikes them off at the next start', () => {
    made(aes(ONE));
    const reader = new DatabaseSync(file, { readOnly: true });
    reader.exec('BEGIN; SELECT count(*) FROM document');
    const first = openStore(file, { encryption: aes(TWO, ONE) });
    assertWhole(first);
    first.close();
    assert.throws(() => openStore(file, { encryption: aes(TWO) }), refusal('key-wrong'));
    reader.close();
    assert.equal(sealStore(file, aes(TWO, ONE)).isUnderWay, false);
    openStore(file, { encryption: aes(TWO) }).close();
  });

  it('lets no process write that has not heard of its key, or of the new one', () => {
    const clear = openStore(file);
    clear.transact((tx) => tx.put('visit', 'V', 1));
    const first = openStore(file, { encryption: aes(ONE) });
    assert.throws(() => clear.transact((tx) => tx.put('visit', 'V', 2)), refusal('key-changed'));
    const second = openStore(file, { encryption: aes(TWO, ONE) });
    assert.throws(() => first.transact((tx) => tx.put('visit', 'V', 3)), refusal('key-changed'));
    second.transact((tx) => tx.put('visit', 'V', 4));
    assert.equal(second.get('visit', 'V'), 4);
    assert.throws(() => first.get('visit', 'V'), refusal('key-changed'));
    for (const store of [clear, first, second]) store.close();
  });

  it('is taken up by several processes at the same moment', async () => {
    made();
    const program = `
      import { openStore } from '@yiqiao/sdk';
      const encryption = { algorithm: 'aes-256-gcm', key: Buffer.alloc(32, 1) };
      const store = openStore(process.argv[1], { encryption });
      for (let at = 0; at < 20; at += 1) store.transact((tx) => tx.put('count', process.pid + '-' + at, '测试丁'));
      store.close();`;
    const ends = [1, 2, 3].map(async () => {
      const args = ['--input-type=module', '-e', program, file];
      const child = spawn(process.execPath, args, { cwd: import.meta.dirname, stdio: 'inherit' });
      const [code] = (await once(child, 'exit')) as [number];
      return code;
    });
    assert.deepEqual(await Promise.all(ends), [0, 0, 0]);
    sealStore(file, aes(ONE));
    assert.deepEqual([...namesIn(file), ...(bytesOf(file).includes('测试丁') ? ['测试丁'] : [])], []);
    const store = openStore(file, { encryption: aes(ONE) });
    assertWhole(store);
    assert.equal(store.list('count').length, 60);
    store.close();
  }).timeout(20_000);

  const ALTERATIONS: readonly [string, string][] = [
    [
      'two documents that have changed places',
      `UPDATE document SET body = (SELECT body FROM document AS d WHERE d.key = CASE document.key WHEN 'V1' THEN 'V2' ELSE 'V1' END)
       WHERE key IN ('V1', 'V2')`,
    ],
    ['a document under another key', `UPDATE document SET key = 'V1' || 'x' WHERE key = 'V1'`],
    ['a document of another kind', `UPDATE document SET kind = 'stay' WHERE key = 'V1'`],
    ['a clear body in place of a sealed one', `UPDATE document SET body = '{}' WHERE key = 'V1'`],
    ['a body that was cut', `UPDATE document SET body = substr(body, 1, length(body) - 4) WHERE key = 'V1'`],
    ['a job under another id', `UPDATE job SET id = 'b'`],
    ['a job for another handler', `UPDATE job SET kind = 'undo'`],
    ['facts under other refs', `UPDATE trace SET refs = '{"visit":"V2"}'`],
    ['facts of another step', `UPDATE trace SET step = 'visit.cancelled'`],
  ];
  for (const [title, change] of ALTERATIONS) {
    it(`does not open ${title}`, () => {
      made(aes(ONE));
      const db = new DatabaseSync(file);
      db.exec(change);
      db.close();
      const store = openStore(file, { encryption: aes(ONE) });
      assert.throws(() => {
        store.list('visit');
        store.list('stay');
        store.jobs.list();
        store.eventsWith('V1');
      }, refusal('altered'));
      store.close();
    });
  }

  it('leaves what is damaged as it is when it is sealed anew, and tells how much that is', () => {
    made(aes(ONE));
    const db = new DatabaseSync(file);
    db.exec(`UPDATE document SET body = 'sealed:AQE=' WHERE key = 'V1'`);
    db.close();
    const { sealed, damaged } = sealStore(file, aes(TWO, ONE));
    assert.deepEqual([sealed, damaged], [MANY + 1, 1]);
    const store = openStore(file, { encryption: aes(TWO) });
    assert.throws(() => store.get('visit', 'V1'), refusal('altered'));
    assert.deepEqual(store.get('visit', 'V2'), { name: '测试甲', certno: PERSON });
    store.close();
  });

  it('is kept in the clear, as before, where no key is given', () => {
    made();
    const store = openStore(file);
    assert.equal(store.sealing, 'clear');
    assertWhole(store);
    store.close();
    assert.equal(bytesOf(file).includes('测试甲'), true);
  });
});

/** The body of a visit as it lies in the file. */
function keptIn(file: string, key: string): string {
  const db = new DatabaseSync(file, { readOnly: true });
  const row = db.prepare('SELECT body FROM document WHERE key = ?').get(key);
  db.close();
  return String(row?.['body']);
}

function keyIdsOf(file: string): readonly string[] {
  const db = new DatabaseSync(file, { readOnly: true });
  const row = db.prepare(`SELECT value FROM meta WHERE name = 'sealing-keys'`).get();
  db.close();
  return JSON.parse(Buffer.from(row?.['value'] as Uint8Array).toString()) as string[];
}
