import assert from 'node:assert/strict';
import { createRegistry } from '@yiqiao/registry';

const registry = createRegistry();

describe('Operations', () => {
  it('find the entry by national number and by name', () => {
    const entry = registry.findOperation('2207');
    assert.equal(entry?.operation, 'settleOutpatient');
    assert.equal(registry.operation('settleOutpatient'), entry);
    assert.equal(registry.findOperation('4101'), undefined);
  });

  it('find the operation of a regional variant only in the profile that has it', () => {
    assert.equal(registry.findOperation('2206A', 'liaoning-210100')?.operation, 'presettleOutpatient');
    assert.equal(registry.findOperation('2206A', 'national'), undefined);
    assert.equal(registry.findOperation('2206A'), undefined);
  });

  it('give every write a way out, and no read one', () => {
    for (const operation of registry.operations()) {
      const { effect, wayOut } = registry.operation(operation);
      assert.equal(wayOut.length > 0, effect === 'write', operation);
    }
  });

  it('reverse only what is reversible, and undo only what names its undoing', () => {
    for (const operation of registry.operations()) {
      const { wayOut, reversible, undoneBy } = registry.operation(operation);
      if (wayOut.includes('reverse')) assert.equal(reversible, true, operation);
      if (wayOut.includes('undo')) assert.notEqual(undoneBy, undefined, operation);
    }
  });

  it('are answered by the side that the routing table names for their number', () => {
    for (const operation of registry.operations()) {
      const { transaction, answeredBy } = registry.operation(operation);
      assert.equal(registry.answeringSide(transaction), answeredBy, operation);
    }
  });
});

describe('National maps', () => {
  it('place every field of every operation once, under a name of the dictionary', () => {
    for (const operation of registry.operations()) {
      const map = registry.nationalMap(operation);
      for (const direction of ['request', 'response'] as const) {
        const names = map[direction].flatMap((node) => node.fields.map(({ to }) => `${node.to}.${to}`));
        assert.equal(new Set(names).size, names.length, `${operation} ${direction}`);
        const fields = registry.definition('national', map.transaction)?.[direction] ?? [];
        assert.equal(names.length, fields.flatMap((node) => node.fields).length);
      }
    }
  });

  it('hold amounts in 分, other numbers as decimals, and serial numbers as text', () => {
    const settle = registry.nationalMap('settleOutpatient').response.find((node) => node.node === 'setlinfo');
    const form = (name: string): string | undefined => settle?.fields.find(({ from }) => from === name)?.as;
    assert.deepEqual(['medfee_sumamt', 'age', 'pool_prop_selfpay', 'setl_id'].map(form), [
      'fen',
      'decimal',
      'decimal',
      'text',
    ]);
    const [lines] = registry.nationalMap('uploadOutpatientFees').request;
    const serial = lines?.fields.find(({ from }) => from === 'feedetl_sn');
    assert.deepEqual(serial, { from: 'feedetl_sn', to: 'feeLineNumber', as: 'text', bare: true });
  });

  it('use the names of a region, and leave what a region adds to what cannot be placed', () => {
    const person = registry.nationalMap('identifyPerson', 'shanghai-310115').response[0];
    assert.equal(person?.fields.find(({ to }) => to === 'extension')?.from, 'expContent');
    const settle = registry.nationalMap('settleOutpatient', 'chongqing').request[0];
    assert.equal(
      settle?.fields.some(({ from }) => from === 'return_invono'),
      false,
    );
  });
});
