import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { archiveConfiguredJournal, checkConfiguredJournal, restoreConfiguredArchive } from '@yiqiao/gateway';
import { startPostgres } from '../../../../scripts/testing/postgres-server.ts';

import type { Answer, Arrived } from '../far-side.ts';
import { identification, message, newMessageId, settlement } from '../messages.ts';
import { assertDone, assertRefused, assertUnknown, post } from '../posts.ts';
import { endAll, makeFolder } from '../rig.ts';
import { openNodes } from './nodes.ts';

/** A far side that answers a transaction only when the gate is opened. */
function gate(infno: string): {
  readonly reached: Promise<void>;
  open(): void;
  readonly behaviour: (arrived: Arrived) => Promise<Answer | undefined>;
} {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    open: () => opened.resolve(),
    async behaviour(arrived) {
      if (arrived.infno !== infno) return undefined;
      reached.resolve();
      await opened.promise;
      return undefined;
    },
  };
}

const reversal = (of: string): string =>
  message(
    '2601',
    `{"data":{"psn_no":"00000000000000000000000001","omsgid":${JSON.stringify(of)},"oinfno":"2207"}}`,
  );

describe('Two gateways on one journal', function () {
  this.timeout(30_000);
  afterEach(endAll);

  it('do a message once that comes to both at the same time, and both tell the same', async () => {
    const nodes = await openNodes();
    const [one, other] = [await nodes.start(), await nodes.start()];
    for (let round = 0; round < 10; round += 1) {
      const body = settlement();
      const told = await Promise.all([
        post(one.url, body),
        post(other.url, body),
        post(one.url, body),
        post(other.url, body),
      ]);
      assertDone(told[0]);
      assert.equal(new Set(told.map(({ bytes }) => bytes.toString())).size, 1);
    }
    assert.equal(nodes.core.arrived.length, 10);
    assert.equal((await nodes.journal()).length, 10);
  });

  it('tell each other’s answers and refusals later, too', async () => {
    const nodes = await openNodes();
    const [one, other] = [await nodes.start(), await nodes.start()];
    const done = settlement();
    const first = await post(one.url, done);
    assert.deepEqual((await post(other.url, done)).bytes, first.bytes);
    nodes.core.behave(() => ({ refused: '参保状态异常' }));
    const refused = settlement();
    const told = await post(other.url, refused);
    assertRefused(told, 'UPSTREAM_REJECTED');
    nodes.core.behave(() => undefined);
    assert.deepEqual((await post(one.url, refused)).bytes, told.bytes);
    assert.equal(nodes.core.arrived.length, 2);
  });

  it('tell the same refusal of which nothing is on record, while a copy may be on its way', async () => {
    const nodes = await openNodes((yaml) => yaml.replace('inFlightMs: 50', 'inFlightMs: 60000'));
    const [one, other] = [await nodes.start(), await nodes.start()];
    const early = settlement();
    const batch = /"chrg_bchno":"(\w+)"/.exec(early)?.[1] ?? '';
    assertDone(await post(one.url, early));
    const again = settlement({ chrg_bchno: JSON.stringify(batch) });
    assertRefused(await post(one.url, again), 'ALREADY_DONE');
    assertRefused(await post(other.url, again), 'ALREADY_DONE');
    assert.equal(nodes.core.arrived.length, 1);
  });

  it('settle one matter once, under whatever message ids it comes at the same time', async () => {
    const nodes = await openNodes();
    const [one, other] = [await nodes.start(), await nodes.start()];
    for (let round = 0; round < 10; round += 1) {
      const body = settlement();
      const batch = /"chrg_bchno":"(\w+)"/.exec(body)?.[1] ?? '';
      const twin = settlement({ chrg_bchno: JSON.stringify(batch) });
      const told = await Promise.all([post(one.url, body), post(other.url, twin)]);
      const codes = told.map(({ bytes }) => /"code":"(\w+)"/.exec(bytes.toString())?.[1] ?? 'done');
      assert.deepEqual(codes.toSorted(), ['ALREADY_DONE', 'done']);
    }
    assert.equal(nodes.core.arrived.length, 10);
  });

  it('let a reversal wait for its original that runs at the other', async () => {
    const nodes = await openNodes();
    const [one, other] = [await nodes.start(), await nodes.start()];
    const { reached, open, behaviour } = gate('2207');
    nodes.core.behave(behaviour);
    const messageId = newMessageId();
    const settling = post(one.url, settlement({}, { msgid: JSON.stringify(messageId) }));
    await reached;
    const reversing = post(other.url, reversal(messageId));
    await pause(100);
    assert.deepEqual(nodes.core.numbers(), ['2207']);
    open();
    assertDone(await settling);
    assertDone(await reversing);
    assert.deepEqual(nodes.core.numbers(), ['2207', '2601']);
    assert.deepEqual(
      (await nodes.journal()).map(({ state }) => state),
      ['reversed', 'answered'],
    );
  });

  it('find at one what the other was told in a reading message', async () => {
    const nodes = await openNodes();
    const [one, other] = [await nodes.start(), await nodes.start()];
    assertDone(await post(one.url, identification()));
    assertDone(await post(other.url, settlement()));
  });

  it('are checked while they are at work, and days before today are archived', async () => {
    const nodes = await openNodes();
    const gateway = await nodes.start();
    assertDone(await post(gateway.url, settlement()));
    const { exchanges, damage } = await checkConfiguredJournal(nodes.configFile);
    assert.deepEqual([exchanges, damage], [1, []]);
    const what = { before: Date.now(), folder: makeFolder() };
    assert.deepEqual(await archiveConfiguredJournal(nodes.configFile, what), []);
    await assert.rejects(restoreConfiguredArchive(nodes.configFile, nodes.configFile), {
      code: 'ARCHIVE_UNUSABLE',
    });
    assertDone(await post(gateway.url, settlement()));
  });

  it('go on with what one left that was killed, and tell its caller what came of it', async () => {
    const nodes = await openNodes((yaml) =>
      yaml.replace('callerDeadlineMs: 3000', 'callerDeadlineMs: 20000'),
    );
    const victim = await nodes.spawn();
    const other = await nodes.start();
    const { reached, open, behaviour } = gate('2207');
    nodes.core.behave(behaviour);
    const body = settlement();
    const broken = post(victim.url, body).catch(() => 'broken');
    await reached;
    await victim.kill();
    assert.equal(await broken, 'broken');
    const told = await post(other.url, body);
    open();
    assertRefused(told, 'REVERSED');
    assert.deepEqual(nodes.core.numbers(), ['2207', '2601']);
    assert.deepEqual(
      (await nodes.journal()).map(({ state }) => state),
      ['reversed'],
    );
  });

  it('take up by themselves what one left', async () => {
    const nodes = await openNodes();
    const victim = await nodes.spawn();
    await nodes.start();
    const { reached, open, behaviour } = gate('2207');
    nodes.core.behave(behaviour);
    void post(victim.url, settlement()).catch(() => undefined);
    await reached;
    await victim.kill();
    for (const until = Date.now() + 10_000; Date.now() < until; await pause(50)) {
      if (nodes.core.numbers().includes('2601')) break;
    }
    open();
    await pause(200);
    assert.deepEqual(
      (await nodes.journal()).map(({ state }) => state),
      ['reversed'],
    );
  });
});

describe('A gateway that loses its store', function () {
  this.timeout(40_000);
  afterEach(endAll);

  it('refuses with JOURNAL_FAILED and sends nothing, says so, and goes on when the store is back', async () => {
    const server = await startPostgres();
    try {
      const nodes = await openNodes(undefined, await server.createDatabase());
      const gateway = await nodes.start();
      assertDone(await post(gateway.url, settlement()));
      await server.kill();
      const body = settlement();
      assertRefused(await post(gateway.url, body), 'JOURNAL_FAILED');
      assertRefused(await post(gateway.url, body), 'JOURNAL_FAILED');
      assert.equal((await fetch(`${gateway.base}/health/ready`)).status, 503);
      assert.equal(nodes.core.arrived.length, 1);
      await server.restart();
      assertDone(await post(gateway.url, body));
      assert.equal(nodes.core.arrived.length, 2);
      await gateway.close();
    } finally {
      await endAll();
      await server.stop();
    }
  });

  it('tells nothing of an exchange whose end it cannot write, and writes it when the store is back', async () => {
    const server = await startPostgres();
    try {
      const nodes = await openNodes(undefined, await server.createDatabase());
      const gateway = await nodes.start();
      const { reached, open, behaviour } = gate('2207');
      nodes.core.behave(behaviour);
      const body = settlement();
      const told = post(gateway.url, body);
      await reached;
      await server.kill();
      open();
      assertUnknown(await told, 'UPSTREAM_TIMEOUT');
      await server.restart();
      const again = await post(gateway.url, body);
      assertDone(again);
      assert.deepEqual(nodes.core.numbers(), ['2207']);
      await gateway.close();
    } finally {
      await endAll();
      await server.stop();
    }
  });
});
