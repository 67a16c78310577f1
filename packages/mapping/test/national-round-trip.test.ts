import { compileNationalMap } from '@yiqiao/mapping';
import { createRegistry, type DerivedMap } from '@yiqiao/registry';
import fc from 'fast-check';
import { strict as assert } from 'node:assert';
import { inDefinedShape, nationalBody } from './generate-national.ts';
import { difference } from './wire-values.ts';

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
  for (const operation of registry.operations()) {
    for (const side of ['request', 'response'] as const) {
      it(`${operation} ${side} comes back with the same values, blanks, unknown members and malformed leaves`, () => {
        fc.assert(roundTrip(registry.nationalMap(operation), side), { numRuns: 12 });
      });
    }
  }

  const right = registry.nationalMap('settleOutpatient');
  const WRONG: Record<string, (field: DerivedMap['response'][number]['fields'][number]) => typeof field> = {
    'puts two amounts in one place': (field) =>
      field.from === 'psn_cash_pay' ? { ...field, to: 'accountPaid' } : field,
    'puts the name of a fund in the place of its code': (field) =>
      field.from === 'fund_pay_type_name' ? { ...field, to: 'fundType' } : field,
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
