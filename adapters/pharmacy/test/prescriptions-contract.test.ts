import { ExactNumber, fen, parseDecimal } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import type { OutsidePrescription } from '@yiqiao/pharmacy';
import { contractChecks } from '@yiqiao/sdk/testing';
import { prescriptionsDefinition } from '#internal/prescriptions-over-http.ts';
import { PERSON } from './stand-ins.ts';

const refused = { code: 'PRESCRIPTION_TAKEN', outcome: 'rejected', message: {}, cashier: {} };

const PRESCRIPTION: OutsidePrescription = {
  number: 'RX0001',
  status: 'valid',
  audited: false,
  person: PERSON,
  prescriber: {
    institutionCode: 'H1',
    institutionName: '示例医院',
    doctorName: '测试医师',
    doctorCode: 'D1',
  },
  issuedAt: '2026-11-21 09:00:00',
  validUntil: '2026-11-24 23:59:59',
  diagnoses: [{ code: 'I10.x00', name: '示例诊断' }],
  drugs: [{ catalogueCode: 'X1', name: '示例降压片', quantity: parseDecimal('2'), unit: '盒' }],
  reuse: { reusable: true, maximumUses: 3, timesUsed: 1, minimumIntervalDays: 7 },
};

const answer = {
  ...PRESCRIPTION,
  diagnoses: [...PRESCRIPTION.diagnoses],
  drugs: [...PRESCRIPTION.drugs],
  reuse: {
    reusable: true,
    maximumUses: new ExactNumber('3'),
    timesUsed: new ExactNumber('1'),
    minimumIntervalDays: new ExactNumber('7'),
  },
} as unknown as WireObject;

const claim = {
  claimId: 'P1-LS1',
  prescriptionNumber: 'RX0001',
  institutionCode: 'P1',
  at: 1,
  person: PERSON,
  lines: [{ catalogueCode: 'X1', quantity: parseDecimal('2') }],
  audit: { pharmacist: { ...PERSON, code: 'HY1' }, opinion: '合理', passed: true, at: '2026-11-22 10:00:00' },
};

const goods = {
  claimId: 'P1-LS1',
  prescriptionNumber: 'RX0001',
  time: '2026-11-22 10:00:00',
  retailDocumentNumber: 'LS1',
  cashPaid: fen(1250n),
  lines: [],
};

describe('the way to the prescription side keeps the contract of adapters', () => {
  const checks = contractChecks(prescriptionsDefinition, {
    calls: {
      find: { request: { code: 'QR1', person: PERSON }, answer, response: PRESCRIPTION, refused },
      claim: {
        request: claim,
        answer: { claimId: 'P1-LS1', expiresAt: new ExactNumber('1795312913392') },
        response: { claimId: 'P1-LS1', expiresAt: 1_795_312_913_392 },
        refused,
      },
      dispense: {
        request: goods,
        answer: { dispensingNumber: 'D1' },
        response: { dispensingNumber: 'D1' },
        refused,
      },
      undo: {
        request: { claimId: 'P1-LS1', prescriptionNumber: 'RX0001', reason: 'x', at: '2026-11-22 10:00:00' },
        wire: { prescriptionNumber: 'RX0001', reason: 'x', at: '2026-11-22 10:00:00' },
        answer: { claimId: 'P1-LS1', undone: true },
        response: {},
        refused,
      },
    },
  });
  for (const { title, run } of checks) it(title, run);
});
