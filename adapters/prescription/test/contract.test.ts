/** The kit's checks of every adapter, with the exchanges of one whole circulation as samples. */
import assert from 'node:assert/strict';
import { defineCentre, epcDialect, nationalDialect } from '@yiqiao/prescription';
import type { CentreOperations, PrescriptionOperation } from '@yiqiao/prescription';
import { contractChecks } from '@yiqiao/sdk/testing';
import type { ContractCheck } from '@yiqiao/sdk/testing';
import { claimOf, facts, HOSPITAL, issue, openWorld, PATIENT, reportOf } from './circulation-world.ts';
import type { Dialect, HeardExchange } from './circulation-world.ts';

const PHARMACY = 'P53010000001';
const REFUSED = {
  epc: { code: '1001', message: '未找到该处方' },
  national: { infcode: '-1', err_msg: '[1001] 未找到该处方' },
} as const;
const OPERATOR = {
  terminalAddress: '10.0.0.1',
  operatorAccount: '0001',
  operatorName: '测试经办',
  agencyNumber: PHARMACY,
};

/** One exchange of each operation. */
async function heard(dialect: Dialect): Promise<ReadonlyMap<PrescriptionOperation, HeardExchange>> {
  const exchanges = new Map<PrescriptionOperation, HeardExchange>();
  const world = await openWorld({ dialect, hear: (one) => exchanges.set(one.operation, one) });
  try {
    const [{ side }] = world.pharmacies;
    const { number, code } = await issue(world);
    const centre = world.centreOf(PHARMACY);
    const asked = { insurancePrescriptionNumber: number, institutionCode: PHARMACY };
    await centre.ask('findOnlineCirculation', {
      ...asked,
      circulationAuthorizationNumber: 'BIZ-1',
      prescriptionChannelId: 'CHANNEL-1',
      ...OPERATOR,
    });
    await side.find({ credentialToken: 'EC-1', person: PATIENT });
    await side.find({ code, person: PATIENT });
    await side.claim(claimOf('C1', number));
    await side.dispense(reportOf('C1', number));
    await world.hospital.find(number);
    await world.hospital.findAudit(number);
    await world.hospital.findDispensing(number);
    const state = { deliveryStatusTime: '2026-03-02 10:00:00', deliveryNumber: 'DELV-1' };
    await centre.ask('synchronizeDelivery', {
      ...asked,
      ...state,
      institutionName: '示例药店一',
      deliveryAddress: '示例路 1 号',
      deliveryCompanyName: '示例配送',
      deliveryStatusCode: '1',
      deliveryStatusName: '已揽收',
      deliveryRecipient: '测试甲',
    });
    await centre.ask('confirmDelivery', {
      insurancePrescriptionNumber: number,
      ...state,
      courierCertificateType: '01',
      courierCertificateNumber: '000000198501010019',
      courierName: '测试配送员',
    });
    await centre.ask('findCirculatingDrugs', { institutionCode: PHARMACY, pageNumber: 1, pageSize: 10 });
    await side.undo({ claimId: 'C1', prescriptionNumber: number, reason: '', at: '2026-03-02 10:00:00' });
    await world.hospital.revoke(number, {
      doctorInsuranceCode: 'D1',
      doctorName: '测试医师甲',
      certificateType: '01',
      certificateNumber: '000000197001010015',
      reason: '撤销',
    });
  } finally {
    await world.close();
  }
  return exchanges;
}

for (const dialect of ['epc', 'national'] as const) {
  describe(`The contract of adapters (${dialect})`, () => {
    const definition = defineCentre(
      facts.centre,
      dialect === 'epc'
        ? epcDialect(facts.centre)
        : nationalDialect(facts.centre, {
            institution: HOSPITAL,
            careRegion: '530100',
            operator: { type: '1', id: '0001', name: '测试经办' },
          }),
    );
    const operations = Object.keys(facts.centre.operations) as PrescriptionOperation[];
    let checks: readonly ContractCheck[];

    before(async () => {
      const exchanges = await heard(dialect);
      const calls = Object.fromEntries(
        [...exchanges].map(([operation, exchange]) => [
          operation,
          { ...exchange, refused: REFUSED[dialect] },
        ]),
      );
      // Each sample was heard under the name of its operation.
      type Samples = Parameters<typeof contractChecks<CentreOperations, Record<never, never>>>[1];
      const samples = { calls } as unknown as Samples;
      checks = contractChecks(definition, samples);
    });

    for (const operation of operations) {
      it(`is kept by ${operation}`, async () => {
        const own = checks.filter(({ title }) => title.startsWith(`${operation}:`));
        assert(own.length > 10, `${own.length} checks`);
        // Waiting for an answer that never comes is the same for all: once is enough.
        const worth = own.filter(
          ({ title }) => operation === 'checkPrescription' || !/never-answer/.test(title),
        );
        for (const { title, run } of worth) {
          await run().catch((cause: unknown) => {
            throw new Error(title, { cause });
          });
        }
      });
    }
  });
}
