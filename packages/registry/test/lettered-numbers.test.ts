import assert from 'node:assert/strict';
import { createRegistry } from '@yiqiao/registry';
import { profileFile, schemasFolder } from './schemas-folder.ts';

const registry = createRegistry();

describe('A number with a letter behind it', () => {
  const taken: readonly (readonly [string, string, string])[] = [
    ['chongqing', '2207A', '2207'],
    ['national', '2207Z', '2207'],
    ['hebei', '1161B', '1101'],
    ['guangdong-shenzhen', '7102A', 'guangdong-shenzhen:7102'],
  ];
  for (const [profile, number, national] of taken) {
    it(`is taken for the one without it where nothing defines it, and is inferred: ${profile} ${number}`, () => {
      assert.equal(registry.nationalNumber(profile, number), national);
      const definition = registry.definition(profile, number);
      const base = registry.definition(profile, number.slice(0, 4));
      assert.deepEqual(definition, { ...base, number, confidence: 'inferred' });
      assert.equal(
        registry.findOperation(number, profile),
        registry.findOperation(number.slice(0, 4), profile),
      );
    });
  }

  const others: readonly (readonly [string, string, string])[] = [
    ['the national interface defines it', 'national', '3501A'],
    ['the profile says what it is like', 'liaoning-210100', '2206A'],
  ];
  for (const [title, profile, number] of others) {
    it(`is what is said of it where ${title}: ${profile} ${number}`, () => {
      assert.notEqual(registry.definition(profile, number)?.confidence, 'inferred');
      const message = { transaction: number, direction: 'request', mode: 'tolerant', body: {} } as const;
      const { deviations } = registry.check(profile, message);
      assert.deepEqual(
        deviations.filter(({ rule }) => rule === 'transaction-variant'),
        [],
      );
    });
  }

  const unknown: readonly (readonly [string, string, string])[] = [
    ['the profile knows that there is one and nothing more', 'jilin', '3203A'],
    ['the number without it is unknown', 'national', '9998A'],
    ['there are two letters', 'national', '2207AB'],
    ['the letter is small', 'national', '2207a'],
    ['the form has numbers of its own', 'predecessor-xml', '0304A'],
  ];
  for (const [title, profile, number] of unknown) {
    it(`stays unknown where ${title}: ${profile} ${number}`, () => {
      assert.equal(registry.definition(profile, number), undefined);
      assert.equal(registry.nationalNumber(profile, number), number);
    });
  }

  it('is remarked on in either half of an exchange, with what to do where it differs', () => {
    for (const [direction, at] of [
      ['request', '/infno'],
      ['response', ''],
    ] as const) {
      const message = { transaction: '2207A', direction, mode: 'tolerant', body: {} } as const;
      const [variant] = registry.check('chongqing', message).deviations;
      assert.deepEqual([variant?.rule, variant?.at, variant?.found], ['transaction-variant', at, '2207A']);
      for (const text of [variant?.message.zh, variant?.message.en])
        assert.match(text ?? '', /2207\b.*overlay\.transactions.*like: "2207"/);
    }
  });

  it('has the differences that the profile has for the one without it', () => {
    const overlay = { transactions: { '7000': { request: { data: { relax: ['code'] } } } } };
    const folder = schemasFolder({
      'provincial/region/profile.json': profileFile('region', { extends: 'national', overlay }),
    });
    const small = createRegistry({ schemas: folder.url });
    const required = small
      .definition('region', '7000C')
      ?.request[0]?.fields.map((field) => `${field.name} ${field.required}`);
    folder.remove();
    assert.deepEqual(required, ['code false', 'name true', 'exp false']);
  });
});

describe('A number that a profile does not know', () => {
  const cases: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['national', '22O7', '/infno', ['2207']],
    ['national', '22077', '/infno', ['2207']],
    ['jilin', '3203A', '/infno', ['3203']],
    ['predecessor-xml', '03004', '/TransNo', ['0304']],
    ['hunan-powersi', 'bizh11010', '/function_id', ['bizh110104']],
    ['yunnan', 'int_admitt', '/call', ['int_admit']],
    ['zhejiang', '29A', '/transaction', ['29']],
    ['national', 'nothing like it', '/infno', []],
  ];
  for (const [profile, number, at, near] of cases) {
    it(`is told with its place, the known ones near it and the command that shows them: ${profile} ${number}`, () => {
      const error = registry.unknownTransaction(profile, number);
      const [fault] = error.details.faults ?? [];
      assert.deepEqual([error.code, fault?.at, fault?.found], ['TRANSACTION_UNKNOWN', at, number]);
      for (const text of [fault?.message.zh, fault?.message.en]) {
        assert.match(
          text ?? '',
          new RegExp(`yiqiao spec show ${near[0] ?? '(编号|NUMBER)'}.* --profile ${profile}`),
        );
        for (const one of near) assert.match(text ?? '', new RegExp(`[ 、]${one}[^\\w]`));
      }
    });
  }

  it('shows neither the number of a person nor more than a number can have', () => {
    const person = '000000199001010018';
    for (const number of [person, `${'9'.repeat(5_000)}${person}`]) {
      const { faults, facts } = registry.unknownTransaction('national', number).details;
      const told = JSON.stringify([faults, facts]);
      assert.doesNotMatch(told, new RegExp(person));
      assert(told.length < 1_000, told);
    }
  });
});
