import assert from 'node:assert/strict';
import { createRegistry } from '@yiqiao/registry';
import { places, settlementRequest, wire } from './messages.ts';
import { profileFile, schemasFolder } from './schemas-folder.ts';

const registry = createRegistry();

describe('Codes in messages', () => {
  const cases = [
    ['2207', 'request', '{"data":{"psn_cert_type":"01","certno":"000000199001010019"}}', ['/data/certno']],
    ['2207', 'request', '{"data":{"psn_cert_type":"04","certno":"H00000001"}}', []],
    ['2207', 'request', '{"data":{"certno":"H00000001"}}', []],
    ['2207', 'request', '{"data":{"psn_cert_type":"01","certno":""}}', []],
    ['2207', 'request', '{"data":{"mdtrt_cert_type":"02","mdtrt_cert_no":"1"}}', ['/data/mdtrt_cert_no']],
    ['2207', 'request', '{"data":{"mdtrt_cert_type":"01","mdtrt_cert_no":"1"}}', []],
    [
      '2204',
      'request',
      '{"feedetail":[{"med_list_codg":"XC08CAA308A001020100002"},{"med_list_codg":"目录外"}]}',
      ['/feedetail/1/med_list_codg'],
    ],
    [
      '2204',
      'request',
      '{"feedetail":[{"med_list_codg":"001102000010000"},{"bilg_dr_codg":"9231"}]}',
      ['/feedetail/1/bilg_dr_codg'],
    ],
    [
      '2203',
      'request',
      '{"diseinfo":[{"diag_type":"1","diag_code":"A07.01.01"},{"diag_type":"2","diag_code":"A07.01.01"}]}',
      ['/diseinfo/0/diag_code'],
    ],
    ['2203', 'request', '{"mdtrtinfo":{"med_type":"14","dise_codg":"I10.x00"}}', ['/mdtrtinfo/dise_codg']],
    ['2203', 'request', '{"mdtrtinfo":{"med_type":"11","dise_codg":"I10.x00"}}', []],
    ['2601', 'request', '{"data":{"omsgid":"240510181951-H41130290001-4407"}}', ['/data/omsgid']],
    ['1201', 'response', '{"medinsinfo":{"fixmedins_code":"X1"}}', ['/medinsinfo/fixmedins_code']],
    ['1201', 'response', '{"medinsinfo":{"fixmedins_code":"P43010000001"}}', []],
  ] as const;
  for (const [transaction, direction, body, expected] of cases) {
    it(`of ${transaction} ${direction} ${body} are deviations in both modes where their structure is broken`, () => {
      for (const mode of ['strict', 'tolerant'] as const) {
        const found = registry.validator('national', transaction, direction, mode)(wire(body), '');
        assert.equal(
          found.faults.some(({ rule }) => rule === 'code-structure'),
          false,
        );
        const odd = found.deviations.filter(({ rule }) => rule === 'code-structure');
        assert.deepEqual(
          odd.map(({ at }) => at),
          expected,
        );
        for (const { message } of odd) assert.match(message.zh + message.en, /[一-鿿].*such as/);
      }
    });
  }

  it('of an envelope are looked at as well', () => {
    const validate = registry.envelopeValidator('national', 'request', 'strict');
    const found = validate(wire('{"msgid":"1","fixmedins_code":"1","mdtrtarea_admvs":"1"}'), '');
    const odd = places(found.deviations).filter((place) => !place.startsWith('unknown'));
    assert.deepEqual(odd.toSorted(), [
      'code-structure /fixmedins_code',
      'code-structure /msgid',
      'value-set /mdtrtarea_admvs',
    ]);
  });

  it('are not looked for in a form with names of its own, where the same name may mean another thing', () => {
    const validate = registry.envelopeValidator('shanghai', 'request', 'strict');
    const { deviations } = validate(wire('{"msgid":"1"}'), '');
    assert.deepEqual(places(deviations), []);
  });

  it('are said to be inferred where no published document tells the structure', () => {
    const validate = registry.validator('national', '2204', 'request', 'tolerant');
    const line = wire('{"feedetail":[{"bilg_dr_codg":"1","fixmedins_code":"1"}]}');
    const [doctor] = validate(line, '').deviations.filter(({ field }) => field === 'bilg_dr_codg');
    assert.match(doctor?.message.zh ?? '', /（推断）/);
    assert.match(doctor?.message.en ?? '', /\(inferred\)/);
    const card = registry.validator('national', '2207', 'request', 'tolerant');
    const [certificate] = card(settlementRequest({ certno: '"1"' }), '').deviations;
    assert.match(certificate?.message.en ?? '', /The structure is published/);
  });

  it('that are too long are told as that alone', () => {
    const validate = registry.envelopeValidator('national', 'request', 'tolerant');
    const { deviations } = validate(wire(`{"msgid":"${'1'.repeat(31)}"}`), '');
    assert.deepEqual(
      places(deviations).filter((place) => place.endsWith('/msgid')),
      ['length /msgid'],
    );
  });

  const told = [
    [
      '2204',
      'feedetail/bilg_dr_codg',
      'D43010000001',
      /第 8-13 位（顺序码）应为 6 位数字.*（推断）.*请核对编码/,
    ],
    ['2204', 'feedetail/bilg_dr_codg', 'd430100000001', /第 1 位（识别码）应为“D”.*大小写.*请改写/],
    [
      '2204',
      'feedetail/med_list_codg',
      'XR05CBA198A00101010086',
      /不是西药的写法（如 XR05CBA198A001010100863）：第 19-23 位（企业码）应为 5 位数字/,
    ],
    [
      '2204',
      'feedetail/med_list_codg',
      'ｃ0101010010000100001',
      /不是耗材的写法.*：第 1 位（识别码）应为“C”.*请改写/,
    ],
    ['2204', 'feedetail/med_list_codg', '目录外', /第 1 位起即不符/],
    ['2207', 'data/certno', '000000196806101019', /第 18 位（校验位）与前 17 位不符.*公开文件/],
    [
      '2204',
      'feedetail/bilg_dr_codg',
      'D999999000001',
      /第 2-7 位的区划 999999 不在已知的医保区划中.*原样转送/,
    ],
    ['2001', 'data/fixmedins_code', 'H99999900001', /第 2-7 位的区划 999999.*样本/],
    ['2001', 'data/fixmedins_code', 'H00000000001', undefined],
    ['3601', 'data/drg_admdvs', '000000', /合成（测试）数据/],
  ] as const;
  for (const [transaction, at, code, expected] of told) {
    it(`are told with place, structure, confidence and remedy, or not at all: ${at} ${code}`, () => {
      const [node = '', name = ''] = at.split('/');
      const member = { psn_cert_type: '01', [name]: code };
      const body = JSON.stringify({ [node]: node === 'feedetail' ? [member] : member });
      const { deviations } = registry.validator(
        'national',
        transaction,
        'request',
        'tolerant',
      )(wire(body), '');
      const odd = deviations.filter(({ rule }) => rule === 'code-structure');
      assert.equal(odd.length, expected === undefined ? 0 : 1, places(deviations).join());
      for (const { message } of odd) {
        assert.match(message.zh, expected ?? /^$/);
        assert.match(message.en, /\. Passed on as it is; .*\.$/);
        if (name === 'certno') assert.equal((message.zh + message.en).includes(code.slice(6, 14)), false);
      }
    });
  }

  it('are shown masked when they name a person', () => {
    const validate = registry.validator('national', '2207', 'request', 'tolerant');
    const [deviation] = validate(settlementRequest({ certno: '"000000199001010019"' }), '').deviations;
    assert.equal(deviation?.found, `0${'*'.repeat(16)}9`);
  });

  it('are looked at under the names that a region gives its fields', () => {
    const name = { zh: '甲', en: 'first' };
    const form = { name, confidence: 'sample', example: 'A1', parts: [{ name, text: 'A1' }] };
    const { url, remove } = schemasFolder({
      'national/code-standards.json': {
        classes: {},
        standards: [{ id: 'first', name, confidence: 'sample', forms: [form] }],
        fields: [{ names: ['code'], as: ['first'], confidence: 'sample' }],
      },
      'provincial/region/profile.json': profileFile('region', {
        extends: 'national',
        overlay: { transactions: { '7000': { request: { data: { rename: { code: 'kod' } } } } } },
      }),
    });
    try {
      const validate = createRegistry({ schemas: url }).validator('region', '7000', 'request', 'tolerant');
      const { deviations } = validate(wire('{"data":{"kod":"B1"}}'), '');
      assert.deepEqual(
        places(deviations).filter((place) => place.startsWith('code-structure')),
        ['code-structure /data/kod'],
      );
    } finally {
      remove();
    }
  });
});
