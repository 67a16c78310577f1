import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { endAll, figuresOf, fileWith, placesOf, speak } from './spoken.ts';
import type { Found } from './spoken.ts';

/** An answer of zhejiang 29 in bytes: its prefix has five fields, its body six. */
const sample = readFileSync(
  new URL('../../../schemas/provincial/zhejiang/samples/29.response.txt', import.meta.url),
  'latin1',
);
const whole = sample.slice(2, sample.lastIndexOf('$$')).split('~');

function answerOf(fields: readonly string[]): Uint8Array {
  return Buffer.from(`$$${fields.join('~')}$$`, 'latin1');
}

/** The fourth field of the body is a record of thirty amounts. */
const RECORD = 8;
const shortRecord = whole.map((field, index) => (index === RECORD ? field.replace(/%%[^%]*$/, '') : field));

describe('yiqiao validate of an answer whose form has positions', () => {
  after(endAll);

  const zhejiang = ['--profile', 'zhejiang', '--transaction', '29'];
  const yunnan = ['--profile', 'yunnan', '--transaction', 'int_feedetailtrans'];
  const cases: readonly (readonly [string, string | Uint8Array, readonly string[], readonly string[]])[] = [
    ['is whole', answerOf(whole), zhejiang, []],
    ['lacks its last field', answerOf(whole.slice(0, -1)), zhejiang, ['fields /output/超限明细列表']],
    [
      'lacks an amount of a record',
      answerOf(shortRecord),
      zhejiang,
      ['items /output/计算结果信息', 'structure /output/计算结果信息'],
    ],
    ['refuses, and has no body', '$$-1~$$', zhejiang, []],
    [
      'lacks arguments',
      '{"out":[0.1],"error_code":"0000"}',
      yunnan,
      ['fields /output/自付金额', 'fields /output/允许报销金额'],
    ],
    ['has an argument more', '{"out":[0.1,0.1,0.1,"x"],"error_code":"0000"}', yunnan, []],
  ];
  for (const [title, bytes, options, expected] of cases) {
    for (const mode of ['--tolerant', '--strict']) {
      it(`ends with ${expected.length === 0 ? 0 : 1} where it ${title} (${mode})`, async () => {
        const spoken = await speak('validate', fileWith(bytes), ...options, '--response', mode, '--json');
        assert.deepEqual(
          [placesOf(spoken, 'faults'), spoken.code],
          [expected, expected.length === 0 ? 0 : 1],
        );
      });
    }
  }

  it('lists what is beyond the definition', async () => {
    const file = fileWith('{"out":[0.1,0.1,0.1,"x"],"error_code":"0000"}');
    const spoken = await speak('validate', file, ...yunnan, '--response', '--json');
    assert.ok(placesOf(spoken, 'deviations').includes('unknown-member /output/(4)'), spoken.out);
  });
});

describe('yiqiao validate of a transaction number', () => {
  after(endAll);

  const message = (infno: string): string => JSON.stringify({ infno, msgid: '1', input: {} });

  it('that nothing defines names place, near numbers and the command that shows them, in both languages', async () => {
    for (const [profile, bytes, at, near] of [
      ['national', message('22O7'), '/infno', '2207'],
      ['zhejiang', '$$~$$', '/transaction', '29'],
      [
        'hunan-powersi',
        '<Program><function_id>bizh11010</function_id></Program>',
        '/function_id',
        'bizh110104',
      ],
    ] as const) {
      const options = ['--profile', profile, '--transaction', '29A'];
      const spoken = await speak('validate', fileWith(bytes), ...options, '--json');
      const [fault] = figuresOf(spoken)['faults'] as readonly Found[];
      assert.deepEqual([spoken.code, figuresOf(spoken)['code'], fault?.at], [1, 'TRANSACTION_UNKNOWN', at]);
      for (const text of [fault?.message.zh, fault?.message.en]) {
        assert.match(text ?? '', new RegExp(`[ 、，]${near}\\b`));
        assert.match(text ?? '', new RegExp(`yiqiao spec show \\S+ --profile ${profile}`));
      }
    }
  });

  it('with a letter behind a known one takes it for the known one, and says so', async () => {
    const [known, lettered] = await Promise.all(
      ['2207', '2207A'].map((infno) => speak('validate', fileWith(message(infno)), '--json')),
    );
    assert.ok(known !== undefined && lettered !== undefined);
    assert.deepEqual(placesOf(lettered, 'faults'), placesOf(known, 'faults'));
    assert.deepEqual(
      placesOf(lettered, 'deviations').filter((place) => !placesOf(known, 'deviations').includes(place)),
      ['transaction-variant /infno'],
    );
  });
});
