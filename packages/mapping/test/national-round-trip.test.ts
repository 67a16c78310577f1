import { compileNationalMap } from '@yiqiao/mapping';
import type { Operation } from '@yiqiao/model';
import { createRegistry, type DerivedMap } from '@yiqiao/registry';
import fc from 'fast-check';
import { strict as assert } from 'node:assert';
import { inDefinedShape, nationalBody } from './generate-national.ts';
import { difference } from './wire-values.ts';

const OPERATIONS: readonly Operation[] = [
  'identifyPerson',
  'checkEntitlement',
  'registerOutpatient',
  'cancelOutpatientRegistration',
  'recordOutpatientVisit',
  'uploadOutpatientFees',
  'withdrawOutpatientFees',
  'presettleOutpatient',
  'settleOutpatient',
  'cancelOutpatientSettlement',
  'reverseTransaction',
  'signIn',
  'signOut',
];

const registry = createRegistry();

/** Wire → model → wire says the same, whatever is in the message. */
function roundTrip(derived: DerivedMap, side: 'request' | 'response') {
  const map = compileNationalMap(derived)[side];
  return fc.property(nationalBody(registry.nationalMap(derived.operation)[side]), (body) => {
    const back = map.toWire(map.toModel(body)).body;
    const sent = inDefinedShape(body, derived[side]);
    return difference(sent, back) === undefined;
  });
}

describe('the national maps, wire → model → wire', () => {
  for (const operation of OPERATIONS) {
    for (const side of ['request', 'response'] as const) {
      it(`${operation} ${side} comes back with the same values, blanks, unknown members and malformed leaves`, () => {
        fc.assert(roundTrip(registry.nationalMap(operation), side), { numRuns: 60 });
      });
    }
  }

  const right = registry.nationalMap('settleOutpatient');
  const WRONG: Record<string, (field: DerivedMap['response'][number]['fields'][number]) => typeof field> = {
    'puts two amounts in one place': (field) =>
      field.from === 'psn_cash_pay' ? { ...field, to: 'accountPaid' } : field,
    'reads a settlement id as a number': (field) =>
      field.from === 'setl_id' ? { ...field, as: 'decimal' } : field,
  };
  for (const [mistake, spoil] of Object.entries(WRONG)) {
    it(`is failed by a map that ${mistake}`, () => {
      const wrong: DerivedMap = {
        ...right,
        response: right.response.map((node) => ({ ...node, fields: node.fields.map(spoil) })),
      };
      assert.equal(fc.check(roundTrip(wrong, 'response'), { numRuns: 300 }).failed, true);
    });
  }
});
