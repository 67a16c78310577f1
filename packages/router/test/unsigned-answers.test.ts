import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import type { Transcript } from '@yiqiao/model';
import { answers } from './fixtures/far-side.ts';
import { SETTLE_BODY, SETTLEMENT } from './fixtures/messages.ts';
import { codeOf, createWorld, textOf } from './fixtures/world.ts';
import type { World } from './fixtures/world.ts';

describe('a message whose signature comes from elsewhere', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  const settle = (change?: Parameters<World['perform']>[2]): ReturnType<World['perform']> =>
    world.perform('settleOutpatient', SETTLE_BODY, change);
  const gone = async (): Promise<never> => {
    throw new GatewayError('SIGNER_UNAVAILABLE', { facts: { reason: 'ECONNREFUSED' } });
  };

  it('is told once its answer is signed', async () => {
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    const signed = async (): Promise<Transcript> => ({
      bytes: Buffer.from('signed'),
      contentType: 'text/plain',
    });
    assert.equal(textOf(await world.time.until(settle({ formatReply: signed }))), 'signed');
    assert.equal(new TextDecoder().decode(world.onRecord('M1')?.reply?.bytes), 'signed');
  });

  it('stands when its answer cannot be signed, is not told as refused, and is told when it is sent again', async () => {
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    const code = await codeOf(world.time.until(settle({ formatReply: gone })));
    assert.equal(code, 'INTERNAL');
    assert.equal(world.onRecord('M1')?.state, 'answered');
    assert.equal(world.hub.of('reverseTransaction').length, 0);
    assert.equal(textOf(await world.time.until(settle())), 'done ref-own-1');
    assert.equal(world.hub.of('settleOutpatient').length, 1);
  });

  it('was not sent when its request cannot be signed, and nothing needs to be undone', async () => {
    world.hub.on('settleOutpatient', gone);
    const told = await world.time.until(settle());
    assert.equal(told.error?.code, 'SIGNER_UNAVAILABLE');
    assert.equal(world.hub.of('reverseTransaction').length, 0);
  });
});
