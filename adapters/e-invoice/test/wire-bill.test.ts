/** A settled charge in the names of the platform. Source: e-invoice.json, operations and nodes. */
import assert from 'node:assert/strict';
import { ExactNumber, fen } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import { createOutbox, openStore } from '@yiqiao/sdk';
import { createBillIssuer, loadBillFacts } from '@yiqiao/e-invoice';
import type { BillPlatform, SettledEvent } from '@yiqiao/e-invoice';
import { charge, hospital } from './billing-world.ts';

/** The request that issues a bill, numbers as text. */
async function requestOf(event: SettledEvent): Promise<Readonly<Record<string, unknown>>> {
  const sent: WireObject[] = [];
  const platform = {
    call(_operation: string, request: unknown) {
      sent.push(request as WireObject);
      return Promise.resolve({ code: '99060121', number: '0000000001' });
    },
  } as unknown as BillPlatform;
  const facts = loadBillFacts();
  const store = openStore(':memory:');
  const issuer = createBillIssuer({
    store,
    platform,
    institutions: [hospital],
    ways: {
      refusalCodes: facts.refusalCodes,
      businessTypes: { outpatient: '02', inpatient: '01', registration: '06' },
      cardType: '1',
      payChannel: '02',
      quietMs: 0,
    },
    facts,
  });
  issuer.settled(event);
  await createOutbox({ store, handlers: issuer.handlers }).drain();
  store.close();
  const [request] = sent;
  assert(request !== undefined);
  return plain(request) as Readonly<Record<string, unknown>>;
}

function plain(value: WireValue): unknown {
  if (value instanceof ExactNumber) return value.text;
  if (Array.isArray(value)) return (value as readonly WireValue[]).map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, plain(member as WireValue)]),
  );
}

describe('the request that issues a bill', () => {
  it('of an outpatient has who, what, and who paid which part', async () => {
    const { chargeDetail, listDetail, ...head } = await requestOf(
      charge('S1', { poolPaid: fen(6_000n), selfFunded: fen(500n), firstSelfPaid: fen(700n) }),
    );
    assert.deepEqual(head, {
      busNo: 'H53010000001-S1',
      busType: '02',
      payer: '测试甲',
      busDateTime: '20260301095900000',
      placeCode: '001',
      payee: '测试收费员',
      author: '测试收费员',
      checker: '测试收费员',
      totalAmt: '100.00',
      payerType: '1',
      idCardNo: '000000199001010018',
      cardType: '1',
      cardNo: '53000000000000000001',
      medicalInstitution: '综合医院',
      medCareInstitution: 'H53010000001',
      medCareTypeCode: '310',
      medicalInsuranceID: '53000000000000000001',
      medCareAreaCode: '330100',
      patientNo: 'VS1',
      patientId: '53000000000000000001',
      sex: '男',
      age: '36',
      caseNumber: 'VS1',
      consultationDate: '2026-03-01',
      patientCategory: '内科',
      patientCategoryCode: 'A03',
      balancedNumber: 'S1',
      accountPay: '20.00',
      fundPay: '60.00',
      otherfundPay: '10.00',
      ownPay: '5.00',
      selfPayAmt: '7.00',
      selfConceitedAmt: '18.00',
      selfCashPay: '10.00',
      reimbursementAmt: '70.00',
      otherInfo: [{ infoNo: '1', infoName: '就诊ID', infoValue: 'VS1' }],
      payChannelDetail: [{ payChannelCode: '02', payChannelValue: '10.00' }],
      isArrears: '1',
    });
    const row = { unit: '项', number: '1', selfAmt: '0.00' };
    assert.deepEqual(chargeDetail, [
      { ...row, sortNo: '1', chargeCode: '02', chargeName: '诊察费', std: '25.00', amt: '25.00' },
      { ...row, sortNo: '2', chargeCode: '09', chargeName: '西药费', std: '75.00', amt: '75.00' },
    ]);
    assert.equal((listDetail as readonly unknown[]).length, 2);
  });

  it('of a stay has its days, and the settlement under the name it has there', async () => {
    const stay = await requestOf(
      charge('S1', {
        course: 'inpatient',
        admissionTime: '2026-02-20 08:00:00',
        dischargeTime: '2026-03-01 09:00:00',
      }),
    );
    const { inHospitalDate, outHospitalDate, balanceNumber, balancedNumber, consultationDate } = stay;
    assert.deepEqual([inHospitalDate, outHospitalDate, balanceNumber], ['2026-02-20', '2026-03-01', 'S1']);
    assert.deepEqual([balancedNumber, consultationDate], [undefined, undefined]);
  });

  it('keeps what two decimals cannot hold in the remark, and puts unknown categories under 其他费', async () => {
    const [line] = charge('S1').lines;
    assert(line !== undefined);
    const { name: _, chargeItemType: __, ...rest } = line;
    const odd = { ...rest, price: '33.333333', quantity: '3.0005', amount: fen(10_000n) };
    const { listDetail, chargeDetail } = await requestOf(charge('S1', { lines: [odd] }));
    const [row] = listDetail as readonly Readonly<Record<string, unknown>>[];
    assert.deepEqual(
      [row?.['std'], row?.['number'], row?.['remark'], row?.['name']],
      ['33.33', '3.00', '单价 33.333333；数量 3.0005', rest.catalogueCode],
    );
    assert.equal((chargeDetail as readonly { chargeName: string }[])[0]?.chargeName, '其他费');
  });
});
