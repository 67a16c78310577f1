import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { createConnection } from '#internal/postgres/connection.ts';
import { createPostgresJournal } from '@yiqiao/journal';
import type { Journal, PostgresPlace } from '@yiqiao/journal';
import type { GatewayError } from '@yiqiao/model';
import { startPostgres } from '../../../scripts/testing/postgres-server.ts';
import type { PostgresServer } from '../../../scripts/testing/postgres-server.ts';
import { createPlace } from './postgres-place.ts';
import { NOW, answered, ended, newExchange, newLeg } from './samples.ts';

const clock = { now: (): number => NOW };
const open = (place: PostgresPlace, errors: GatewayError[] = []): Promise<Journal> =>
  createPostgresJournal({ place, clock, onError: (error) => errors.push(error) });
const codeOf = (error: unknown): string => (error as GatewayError).code;

describe('PostgreSQL journal in trouble', function () {
  this.timeout(40_000);

  it('keeps what it told to be written, and nothing that it told not to be, through crashes of the server', async () => {
    const server: PostgresServer = await startPostgres();
    const errors: GatewayError[] = [];
    const journal = await open({ url: await server.createDatabase() }, errors);
    const told = new Map<number, { opened: boolean | undefined; ended: boolean | undefined }>();
    let next = 0;
    let over = false;
    const writer = async (): Promise<void> => {
      while (!over) {
        const n = (next += 1);
        const one: { opened: boolean | undefined; ended: boolean | undefined } = {
          opened: undefined,
          ended: undefined,
        };
        told.set(n, one);
        try {
          const id = await journal.open(newExchange(n), newLeg(n));
          one.opened = true;
          await journal.end(id, ended(), [answered(1)]);
          one.ended = true;
        } catch (error) {
          assert.equal(codeOf(error), 'JOURNAL_FAILED');
          if (one.opened === undefined) one.opened = false;
          else one.ended = false;
          await pause(20);
        }
      }
    };
    const writers = Array.from({ length: 8 }, writer);
    for (let round = 0; round < 2; round += 1) {
      await pause(300);
      await server.kill();
      await pause(100);
      await server.restart();
    }
    await pause(300);
    over = true;
    await Promise.all(writers);
    for (const [n, { opened, ended: hasEnded }] of told) {
      const found = await journal.find(newExchange(n).key, newExchange(n).digest);
      assert.equal(found.status, opened === true ? 'known' : 'new', `message ${n}`);
      if (found.status === 'known')
        assert.equal(found.exchange.state, hasEnded === true ? 'answered' : 'sent', `message ${n}`);
    }
    assert.ok(errors.length > 0, 'the crashes were noticed');
    await journal.close();
    await server.stop();
  });

  const wrong = [
    { what: 'a request that is no text', leg: { request: 5 as unknown as string } },
    { what: 'a peer that is none', leg: { peer: null as unknown as string } },
    { what: 'a time that is no whole number', leg: { sentAt: 0.5 }, exchange: { acceptedAt: 0.5 } },
  ];
  for (const { what, leg, exchange } of wrong) {
    it(`writes the others of a batch that contains ${what}`, async () => {
      const errors: GatewayError[] = [];
      const journal = await open(await createPlace(), errors);
      const codes = await Promise.all(
        [
          journal.open(newExchange(1), newLeg(1)),
          journal.open(newExchange(2, exchange), newLeg(2, leg)),
          journal.open(newExchange(3), newLeg(3)),
          journal.open(newExchange(3), newLeg(3)),
        ].map((written) => written.then(() => 'done', codeOf)),
      );
      assert.deepEqual(codes, ['done', 'INTERNAL', 'done', 'EXCHANGE_IN_PROGRESS']);
      assert.deepEqual(errors.map(codeOf), ['INTERNAL']);
      await journal.close();
    });
  }

  it('refuses to open what cannot be a journal, and says why', async () => {
    const place = await createPlace();
    const reasonOf = async (options: Partial<PostgresPlace>, key?: number): Promise<unknown> => {
      const encryption =
        key === undefined
          ? {}
          : { encryption: { algorithm: 'aes-256-gcm' as const, key: new Uint8Array(32).fill(key) } };
      try {
        await (
          await createPostgresJournal({ place: { ...place, ...options }, clock, ...encryption })
        ).close();
        return 'opened';
      } catch (error) {
        assert.equal(codeOf(error), 'JOURNAL_UNUSABLE');
        return (error as GatewayError).details.facts?.['reason'];
      }
    };
    assert.equal(await reasonOf({ url: 'postgres://nobody:x@127.0.0.1:1/none' }), 'not-reached');
    assert.equal(await reasonOf({ schema: 'information_schema' }), 'not-a-journal');
    assert.equal(await reasonOf({}, 1), 'opened');
    assert.equal(await reasonOf({}, 2), 'key-wrong');
    assert.equal(await reasonOf({}), 'key-missing');
    assert.equal(await reasonOf({}, 1), 'opened');
  });

  it('refuses to open where the server has no session left for it, and keeps no slot there', async () => {
    const { url, schema } = await createPlace();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`CREATE ROLE two_only LOGIN CONNECTION LIMIT 2 PASSWORD 'two'`);
    await client.query(`GRANT CREATE ON DATABASE ${new URL(url).pathname.slice(1)} TO two_only`);
    await client.query(`CREATE SCHEMA ${schema} AUTHORIZATION two_only`);
    const narrow = Object.assign(new URL(url), { username: 'two_only', password: 'two' });
    const errors: GatewayError[] = [];
    await assert.rejects(open({ url: narrow.href, schema }, errors), (error: GatewayError) => {
      assert.deepEqual(
        [error.code, error.details.facts?.['reason']],
        ['JOURNAL_UNUSABLE', 'not-reached'],
        String(error.cause),
      );
      return true;
    });
    const { rows } = await client.query<{ kept: string }>(
      `SELECT until - extract(epoch FROM clock_timestamp()) * 1000 AS kept FROM ${schema}.slots`,
    );
    assert(
      rows.every(({ kept }) => Number(kept) <= 3_000),
      JSON.stringify(rows),
    );
    const { rows: sessions } = await client.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE usename = 'two_only' AND application_name = 'yiqiao claims'`,
    );
    assert.deepEqual(sessions, [{ n: 0 }]);
    await client.end();
  });

  it('keeps a new connection when the one before tells late that it is gone', async () => {
    const clients: pg.Client[] = [];
    let lost = 0;
    const connection = createConnection({
      ...(await createPlace()),
      purpose: 'trial',
      timeoutMs: 5_000,
      begin: (client) =>
        clients.push(client) === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve(),
      onLost: () => (lost += 1),
    });
    await assert.rejects(connection.client(), /not yet/);
    const [second] = await Promise.all([connection.client(), once(clients[0] as pg.Client, 'end')]);
    assert.deepEqual([(await connection.client()) === second, lost], [true, 0]);
    await connection.close();
  });
});

describe('Processes on one PostgreSQL journal', function () {
  this.timeout(20_000);

  it('open a new one at the same time, and each has a slot of its own', async () => {
    const place = await createPlace();
    const all = await Promise.all(Array.from({ length: 4 }, () => open(place)));
    assert.deepEqual(new Set(all.map(({ shared }) => shared?.slot)), new Set([0, 1, 2, 3]));
    await Promise.all(all.map((journal) => journal.close()));
  });

  it('keep their slots while the server is away: one that starts first afterwards takes none of theirs', async () => {
    const server = await startPostgres();
    try {
      const place = { url: await server.createDatabase() };
      const [one, other] = [await open(place), await open(place)];
      await server.restart();
      const late = await open(place);
      const slots = [one, other, late].map(({ shared }) => shared?.slot);
      assert.deepEqual(slots, [0, 1, 2]);
      await Promise.all([one, other, late].map((journal) => journal.close()));
    } finally {
      await server.stop();
    }
  });

  it('leave a slot that nobody keeps to the next, and whoever was away too long takes another', async () => {
    const place = await createPlace();
    const client = new pg.Client({ connectionString: place.url });
    await client.connect();
    const away = await open(place);
    await client.query(`UPDATE ${place.schema ?? 'yiqiao'}.slots SET until = 0`);
    const next = await open(place);
    assert.equal(next.shared?.slot, 0);
    while (away.shared?.slot === 0) await pause(100);
    assert.equal(away.shared?.slot, 1);
    await client.end();
    await Promise.all([away, next].map((journal) => journal.close()));
  });

  it('let one win when the same key is opened at once, and show it to the others', async () => {
    const place = await createPlace();
    const [one, other] = [await open(place), await open(place)];
    for (let n = 1; n <= 20; n += 1) {
      const codes = await Promise.all(
        [one, other].map((journal) =>
          journal.open(newExchange(n), newLeg(n)).then(
            () => 'done',
            async (error: unknown) =>
              `${codeOf(error)}, then ${(await journal.find(newExchange(n).key, `digest-${n}`)).status}`,
          ),
        ),
      );
      assert.deepEqual(codes.toSorted(), ['EXCHANGE_IN_PROGRESS, then known', 'done']);
    }
    await Promise.all([one.close(), other.close()]);
  });

  it('chain the audit log together', async () => {
    const place = await createPlace();
    const [one, other] = [await open(place), await open(place)];
    const entry = { at: NOW, action: 'reload', outcome: 'done' } as const;
    await Promise.all(Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? one : other).appendAudit(entry)));
    const { entries, damage } = await one.checkAudit();
    assert.deepEqual([entries, damage], [40, []]);
    await Promise.all([one.close(), other.close()]);
  });

  it('exclude each other by name until it is given back or its process is gone', async () => {
    const place = await createPlace();
    const [one, other] = [await open(place), await open(place)];
    assert.equal(await one.shared?.take(['a', 'b']), true);
    assert.equal(await other.shared?.take(['b', 'c']), false);
    assert.equal(await other.shared?.take(['c']), true);
    one.shared?.release(['a', 'b']);
    while (!(await other.shared?.take(['b']))) await pause(10);
    await other.close();
    while (!(await one.shared?.take(['b', 'c']))) await pause(10);
    await one.close();
  });

  it('leave an open exchange to who is at it, and to others once that one is gone', async () => {
    const place = await createPlace();
    const [one, other] = [await open(place), await open(place)];
    const id = await one.open(newExchange(1), newLeg(1));
    assert.equal(await one.shared?.adopt(id), 'ours');
    assert.equal(await other.shared?.adopt(id), 'elsewhere');
    assert.deepEqual(await other.shared?.adoptOrphans(10), []);
    await assert.rejects(other.end(id, ended()), { code: 'EXCHANGE_IN_PROGRESS' });
    await one.close();
    let orphans = await other.shared?.adoptOrphans(10);
    while (orphans?.length === 0) orphans = await other.shared?.adoptOrphans(10);
    assert.deepEqual(orphans, [{ id, key: newExchange(1).key }]);
    await other.end(id, ended());
    assert.equal(await other.shared?.adopt(id), 'ended');
    await other.close();
  });

  it('open nothing by names of a session that was lost meanwhile', async () => {
    const place = await createPlace();
    const journal = await open(place);
    const since = journal.shared?.generation ?? 0;
    await journal.open(newExchange(1), newLeg(1), since);
    await assert.rejects(journal.open(newExchange(2), newLeg(2), since - 1), { code: 'JOURNAL_FAILED' });
    await journal.close();
  });

  it('sign evidence over entries in an order in which none comes later', async () => {
    const place = await createPlace();
    const [one, other] = [await open(place), await open(place)];
    const seen: number[] = [];
    let over = false;
    const reader = (async () => {
      while (!over) {
        const entries = await one.evidence?.entriesAfter(seen.at(-1) ?? 0, 1_000);
        seen.push(...(entries ?? []).map(({ id }) => id));
      }
    })();
    await Promise.all(
      Array.from({ length: 300 }, (_, n) => (n % 2 === 0 ? one : other).open(newExchange(n), newLeg(n))),
    );
    over = true;
    await reader;
    const rest = await one.evidence?.entriesAfter(seen.at(-1) ?? 0, 1_000);
    seen.push(...(rest ?? []).map(({ id }) => id));
    assert.equal(seen.length, 300);
    const all = await one.evidence?.entriesAfter(0, 1_000);
    assert.deepEqual(
      seen,
      all?.map(({ id }) => id),
    );
    await Promise.all([one.close(), other.close()]);
  });
});
