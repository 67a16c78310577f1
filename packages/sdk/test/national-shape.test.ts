import assert from 'node:assert/strict';
import type { GatewayError } from '@yiqiao/model';
import { nationalShape } from '@yiqiao/sdk';

const REVOCATION = {
  insurancePrescriptionNumber: 'RX1',
  institutionCode: 'H53010000001',
  doctorInsuranceCode: 'D1',
  revokingDoctorName: '测试医师',
  revokingDoctorCertificateType: '01',
  revokingDoctorCertificateNumber: '000000197001010015',
  revocationReason: '撤销',
  revocationTime: '2026-03-02 09:00:00',
};

describe('nationalShape', () => {
  it('writes a request as the nodes of its transaction', () => {
    const { data } = nationalShape('revokePrescription').writeRequest(REVOCATION);
    assert.deepEqual(Object.keys(data as object), [
      'hiRxno',
      'fixmedinsCode',
      'drCode',
      'undoDrName',
      'undoDrCertType',
      'undoDrCertno',
      'undoRea',
      'undoTime',
    ]);
  });

  it('names everything that is missing at once, but for what a platform does not require', () => {
    const { insurancePrescriptionNumber: _, revocationReason: __, ...lacking } = REVOCATION;
    const write = (relaxed?: string[]) => () =>
      nationalShape('revokePrescription').writeRequest(lacking as typeof REVOCATION, relaxed);
    const places = (error: GatewayError) => error.details.faults?.map(({ at }) => at);
    assert.throws(write(), (error: GatewayError) => {
      assert.deepEqual(places(error), ['/input/data/hiRxno', '/input/data/undoRea']);
      return true;
    });
    assert.throws(write(['undoRea']), (error: GatewayError) => {
      assert.deepEqual(places(error), ['/input/data/hiRxno']);
      return true;
    });
    assert.doesNotThrow(write(['undoRea', 'hiRxno']));
  });

  it('reads an answer, and carries what the model has no place for', () => {
    const nodes = { data: { rxTraceCode: 'T1', hiRxno: 'RX1', own: 'x' } };
    assert.deepEqual(nationalShape('checkPrescription').readResponse(nodes), {
      body: { prescriptionTraceCode: 'T1', insurancePrescriptionNumber: 'RX1' },
      carried: { '/data/own': 'x' },
    });
  });

  it('reads requests, too, for those who are called', () => {
    const shape = nationalShape('revokePrescription');
    assert.deepEqual(shape.readRequest(shape.writeRequest(REVOCATION)).body, REVOCATION);
  });
});
