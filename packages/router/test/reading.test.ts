import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import { decodeRecord } from '@yiqiao/router';
import type { Incoming } from '@yiqiao/router';
import { answers, loses, refuses, responseTo, unreachable } from './fixtures/far-side.ts';
import { codeOf, createWorld, textOf } from './fixtures/world.ts';
import type { World } from './fixtures/world.ts';

describe('a message that only reads', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  const query = { certificateNumber: '000000199001011234' };
  const person = { person: { personNumber: 'P0001', personName: '测试甲' } };
  const identify = (change?: Partial<Incoming>): ReturnType<World['perform']> =>
    world.perform('identifyPerson', query, change);

  it('is answered without waiting for the journal, which keeps what the rules name', async () => {
    world.hub.on('identifyPerson', answers(person));
    assert.equal(textOf(await identify()), 'done ref-own-1');
    assert.deepEqual(world.writes, ['keep']);
    const text = world.journal.findRecord('H53000000001', 'person', '000000199001011234') ?? '';
    assert.deepEqual(decodeRecord(text), { request: query, response: person });
    assert.equal(world.journal.findRecord('H53000000001', 'person', 'P0001'), text);
  });

  it('leaves nothing in the journal when the caller’s profile keeps no records', async () => {
    world.hub.on('identifyPerson', answers(person));
    await identify({ keepsRecords: false });
    assert.deepEqual(world.writes, []);
  });

  it('is asked once more, after a pause with jitter, when the peer was not reached', async () => {
    world.hub.on('identifyPerson', unreachable, answers(person));
    const start = world.time.clock.now();
    assert.equal(textOf(await world.time.until(identify())), 'done ref-own-2');
    assert.equal(world.time.clock.now() - start, 750);
    world.hub.on('identifyPerson', unreachable);
    assert.equal((await world.time.until(identify())).error?.code, 'UPSTREAM_UNREACHABLE');
    assert.equal(world.hub.calls.length, 4);
  });

  it('is told at once that the peer was not reached when the program stops meanwhile', async () => {
    world.hub.on('identifyPerson', unreachable);
    const told = identify();
    await world.time.settle();
    await world.exchanges.drain(world.time.clock.now() + 5_000);
    assert.equal((await told).error?.code, 'UPSTREAM_UNREACHABLE');
    assert.equal(world.hub.calls.length, 1);
  });

  it('is not asked again when it was refused or not answered', async () => {
    world.hub.on('identifyPerson', refuses(), loses);
    assert.equal(textOf(await identify()), 'refused UPSTREAM_REJECTED');
    assert.equal(await codeOf(identify()), 'READ_UNANSWERED');
    assert.equal(world.hub.calls.length, 2);
  });

  it('is given no more time than its caller has', async () => {
    let deadline = 0;
    world.hub.on('identifyPerson', async (request, context) => {
      deadline = context.deadline;
      return responseTo(request, person);
    });
    await identify({ deadline: world.time.clock.now() + 300 });
    assert.equal(deadline, world.time.clock.now() + 300);
    await identify();
    assert.equal(deadline, world.time.clock.now() + 5_000);
  });

  it('is refused when the caller’s format cannot carry the answer', async () => {
    world.hub.on('identifyPerson', answers(person));
    const told = await identify({
      formatReply: (reply) => {
        if (reply.ok) throw new GatewayError('FORMAT_LIMIT');
        return { bytes: new Uint8Array(), contentType: 'text/xml' };
      },
    });
    assert.equal(told.error?.code, 'FORMAT_LIMIT');
  });

  it('may be read again under the same message id', async () => {
    world.hub.on('identifyPerson', answers(person));
    await identify();
    assert.equal(textOf(await identify({ digest: 'another' })), 'done ref-own-2');
  });
});
