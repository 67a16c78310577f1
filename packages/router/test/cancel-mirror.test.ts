import assert from 'node:assert/strict';
import { fen, GatewayError } from '@yiqiao/model';
import type { CanonicalObject } from '@yiqiao/model';
import type { Reply } from '@yiqiao/router';
import { answers } from './fixtures/far-side.ts';
import { SETTLE_BODY, SETTLEMENT } from './fixtures/messages.ts';
import { createWorld } from './fixtures/world.ts';
import type { World } from './fixtures/world.ts';

const MIRRORED: CanonicalObject = {
  ...SETTLEMENT,
  settlementId: 'S2',
  total: fen(-12_345n),
  fundPaid: fen(-10_000n),
  accountPaid: fen(-2_000n),
  cashPaid: fen(-345n),
};

describe('a cancellation of a settlement that is on record', () => {
  let world: World;
  beforeEach(async () => {
    world = createWorld();
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    await world.time.until(world.perform('settleOutpatient', SETTLE_BODY));
  });
  afterEach(() => world.close());

  /** What is told of the amounts of this answer. */
  async function remarks(
    answer: CanonicalObject,
    asked: CanonicalObject = { settlementId: 'S1', visitId: 'V1', personNumber: 'P0001' },
  ): Promise<readonly string[]> {
    let told: Reply | undefined;
    world.hub.on('cancelOutpatientSettlement', answers(answer));
    const formatReply = (reply: Reply): { bytes: Uint8Array; contentType: string } => {
      told = reply;
      return { bytes: new Uint8Array(0), contentType: '' };
    };
    await world.time.until(
      world.perform('cancelOutpatientSettlement', asked, { messageId: 'M2', formatReply }),
    );
    assert(told?.ok, 'the answer is delivered whatever it says');
    return told.responses.flatMap(({ deviations }) =>
      deviations.map(({ rule, field, message }) => `${rule} ${field} ${message.en}`),
    );
  }

  it('is delivered without a remark when each amount is the negative of what was settled', async () => {
    assert.deepEqual(await remarks(MIRRORED), []);
  });

  it('is delivered with a remark on each amount that is not, with the difference', async () => {
    const [cash, ...others] = await remarks({ ...MIRRORED, cashPaid: fen(-344n) });
    assert.deepEqual(others, []);
    assert.match(
      cash ?? '',
      /^identity psn_cash_pay Identity cancel-mirror .*psn_cash_pay -3\.44 ≠ -\(3\.45\), difference 0\.01 CNY/,
    );
    assert.equal(world.onRecord('M2')?.state, 'answered');
  });

  it('is not remarked on for amounts that it does not tell', async () => {
    const { settlementId = '', visitId = '' } = MIRRORED;
    assert.deepEqual(await remarks({ settlementId, visitId }), []);
  });

  it('is not held against the settlement of another number', async () => {
    const other = { settlementId: 'S9', visitId: 'V1', personNumber: 'P0001' };
    assert.deepEqual(await remarks({ ...MIRRORED, total: fen(-1n) }, other), []);
  });

  it('is delivered all the same when the record cannot be read', async () => {
    Object.assign(world.journal, {
      load: () => {
        throw new GatewayError('RECORD_DAMAGED');
      },
    });
    assert.deepEqual(await remarks({ ...MIRRORED, total: fen(-1n) }), []);
    assert.equal(world.troubles.length > 0, true);
  });
});
