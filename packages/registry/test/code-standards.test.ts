import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { GatewayError } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import type { CodeVerdict } from '@yiqiao/registry';
import { schemasFolder } from './schemas-folder.ts';

const registry = createRegistry();

function verdictOn(code: string, standard: string): CodeVerdict {
  const [verdict, ...more] = registry.explainCode(code, standard);
  assert(verdict !== undefined && more.length === 0, standard);
  return verdict;
}

function fits(code: string, standard: string): boolean {
  return verdictOn(code, standard).outcome === 'fits';
}

describe('Code standards', () => {
  it('are the fifteen of the series and the identifiers beside them, each named in both languages', () => {
    const numbers = registry.codeStandards().flatMap(({ no }) => (no === undefined ? [] : [no]));
    assert.deepEqual(
      [...new Set(numbers)],
      [...Array(15).keys()].map((index) => index + 1),
    );
    for (const { id, name } of registry.codeStandards()) {
      assert.match(name.zh, /[一-鿿]/, id);
      assert.match(name.en, /^[\x20-\x7E]+$/, id);
    }
  });

  for (const { id, forms } of registry.codeStandards()) {
    for (const { example, name } of forms) {
      it(`take their own example ${example} of ${id}, ${name.en}, and name its parts`, () => {
        const { outcome, form, parts } = verdictOn(example, id);
        assert.deepEqual([outcome, form?.name], ['fits', name]);
        assert.equal(parts.map(({ text }) => text).join(''), example);
      });
    }
  }

  const good = [
    ['E11.900', 'disease'],
    ['K92.208', 'disease'],
    ['E14.900x001', 'disease'],
    ['38.9301', 'procedure'],
    ['001102000000100-110200002.10', 'service-item'],
    ['XB05XAL211B002020400318', 'drug'],
    ['ZI02AAN0001020103906', 'drug'],
    ['H33018390007', 'institution'],
    ['M07801', 'chronic-disease'],
    ['A07.01.01.', 'tcm-disease'],
    ['A07.01.02.01', 'tcm-disease'],
    ['500155', 'region'],
    ['H50015590008202109240828271037', 'message-id'],
    ['500000202107141108170000008631', 'reply-id'],
  ] as const;
  for (const [code, standard] of good) {
    it(`take ${code} as ${standard}`, () => assert.equal(fits(code, standard), true));
  }

  const bad = [
    ['E11.9', 'disease', 'characters 6-7 (entry) should be 2 digits, nothing is there'],
    ['e11.900', 'disease', 'character 1 (chapter letter) should be capital letters, is "e"'],
    ['I10.X00', 'disease', 'character 5 (subcategory) should be a digit or a small x, is "X"'],
    ['H4301000001', 'institution', 'characters 8-12 (serial) should be 5 digits, is "0001"'],
    ['H430100000011', 'institution', '1 character too long, should be 12'],
    ['D4301000000001', 'doctor', '1 character too long, should be 13'],
    ['Ｈ43010000001', 'institution', 'character 1 (identifier) should be "H", is "Ｈ"'],
    ['H43010000001\n', 'institution', '1 character too long, should be 12'],
    ['990000', 'region', 'characters 1-6 (region) are not among the known regions'],
    ['M01700', 'cross-province-chronic-disease', 'not in the value set opsp_dise_code_cross_province'],
    ['', 'nurse', 'character 1 (identifier) should be "N", nothing is there'],
    [
      'H43010000001202413030920050001',
      'message-id',
      'characters 13-20 (date) should be a day that exists, yyyyMMdd, is "20241303"',
    ],
  ] as const;
  for (const [code, standard, reason] of bad) {
    it(`say why ${JSON.stringify(code)} is not ${standard}`, () => {
      const { outcome, reasons } = verdictOn(code, standard);
      assert.equal(outcome, 'differs');
      assert.equal(reasons.map((one) => one.reason.en).includes(reason), true, JSON.stringify(reasons));
      for (const one of reasons) assert.match(one.reason.zh, /[一-鿿]/);
    });
  }

  it('do not judge by a structure that is not public, or not wholly', () => {
    for (const id of ['agency', 'agency-staff', 'by-disease-settlement', 'day-surgery', 'person-number']) {
      assert.equal(verdictOn('A1', id).outcome, 'undecided');
    }
    assert.equal(verdictOn('Y430100000001', 'pharmacist').outcome, 'undecided');
    assert.equal(verdictOn('HY430100000001', 'pharmacist').outcome, 'fits');
  });

  it('call a blank a code of none, also where the structure is not public', () => {
    for (const blank of ['', ' ', '\u3000']) {
      for (const { id } of registry.codeStandards()) {
        const { outcome, reasons } = verdictOn(blank, id);
        assert.deepEqual([outcome, reasons.length > 0], ['differs', true], id);
      }
    }
  });

  const written = [
    ['e11.900', 'disease', 'E11.900'],
    ['I10.X00', 'disease', 'I10.x00'],
    ['x59.X00', 'disease', 'X59.x00'],
    ['Ｈ４３０１００００００１', 'institution', 'H43010000001'],
    [' H430100 00001\n', 'institution', 'H43010000001'],
    ['00000019680610101x', 'citizen-id', '00000019680610101X'],
    ['h4301000001', 'institution', undefined],
    [`H43010000001${' '.repeat(100)}`, 'institution', undefined],
  ] as const;
  for (const [code, standard, expected] of written) {
    it(`say how ${JSON.stringify(code)} is written, when only case, width or blanks are others`, () => {
      const { outcome, rewritten } = verdictOn(code, standard);
      assert.deepEqual([outcome, rewritten], ['differs', expected]);
    });
  }

  const regions = [
    ['H43010000001', 'institution', undefined],
    ['H99999900001', 'institution', /region 999999 in characters 2-7 is not among the known/],
    ['P99999900001', 'pharmacy', /characters 2-7/],
    ['HY999999000001', 'pharmacist', /characters 3-8/],
    ['H99999900001202406030920050001', 'message-id', /characters 2-7/],
    ['999999202406030920050000000001', 'reply-id', /characters 1-6/],
    ['H00000000001', 'institution', /000000 stands for synthetic/],
    ['000000199001010018', 'citizen-id', /000000 stands for synthetic/],
    ['000000', 'region', /000000 stands for synthetic/],
    ['810000199001010000', 'citizen-id', undefined],
  ] as const;
  for (const [code, standard, expected] of regions) {
    it(`${expected === undefined ? 'say nothing' : 'remark'} on the region in ${code} as ${standard}`, () => {
      const { outcome, remarks } = verdictOn(code, standard);
      assert.deepEqual([outcome, remarks.length], ['fits', expected === undefined ? 0 : 1]);
      for (const { zh, en } of remarks) {
        assert.match(en, expected ?? /^$/);
        assert.match(zh, /区划 (?:999999|000000) /);
      }
    });
  }

  it('are found by the fields that hold their codes', () => {
    const ids = (name: string): readonly string[] =>
      registry.explainCode('A', name).map(({ standard }) => standard.id);
    assert.deepEqual(ids('admdvs'), ['region']);
    assert.deepEqual(ids('msgid'), ['message-id']);
    assert.deepEqual(ids('fixmedins_code'), ['institution', 'pharmacy']);
    assert.deepEqual(ids('psn_no'), ['person-number']);
    assert.deepEqual(ids('toString'), []);
    const [disease] = registry.codeStandards();
    assert.deepEqual(disease?.fields[0], { name: 'diag_code' });
    const citizen = registry.codeStandards().find(({ id }) => id === 'citizen-id');
    assert.deepEqual(citizen?.fields[0], { name: 'certno', when: { psn_cert_type: ['01'] } });
  });

  it('are all told of a code when none is named', () => {
    const verdicts = registry.explainCode('M03900');
    assert.equal(verdicts.length, registry.codeStandards().length);
    const fitting = verdicts.filter(({ outcome }) => outcome === 'fits').map(({ standard }) => standard.id);
    assert.deepEqual(fitting, ['chronic-disease', 'cross-province-chronic-disease']);
  });

  it('know the ten chronic diseases that are settled across provinces', () => {
    const ten = [...(registry.valueSet('opsp_dise_code_cross_province')?.codes.keys() ?? [])];
    assert.equal(ten.length, 10);
    for (const code of ten) assert.equal(fits(code, 'cross-province-chronic-disease'), true);
  });
});

describe('A citizen identity number', () => {
  const numbers = [
    ['000000199001010018', true, 'of the synthetic region'],
    ['00000019680610101X', true, 'with the check character X'],
    ['00000019680610101x', false, 'with a small x'],
    ['000000199001010019', false, 'with another check digit'],
    ['00000019850229101X', false, 'of a day that did not exist'],
    ['000000200002290010', true, 'of the 29 February of 2000'],
    ['000000190002290014', false, 'of the 29 February of 1900, which did not exist'],
    ['990000199001010017', false, 'of no province'],
    ['0000009001010018', false, 'of fewer characters'],
  ] as const;
  for (const [number, good, what] of numbers) {
    it(`${what} is ${good ? 'good' : 'not good'}`, () => assert.equal(fits(number, 'citizen-id'), good));
  }

  it('is not good any more when one digit is another, or two neighbours change places', () => {
    const number = '000000199001010018';
    const place = fc.integer({ min: 6, max: 16 });
    fc.assert(
      fc.property(place, fc.integer({ min: 1, max: 9 }), (at, by) => {
        const other = String((Number(number[at]) + by) % 10);
        return !fits(number.slice(0, at) + other + number.slice(at + 1), 'citizen-id');
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 6, max: 15 }), (at) => {
        const swapped = `${number.slice(0, at)}${number[at + 1]}${number[at]}${number.slice(at + 2)}`;
        return swapped === number || !fits(swapped, 'citizen-id');
      }),
    );
  });
});

describe('The data of the code standards', () => {
  interface FieldRule {
    readonly names: readonly string[];
    readonly when?: Readonly<Record<string, unknown>>;
  }

  /** Members of the envelope, and fields that no transaction has whose form is public. */
  const ELSEWHERE = ['msgid', 'inf_refmsgid', 'bydise_setl_list_code', 'daysrg_dise_list_code'];
  const data = new URL('./national/code-standards.json', import.meta.resolve('@yiqiao/schemas/package.json'));
  const { fields } = JSON.parse(readFileSync(data, 'utf8')) as { fields: readonly FieldRule[] };

  it('names only fields and conditions that stand together in some node of the interface', () => {
    const nodes = registry.transactions().flatMap((number) => {
      const definition = registry.definition('national', number);
      return [...(definition?.request ?? []), ...(definition?.response ?? [])];
    });
    const together = nodes.map((node) => new Set(node.fields.map(({ name }) => name)));
    for (const { names, when = {} } of fields) {
      for (const name of names.filter((one) => !ELSEWHERE.includes(one))) {
        const needed = [name, ...Object.keys(when)];
        assert.equal(
          together.some((node) => needed.every((one) => node.has(one))),
          true,
          needed.join(),
        );
      }
    }
  });

  const form = { name: { zh: '甲', en: 'a' }, confidence: 'sample', example: 'A', parts: [] };
  const standard = { id: 'a', name: form.name, confidence: 'sample', forms: [] };
  const part = { name: form.name, is: 'letters', width: 2 };
  const faulty = [
    ['standards that are no list', {}, ''],
    [
      'a part of no known class',
      { standards: [{ ...standard, forms: [{ ...form, parts: [part] }] }], fields: [] },
      '/standards/0/forms/0',
    ],
    [
      'a check that nobody knows',
      { standards: [{ ...standard, forms: [{ ...form, check: 'luhn' }] }], fields: [] },
      '/standards/0/forms/0',
    ],
    [
      'an expression that is none',
      {
        classes: { letters: { zh: '', en: '', each: '[' } },
        standards: [{ ...standard, forms: [{ ...form, parts: [part] }] }],
        fields: [],
      },
      '/standards/0/forms/0',
    ],
    [
      'a field of no known standard',
      { standards: [standard], fields: [{ names: ['code'], as: ['b'], confidence: 'sample' }] },
      '/fields/0',
    ],
  ] as const;
  for (const [what, content, place] of faulty) {
    it(`is refused with file and place for ${what}`, () => {
      const { url, remove } = schemasFolder({ 'national/code-standards.json': { classes: {}, ...content } });
      try {
        assert.throws(
          () => createRegistry({ schemas: url }).codeStandards(),
          (error) =>
            error instanceof GatewayError &&
            error.code === 'PROFILE_BROKEN' &&
            error.details.faults?.[0]?.at === `schemas/national/code-standards.json#${place}`,
        );
      } finally {
        remove();
      }
    });
  }
});
