import assert from 'node:assert/strict';
import { explainMessage } from '@yiqiao/insurance-platform';
import { GatewayError } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';

const registry = createRegistry();

/** A visit registration of the predecessor, as far as its map asks for it. */
const VISIT = {
  aab299: '440600',
  aae011: '测试经办',
  aac044: '000000199001010018',
  akc190: 'V1',
  ykc701: '20260101',
  akf001: '0301',
  aka130: '11',
  akc193: 'J06.9',
  akc050: '上呼吸道感染',
  akc056: 'D1',
  ake022: '测试医师',
};

function explain(transaction: string) {
  const [from, to] = [registry.profile('predecessor-xml'), registry.profile('national')];
  return explainMessage(registry, { from, to, transaction, direction: 'request', envelope: {}, body: VISIT });
}

describe('a message of the predecessor, explained', () => {
  const { operations, fields, faults } = explain('0212');
  const ways = fields.map(({ operation, model, source, target }) =>
    [operation, source, model, target].map(String).join(' '),
  );

  it('becomes one operation after the other', () => {
    assert.deepEqual(operations, ['registerOutpatient', 'recordOutpatientVisit']);
    assert.deepEqual(faults, []);
  });

  const WAYS = {
    'an element that both forms have': 'registerOutpatient /ykc701 beginTime /data/begntime',
    'an element of a list': 'recordOutpatientVisit /akc193 diagnoses.0.diagnosisCode /diseinfo/0/diag_code',
    'a value from what is on record':
      'registerOutpatient record:person.response.person.personNumber personNumber /data/psn_no',
    'a value from the answer to the step before':
      'recordOutpatientVisit answer:registerOutpatient.visitId visitId /mdtrtinfo/mdtrt_id',
    'a constant': 'recordOutpatientVisit constant diagnoses.0.valid /diseinfo/0/vali_flag',
    'what stands in the envelope': 'registerOutpatient /aab299 header:careRegion envelope',
  };
  for (const [what, way] of Object.entries(WAYS)) {
    it(`tells the way of ${what}`, () => {
      assert.equal(ways.includes(way), true, `${way}\n\n${ways.join('\n')}`);
    });
  }

  it('is refused when the family has no map of it', () => {
    assert.throws(
      () => explain('0521'),
      (error) => error instanceof GatewayError && error.code === 'TRANSACTION_UNKNOWN',
    );
  });
});
