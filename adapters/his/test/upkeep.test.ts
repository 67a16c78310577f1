import assert from 'node:assert/strict';
import { findTime } from '@yiqiao/model';
import { forgetOld } from '#internal/course/upkeep.ts';
import { REGISTER, createRig, line, refusalOf, settledVisit } from './rig.ts';

const pause = (): Promise<void> => Promise.resolve();

describe('Upkeep of the store', () => {
  it('forgets visits, lines and orders that are old, and keeps the others', async () => {
    const rig = createRig();
    await settledVisit(rig);
    rig.clock.set('2026-03-01 09:00:00');
    await rig.desk.perform(rig.order('8', 'register', REGISTER, 'MZ2'));
    const before = findTime('2026-02-01 00:00:00') ?? 0;
    assert.deepEqual(await forgetOld(rig.store, { before, pause }), { visits: 1, orders: 3 });
    assert.equal(rig.desk.findVisit('MZ1'), undefined);
    assert.deepEqual(rig.store.list('his.line'), []);
    assert.notEqual(rig.desk.findVisit('MZ2'), undefined);
  });

  it('keeps a visit whose order is not finished, however old', async () => {
    const rig = createRig();
    const { desk, order, insurer } = rig;
    await desk.perform(order('1', 'register', REGISTER));
    insurer.trouble('uploadOutpatientFees', 'lost');
    const fees = order('2', 'fees', { chargeBatch: 'B1', lines: [line('L1')] });
    await refusalOf(desk.perform(fees), 'UPSTREAM_TIMEOUT');
    rig.clock.set('2027-01-01 00:00:00');
    const { visits } = await forgetOld(rig.store, { before: rig.clock.now(), pause });
    assert.equal(visits, 0);
    await desk.perform(fees);
  });

  it('leaves nothing of the steps of an order that is done', async () => {
    const rig = createRig();
    await settledVisit(rig);
    assert.deepEqual([rig.store.list('his.step'), rig.store.list('his.plan')], [[], []]);
  });
});
