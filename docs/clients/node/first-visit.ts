/**
 * A visit from sign-in to settlement, with the SDK. Node.js 22.19 or newer runs it as it is:
 *
 *   node first-visit.ts http://127.0.0.1:8530/care-place his-530000.key.pem 530000.pub.pem
 */
import { readFileSync } from 'node:fs';
import { createClient, describeError, fen, formatFen, formatTime, sumFen } from '@yiqiao/sdk';
import type { RequestOf } from '@yiqiao/sdk';

const [to = '', ownKey = '', gatewayKey = ''] = process.argv.slice(2);
const client = createClient({
  to,
  as: {
    institution: { code: 'H53010000001', name: '示例医院（云南）' },
    careRegion: '530100',
    operator: { type: '1', id: '0001', name: '测试经办' },
  },
  signing: { privateKey: readFileSync(ownKey, 'utf8'), publicKey: readFileSync(gatewayKey, 'utf8') },
  signIn: { macAddress: '00-00-00-00-00-01', ipAddress: '127.0.0.1' },
  farSide: 'idempotent', // a gateway of this kind: what is lost is asked for again under the same message id
  timeoutMs: 30_000,
});

const now = formatTime(Date.now());
const own = Date.now().toString(); // numbers of our own: visit record, charge batch, fee lines
const doctor = { code: 'D530100000001', name: '测试医师' };
const card = {
  credentialType: '02',
  credentialNumber: '00000019780718005X',
  certificateType: '01',
  certificateNumber: '00000019780718005X',
};

try {
  // 1101: who is it, and where insured? The insured place is part of every later call.
  const identified = await client.person.identify(
    { ...card, personName: '测试丁' },
    { insuredRegion: '330100' },
  );
  const { personNumber, personName } = identified.body.person;
  const [insurance] = identified.body.insurances;
  if (insurance === undefined) throw new Error('not insured');
  const options = { insuredRegion: insurance.insuredRegion };

  // 2201: the visit begins.
  const registered = await client.outpatient.register(
    {
      ...card,
      personNumber,
      personName,
      insuranceType: insurance.insuranceType,
      personType: insurance.personType,
      beginTime: now,
      visitRecordNumber: `MZ${own}`,
      attendingDoctorCode: doctor.code,
      doctorName: doctor.name,
      departmentCode: 'A03',
      departmentName: '内科',
      specialty: 'A03',
    },
    options,
  );
  const { visitId } = registered.body;

  // 2203: what was found.
  const disease = { code: 'I10.x00', name: '特发性(原发性)高血压' };
  await client.outpatient.recordVisit(
    {
      visitId,
      personNumber,
      careType: '11',
      beginTime: now,
      diseaseCode: disease.code,
      diseaseName: disease.name,
      diagnoses: [
        {
          diagnosisType: '1',
          diagnosisSequence: 1,
          diagnosisCode: disease.code,
          diagnosisName: disease.name,
          diagnosisDepartment: '内科',
          diagnosisDoctorCode: doctor.code,
          diagnosisDoctorName: doctor.name,
          diagnosisTime: now,
          valid: '1',
        },
      ],
    },
    options,
  );

  // 2204: what it costs. Amounts are text in 元 or Fen, never numbers.
  const line = (
    number: string,
    item: { catalogue: string; own: string; price: string; quantity: string; amount: string },
  ): RequestOf<'uploadOutpatientFees'>['feeLines'][number] => ({
    feeLineNumber: `${own}${number}`,
    visitId,
    personNumber,
    chargeBatch: own,
    prescriptionNumber: `R${own}`,
    externalPrescription: '0',
    feeTime: now,
    catalogueCode: item.catalogue,
    institutionCatalogueCode: item.own,
    price: item.price,
    quantity: item.quantity,
    lineAmount: item.amount,
    billingDepartmentCode: 'A03',
    billingDepartmentName: '内科',
    billingDoctorCode: doctor.code,
    billingDoctorName: doctor.name,
    hospitalApproval: '1',
  });
  const fees = await client.outpatient.uploadFees(
    {
      feeLines: [
        line('1', {
          catalogue: '001102000010000',
          own: 'HIS-S-001',
          price: '15',
          quantity: '1',
          amount: '15.00',
        }),
        line('2', {
          catalogue: 'XA02BCA215N001010100001',
          own: 'HIS-D-001',
          price: '42.35',
          quantity: '2',
          amount: '84.70',
        }),
      ],
    },
    options,
  );
  const lines = fees.body.feeLines;
  const split = {
    total: sumFen(lines.map((one) => one.lineAmount)),
    selfFunded: sumFen(lines.map((one) => one.selfFunded ?? fen(0n))),
    overLimitSelfPaid: sumFen(lines.map((one) => one.overLimitAmount ?? fen(0n))),
    firstSelfPaid: sumFen(lines.map((one) => one.firstSelfPaid ?? fen(0n))),
    inScope: sumFen(lines.map((one) => one.inScope ?? fen(0n))),
  };

  // 2207: the settlement. Should its answer be lost, the same message is asked about until it is known what became of it.
  const settled = await client.outpatient.settle(
    {
      ...card,
      ...split,
      personNumber,
      careType: '11',
      settlementMethod: '01',
      visitId,
      chargeBatch: own,
      insuranceType: insurance.insuranceType,
      accountUsed: '1',
      invoiceNumber: own.slice(-10),
    },
    options,
  );
  const { settlementId, total, fundPaid, accountPaid, cashPaid } = settled.body;
  console.log(`settled ${settlementId}`);
  console.log(
    `total ${formatFen(total)} = fund ${formatFen(fundPaid)} + account ${formatFen(accountPaid)} + cash ${formatFen(cashPaid)}`,
  );
} catch (error) {
  const { code, whoSpoke, mayHaveActed, cashier, faults, upstream } = describeError(error);
  console.error(code, whoSpoke, `may have acted: ${mayHaveActed}`, upstream?.text ?? '');
  console.error(cashier.zh, cashier.en);
  for (const fault of faults) console.error(fault.at, fault.field, fault.message.en);
  if (mayHaveActed === 'unknown') console.error(await client.resolve(error));
  process.exitCode = 1;
} finally {
  await client.close();
}
