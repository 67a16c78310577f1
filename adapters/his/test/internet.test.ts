import assert from 'node:assert/strict';
import { createPolicies } from '@yiqiao/his';
import type { DeskParts, DeskSettings, OrderBodies, PolicyFile } from '@yiqiao/his';
import { GatewayError } from '@yiqiao/model';
import { CARD, REGISTER, createRig, line, refusalOf } from './rig.ts';
import type { Rig } from './rig.ts';

const FOLLOW_UP: OrderBodies['register'] = { ...REGISTER, internet: true, beginTime: '2026-02-05 09:00:00' };
const DRUG = { chargeItemType: '09' };

async function afterFirstVisit(
  changes: Partial<DeskSettings> = {},
  parts: Partial<Omit<DeskParts, 'settings'>> = {},
): Promise<Rig> {
  const rig = createRig(changes, parts);
  await rig.desk.perform(rig.order('1', 'register', REGISTER, 'MZ1'));
  return rig;
}

function policies(...lines: PolicyFile['default']): Pick<DeskParts, 'policies'> {
  return { policies: createPolicies({ '530000': lines }) };
}

async function brokenRules(work: Promise<unknown>): Promise<readonly string[]> {
  const error = await refusalOf(work, 'INTERNET_VISIT_NOT_COVERED');
  return (error.details.faults ?? []).map(({ rule, field }) => `${rule} ${field}`);
}

describe('A follow-up visit over the internet', () => {
  it('after a visit in person here, with the same diagnosis, is registered, charged and settled', async () => {
    const rig = await afterFirstVisit();
    await rig.desk.perform(rig.order('2', 'register', FOLLOW_UP, 'HL1'));
    const lines = [line('L1', DRUG), line('L2', { chargeItemType: '02' })];
    rig.insurer.itemTypes.set(line('L2').catalogueCode, '09');
    await rig.desk.perform(rig.order('3', 'fees', { chargeBatch: 'B1', lines }, 'HL1'));
    await rig.desk.perform(rig.order('4', 'settle', {}, 'HL1'));
    assert.equal(rig.insurer.settled.size, 1);
  });

  it('is refused with every rule that it breaks and the policy line it stands in; nothing is registered', async () => {
    const rig = createRig({ internetAgreement: false });
    const away = { ...FOLLOW_UP, ...CARD, certificateNumber: '000000199001010018' };
    assert.deepEqual(await brokenRules(rig.desk.perform(rig.order('2', 'register', away, 'HL1'))), [
      'agreement NAT-4',
      'area NAT-3',
      'earlier-visit NAT-1',
    ]);
    assert.equal(rig.insurer.done.includes('registerOutpatient'), false);
  });

  for (const [why, first] of [
    [
      'another diagnosis',
      { diagnoses: REGISTER.diagnoses.map((one) => ({ ...one, diagnosisCode: 'E11.900' })) },
    ],
    ['a later date', { beginTime: '2026-03-01 09:00:00' }],
  ] as const) {
    it(`is no follow-up of a visit with ${why}`, async () => {
      const rig = createRig();
      await rig.desk.perform(rig.order('1', 'register', { ...REGISTER, ...first }, 'MZ1'));
      const rules = await brokenRules(rig.desk.perform(rig.order('2', 'register', FOLLOW_UP, 'HL1')));
      assert.deepEqual(rules, ['earlier-visit NAT-1']);
    });
  }

  it('is no follow-up of another visit over the internet, nor of one that was cancelled', async () => {
    const rig = await afterFirstVisit();
    await rig.desk.perform(rig.order('2', 'register', FOLLOW_UP, 'HL1'));
    await rig.desk.perform(rig.order('3', 'cancelRegistration', {}, 'MZ1'));
    const later = { ...FOLLOW_UP, beginTime: '2026-03-05 09:00:00' };
    const rules = await brokenRules(rig.desk.perform(rig.order('4', 'register', later, 'HL2')));
    assert.deepEqual(rules, ['earlier-visit NAT-1']);
  });

  it('may follow a visit of which other records tell', async () => {
    const told = {
      institutionCode: 'H53010000001',
      inPerson: true,
      diagnoses: ['I10.x00'],
      begins: '2025-06-01 08:00:00',
    };
    const rig = createRig({}, { earlierVisits: { find: () => Promise.resolve([told]) } });
    await rig.desk.perform(rig.order('2', 'register', FOLLOW_UP, 'HL1'));
    const elsewhere = createRig(
      {},
      { earlierVisits: { find: () => Promise.resolve([{ ...told, institutionCode: 'H53010000002' }]) } },
    );
    await brokenRules(elsewhere.desk.perform(elsewhere.order('2', 'register', FOLLOW_UP, 'HL1')));
  });
});

describe('Fees of a visit over the internet', () => {
  async function registered(...args: Parameters<typeof afterFirstVisit>): Promise<Rig> {
    const rig = await afterFirstVisit(...args);
    await rig.desk.perform(rig.order('2', 'register', FOLLOW_UP, 'HL1'));
    return rig;
  }

  it('that are neither consultation nor drugs, or a delivery, are refused by line before anything is sent', async () => {
    const rig = await registered();
    const lines = [
      line('L1', DRUG),
      line('L2', { chargeItemType: '03' }),
      line('L3', { chargeItemType: '09', delivery: true }),
      line('L4'),
    ];
    const order = rig.order('3', 'fees', { chargeBatch: 'B1', lines }, 'HL1');
    const error = await refusalOf(rig.desk.perform(order), 'INTERNET_VISIT_NOT_COVERED');
    assert.deepEqual(
      error.details.faults?.map(({ at, field }) => `${at} ${field}`),
      ['/lines/L2 NAT-2', '/lines/L3 NAT-5', '/lines/L4 NAT-2'],
    );
    assert.equal(rig.insurer.done.includes('uploadOutpatientFees'), false);
  });

  it('that the platform takes for something else are withdrawn again; corrected they may come under the same number', async () => {
    const rig = await registered();
    const scan = line('L1', { ...DRUG, catalogueCode: 'SCAN' });
    rig.insurer.itemTypes.set('SCAN', '03');
    const rules = await brokenRules(
      rig.desk.perform(rig.order('3', 'fees', { chargeBatch: 'B1', lines: [scan] }, 'HL1')),
    );
    assert.deepEqual([rules, rig.insurer.done.at(-1)], [['items NAT-2'], 'withdrawOutpatientFees']);
    await rig.desk.perform(rig.order('3', 'fees', { chargeBatch: 'B1', lines: [line('L1', DRUG)] }, 'HL1'));
    await rig.desk.perform(rig.order('4', 'settle', {}, 'HL1'));
  });

  it('may be more where a region’s policy says so, and the refusal names that region’s line', async () => {
    const label = { zh: '本省另可支付检查费', en: 'examinations too' };
    const rig = await registered(
      {},
      policies({ id: 'YN-1', rule: 'items', label, itemTypes: ['02', '03', '09'] }),
    );
    const send = (number: string, chargeItemType: string): Promise<unknown> => {
      rig.insurer.itemTypes.set(number, chargeItemType);
      const lines = [line(number, { catalogueCode: number, chargeItemType })];
      return rig.desk.perform(rig.order(number, 'fees', { chargeBatch: number, lines }, 'HL1'));
    };
    await send('L1', '03');
    assert.deepEqual(await brokenRules(send('L2', '11')), ['items YN-1']);
  });
});

describe('An operator’s policy', () => {
  const label = { zh: '示例', en: 'example' };

  it('can let in patients of the province, or of anywhere', async () => {
    const away = { ...FOLLOW_UP, certificateNumber: '000000199001010018' };
    const told = {
      institutionCode: 'H53010000001',
      inPerson: true,
      diagnoses: ['I10.x00'],
      begins: '2025-06-01 08:00:00',
    };
    const rig = createRig(
      {},
      {
        ...policies({ id: 'YN-2', rule: 'area', label, scope: 'any' }),
        earlierVisits: { find: () => Promise.resolve([told]) },
      },
    );
    await rig.desk.perform(rig.order('2', 'register', away, 'HL1'));
  });

  it('can set a time limit between the visits', async () => {
    const rig = await afterFirstVisit(
      {},
      policies({
        id: 'YN-3',
        rule: 'earlier-visit',
        label,
        sameInstitution: true,
        sameDiagnosis: 'category',
        inPerson: true,
        withinDays: 30,
      }),
    );
    const rules = await brokenRules(rig.desk.perform(rig.order('2', 'register', FOLLOW_UP, 'HL1')));
    assert.deepEqual(rules, ['earlier-visit YN-3']);
    await rig.desk.perform(
      rig.order('3', 'register', { ...FOLLOW_UP, beginTime: '2026-02-04 08:00:00' }, 'HL2'),
    );
  });

  for (const [what, bad] of [
    ['delivery fees', { id: 'YN-4', rule: 'delivery', label, covered: true }],
    ['a rule that is none', { id: 'YN-5', rule: 'weather', label }],
  ] as const) {
    it(`is refused when it is about ${what}`, () => {
      assert.throws(
        () => createPolicies({ '530000': [bad as never] }),
        (error) => error instanceof GatewayError && error.code === 'CONFIG_INVALID',
      );
    });
  }
});
