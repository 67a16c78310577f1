/** The store of an adapter: what belongs together is durable together, whoever writes at the same time. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExactNumber, fen, GatewayError } from '@yiqiao/model';
import { findTrace, openStore } from '@yiqiao/sdk';

describe('The store of an adapter', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'store-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const BODIES: readonly unknown[] = [
    { amount: fen(-1250n), price: new ExactNumber('12.500000'), none: null, list: [1n, '1', 1, true] },
    { bytes: Buffer.from([0, 255, 128]), nested: { deeper: { count: 3n } } },
    { $int: 'a text that looks like a mark' },
    { $object: [['x', 1]] },
    { $int: 1n },
    'text',
    null,
    [],
    { 名称: '测试甲', __proto__x: 1 },
  ];
  for (const [index, body] of BODIES.entries()) {
    it(`gives back what was put, exactly: body ${index + 1}`, () => {
      const store = openStore(':memory:');
      store.transact((tx) => tx.put('kind', 'key', body));
      assert.deepEqual(store.get('kind', 'key'), body);
      store.close();
    });
  }

  it('refuses what is no plain data', () => {
    const store = openStore(':memory:');
    for (const body of [new Date(0), new Map(), () => 1, Number.NaN, { at: new Date(0) }])
      assert.throws(() => store.transact((tx) => tx.put('kind', 'key', body)), /plain data|finite/);
    assert.equal(store.get('kind', 'key'), undefined);
    store.close();
  });

  it('undoes everything when the work throws, and tells the caller why', () => {
    const store = openStore(':memory:');
    const work = (): void =>
      store.transact((tx) => {
        tx.put('visit', '1', { state: 'settled' });
        tx.enqueue({ id: 'a', kind: 'issue', body: {} });
        tx.trace({ at: 1, step: 'visit.settled', refs: { visit: '1' } });
        assert.deepEqual(tx.get('visit', '1'), { state: 'settled' });
        throw new RangeError('no');
      });
    assert.throws(work, RangeError);
    assert.equal(store.get('visit', '1'), undefined);
    assert.deepEqual(store.jobs.list(), []);
    assert.deepEqual(findTrace([store], '1'), []);
    store.close();
  });

  it('inserts a document once, whoever comes second, also from another process', () => {
    const file = join(folder, 'twice.db');
    const one = openStore(file);
    const other = openStore(file);
    assert.equal(
      one.transact((tx) => tx.insert('claim', 'rx1', { by: 'one' })),
      true,
    );
    assert.equal(
      other.transact((tx) => tx.insert('claim', 'rx1', { by: 'other' })),
      false,
    );
    assert.deepEqual(other.get('claim', 'rx1'), { by: 'one' });
    one.close();
    other.close();
  });

  it('lists by prefix, page by page, in the order of the keys', () => {
    const store = openStore(':memory:');
    store.transact((tx) => {
      for (const key of ['b2', 'a1', 'b1', 'c1', 'b%', 'B9']) tx.put('k', key, key);
    });
    const keys = (options: Parameters<typeof store.list>[1]): string[] =>
      store.list('k', options).map(({ key }) => key);
    assert.deepEqual(keys({ prefix: 'b' }), ['b%', 'b1', 'b2']);
    assert.deepEqual(keys({ prefix: 'b', limit: 1, after: 'b%' }), ['b1']);
    assert.deepEqual(keys({}), ['B9', 'a1', 'b%', 'b1', 'b2', 'c1']);
    store.close();
  });

  it('keeps what was committed, in a file that its owner alone can read', () => {
    const file = join(folder, 'sub', 'kept.db');
    const first = openStore(file);
    first.transact((tx) => tx.put('k', '1', { n: 1n }));
    const digest = first.digest('000000199001010018');
    first.close();
    const again = openStore(file);
    assert.deepEqual(again.get('k', '1'), { n: 1n });
    assert.equal(again.digest('000000199001010018'), digest);
    again.close();
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('digests a person so that nothing can be read from it', () => {
    const [one, other] = [openStore(':memory:'), openStore(':memory:')];
    assert.match(one.digest('1'), /^[\da-f]{32}$/);
    assert.notEqual(one.digest('1'), one.digest('2'));
    assert.notEqual(one.digest('1'), other.digest('1'));
    one.close();
    other.close();
  });

  it('does not begin a transaction inside another, nor take work that waits', () => {
    const store = openStore(':memory:');
    assert.throws(() => store.transact(() => store.transact(() => 1)), /not begun inside another/);
    assert.throws(() => store.transact(() => Promise.resolve()), /synchronous/);
    store.transact((tx) => tx.put('k', 'still usable', 1));
    store.close();
  });

  const WRONG: readonly [string, (file: string) => void, string][] = [
    ['no SQLite file', (file) => writeFileSync(file, 'x'.repeat(5_000)), 'not-a-store'],
    ['a missing file that is only to be read', () => {}, 'missing'],
  ];
  for (const [title, prepare, reason] of WRONG) {
    it(`refuses ${title}, with reason and remedy`, () => {
      const file = join(folder, `${reason}.db`);
      prepare(file);
      assert.throws(
        () => openStore(file, { readOnly: reason === 'missing' }),
        (error: unknown) =>
          error instanceof GatewayError &&
          error.code === 'STORE_UNUSABLE' &&
          error.details.facts?.['reason'] === reason &&
          error.details.faults?.[0]?.at === file,
      );
    });
  }

  it('refuses a file of another program and leaves it as it was', () => {
    const file = join(folder, 'other.db');
    const store = openStore(file);
    store.close();
    const bytes = readFileSync(file);
    bytes.writeUInt32BE(0x11223344, 68);
    writeFileSync(file, bytes);
    assert.throws(() => openStore(file), { code: 'STORE_UNUSABLE' });
    assert.deepEqual(readFileSync(file), bytes);
  });

  it('can be read while another process writes', () => {
    const file = join(folder, 'read.db');
    const writer = openStore(file);
    writer.transact((tx) => tx.put('k', '1', 1));
    const reader = openStore(file, { readOnly: true });
    writer.transact((tx) => {
      tx.put('k', '1', 2);
      assert.equal(reader.get('k', '1'), 1);
    });
    assert.equal(reader.get('k', '1'), 2);
    assert.throws(() => reader.transact((tx) => tx.put('k', '1', 3)), { code: 'STORE_FAILED' });
    reader.close();
    writer.close();
  });
});

describe('The trace', () => {
  it('follows shared refs from the diagnosis to the invoice, through several stores, in the order of time', () => {
    const stores = [1, 2, 3].map(() => openStore(':memory:'));
    const [his, prescription, invoice] = stores;
    const step = (store: typeof his, at: number, name: string, refs: Record<string, string>): void =>
      store?.transact((tx) => tx.trace({ at, step: name, refs }));
    step(his, 1, 'visit.diagnosed', { visit: 'V1', person: 'p' });
    step(prescription, 2, 'prescription.uploaded', { visit: 'V1', prescription: 'R1', person: 'p' });
    step(prescription, 3, 'prescription.dispensed', { prescription: 'R1', settlement: 'S1' });
    step(invoice, 4, 'invoice.issued', { settlement: 'S1', invoice: 'I1' });
    step(his, 5, 'visit.diagnosed', { visit: 'V2', person: 'p' });
    for (const id of ['V1', 'R1', 'S1', 'I1']) {
      assert.deepEqual(
        findTrace(stores, id).map(({ step: name }) => name),
        ['visit.diagnosed', 'prescription.uploaded', 'prescription.dispensed', 'invoice.issued'],
      );
    }
    assert.equal(findTrace(stores, 'V2').length, 1);
    assert.deepEqual(findTrace(stores, 'unknown'), []);
    for (const store of stores) store.close();
  });

  it('keeps no number of a person among its facts', () => {
    const store = openStore(':memory:');
    store.transact((tx) =>
      tx.trace({ at: 1, step: 'a', refs: { visit: 'V' }, facts: { text: 'of 110101199003070038 there' } }),
    );
    assert.doesNotMatch(JSON.stringify(findTrace([store], 'V')), /110101199003070038/);
    store.close();
  });
});
