/** Issuing and writing off, against the sandbox's platform: once, in order, whatever is lost. */
import assert from 'node:assert/strict';
import { fen } from '@yiqiao/model';
import type { SettledEvent } from '@yiqiao/e-invoice';
import { charge, pharmacy, startBillingWorld, undoing } from './billing-world.ts';
import type { BillingWorld } from './billing-world.ts';

const DOWN_FOR_MS = 26 * 3_600_000;

describe('electronic bills', () => {
  let world: BillingWorld;
  beforeEach(async () => {
    world = await startBillingWorld();
  });
  afterEach(() => world.close());

  const inForce = (): readonly string[] =>
    world.platform.ledger.inForce().map(({ settlement }) => settlement);
  const state = (settlementId: string): string | undefined => world.issuer.find(settlementId)?.state;

  it('issues the bill of a settled charge with its amounts and lines', async () => {
    world.issuer.settled(charge('S1'));
    assert.equal(state('S1'), 'owed', 'what it is told is durable before anything is sent');
    await world.settle();
    assert.equal(state('S1'), 'issued');
    const [row] = world.platform.ledger.rows();
    assert.deepEqual(
      { settlement: row?.settlement, totalAmt: row?.totalAmt, busNo: row?.busNo },
      { settlement: 'S1', totalAmt: '100.00', busNo: 'H53010000001-S1' },
    );
    assert.equal(world.issuer.find('S1')?.bill?.number, row?.billNo);
    const steps = world.store.eventsWith('S1').map(({ step }) => step);
    assert.deepEqual(steps, ['e-invoice.owed', 'e-invoice.issued']);
  });

  it('issues bills of stays and of registration fees by their own operations', async () => {
    world.issuer.settled(
      charge('S1', { course: 'inpatient', admissionTime: '2026-02-20', dischargeTime: '2026-03-01' }),
    );
    world.issuer.settled(charge('S2', { course: 'registration' }));
    await world.settle();
    assert.deepEqual(inForce(), ['S1', 'S2']);
    assert.deepEqual(
      ['invEBillHospitalized', 'invEBillRegistration'].map((name) => world.platform.count(name)),
      [1, 1],
    );
  });

  it('takes the same event again as nothing new, and refuses another one under its number', async () => {
    world.issuer.settled(charge('S1'));
    world.issuer.settled(charge('S1'));
    await world.settle();
    world.issuer.settled(charge('S1'));
    await world.settle();
    assert.equal(world.platform.count('invoiceEBillOutpatient'), 1);
    assert.throws(() => world.issuer.settled(charge('S1', { cashPaid: fen(0n), accountPaid: fen(3_000n) })), {
      code: 'EINVOICE_DIFFERS',
    });
  });

  it('issues nothing for a charge without a settlement, or whose amounts do not agree', () => {
    const refused: readonly [string, Partial<SettledEvent>, string][] = [
      ['no settlement number', { settlementId: '' }, 'EINVOICE_NOT_SETTLED'],
      ['no time of settlement', { time: '' }, 'EINVOICE_NOT_SETTLED'],
      ['no lines', { lines: [] }, 'EINVOICE_NOT_SETTLED'],
      ['sources that do not add up', { cashPaid: fen(999n) }, 'EINVOICE_AMOUNTS_WRONG'],
      ['lines that do not add up', { lines: charge('S1').lines.slice(1) }, 'EINVOICE_AMOUNTS_WRONG'],
      ['an institution that is not configured', { institutionCode: 'H99' }, 'EINVOICE_NOT_ENTITLED'],
      [
        'a name the platform would cut',
        { person: { number: '1', name: '甲'.repeat(101) } },
        'MESSAGE_INVALID',
      ],
    ];
    for (const [title, more, code] of refused)
      assert.throws(() => world.issuer.settled(charge('S1', more)), { code }, title);
    assert.equal(world.issuer.find('S1'), undefined);
    assert.deepEqual(world.outbox.list(), []);
  });

  it('tells all amounts that do not agree at once, with their places', () => {
    const wrong = charge('S1', { total: fen(9_000n), accountPaid: fen(-1n) });
    assert.throws(
      () => world.issuer.settled(wrong),
      (error: { details: { faults: readonly { at: string }[] } }) => {
        assert.deepEqual(
          error.details.faults.map(({ at }) => at),
          ['/total', '/lines', '/accountPaid'],
        );
        return true;
      },
    );
  });

  it('counts what the hospital bears itself', async () => {
    world.issuer.settled(charge('S1', { cashPaid: fen(900n), hospitalPart: fen(100n) }));
    await world.settle();
    assert.equal(state('S1'), 'issued');
  });

  it('does not believe an answer that bears the number of another settlement, and finds its own', async () => {
    world.issuer.settled(charge('S1'));
    await world.settle();
    world.platform.faults.next({
      kind: 'duplicate-answer-of-another-request',
      infno: 'invoiceEBillOutpatient',
    });
    world.issuer.settled(charge('S2'));
    await world.settle();
    const [job] = world.outbox.list();
    assert.equal(job?.reason, 'EINVOICE_NUMBER_USED');
    world.outbox.retry(job?.id ?? '');
    await world.settle();
    assert.deepEqual([world.issuer.find('S2')?.bill?.number, state('S2')], ['0000000002', 'issued']);
    assert.equal(world.platform.ledger.rows().length, 2);
  });

  it('writes the bill off when the settlement is undone, with a red bill of its own', async () => {
    world.issuer.settled(charge('S1'));
    await world.settle();
    world.issuer.undone(undoing('S1'));
    world.issuer.undone(undoing('S1'));
    await world.settle();
    assert.equal(state('S1'), 'written-off');
    assert.deepEqual(inForce(), []);
    const [, red] = world.platform.ledger.rows();
    assert.deepEqual([red?.totalAmt, world.issuer.find('S1')?.redBill?.number], ['-100.00', red?.billNo]);
    assert.equal(world.platform.count('writeOffEBill'), 1);
  });

  it('never issues what was undone before it was told, or before it was sent', async () => {
    world.issuer.undone(undoing('S1'));
    world.issuer.settled(charge('S1'));
    world.issuer.settled(charge('S2'));
    world.issuer.undone(undoing('S2'));
    await world.settle();
    assert.deepEqual([state('S1'), state('S2')], ['void', 'void']);
    assert.deepEqual(world.platform.ledger.rows(), []);
  });

  it('refunds in part by a write-off and a new bill, whichever is told first', async () => {
    const rest = charge('S2', {
      replaces: 'S1',
      total: fen(7_500n),
      fundPaid: fen(5_000n),
      accountPaid: fen(2_000n),
      cashPaid: fen(500n),
      lines: charge('S2').lines.slice(1),
    });
    world.issuer.settled(charge('S1'));
    await world.settle();
    world.issuer.settled(rest);
    await world.settle();
    assert.deepEqual(inForce(), ['S1'], 'the new bill waits for the write-off');
    world.issuer.undone(undoing('S1', { how: 'refunded-in-part' }));
    await world.settle();
    assert.deepEqual(inForce(), ['S2']);
    world.issuer.undone(undoing('S2', { how: 'refunded-in-part' }));
    world.issuer.settled({ ...rest, settlementId: 'S3', replaces: 'S2' });
    await world.settle();
    assert.deepEqual(inForce(), ['S3']);
    const amounts = world.platform.ledger.rows().map(({ totalAmt }) => totalAmt);
    assert.deepEqual(amounts, ['100.00', '-100.00', '75.00', '-75.00', '75.00']);
  });

  for (const kind of ['lose-reply', 'corrupt-bytes', 'http-500-after-work', 'wrong-signature'] as const) {
    it(`finds out what became of a bill when its answer is lost (${kind}), and issues it once`, async () => {
      world.platform.faults.next({ kind, infno: 'invoiceEBillOutpatient' });
      world.issuer.settled(charge('S1'));
      await world.settle();
      assert.equal(state('S1'), 'issued');
      assert.equal(world.platform.ledger.rows().length, 1);
      assert.equal(world.platform.count('invoiceEBillOutpatient'), 1, 'it asked instead of sending again');
      world.platform.faults.next({ kind, infno: 'writeOffEBill' });
      world.issuer.undone(undoing('S1'));
      await world.settle();
      assert.equal(state('S1'), 'written-off');
      assert.equal(world.platform.ledger.rows().length, 2);
      assert.equal(world.platform.count('writeOffEBill'), 1);
    });
  }

  it('sends a lost request again only when the platform can no longer be at work on it', async () => {
    world.platform.faults.next({ kind: 'lose-request', infno: 'invoiceEBillOutpatient' });
    world.issuer.settled(charge('S1'));
    await world.pass(0);
    await world.pass(30_000);
    assert.equal(world.platform.count('invoiceEBillOutpatient'), 0, 'the platform knows nothing of it yet');
    await world.settle();
    assert.deepEqual(inForce(), ['S1']);
  });

  it('issues and writes off in order after the platform was down for more than a day, nobody typing', async () => {
    await world.platform.down();
    world.issuer.settled(charge('S1'));
    world.issuer.settled(charge('S2'));
    world.issuer.undone(undoing('S2'));
    world.issuer.settled(charge('S3', { replaces: 'S2' }));
    for (let passed = 0; passed < DOWN_FOR_MS; passed += 3_600_000) await world.pass(3_600_000);
    assert.equal(state('S1'), 'owed');
    world.restart();
    await world.platform.up();
    await world.settle();
    assert.deepEqual(inForce(), ['S1', 'S3']);
    assert.equal(world.outbox.list().length, 0);
  });

  it('hands a bill to a person when its number is in use, and issues no other one', async () => {
    world.issuer.settled(charge('S1'));
    await world.settle();
    world.platform.repeatNumber();
    world.issuer.settled(charge('S2'));
    await world.settle();
    assert.deepEqual(
      world.outbox.list().map(({ state: at, reason }) => [at, reason]),
      [['person', 'EINVOICE_NUMBER_USED']],
    );
    assert.equal(state('S2'), 'owed');
    assert.equal(world.issuer.find('S1')?.bill?.number, '0000000001');
    world.platform.faults.next({
      kind: 'refuse',
      infno: 'invoiceEBillOutpatient',
      text: 'E0102 票据号码已被使用',
    });
    world.issuer.settled(charge('S4'));
    await world.settle();
    assert.equal(world.outbox.list().at(-1)?.reason, 'EINVOICE_NUMBER_USED');
  });

  it('hands a refusal to a person with its code, and goes on when the person says so', async () => {
    world.platform.faults.next({
      kind: 'refuse',
      infno: 'invoiceEBillOutpatient',
      text: 'E0777 开票点已停用',
    });
    world.issuer.settled(charge('S1'));
    await world.settle();
    const [job] = world.outbox.list();
    assert.deepEqual([job?.state, job?.reason], ['person', 'UPSTREAM_REJECTED E0777']);
    world.outbox.retry(job?.id ?? '');
    await world.settle();
    assert.equal(state('S1'), 'issued');
  });

  it('waits while the platform says that it is busy', async () => {
    world.platform.faults.next({ kind: 'refuse', times: 5 });
    world.issuer.settled(charge('S1'));
    await world.settle();
    assert.equal(state('S1'), 'issued');
  });

  it('makes paper void before it writes a bill off, and only when it has come back', async () => {
    world.issuer.settled(charge('S1'));
    await world.settle();
    world.platform.exchangeForPaper(world.issuer.find('S1')?.bill?.number ?? '');
    world.issuer.undone(undoing('S1'));
    await world.settle();
    assert.deepEqual(
      world.outbox.list().map(({ state: at, reason }) => [at, reason]),
      [['person', 'EINVOICE_PAPER_OUT']],
    );
    assert.deepEqual(inForce(), ['S1']);
    world.platform.faults.next({ kind: 'lose-reply', infno: 'invalidPaper' });
    world.issuer.paperReturned('S1');
    await world.settle();
    assert.equal(state('S1'), 'written-off');
    assert.deepEqual(world.outbox.list(), []);
    assert.throws(() => world.issuer.paperReturned('S9'), { code: 'EINVOICE_UNKNOWN' });
  });

  it('asks whoever knows whether the settlement stands before it issues', async () => {
    await world.close();
    const told: Record<string, 'stands' | 'undone' | 'unknown'> = {
      S1: 'undone',
      S2: 'unknown',
      S3: 'stands',
    };
    const find = ({ settlementId }: SettledEvent) => Promise.resolve(told[settlementId] ?? 'unknown');
    world = await startBillingWorld({ proof: { find } });
    for (const id of ['S1', 'S2', 'S3']) world.issuer.settled(charge(id));
    await world.pass(0);
    assert.deepEqual(inForce(), ['S3']);
    assert.equal(world.outbox.list()[0]?.reason, 'EINVOICE_NOT_SETTLED');
    told['S2'] = 'stands';
    await world.settle();
    assert.deepEqual(inForce(), ['S3', 'S2']);
  });
});

describe('tax invoices of pharmacies and for-profit institutions', () => {
  let world: BillingWorld;
  beforeEach(async () => {
    world = await startBillingWorld();
  });
  afterEach(() => world.close());
  const invoice = { number: '26532000000000000001', date: '2026-03-01', total: '100.00' };
  const purchase = (id: string): SettledEvent =>
    charge(id, { course: 'purchase', institutionCode: pharmacy.code });

  it('are recorded, never issued', async () => {
    world.issuer.settled(purchase('S1'));
    await world.settle();
    assert.equal(world.issuer.find('S1')?.state, 'tax-invoice-awaited');
    world.issuer.recordTaxInvoice('S1', invoice);
    world.issuer.recordTaxInvoice('S1', invoice);
    assert.equal(world.issuer.find('S1')?.state, 'tax-invoice-recorded');
    world.issuer.undone(undoing('S1'));
    assert.equal(world.issuer.find('S1')?.state, 'red-tax-invoice-awaited');
    world.issuer.recordTaxInvoice('S1', { ...invoice, number: '26532000000000000002', total: '-100.00' });
    assert.equal(world.issuer.find('S1')?.state, 'red-tax-invoice-recorded');
    assert.deepEqual(world.platform.ledger.rows(), []);
  });

  it('have a number of their own, and the amount of the charge', () => {
    world.issuer.settled(purchase('S1'));
    world.issuer.settled(purchase('S2'));
    world.issuer.settled(charge('S3'));
    world.issuer.recordTaxInvoice('S1', invoice);
    assert.throws(() => world.issuer.recordTaxInvoice('S2', invoice), { code: 'EINVOICE_NUMBER_USED' });
    assert.throws(() => world.issuer.recordTaxInvoice('S2', { ...invoice, number: '2', total: '99.99' }), {
      code: 'EINVOICE_AMOUNTS_WRONG',
    });
    assert.throws(() => world.issuer.recordTaxInvoice('S3', invoice), { code: 'EINVOICE_STATE_WRONG' });
    assert.throws(() => world.issuer.recordTaxInvoice('S4', invoice), { code: 'EINVOICE_UNKNOWN' });
  });
});
