/** What regional forms need of the map language: nodes, single rows, added amounts, sums of rows, bare numbers. */
import {
  compileMapFile,
  findMissing,
  type DirectionRules,
  type MapFamily,
  type MapFile,
} from '@yiqiao/mapping';
import { ExactNumber, GatewayError, type WireObject } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import { strict as assert } from 'node:assert';

const registry = createRegistry();

const family: MapFamily = {
  dialect: 'example',
  envelope: [],
  header: [],
  tables: {
    settled: { pairs: [{ wire: '1', model: '1' }], otherwise: 'none', because: '-', confidence: '-' },
  },
  source: '-',
  confidence: 'inferred',
};

function fileWith(rules: DirectionRules['rules'], more: Partial<MapFile> = {}): MapFile {
  return {
    transaction: 'T1',
    title: { zh: '测试', en: 'test' },
    steps: [{ operation: 'settleOutpatient', request: { rules }, response: { rules: [] } }],
    source: '-',
    confidence: 'inferred',
    ...more,
  };
}

function requestMap(rules: DirectionRules['rules']) {
  const [step] = compileMapFile(fileWith(rules), { family }).steps;
  assert(step !== undefined);
  return step.request;
}

const number = (text: string): ExactNumber => new ExactNumber(text);

/** Body, what it is in the model, and the fault rules where it is refused. */
const TABLE: Record<
  string,
  { rules: DirectionRules['rules']; body: WireObject; model?: object; refused?: readonly string[] }
> = {
  'a node whose members stand in the object at hand': {
    rules: [{ node: 'init', rules: [{ from: 'grbh', to: 'personNumber' }] }],
    body: { init: { grbh: 'P1', other: 'x' } },
    model: { personNumber: 'P1' },
  },
  'a list of which one row has a meaning': {
    rules: [{ node: 'bills', row: true, rules: [{ from: 'no', to: 'chargeBatch' }] }],
    body: { bills: [{ no: 'B1', day: '20240102' }] },
    model: { chargeBatch: 'B1' },
  },
  'several rows where one has a place': {
    rules: [{ node: 'bills', row: true, rules: [{ from: 'no', to: 'chargeBatch' }] }],
    body: { bills: [{ no: 'B1' }, { no: 'B2' }] },
    refused: ['one-row'],
  },
  'a row of which nothing is mapped': {
    rules: [{ node: 'bills', row: true, rules: [{ from: 'no', to: 'chargeBatch' }] }],
    body: { bills: [{ day: '20240102' }] },
    model: {},
  },
  'amounts that add up to one': {
    rules: [{ add: ['old', 'new'], to: 'total', into: 'new', as: 'fen' }],
    body: { old: '1.50', new: '2.5' },
    model: { total: 400n },
  },
  'amounts of which one is blank': {
    rules: [{ add: ['old', 'new'], to: 'total', into: 'new', as: 'fen' }],
    body: { old: '1.50', new: '' },
    model: { total: 150n },
  },
  'an added amount that is none': {
    rules: [{ add: ['old', 'new'], to: 'total', into: 'new', as: 'fen' }],
    body: { old: '1.505', new: '2' },
    refused: ['amount'],
  },
  'the sum of an element over all rows': {
    rules: [{ fill: 'total', from: 'sum:rows.money', as: 'fen' }],
    body: { rows: [{ money: '0.10' }, { money: '0.20' }] },
    model: { total: 30n },
  },
  'no sum where a row has no amount': {
    rules: [{ fill: 'total', from: 'sum:rows.money', as: 'fen' }],
    body: { rows: [{ money: '0.10' }, {}] },
    model: {},
  },
  'an element of the first row': {
    rules: [{ fill: 'chargeBatch', from: 'root:rows.0.no' }],
    body: { rows: [{ no: 'B1' }] },
    model: { chargeBatch: 'B1' },
  },
  'bare numbers': {
    rules: [
      { from: 'sum', to: 'total', as: 'fen', bare: true },
      { from: 'no', to: 'chargeBatch', bare: true },
    ],
    body: { sum: number('25.00'), no: number('7') },
    model: { total: 2500n, chargeBatch: '7' },
  },
};

describe('the map language for regional forms', () => {
  for (const [what, { rules, body, model, refused }] of Object.entries(TABLE)) {
    it(`${refused === undefined ? 'reads and writes' : 'refuses'} ${what}`, () => {
      const map = requestMap(rules);
      if (refused !== undefined) {
        assert.throws(
          () => map.toModel(body),
          (error) => {
            assert(error instanceof GatewayError);
            assert.deepEqual(
              error.details.faults?.map(({ rule }) => rule),
              refused,
            );
            return true;
          },
        );
        return;
      }
      const content = map.toModel(body);
      assert.deepEqual(content.body, model);
      assert.deepEqual(map.toWire(content).body, body);
    });
  }

  it('writes a sum whose parts are not known into the one element that takes it', () => {
    const map = requestMap([{ add: ['old', 'new'], to: 'total', into: 'new', as: 'fen' }]);
    const content = { body: { total: 400n }, carried: {}, dialect: 'national' };
    assert.deepEqual(map.toWire(content as never).body, { new: '4.00' });
  });

  it('reports a sum of rows that the form has no element for, when it comes from elsewhere', () => {
    const map = requestMap([{ fill: 'total', from: 'sum:rows.money', as: 'fen' }]);
    const content = { body: { total: 400n }, carried: {}, dialect: 'national' };
    const { notes } = map.toWire(content as never);
    assert.deepEqual(
      notes.map(({ rule, field }) => [rule, field]),
      [['not-carried', 'total']],
    );
  });

  it('takes from the envelope what a form tells there', () => {
    const map = requestMap([{ fill: 'personNumber', from: 'envelope:card.no' }]);
    assert.deepEqual(map.toModel({}, { envelope: { card: { no: 'P1' } } }).body, { personNumber: 'P1' });
  });

  it('has no bare number for a serial that is none', () => {
    const map = requestMap([{ from: 'no', to: 'chargeBatch', bare: true }]);
    const { body, notes } = map.toWire({ body: { chargeBatch: 'B1' }, carried: {}, dialect: 'national' });
    assert.deepEqual([body, notes.map(({ rule }) => rule)], [{}, ['no-equal']]);
  });

  it('finds the key of a record below a node, in the first element that has one', () => {
    const file = fileWith([], { records: { person: ['init_a.no', 'init_b.no'] } });
    const keys = compileMapFile(file, { family }).recordKeys({ init_a: { no: '' }, init_b: { no: 'P1' } });
    assert.deepEqual(keys, [{ kind: 'person', key: 'P1' }]);
  });

  it('asks the conditions of a file of the message', () => {
    const file = fileWith([{ emit: 'flag', constant: '1' }], {
      when: [{ from: 'wire:flag', table: 'settled' }],
    });
    const map = compileMapFile(file, { family });
    assert.deepEqual(
      ['1', '0'].map((flag) => map.applies({ flag }, {})),
      [true, false],
    );
  });
});

describe('a rule that the language does not have', () => {
  const STRANGE: Record<
    string,
    readonly [rules: unknown, ...places: (readonly [place: string, field: string])[]]
  > = {
    'an expression': [[{ from: 'a', to: 'total', as: 'fen', times: 'b' }], ['/0', 'times']],
    'a misspelt member': [[{ from: 'a', tow: 'total' }], ['/0', 'to'], ['/0', 'tow']],
    'no kind at all': [[{ drop: 'a' }], ['/0', 'drop']],
    'a strange rule inside a list': [
      [{ list: 'rows', to: 'feeLines', rules: [{ from: 'a', to: 'price', if: 'b' }] }],
      ['/0/rules/0', 'if'],
    ],
    'a list without rules': [[{ list: 'rows', to: 'feeLines' }], ['/0', 'rules']],
    'members that are something else': [
      [
        { from: 7, to: '' },
        { from: 'a', to: 'total', maxLength: 0, bare: 'no' },
        { list: 'rows', to: 'feeLines', rules: {}, required: 'a' },
        { from: 'a', sum: [], as: 'fen', fn: ['fundOfScheme'] },
        { fill: 'total', constant: true, optional: 1 },
      ],
      ['/0/from', 'from'],
      ['/0/to', 'to'],
      ['/1/maxLength', 'maxLength'],
      ['/1/bare', 'bare'],
      ['/2/rules', 'rules'],
      ['/2/required', 'required'],
      ['/3/sum', 'sum'],
      ['/3/fn', 'fn'],
      ['/4/constant', 'constant'],
      ['/4/optional', 'optional'],
    ],
    'a confidence that is no word for it': [
      [{ from: 'a', to: 'total', as: 'fen', confidence: 'surely' }],
      ['/0/confidence', 'confidence'],
    ],
    'no list of rules': [{ from: 'a', to: 'total' }, ['', 'rules']],
  };
  for (const [what, [rules, ...places]] of Object.entries(STRANGE)) {
    it(`is refused by file and place: ${what}`, () => {
      assert.throws(
        () => requestMap(rules as DirectionRules['rules']),
        (error) => {
          assert(error instanceof GatewayError);
          assert.equal(error.code, 'PROFILE_BROKEN');
          const found = error.details.faults?.map((one) => [one.rule, one.at, one.field]);
          assert.deepEqual(
            found,
            places.map(([at, field]) => ['map-rule', `maps/T1.json#/steps/0/request/rules${at}`, field]),
          );
          return true;
        },
      );
    });
  }
});

describe('findMissing', () => {
  const nationalMap = registry.nationalMap;
  const declared = (model: readonly string[]): MapFile => {
    const rules = [{ from: 'a', to: 'visitId' }];
    const request = { rules, unattested: [{ model, because: 'nobody tells' }] };
    return fileWith([], { steps: [{ operation: 'settleOutpatient', request, response: { rules: [] } }] });
  };

  it('names the fields that the national form requires and a map knows no source for', () => {
    assert.deepEqual(findMissing(declared(['careType', 'cardSerial']), nationalMap), [
      { operation: 'settleOutpatient', path: 'careType', because: 'nobody tells' },
    ]);
  });

  it('finds nothing where only optional fields are without source', () => {
    assert.deepEqual(findMissing(declared(['cardSerial']), nationalMap), []);
  });
});
