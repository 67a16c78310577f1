import assert from 'node:assert/strict';
import { createRegistry, wantedForm } from '@yiqiao/registry';
import type { Direction, FieldDefinition, Findings, NodeDefinition, ValidationMode } from '@yiqiao/registry';
import { places, wire } from './messages.ts';

const registry = createRegistry();
const DAY = '2024-02-29';
const TIME = '2024-02-29 10:00:00';

function check(transaction: string, body: string, mode: ValidationMode = 'strict'): Findings {
  return registry.validator('national', transaction, 'request', mode)(wire(body), '');
}

/** What is found at one field. */
function at(found: readonly { readonly rule: string; readonly at: string }[], name: string): string[] {
  return found.filter((one) => one.at.endsWith(`/${name}`)).map(({ rule }) => rule);
}

const BODIES = {
  encounter: '{"data":{"patient_dtos":[{"fsi_encounter_dtos":[{HERE}]}]}}',
  detail: '{"input":{"reUploadDetlDTOList":[{HERE}]}}',
  data: '{"data":{HERE}}',
} as const;

describe('A date whose type and format in the definition contradict each other', () => {
  const cases = [
    ['3101', 'encounter', 'adm_date', TIME, [], []],
    ['3101', 'encounter', 'adm_date', DAY, [], ['other-format']],
    ['3101', 'encounter', 'adm_date', '20240229', ['format'], []],
    ['3101', 'encounter', 'adm_date', '2023-02-29', ['format'], []],
    ['4905', 'detail', 'setlTime', DAY, [], []],
    ['4905', 'detail', 'setlTime', TIME, [], ['other-format']],
    ['2201', 'data', 'begntime', DAY, ['format'], []],
  ] as const;
  for (const [transaction, node, name, text, faults, deviations] of cases) {
    it(`has of ${transaction} ${name} "${text}" the faults [${faults.join()}] and the deviations [${deviations.join()}]`, () => {
      const body = BODIES[node].replace('HERE', `"${name}":"${text}"`);
      const found = check(transaction, body);
      assert.deepEqual([at(found.faults, name), at(found.deviations, name)], [faults, deviations]);
    });
  }

  it('says what the definition has, and what became of the text', () => {
    const { deviations } = check('3101', BODIES.encounter.replace('HERE', `"adm_date":"${DAY}"`));
    const odd = deviations.find(({ rule }) => rule === 'other-format');
    assert.match(odd?.message.zh ?? '', /规范写作 date, yyyy-MM-dd HH:mm:ss.*照收到的写法转送/);
    assert.match(odd?.message.en ?? '', /as date, yyyy-MM-dd HH:mm:ss.*passed on as it is/);
  });
});

describe('A text whose format the definition tells', () => {
  const cases = [
    ['trt_month', '02', []],
    ['trt_month', '13', ['other-format']],
  ] as const;
  for (const [name, text, expected] of cases) {
    it(`has of ${name} "${text}" the deviations [${expected.join()}], and no fault`, () => {
      const found = check('3260', `{"data":{"${name}":"${text}"}}`);
      assert.deepEqual([at(found.faults, name), at(found.deviations, name)], [[], expected]);
    });
  }

  it('is not held against the format of a part of it', () => {
    const found = check('2503', '{"data":{"exp_content":"{}"}}');
    assert.deepEqual(at([...found.faults, ...found.deviations], 'exp_content'), []);
  });
});

describe('The form that a field is wanted in', () => {
  for (const byType of [false, true]) {
    it(`is taken by the validator in all transactions, ${byType ? 'as is a day or time where the type says so' : 'in its format'}`, () => {
      for (const transaction of registry.transactions()) {
        for (const direction of ['request', 'response'] as const) {
          const { faults } = datesOf(transaction, direction, byType);
          const refused = places(faults).filter((place) => place.startsWith('format '));
          assert.deepEqual(refused, [], `${transaction} ${direction}`);
        }
      }
    });
  }

  it('is a number for amounts that are printed as dates, and a text for serial numbers', () => {
    const field = { name: 'a', label: { zh: '甲' }, required: false } as const;
    const typeOf = (rest: Pick<FieldDefinition, 'type' | 'length'>): string =>
      wantedForm({ ...field, ...rest }).type;
    assert.equal(typeOf({ type: 'date', length: '16,2' }), 'number');
    assert.equal(typeOf({ type: 'number', length: 30 }), 'string');
    assert.equal(typeOf({ type: 'number', length: 18 }), 'number');
  });
});

describe('A code that its field has no room for in the documents', () => {
  const cases = [
    ['1304', 'med_list_codg', 'XR05CBA198A001010100863', [], ['scant-length']],
    ['1304', 'med_list_codg', 'XR05CBA198A0010101008631', ['length'], []],
    ['1304', 'med_list_codg', '001102000010000', [], []],
    ['3603', 'poolarea_no', '430100', [], ['scant-length']],
    ['3603', 'poolarea_no', '9999', ['length'], ['value-set']],
  ] as const;
  for (const [transaction, name, code, faults, deviations] of cases) {
    it(`is refused only when it is none: ${transaction} ${name} ${code}`, () => {
      const found = check(transaction, `{"data":{"${name}":"${code}"}}`);
      assert.deepEqual([at(found.faults, name), at(found.deviations, name)], [faults, deviations]);
    });
  }
});

describe('A region in a message', () => {
  const cases = [
    ['44010', /第 1-6 位（区划）应为 6 位数字/],
    ['999999', /第 1-6 位（区划）不在已知的医保区划中/],
    ['000000', /合成（测试）数据/],
  ] as const;
  for (const [code, expected] of cases) {
    it(`is told what is odd about it: ${code}`, () => {
      const { deviations } = check('1901', `{"data":{"admdvs":"${code}"}}`);
      const odd = deviations.filter((one) => one.at === '/data/admdvs');
      assert.deepEqual(
        odd.map(({ rule }) => rule),
        ['value-set'],
      );
      assert.match(odd[0]?.message.zh ?? '', expected);
      assert.match(odd[0]?.message.en ?? '', /Passed on as it is; check the code/);
    });
  }
});

/** What is found in a message that has nothing but dates: in the wanted format, or in that which the type alone means. */
function datesOf(transaction: string, direction: Direction, byType: boolean): Findings {
  const nodes = registry.definition('national', transaction)?.[direction] ?? [];
  const body = JSON.stringify(membersOf(nodes, undefined, byType));
  return registry.validator('national', transaction, direction, 'strict')(wire(body), '');
}

/** The nodes below another one, with their dates; root members stand in a node without name. */
function membersOf(
  nodes: readonly NodeDefinition[],
  parent: string | undefined,
  byType: boolean,
): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  for (const one of nodes.filter((node) => node.parent === parent)) {
    const inner = { ...dated(one, byType), ...(one.node !== '' && membersOf(nodes, one.node, byType)) };
    if (one.node === '') Object.assign(members, inner);
    else members[one.node] = one.repeated ? [inner] : inner;
  }
  return members;
}

function dated({ fields }: NodeDefinition, byType: boolean): Record<string, string> {
  const dates = fields.filter((field) => ['date', 'datetime'].includes(wantedForm(field).type));
  return Object.fromEntries(
    dates.map((field) => {
      const { format, alsoFormat } = wantedForm(field);
      return [field.name, written(byType ? (alsoFormat ?? format) : format)];
    }),
  );
}

function written(format = ''): string {
  return format
    .replace('yyyy', '2024')
    .replace('MM', '02')
    .replace('dd', '29')
    .replace('HH', '10')
    .replace('mm', '20')
    .replace('ss', '30')
    .replace('SSS', '000');
}
