import assert from 'node:assert/strict';
import { checkEvidence } from '@yiqiao/evidence';
import { createRig, makeSigner, NOW } from './rig.ts';
import type { EvidenceRig } from './rig.ts';

const signer = makeSigner();

describe('A notary', () => {
  let rig: EvidenceRig;
  beforeEach(() => {
    rig = createRig(signer);
  });
  afterEach(async () => {
    await rig.close();
    rig.remove();
  });

  it('signs when there are enough entries, and tells what is left', async () => {
    await rig.exchanges(3, 1, 0);
    const notary = rig.notary({ entries: 4 });
    assert.deepEqual(await notary.standing(), { unsigned: 6 });
    const step = await notary.step();
    assert.deepEqual([step.more, step.signed?.number, step.signed?.count], [true, 1, 4]);
    assert.deepEqual(await notary.step(), { more: false, lost: false });
    assert.deepEqual(await notary.standing(), { unsigned: 2, signedAt: NOW + 1_000 });
  });

  it('signs fewer when the first of them has waited long enough', async () => {
    let now = NOW;
    await rig.exchanges(1, 1, 0);
    const notary = rig.notary({ maxAgeMs: 5_000, now: () => now });
    assert.equal((await notary.step()).signed, undefined);
    now += 4_999;
    assert.equal((await notary.step()).signed, undefined);
    now += 1;
    assert.equal((await notary.step()).signed?.count, 2);
    now += 60_000;
    assert.equal((await notary.step()).signed, undefined, 'an empty batch is none');
  });

  it('goes on where another process left off', async () => {
    await rig.exchanges(2, 1, 0);
    await rig.sign();
    await rig.exchanges(2, 3, 0);
    await rig.sign();
    await rig.close();
    const { batches, entries, found } = await checkEvidence({ file: rig.file });
    assert.deepEqual({ batches, entries, found }, { batches: 2, entries: 8, found: 0 });
  });

  it('tells that another one is at work, so that it can stand by', async () => {
    await rig.exchanges(2, 1, 0);
    const [one, other] = [rig.notary({ entries: 4 }), rig.notary({ entries: 4 })];
    const steps = await Promise.all([one.step(), other.step()]);
    assert.equal(steps.filter(({ lost }) => lost).length, 1);
    assert.equal(steps.filter(({ signed }) => signed?.number === 1).length, 1);
  });

  it('gives way to another one that was first, and goes on behind its batch', async () => {
    await rig.exchanges(2, 1, 0);
    const [mine, others] = [rig.notary({ entries: 8 }), rig.notary({ entries: 8 })];
    await mine.step();
    await others.step();
    assert.equal((await others.flush())?.number, 1);
    assert.equal(await mine.flush(), undefined);
    assert.deepEqual(await mine.standing(), { unsigned: 0, signedAt: NOW + 1_000 });
    await rig.exchanges(1, 3, 0);
    await mine.step();
    assert.deepEqual((await mine.flush())?.number, 2);
    await rig.close();
    assert.equal((await checkEvidence({ file: rig.file })).found, 0);
  });
});
