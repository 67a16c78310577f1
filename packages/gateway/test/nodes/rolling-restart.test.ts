import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Gateway } from '@yiqiao/gateway';
import { settlement } from '../messages.ts';
import { post } from '../posts.ts';
import { endAll } from '../rig.ts';
import { startBalancer } from './balancer.ts';
import { openNodes } from './nodes.ts';

const CALLERS = 8;

describe('A rolling restart of three gateways under load', function () {
  this.timeout(60_000);
  afterEach(endAll);

  it('fails no exchange', async () => {
    const nodes = await openNodes((yaml) =>
      yaml
        .replace('listen: { port: 0 }', 'listen: { port: 0, leaveMs: 200 }')
        .replace('callerDeadlineMs: 3000', 'callerDeadlineMs: 20000'),
    );
    nodes.core.behave(async () => {
      await pause(20);
      return undefined;
    });
    const running: Gateway[] = [await nodes.start(), await nodes.start(), await nodes.start()];
    const balancer = await startBalancer('/care-place');
    for (const { base } of running) await balancer.add(base);
    const failed: string[] = [];
    let done = 0;
    let over = false;
    const caller = async (): Promise<void> => {
      while (!over) {
        const { status, bytes } = await post(balancer.url, settlement());
        const text = bytes.toString();
        if (status === 200 && text.startsWith('{"infcode":0,')) done += 1;
        else failed.push(`${status} ${text}`);
      }
    };
    const callers = Array.from({ length: CALLERS }, caller);
    for (const old of running.splice(0)) {
      await pause(200);
      await old.close();
      const fresh = await nodes.start();
      await balancer.add(fresh.base);
    }
    await pause(200);
    over = true;
    await Promise.all(callers);
    assert.deepEqual(failed.slice(0, 3), []);
    assert.ok(done > 50, `${done} settlements`);
    assert.equal(balancer.counts.size, 6);
    const states = (await nodes.journal()).map(({ state }) => state);
    assert.deepEqual([new Set(states), states.length], [new Set(['answered']), done]);
    assert.equal(nodes.core.arrived.length, done);
  });
});
