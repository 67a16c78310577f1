import assert from 'node:assert/strict';
import { formatFen } from '@yiqiao/model';
import type { ErrorCode } from '@yiqiao/model';
import type { SettledPurchase } from '@yiqiao/pharmacy';
import {
  codeOf,
  createInsurer,
  detailsOf,
  line,
  openShop,
  policyOf,
  prescribedPurchase,
  purchase,
} from './stand-ins.ts';

const PAYER = {
  certificateType: '01',
  certificateNumber: '000000196501010017',
  name: '测试乙',
  insuredRegion: '330200',
  relation: 'parent',
  credential: { type: '02', number: '000000196501010017' },
  authorisation: { number: 'GJ0001', validUntil: '2026-12-31' },
};

const aided = (payer: Record<string, unknown> | undefined): Record<string, unknown> =>
  purchase({ payment: { fund: false, account: 'mutual-aid', ...(payer !== undefined && { payer }) } });

describe('the pooled fund', () => {
  it('does not pay without an outside prescription', async () => {
    const { counter } = openShop();
    const told = purchase({ payment: { fund: true, account: 'none' } });
    assert.equal(await codeOf(counter.purchase(told)), 'FUND_NEEDS_PRESCRIPTION');
    assert.equal((await detailsOf(counter.purchase(told))).facts?.['rule'], 'fund-outside-prescription');
  });

  it('does not pay for consumables, prescribed or not', async () => {
    const { counter } = openShop();
    const told = prescribedPurchase({ lines: [line({ prescribed: true, listType: '301' })] });
    assert.equal(await codeOf(counter.purchase(told)), 'FUND_NEEDS_PRESCRIPTION');
  });

  it('is not let pay when the trial has it pay unasked', async () => {
    const { counter, insurer } = openShop();
    insurer.paid.fund = '10.00';
    assert.equal(await codeOf(counter.purchase(purchase())), 'FUND_NEEDS_PRESCRIPTION');
    assert.equal(insurer.settled.size, 0);
  });

  it('does not pay for a prescription whose owner did not ask it to', async () => {
    const { counter, insurer } = openShop();
    insurer.paid.fund = '10.00';
    const told = prescribedPurchase({ payment: { fund: false, account: 'own-account' } });
    assert.equal(await codeOf(counter.purchase(told)), 'PAYMENT_NOT_ASKED');
  });

  it('pays as much as the policy of equal benefit grants, or nothing is settled', async () => {
    const policy = policyOf({ courses: 'national', payment: 'sandbox' });
    const paid = { fund: '15.00', account: '0.00', mutualAid: '0.00' };
    const lower = openShop({ policy });
    lower.insurer.paid = { ...paid, ratio: '0.6999' };
    assert.equal(await codeOf(lower.counter.purchase(prescribedPurchase())), 'BENEFIT_NOT_EQUAL');
    const equal = openShop({ policy });
    equal.insurer.paid = { ...paid, ratio: '0.70' };
    assert.equal((await equal.counter.purchase(prescribedPurchase())).benefit, 'equal');
    const unknown = openShop();
    unknown.insurer.paid = { ...paid, ratio: '0.1' };
    assert.equal((await unknown.counter.purchase(prescribedPurchase())).benefit, 'not-checked');
  });
});

describe('the personal account', () => {
  for (const [listType, code] of [
    ['101', 'done'],
    ['301', 'done'],
    ['device', 'done'],
    ['other', 'ACCOUNT_SCOPE_EXCEEDED'],
  ] as const) {
    it(`${code === 'done' ? 'pays' : 'does not pay'} for goods of kind ${listType}`, async () => {
      const { counter } = openShop();
      assert.equal(await codeOf(counter.purchase(purchase({ lines: [line({ listType })] }))), code);
    });
  }

  it('names the line and the rule that it does not pay', async () => {
    const { counter } = openShop();
    const lines = [line(), line({ number: '2', listType: 'other', traceCodes: [] })];
    const told = await detailsOf(counter.purchase(purchase({ total: '60.00', lines })));
    assert.deepEqual(
      told.faults?.map(({ at }) => at),
      ['/lines/1'],
    );
    assert.equal(told.facts?.['rule'], 'account-scope');
  });

  it('leaves to cash what nobody asked it to pay', async () => {
    const { counter, insurer } = openShop();
    insurer.paid.account = '1.00';
    const told = purchase({
      payment: { fund: false, account: 'none' },
      lines: [line({ listType: 'other' })],
    });
    assert.equal(await codeOf(counter.purchase(told)), 'PAYMENT_NOT_ASKED');
  });
});

describe('prescription-only drugs', () => {
  it('are not sold without a prescription', async () => {
    const { counter } = openShop();
    const told = purchase({ lines: [line({ prescriptionDrug: '1' })] });
    assert.equal(await codeOf(counter.purchase(told)), 'PRESCRIPTION_REQUIRED');
  });
});

describe('household mutual aid', () => {
  it('is told as the use of the payer’s account, and the receipt shows both', async () => {
    const { counter, insurer } = openShop();
    insurer.paid = { fund: '0.00', account: '25.00', mutualAid: '20.00', ratio: '0' };
    const receipt = await counter.purchase(aided(PAYER));
    const settled = insurer.calls.find(({ operation }) => operation === 'settlePharmacyPurchase');
    assert.equal(settled?.body['accountUsed'], '2');
    assert.deepEqual(receipt.payer, { name: '测**', relation: 'parent' });
    assert.equal(receipt.insured, '测**');
    const { ownAccountPaid, mutualAidPaid, cashPaid } = receipt.settlement ?? {};
    assert.deepEqual([ownAccountPaid, mutualAidPaid, cashPaid], ['5.00', '20.00', '5.00']);
    assert.equal(insurer.calls[0]?.operation, 'identifyPerson');
  });

  const wrong: readonly (readonly [string, Record<string, unknown> | undefined, string])[] = [
    ['without a payer', undefined, '/payment/payer'],
    ['without an authorisation', { ...PAYER, authorisation: undefined }, '/payment/payer/authorisation'],
    [
      'after the authorisation has ended',
      { ...PAYER, authorisation: { number: 'GJ0001', validUntil: '2026-11-21' } },
      '/payment/payer/authorisation/validUntil',
    ],
    ['without the payer’s credential', { ...PAYER, credential: undefined }, '/payment/payer/credential'],
    ['of a friend', { ...PAYER, relation: 'friend' }, '/payment/payer/relation'],
    [
      'of a payer insured in another province',
      { ...PAYER, insuredRegion: '440100' },
      '/payment/payer/insuredRegion',
    ],
    [
      'from the insured person’s own account',
      { ...PAYER, certificateNumber: '000000199001010018' },
      '/payment/payer/certificateNumber',
    ],
  ];
  for (const [title, payer, place] of wrong) {
    it(`is refused ${title}, naming the rule`, async () => {
      const { counter, insurer } = openShop();
      const told = await detailsOf(counter.purchase(aided(payer)));
      assert.deepEqual(
        told.faults?.map(({ at }) => at),
        [place],
      );
      assert.equal(told.facts?.['rule'], 'mutual-aid');
      assert.deepEqual(insurer.calls, []);
    });
  }

  it('is refused when the payer’s credential is somebody else’s', async () => {
    const insurer = createInsurer();
    insurer.answers.identifyPerson = () => ({ person: { certificateNumber: '000000199001010042' } });
    const { counter } = openShop({ insurer });
    assert.equal(await codeOf(counter.purchase(aided(PAYER))), 'MUTUAL_AID_NOT_AUTHORISED');
    assert.equal(insurer.settled.size, 0);
  });

  it('is refused when the register does not know the authorisation', async () => {
    const asked: unknown[] = [];
    const mutualAid = {
      isAuthorised: (question: { readonly number: string }) => {
        asked.push(question.number);
        return Promise.resolve(false);
      },
    };
    const { counter } = openShop({ mutualAid });
    assert.equal(await codeOf(counter.purchase(aided(PAYER))), 'MUTUAL_AID_NOT_AUTHORISED');
    assert.deepEqual(asked, ['GJ0001']);
  });

  it('is not taken when the trial uses it unasked', async () => {
    const { counter, insurer } = openShop();
    insurer.paid = { fund: '0.00', account: '20.00', mutualAid: '20.00', ratio: '0' };
    assert.equal(await codeOf(counter.purchase(purchase())), 'PAYMENT_NOT_ASKED');
  });
});

describe('observers', () => {
  it('hear of a settlement and of its cancellation, in that order, also when they failed at first', async () => {
    const heard: string[] = [];
    let fails = true;
    const observers = {
      invoice: {
        settled(event: {
          readonly settlementId: string;
          readonly mutualAidPaid: bigint;
          readonly total: bigint;
        }) {
          if (fails) throw new Error('down');
          heard.push(`settled ${event.settlementId} ${formatFen(event.total as never)}`);
        },
        undone: (event: { readonly settlementId: string }) => void heard.push(`undone ${event.settlementId}`),
      },
    };
    const { counter, clock } = openShop({ observers });
    await counter.purchase(purchase());
    await counter.cancel('LS0001');
    await counter.outbox.drain();
    assert.deepEqual(heard, []);
    fails = false;
    clock.pass(60_000);
    await counter.outbox.drain();
    assert.deepEqual(heard, ['settled S1 30.00', 'undone S1']);
  });

  for (const [hospitalPart, told] of [
    ['0.00', undefined],
    ['1.00', '1.00'],
  ] as const)
    it(`hear of parts that add up to the total, when the pharmacy bears ${hospitalPart} itself`, async () => {
      const heard: SettledPurchase[] = [];
      const insurer = createInsurer();
      insurer.paid.hospitalPart = hospitalPart;
      const observers = {
        invoice: { settled: (event: SettledPurchase) => void heard.push(event), undone: () => {} },
      };
      const { counter } = openShop({ observers, insurer });
      await counter.purchase(purchase());
      await counter.outbox.drain();
      const [event] = heard;
      assert(event !== undefined);
      const { total, fundPaid, accountPaid, cashPaid, hospitalPart: borne } = event;
      assert.equal(borne === undefined ? undefined : formatFen(borne), told);
      assert.equal(fundPaid + accountPaid + cashPaid + (borne ?? 0n), total);
    });
});

describe('a course', () => {
  const CASES: readonly {
    readonly title: string;
    readonly change: Record<string, unknown>;
    readonly code: ErrorCode;
  }[] = [
    {
      title: 'the fund',
      change: {
        payment: { fund: true, account: 'own-account' },
        prescription: { code: 'Q', audit: { passed: true, opinion: '合理' } },
        lines: [line({ prescribed: true })],
      },
      code: 'PAYMENT_NOT_OPEN',
    },
    { title: 'cash alone', change: { payment: { fund: false, account: 'none' } }, code: 'PAYMENT_NOT_OPEN' },
    {
      title: 'mutual aid',
      change: { payment: { fund: false, account: 'mutual-aid', payer: PAYER } },
      code: 'PAYMENT_NOT_OPEN',
    },
  ];
  for (const { title, change, code } of CASES) {
    it(`that is paid from the account by the person elsewhere does not take ${title}`, async () => {
      const { counter } = openShop({ policy: policyOf({ courses: 'hunan' }) });
      assert.equal(await codeOf(counter.purchase(purchase(change))), code);
    });
  }
});
