import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { createExchangeTables } from '@yiqiao/his';
import type { Desk, ExchangeTables, ExchangeTablesOptions } from '@yiqiao/his';
import { startPostgres } from '../../../scripts/testing/postgres-server.ts';
import { claimSql, endSql, prolongSql } from '#internal/tables/table-sql.ts';
import { Crash } from './insurer.ts';
import { createRig, refusalOf } from './rig.ts';
import type { Rig } from './rig.ts';
import { createTableHis } from './table-rig.ts';
import type { TableHis } from './table-rig.ts';

const SERVER_MS = 30_000;

describe('Exchange tables', function () {
  this.timeout(SERVER_MS);
  let his: TableHis;
  let rig: Rig;
  const pollers: ExchangeTables[] = [];

  before(async () => {
    his = await createTableHis();
  });
  beforeEach(async () => {
    rig = createRig();
    await his.db.query('TRUNCATE yb_request CASCADE');
    await his.db.query('TRUNCATE yb_answer_fee');
  });
  afterEach(async () => {
    for (const poller of pollers.splice(0)) await poller.stop();
  });
  after(() => his.close());

  async function poll(
    desk: Pick<Desk, 'perform'> = rig.desk,
    options: Partial<ExchangeTablesOptions> = {},
  ): Promise<ExchangeTables> {
    const { connection, map } = his;
    const poller = createExchangeTables({
      connection,
      map,
      desk,
      retryMs: 20,
      idleMs: { first: 5, longest: 20 },
      ...options,
    });
    pollers.push(poller);
    await poller.start();
    return poller;
  }

  it('carry a visit from its registration to its settlement, in the order of the rows', async () => {
    const keys = await his.visit('MZ1');
    await poll();
    const settled = await his.ended(keys.at(-1) ?? '', '2');
    assert.deepEqual(
      [settled['fhdm'], settled['fh_zje'], settled['fh_jjzf'], settled['fh_xjzf'], settled['clz']],
      ['0', '84.70', '59.29', '25.41', null],
    );
    assert.equal(settled['fh_jsid'], rig.desk.findVisit('MZ1')?.settlements[0]?.settlementId);
    const registered = await his.ended(keys[0] ?? '', '2');
    assert.deepEqual([registered['rybh'], registered['cbd']], ['P0000002', '530100']);
  });

  it('get the division of the fee lines as rows of their own', async () => {
    const keys = await his.visit('MZ1');
    await poll();
    await his.ended(keys[1] ?? '', '2');
    const { rows } = await his.db.query('SELECT mxh, fhfw, xmlb FROM yb_answer_fee ORDER BY mxh');
    assert.deepEqual(rows, [
      { mxh: 'L1', fhfw: '42.35', xmlb: '09' },
      { mxh: 'L2', fhfw: '42.35', xmlb: '09' },
    ]);
  });

  it('get a refusal with its code and all faults in one text, and the next visit goes on', async () => {
    const [bad] = await his.visit('MZ1', { kssj: '2026-01-05', zjhm: '', pzlx: '99' });
    const keys = await his.visit('MZ2');
    await poll();
    const row = await his.ended(bad ?? '', '3');
    assert.deepEqual([row['fhdm'], row['cwdm']], ['-1', 'MESSAGE_INVALID']);
    assert.match(row['fhxx'] ?? '', /就诊凭证类型：.*证件号码：/);
    await his.ended(keys.at(-1) ?? '', '2');
  });

  it('get a refusal for an action that the map does not know', async () => {
    const key = await his.insert({ jylx: 'XX', jzlsh: 'MZ1' });
    await poll();
    assert.equal((await his.ended(key, '3'))['cwdm'], 'TRANSACTION_UNKNOWN');
  });

  it('settle, refund a part and cancel', async () => {
    await his.visit('MZ1');
    const refund = await his.insert(
      { jylx: 'BFTF', jzlsh: 'MZ1', yy: '退药' },
      { yb_request_return: [{ mxh: 'L2' }] },
    );
    const cancel = await his.insert({ jylx: 'JSCX', jzlsh: 'MZ1' });
    await poll();
    assert.equal((await his.ended(refund, '2'))['fh_zje'], '42.35');
    assert.equal((await his.ended(cancel, '2'))['fh_zje'], '-42.35');
    assert.equal(rig.insurer.settled.size, 0);
  });

  it('show an unknown outcome until it is known, and are asked again under the same message id', async () => {
    rig.insurer.trouble('settleOutpatient', 'lost');
    rig.insurer.trouble('settleOutpatient', 'lost');
    const keys = await his.visit('MZ1');
    await poll();
    const row = await his.ended(keys.at(-1) ?? '', '2');
    const sent = rig.insurer.calls.filter(({ operation }) => operation === 'settleOutpatient');
    assert.deepEqual([sent.length, new Set(sent.map(({ messageId }) => messageId)).size], [3, 1]);
    assert.deepEqual([row['cscs'], row['fhdm'], rig.insurer.settled.size], [3, '0', 1]);
  });

  it('are shared by two pollers that take each row once', async () => {
    const visits = await Promise.all(Array.from({ length: 25 }, (_, at) => his.visit(`MZ${at}`)));
    const [one, other] = [
      await poll(rig.desk, { concurrency: 4 }),
      await poll(rig.restart(), { concurrency: 4 }),
    ];
    for (const keys of visits) await his.ended(keys.at(-1) ?? '', '2');
    const { rows } = await his.db.query('SELECT count(*)::int AS n, max(cscs) AS tries FROM yb_request');
    assert.deepEqual(rows, [{ n: 100, tries: 1 }]);
    assert(one.figures().ended > 0 && other.figures().ended > 0);
    assert.equal(rig.insurer.settled.size, 25);
  });

  for (const operation of ['registerOutpatient', 'uploadOutpatientFees', 'settleOutpatient'] as const) {
    for (const kind of ['crash-before', 'crash-after'] as const) {
      it(`give a row whose poller died to another: ${kind} at ${operation}, done once, with one message id`, async () => {
        rig.insurer.trouble(operation, kind);
        const keys = await his.visit('MZ1');
        const { desk, died } = dying(rig.desk);
        const poller = await poll(desk, { leaseMs: 60 });
        await died;
        await poller.stop(0);
        pollers.splice(pollers.indexOf(poller), 1);
        await poll(rig.restart(), { leaseMs: 60 });
        await his.ended(keys.at(-1) ?? '', '2');
        const sent = rig.insurer.calls.filter((call) => call.operation === operation);
        assert.equal(new Set(sent.map(({ messageId }) => messageId)).size, 1);
        assert.equal(rig.insurer.done.filter((name) => name === operation).length, 1);
        assert.equal(rig.insurer.settled.size, 1);
      });
    }
  }

  it('give a row to another poller when the answer was there and not written back', async () => {
    const keys = await his.visit('MZ1');
    const { desk, died } = dying(rig.desk, 'settle');
    const poller = await poll(desk, { leaseMs: 60 });
    await died;
    await poller.stop(0);
    pollers.splice(pollers.indexOf(poller), 1);
    assert.equal(rig.insurer.settled.size, 1);
    await poll(rig.restart(), { leaseMs: 60 });
    const row = await his.ended(keys.at(-1) ?? '', '2');
    assert.deepEqual([row['fh_zje'], rig.insurer.settled.size], ['84.70', 1]);
  });

  it('keep a row as long as its poller lives, however long the answer takes', async () => {
    const keys = await his.visit('MZ1');
    let isOver: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => {
      isOver = resolve;
    });
    await poll(
      {
        async perform(order) {
          if (order.action === 'settle') await slow;
          return rig.desk.perform(order);
        },
      },
      { leaseMs: 60 },
    );
    const other = await poll(rig.restart(), { leaseMs: 60 });
    await his.ended(keys.at(-1) ?? '', '1');
    const { looks } = other.figures();
    while (other.figures().looks < looks + 10) await setTimeout(5);
    isOver();
    assert.equal((await his.ended(keys.at(-1) ?? '', '2'))['cscs'], 1);
  });

  it('are told by NOTIFY at once, however long the wait', async () => {
    const poller = await poll(rig.desk, { idleMs: { first: 60_000, longest: 60_000 } });
    const keys = await his.visit('MZ1');
    await his.ended(keys.at(-1) ?? '', '2');
    assert(poller.figures().looks < 30);
  });

  it('are read and written through their indexes, however many rows have ended', async () => {
    const { tables } = his.map.vendor;
    assert(tables !== undefined);
    await his.db.query(
      `INSERT INTO yb_request (jylx, jzlsh, zt) SELECT 'JS', 'V' || g, '2' FROM generate_series(1, 20000) g`,
    );
    await his.db.query('ANALYZE yb_request');
    for (const statement of [claimSql(tables), prolongSql(tables), endSql(tables, ['fhxx'])]) {
      const { rows } = await his.db.query<{ 'QUERY PLAN': string }>(`EXPLAIN (GENERIC_PLAN) ${statement}`);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      assert.doesNotMatch(plan, /Seq Scan/, plan);
    }
  });

  it('that lack what the map names are told apart before anything is taken', async () => {
    await his.db.query('ALTER TABLE yb_request RENAME COLUMN sfpc TO pch');
    const broken = createExchangeTables({ connection: his.connection, map: his.map, desk: rig.desk });
    pollers.push(broken);
    const error = await refusalOf(broken.start(), 'CONFIG_INVALID');
    await his.db.query('ALTER TABLE yb_request RENAME COLUMN pch TO sfpc');
    assert.deepEqual(
      error.details.faults?.map(({ at }) => at),
      ['yb_request.sfpc'],
    );
  });
});

describe('Exchange tables whose database goes away', () => {
  it('are polled again when it is back, and nothing is done twice', async function () {
    this.timeout(SERVER_MS);
    const server = await startPostgres();
    const his = await createTableHis({}, await server.createDatabase());
    const rig = createRig();
    const problems: string[] = [];
    const poller = createExchangeTables({
      connection: his.connection,
      map: his.map,
      desk: rig.desk,
      leaseMs: 100,
      idleMs: { first: 5, longest: 20 },
      onProblem: (event) => problems.push(event),
    });
    try {
      await poller.start();
      const first = await his.visit('MZ1');
      await his.ended(first.at(-1) ?? '', '2');
      await server.kill();
      while (!problems.includes('his.tables.look')) await setTimeout(5);
      await server.restart();
      const second = await his.visit('MZ2');
      await his.ended(second.at(-1) ?? '', '2');
      assert.equal(rig.insurer.settled.size, 2);
    } finally {
      await poller.stop();
      await his.close();
      await server.stop();
    }
  });
});

const NEVER = new Promise<never>(() => undefined);

/**
 * A desk whose process dies where the insurer says so, or after an order of this action: the order neither ends nor is
 * written back.
 */
function dying(
  desk: Desk,
  after?: string,
): { readonly desk: Pick<Desk, 'perform'>; readonly died: Promise<void> } {
  let die: () => void = () => undefined;
  let isDead = false;
  const died = new Promise<void>((resolve) => {
    die = () => {
      isDead = true;
      resolve();
    };
  });
  return {
    died,
    desk: {
      async perform(order) {
        if (isDead) return NEVER;
        try {
          const reply = await desk.perform(order);
          if (order.action !== after) return reply;
        } catch (error) {
          if (!(error instanceof Crash)) throw error;
        }
        die();
        return NEVER;
      },
    },
  };
}
