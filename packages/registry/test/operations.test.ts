import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Operation } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import type { Direction, Party } from '@yiqiao/registry';

const registry = createRegistry();
const SCHEMAS = new URL('./', import.meta.resolve('@yiqiao/schemas/package.json'));

const PARTIES: Readonly<Record<string, readonly Party[]>> = {
  医药机构: ['hospital', 'pharmacy'],
  医疗机构: ['hospital'],
  零售药店: ['pharmacy'],
  '地市业务系统/定点医药机构系统': ['agency', 'hospital', 'pharmacy'],
  定点医药机构: ['hospital', 'pharmacy'],
  定点医疗机构: ['hospital'],
  地方医保局: ['platform'],
  省级清算平台: ['clearing-platform'],
  地方电子凭证中心: ['credential-centre'],
  地方医保移动支付中心: ['payment-centre'],
  地方医保电子处方中心: ['prescription-centre'],
};

/** Who sends it by its meaning, where the document names hospitals alone: a visit at a pharmacy, the reversal of 2102. */
const ALSO_PHARMACIES = ['2203A', '2601'];

/** Canonical names of all leaves and lists of an operation. */
function members(operation: Operation, directions: readonly Direction[]): readonly string[] {
  const map = registry.nationalMap(operation);
  return directions
    .flatMap((direction) => map[direction])
    .flatMap((node) => [node.to, ...node.fields.map(({ to }) => to)]);
}

/** What the request of an operation requires: leaves at its top, its lists and their leaves. */
function required(operation: Operation): readonly string[] {
  const { request, transaction } = registry.nationalMap(operation);
  const definition = registry.definition('national', transaction);
  return request
    .filter((node) => node.to === '' || node.repeated)
    .flatMap((node) => {
      const fields = definition?.request.find((one) => one.node === node.node)?.fields ?? [];
      const names = new Set(fields.filter((field) => field.required).map((field) => field.name));
      return node.fields.filter(({ from }) => names.has(from)).map(({ to }) => to);
    });
}

/** Required members of the undoing operation that stand nowhere in the given halves. */
function lacking(operation: Operation, directions: readonly Direction[]): readonly string[] {
  const { undoneBy } = registry.operation(operation);
  const known = new Set(members(operation, directions));
  return undoneBy === undefined ? [] : required(undoneBy).filter((name) => !known.has(name));
}

/** Wire names are spelled `fixmedins_code` and `fixmedinsCode`. */
function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

/** Wire names of a half; `required` alone where it is so. */
function wireNames(transaction: string, direction: Direction, onlyRequired = false): Set<string> {
  const nodes = registry.definition('national', transaction)?.[direction] ?? [];
  const fields = nodes.flatMap((node) => node.fields).filter((field) => !onlyRequired || field.required);
  return new Set(fields.map(({ name }) => plain(name)));
}

/** What whoever sends a message says of itself. */
const envelope = new Set(registry.envelope('national', 'request').map(({ name }) => plain(name)));

describe('Operations', () => {
  it('find the entry by national number and by name', () => {
    const entry = registry.findOperation('2207');
    assert.equal(entry?.operation, 'settleOutpatient');
    assert.equal(registry.operation('settleOutpatient'), entry);
    assert.equal(registry.findOperation('4104'), undefined);
  });

  it('find the operation of a regional variant in the profile that has it', () => {
    assert.equal(registry.findOperation('2206A', 'liaoning-210100')?.operation, 'presettleOutpatient');
    assert.equal(registry.findOperation('1161', 'neimenggu')?.operation, 'identifyPerson');
    assert.equal(registry.findOperation('1161', 'national'), undefined);
    assert.equal(registry.findOperation('2206A'), undefined);
  });

  it('give every write a way out, and no read one', () => {
    for (const operation of registry.operations()) {
      const { effect, wayOut } = registry.operation(operation);
      assert.equal(wayOut.length > 0, effect === 'write', operation);
    }
  });

  it('are never undone by themselves, and are undone by writes', () => {
    for (const operation of registry.operations()) {
      const { undoneBy } = registry.operation(operation);
      assert.notEqual(undoneBy, operation);
      if (undoneBy !== undefined) assert.equal(registry.operation(undoneBy).effect, 'write', operation);
    }
  });

  it('say of every write which query shows it, or why none does, and of no read', () => {
    for (const operation of registry.operations()) {
      const { effect, shownBy, notShown } = registry.operation(operation);
      if (effect === 'read') {
        assert.deepEqual([shownBy, notShown], [undefined, undefined], operation);
        continue;
      }
      assert.ok(shownBy !== undefined, operation);
      assert.equal(notShown === undefined, shownBy.length > 0, operation);
      for (const { zh, en } of notShown === undefined ? shownBy.map(({ look }) => look) : [notShown])
        assert.ok(zh !== '' && en !== '', operation);
    }
  });

  it('are shown by reads, which need nothing that only the lost answer tells', () => {
    for (const operation of registry.operations()) {
      const { transaction, shownBy = [] } = registry.operation(operation);
      const asked = wireNames(transaction, 'request');
      const told = wireNames(transaction, 'response');
      for (const { query, needs } of shownBy) {
        const title = `${transaction} by ${query}`;
        const effect = registry.findOperation(query)?.effect ?? (registry.isRead(query) ? 'read' : 'write');
        assert.equal(effect, 'read', title);
        const lacking = [...wireNames(query, 'request', true)].filter(
          (name) => !asked.has(name) && !envelope.has(name),
        );
        assert.deepEqual(needs.map(plain), lacking, title);
        const lost = needs.filter(
          (name) => told.has(plain(name)) && registry.findName(name)?.kind === 'identifier',
        );
        assert.deepEqual(lost, [], title);
      }
    }
  });

  it('reverse only what is reversible, and undo only what the request alone can name', () => {
    for (const operation of registry.operations()) {
      const { wayOut, reversible, undoneBy } = registry.operation(operation);
      assert.equal(wayOut.includes('reverse'), reversible, operation);
      if (!wayOut.includes('undo')) continue;
      assert.notEqual(undoneBy, undefined, operation);
      const missing = lacking(operation, ['request']);
      assert.deepEqual(missing, [], operation);
    }
  });

  it('can be undone from their request and answer, or say which members are lacking', () => {
    for (const operation of registry.operations()) {
      const { undoneBy, undoLacks = [] } = registry.operation(operation);
      const missing = undoneBy === undefined ? [] : lacking(operation, ['request', 'response']);
      assert.deepEqual(missing, undoLacks, operation);
    }
  });

  it('name their matter, their batch and what they fall with by what is there', () => {
    for (const operation of registry.operations()) {
      const entry = registry.operation(operation);
      const { onceFor = [], batchKey = [], orderKey = [], caseKey = [], fallsWith, effect } = entry;
      const known = new Set(members(operation, ['request']));
      assert.deepEqual(
        [...onceFor, ...batchKey, ...orderKey, ...caseKey].filter((name) => !known.has(name)),
        [],
        operation,
      );
      if (onceFor.length > 0) assert.equal(effect, 'write', operation);
      if (fallsWith !== undefined) assert.notEqual(registry.operation(fallsWith).undoneBy, undefined);
    }
  });

  it('are checked by a trial whose request the settlement can fill', () => {
    for (const operation of registry.operations()) {
      const { checkedBy, answeredBy } = registry.operation(operation);
      if (checkedBy === undefined) continue;
      assert.equal(answeredBy, 'both', operation);
      const trial = required(checkedBy);
      // The settlement of an outpatient leaves the person's type and name to the trial's core.
      const known = new Set([...members(operation, ['request']), 'personType', 'personName']);
      assert.deepEqual(
        trial.filter((name) => !known.has(name)),
        [],
        operation,
      );
    }
  });

  it('are sent and received by the parties that the transaction names', () => {
    for (const operation of registry.operations()) {
      const { sender, receiver, transaction } = registry.operation(operation);
      const definition = JSON.parse(
        readFileSync(new URL(`national/transactions/${transaction}.json`, SCHEMAS), 'utf8'),
      ) as Partial<Record<'sender' | 'receiver', { zh: string }>>;
      // 6204 is the one whose parties are not published.
      if (definition.sender === undefined) assert.equal(transaction, '6204');
      else if (ALSO_PHARMACIES.includes(transaction)) assert.deepEqual(sender, ['hospital', 'pharmacy']);
      else assert.deepEqual(sender, PARTIES[definition.sender.zh], operation);
      if (definition.receiver !== undefined)
        assert.deepEqual(receiver, PARTIES[definition.receiver.zh], operation);
    }
  });

  it('are answered by the side that the routing table names for their number', () => {
    for (const operation of registry.operations()) {
      const { transaction, answeredBy } = registry.operation(operation);
      assert.equal(registry.answeringSide(transaction), answeredBy, operation);
    }
  });
});

/** National chapters whose transactions are operations although they are not core; 3508-3513 look goods up. */
const CHAPTERS = /^(?:35(?:0[89]|1[0-3])$|49|55|6[1-4]|7[12])/;

describe('The operations', () => {
  it('are all core transactions, and those that move money, prescriptions or goods', () => {
    const wanted = registry
      .transactions()
      .filter((number) => registry.definition('national', number)?.scope === 'core' || CHAPTERS.test(number));
    const found = registry.operations().map((operation) => registry.operation(operation).transaction);
    assert.deepEqual(found, wanted);
    assert.equal(found.length, 149);
  });

  it('are alone to say whether their transactions only read', () => {
    for (const operation of registry.operations()) {
      assert.equal(registry.isRead(registry.operation(operation).transaction), false, operation);
    }
  });

  it('tell of a cancellation whose answer mirrors a settlement which one it undoes, and find that by its case', () => {
    const mirroring = registry.operations().map((operation) => registry.operation(operation));
    const found = mirroring.flatMap(({ operation, transaction, mirrors }) => {
      if (mirrors === undefined) return [];
      const settlement = registry.operation(mirrors);
      assert.equal(settlement.undoneBy, operation);
      assert.deepEqual(settlement.caseKey, ['visitId']);
      return [transaction];
    });
    assert.deepEqual(found, ['2208', '2305']);
  });

  it('name the identities that hold in them', () => {
    const settlement = registry.identitiesOf('2304');
    assert.equal(settlement.length > 3, true);
    assert.equal(
      registry.identitiesOf('2305').every((id) => settlement.includes(id)),
      true,
    );
    assert.deepEqual(registry.identitiesOf('9001'), []);
  });
});

describe('National maps', () => {
  it('place every field of every operation once, under a name of the dictionary', () => {
    for (const operation of registry.operations()) {
      const map = registry.nationalMap(operation);
      for (const direction of ['request', 'response'] as const) {
        const names = map[direction].flatMap((node) => node.fields.map(({ to }) => `${node.to}.${to}`));
        assert.equal(new Set(names).size, names.length, `${operation} ${direction}`);
        const nodes = registry.definition('national', map.transaction)?.[direction] ?? [];
        const leaves = nodes
          .flatMap((node) => node.fields)
          .filter(({ type }) => !['array', 'object', 'binary'].includes(type));
        assert.equal(names.length, leaves.length, `${operation} ${direction}`);
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
    assert.deepEqual(serial, {
      from: 'feedetl_sn',
      to: 'feeLineNumber',
      as: 'text',
      bare: true,
      required: true,
    });
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
