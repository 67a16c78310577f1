import assert from 'node:assert/strict';
import type { CanonicalObject } from '@yiqiao/model';
import { bodyOf } from '#internal/requests.ts';
import { answers, loses, refuses, says, unreachable, waits } from './fixtures/far-side.ts';
import { FEES_BODY, SETTLE_BODY, SETTLEMENT } from './fixtures/messages.ts';
import { codeOf, createWorld, textOf } from './fixtures/world.ts';
import type { World } from './fixtures/world.ts';

type Performed = ReturnType<World['perform']>;

describe('2601 冲正 sent by the caller', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    world.hub.on('reverseTransaction', answers());
  });
  afterEach(() => world.close());

  const settle = (): Performed => world.perform('settleOutpatient', SETTLE_BODY);
  const original: CanonicalObject = {
    personNumber: 'P0001',
    originalMessageId: 'M1',
    originalTransaction: '2207',
  };
  const reverse = (messageId = 'R1', body: CanonicalObject = original, peer = 'his'): Performed =>
    world.perform('reverseTransaction', body, { messageId, peer });
  const balance = (): string[] => [...world.journal.ledger()].map(({ total }) => total);

  describe('for an answered message', () => {
    beforeEach(() => world.time.until(settle()));

    it('[caller-reversed] goes on in the words of the next hop, and takes the settlement out of the ledger', async () => {
      assert.equal(textOf(await world.time.until(reverse())), 'done ref-own-2');
      assert.deepEqual(world.hub.of('reverseTransaction').map(bodyOf), [
        { personNumber: 'P0001', originalMessageId: 'own-1', originalTransaction: '2207' },
      ]);
      assert.equal(world.onRecord('M1')?.state, 'reversed');
      assert.equal(world.onRecord('M1')?.reversedBy, world.onRecord('R1')?.id);
      assert.deepEqual(balance(), ['123.45', '-123.45']);
    });

    it('succeeds again under another message id without being sent again', async () => {
      await world.time.until(reverse('R1'));
      assert.equal((await world.time.until(reverse('R2'))).error, undefined);
      assert.equal(world.hub.of('reverseTransaction').length, 1);
      assert.deepEqual(balance(), ['123.45', '-123.45']);
    });

    it('is done once when two come at once', async () => {
      const told = await world.time.until(Promise.all([reverse('R1'), reverse('R2')]));
      assert.deepEqual(
        told.map(({ error }) => error),
        [undefined, undefined],
      );
      assert.equal(world.hub.of('reverseTransaction').length, 1);
      assert.deepEqual(balance(), ['123.45', '-123.45']);
    });

    it('has the settlement’s resend told REVERSED instead of the answer on record', async () => {
      await world.time.until(reverse());
      const told = await world.time.until(settle());
      assert.equal(told.error?.code, 'REVERSED');
      assert.equal(textOf(told), 'refused REVERSED');
    });

    it('is told the far side’s refusal, and the settlement stands', async () => {
      world.hub.on('reverseTransaction', refuses('已清算'));
      const told = await world.time.until(reverse());
      assert.equal(told.error?.details.upstream?.text, '已清算');
      assert.equal(world.onRecord('M1')?.state, 'answered');
    });

    it('is repeated, word for word, when its own answer is lost', async () => {
      world.hub.on('reverseTransaction', loses, unreachable, answers());
      assert.equal((await world.time.until(reverse())).error, undefined);
      const ids = world.hub.of('reverseTransaction').map(({ header }) => header.messageId);
      assert.deepEqual(ids, ['own-2', 'own-2', 'own-2']);
      assert.equal(world.onRecord('M1')?.state, 'reversed');
    });

    it('is left to a person when the repetition is refused, since the first may be why', async () => {
      world.hub.on('reverseTransaction', loses, refuses());
      assert.equal(await codeOf(world.time.until(reverse())), 'HANDED_TO_PERSON');
      assert.equal(world.onRecord('M1')?.state, 'answered');
    });

    it('is not told as failed while the peer is not reached: it is still wanted', async () => {
      world.hub.on('reverseTransaction', unreachable);
      assert.equal(await codeOf(world.time.until(reverse())), 'UPSTREAM_TIMEOUT');
      world.hub.on('reverseTransaction', answers());
      await world.time.advance(8_000);
      assert.equal(world.onRecord('M1')?.state, 'reversed');
    });

    it('is told that 2208 has cancelled the settlement before', async () => {
      world.hub.on('cancelOutpatientSettlement', answers({ ...SETTLEMENT, settlementId: 'S2' }));
      const cancel = { settlementId: 'S1', visitId: 'V1', personNumber: 'P0001' };
      await world.time.until(world.perform('cancelOutpatientSettlement', cancel, { messageId: 'C1' }));
      assert.equal((await world.time.until(reverse())).error?.code, 'ORIGINAL_CANCELLED');
      assert.equal(world.hub.of('reverseTransaction').length, 0);
      assert.equal(world.onRecord('M1')?.state, 'answered');
    });

    it('is told that a message of another institution is not its own to reverse', async () => {
      const foreign = `H53000000002${'20261121090000'}0001`;
      const told = await world.time.until(reverse('R1', { ...original, originalMessageId: foreign }));
      assert.equal(told.error?.code, 'ORIGINAL_NOT_OWN');
      const own = `H53000000001${'20261121090000'}0001`;
      const unknown = await world.time.until(reverse('R2', { ...original, originalMessageId: own }));
      assert.equal(unknown.error?.code, 'ORIGINAL_NOT_FOUND');
    });

    const strangers: readonly [string, () => Performed][] = [
      ['another peer', () => reverse('R1', original, 'another')],
      ['another message id', () => reverse('R1', { ...original, originalMessageId: 'M9' })],
      ['another transaction', () => reverse('R1', { ...original, originalTransaction: '2208' })],
      ['no message id', () => reverse('R1', { personNumber: 'P0001' })],
      ['itself', () => reverse('R1', { ...original, originalMessageId: 'R1' })],
    ];
    for (const [title, send] of strangers) {
      it(`finds no original for ${title}`, async () => {
        assert.equal((await world.time.until(send())).error?.code, 'ORIGINAL_NOT_FOUND');
        assert.equal(world.hub.of('reverseTransaction').length, 0);
        assert.equal(world.onRecord('M1')?.state, 'answered');
      });
    }
  });

  describe('for a message that is not reversible', () => {
    it('is refused for 2204, which has its own cancellation', async () => {
      world.hub.on('uploadOutpatientFees', answers());
      await world.time.until(world.perform('uploadOutpatientFees', FEES_BODY));
      const told = await world.time.until(reverse('R1', { ...original, originalTransaction: '2204' }));
      assert.equal(told.error?.code, 'NOT_REVERSIBLE');
      assert.equal(world.hub.of('reverseTransaction').length, 0);
    });

    it('is refused for another 2601, running or ended', async () => {
      await world.time.until(settle());
      const gate = waits(answers());
      world.hub.on('reverseTransaction', gate.behaviour);
      const running = reverse('R1');
      await world.time.settle();
      const ofReversal = { ...original, originalMessageId: 'R1', originalTransaction: '2601' };
      assert.equal((await world.time.until(reverse('R2', ofReversal))).error?.code, 'NOT_REVERSIBLE');
      gate.release();
      await world.time.until(running);
      assert.equal((await world.time.until(reverse('R3', ofReversal))).error?.code, 'NOT_REVERSIBLE');
    });
  });

  describe('before its original', () => {
    it('[tombstone-refused] leaves a tombstone that the original meets when it arrives', async () => {
      assert.equal((await world.time.until(reverse())).error?.code, 'ORIGINAL_NOT_FOUND');
      assert.equal((await world.time.until(settle())).error?.code, 'REVERSED');
      assert.equal(world.hub.calls.length, 0);
      assert.equal((await world.time.until(reverse('R2'))).error?.code, 'ORIGINAL_NOT_FOUND');
    });

    it('stops an original that arrives while the tombstone is being written', async () => {
      const burial = reverse();
      while (!world.writes.includes('bury')) await Promise.resolve();
      const [reversed, settled] = await world.time.until(Promise.all([burial, settle()]));
      assert.equal(reversed.error?.code, 'ORIGINAL_NOT_FOUND');
      assert.equal(settled.error?.code, 'REVERSED');
      assert.equal(world.hub.calls.length, 0);
    });

    it('is refused, with nothing done, when the tombstone cannot be written', async () => {
      world.diskFull = true;
      assert.equal((await world.time.until(reverse())).error?.code, 'JOURNAL_FAILED');
    });
  });

  describe('while its original runs', () => {
    it('waits for the answer and then takes it back', async () => {
      const gate = waits(answers(SETTLEMENT));
      world.hub.on('settleOutpatient', gate.behaviour);
      const settled = settle();
      await world.time.settle();
      const reversed = reverse();
      await world.time.settle();
      assert.equal(world.hub.of('reverseTransaction').length, 0);
      gate.release();
      await world.time.until(Promise.all([settled, reversed]));
      assert.equal(world.hub.of('reverseTransaction').length, 1);
      assert.equal(world.onRecord('M1')?.state, 'reversed');
    });

    it('waits as well while the original is only being checked', async () => {
      world.plan = { main: 'hub', checkFirst: 'core' };
      const gate = waits(answers());
      world.core.on('presettleOutpatient', gate.behaviour);
      const settled = settle();
      await world.time.settle();
      const reversed = reverse();
      await world.time.settle();
      gate.release();
      assert.equal((await world.time.until(reversed)).error, undefined);
      assert.equal(textOf(await settled), 'done ref-own-2');
      assert.equal(world.onRecord('M1')?.state, 'reversed');
    });

    it('joins the resolver and succeeds with it, without a 2601 of its own', async () => {
      world.hub.on('settleOutpatient', loses);
      world.hub.on('reverseTransaction', says('unknown'), says('reversed'));
      const settled = settle();
      await world.time.settle();
      const reversed = await world.time.until(reverse());
      assert.equal(reversed.error, undefined);
      assert.equal((await settled).error?.code, 'REVERSED');
      const ids = world.hub.of('reverseTransaction').map(({ header }) => header.messageId);
      assert.deepEqual(ids, ['own-2', 'own-2']);
    });

    it('succeeds when the original is refused in the end', async () => {
      const gate = waits(refuses());
      world.hub.on('settleOutpatient', gate.behaviour);
      const settled = settle();
      await world.time.settle();
      const reversed = reverse();
      gate.release();
      assert.equal((await world.time.until(reversed)).error, undefined);
      assert.equal((await settled).error?.code, 'UPSTREAM_REJECTED');
      assert.equal(world.hub.of('reverseTransaction').length, 0);
    });

    it('is not known yet at its deadline, and hears the end when it asks again', async () => {
      const gate = waits(answers(SETTLEMENT));
      world.hub.on('settleOutpatient', gate.behaviour);
      const settled = codeOf(settle());
      await world.time.settle();
      assert.equal(await codeOf(world.time.until(reverse())), 'UPSTREAM_TIMEOUT');
      assert.equal(await settled, 'UPSTREAM_TIMEOUT');
      gate.release();
      assert.equal((await world.time.until(reverse())).error, undefined);
      assert.equal(world.onRecord('M1')?.state, 'reversed');
    });
  });

  it('[person-reversed] takes back what was handed to a person, when the far side now agrees', async () => {
    world.hub.on('settleOutpatient', loses);
    world.hub.on('reverseTransaction', says('refused'), answers());
    assert.equal(await codeOf(world.time.until(settle())), 'HANDED_TO_PERSON');
    assert.equal((await world.time.until(reverse())).error, undefined);
    assert.equal(world.onRecord('M1')?.state, 'reversed');
    assert.deepEqual(balance(), []);
  });
});
