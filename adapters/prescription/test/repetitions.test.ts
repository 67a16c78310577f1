/** What is not sent again to a centre of which it is not known whether it does the same message once. */
import assert from 'node:assert/strict';
import type { ErrorCode } from '@yiqiao/model';
import { claimOf, issue, openWorld, PATIENT, reportOf } from './circulation-world.ts';
import type { CirculationWorld } from './circulation-world.ts';

const UNDOING = { reason: '退药', at: '2026-03-02 10:00:00' };

const refused = (promise: Promise<unknown>, code: ErrorCode): Promise<void> =>
  assert.rejects(promise, { code });

describe('A centre that may take the same message for another', () => {
  let world: CirculationWorld;
  let issued: { number: string; code: string };
  beforeEach(async () => {
    world = await openWorld({ dialect: 'epc', knowsRepeats: false });
    issued = await issue(world);
    await world.pharmacies[0].side.find({ code: issued.code, person: PATIENT });
  });
  afterEach(() => world.close());

  it('is not sent an audit again whose answer was lost, and the claim can be given back', async () => {
    const [{ side }] = world.pharmacies;
    const { number } = issued;
    world.platform.faults.next({ kind: 'lose-reply', infno: '7206' });
    await refused(side.claim(claimOf('C1', number)), 'UPSTREAM_TIMEOUT');
    await refused(side.claim(claimOf('C1', number)), 'HANDED_TO_PERSON');
    assert.equal(world.platform.count('7206'), 1);
    await side.undo({ claimId: 'C1', prescriptionNumber: number, ...UNDOING });
    assert.equal(world.platform.ledger.rows()[0]?.stage, 'downloaded');
  });

  it('is not sent a dispensing again whose answer was lost, not even to take it back', async () => {
    const [{ side }] = world.pharmacies;
    const { number } = issued;
    await side.claim(claimOf('C1', number));
    world.platform.faults.next({ kind: 'lose-reply', infno: '7207' });
    await refused(side.dispense(reportOf('C1', number)), 'UPSTREAM_TIMEOUT');
    await refused(side.dispense(reportOf('C1', number)), 'HANDED_TO_PERSON');
    await refused(side.undo({ claimId: 'C1', prescriptionNumber: number, ...UNDOING }), 'HANDED_TO_PERSON');
    assert.equal(world.platform.count('7207'), 1);
  });

  it('is sent again what it has refused', async () => {
    const [{ side }] = world.pharmacies;
    const { number } = issued;
    world.platform.faults.next({ kind: 'refuse', infno: '7206' });
    await refused(side.claim(claimOf('C1', number)), 'UPSTREAM_REJECTED');
    await side.claim(claimOf('C1', number));
    assert.equal(world.platform.ledger.rows()[0]?.stage, 'audited');
  });
});
