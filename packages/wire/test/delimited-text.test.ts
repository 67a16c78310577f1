import assert from 'node:assert/strict';
import type { WireObject } from '@yiqiao/model';
import { createWireCodec } from '@yiqiao/wire';
import iconv from 'iconv-lite';
import { caught } from './caught.ts';

const ENVELOPE = {
  charset: 'GBK',
  open: '$$',
  close: '$$',
  fieldSeparator: '~',
  itemSeparator: '%%',
  requestPrefix: ['标志', '卡'],
  responsePrefix: ['状态', '错误'],
  records: {
    卡: {
      totalLength: 12,
      fields: [
        { name: '姓名', start: 1, length: 6, pad: 'right' },
        { name: '余额', start: 7, length: 6, pad: 'left' },
      ],
    },
  },
  answer: { code: '状态', text: '错误', success: { equals: '0' } },
};

const ROOT = { node: '', repeated: false, fields: [{ name: '门诊号' }, { name: '明细' }, { name: '结果' }] };
const LINES = { node: '明细', repeated: true, fields: [{ name: '编号' }, { name: '金额' }] };
const RESULT = {
  node: '结果',
  repeated: false,
  fields: [{ name: '总额' }, { name: '自付' }, { name: '年度' }],
};

const codec = createWireCodec(
  { id: 'trial', codec: 'delimited-text', envelope: ENVELOPE },
  {
    limits: { maxNodes: 40, maxBytes: 2000 },
    layout: (transaction) => (transaction === '29' ? [ROOT, LINES, RESULT] : undefined),
  },
);

const gbk = (text: string): Uint8Array => iconv.encode(text, 'gbk');
const CARD = '测试甲  5.00';
const WHOLE = `$$1~${CARD}~MZ1~A%%1.00%%B%%2.50~9%%8%%2024$$`;

function read(text: string): ReturnType<typeof codec.readRequest> {
  return codec.readRequest(gbk(text), { transaction: '29' });
}

function told({ faults }: ReturnType<typeof codec.readResponse>): string[] {
  return faults.map(({ rule, at }) => `${rule} ${at}`);
}

function refusal(act: () => unknown): string[] {
  const error = caught(act);
  const faults = error.details.faults ?? [];
  return [
    error.code,
    ...faults.map(({ rule, at, found }) => `${rule} ${at}${found === undefined ? '' : ` ${found}`}`),
  ];
}

describe('delimited text is read', () => {
  it('by position: prefix, plain fields, a list, a record', () => {
    const { envelope, body } = read(WHOLE);
    assert.deepEqual(envelope, { 标志: '1', 卡: { 姓名: '测试甲', 余额: '5.00' } });
    assert.deepEqual(body, {
      门诊号: 'MZ1',
      明细: [
        { 编号: 'A', 金额: '1.00' },
        { 编号: 'B', 金额: '2.50' },
      ],
      结果: { 总额: '9', 自付: '8', 年度: '2024' },
    });
  });

  it('with empty card, list and record', () => {
    const { envelope, body } = read('$$0~~~~$$');
    assert.deepEqual(envelope, { 标志: '0', 卡: '' });
    assert.deepEqual(body, { 门诊号: '', 明细: [], 结果: '' });
  });

  it('with fields beyond the definition under their position, which are written back', () => {
    const text = `$$1~${CARD}~MZ1~~~x~y$$`;
    const request = read(text);
    assert.deepEqual([request.body['(4)'], request.body['(5)']], ['x', 'y']);
    assert.equal(iconv.decode(Buffer.from(codec.writeRequest(request)), 'gbk'), text);
  });

  it('where a second byte of GBK is the separator', () => {
    // 亊 is 81 7E, and 7E alone is the tilde.
    assert.equal(read(`$$1~${CARD}~亊~~$$`).body['门诊号'], '亊');
  });

  it('up to the padding of its buffer, which is remarked on', () => {
    const { deviations } = read(`${WHOLE}   \0\0`);
    assert.deepEqual(
      deviations.map(({ rule, found }) => `${rule} ${found}`),
      ['padding 5'],
    );
  });

  it('an answer as far as it goes, because the far side has acted', () => {
    const answer = codec.readResponse(gbk('$$0~~MZ1$$'), { transaction: '29' });
    assert.deepEqual([answer.success, answer.body], [true, { 门诊号: 'MZ1' }]);
    assert.deepEqual(told(answer), ['fields /output/明细', 'fields /output/结果']);
    assert.deepEqual(answer.deviations, []);
  });

  const short: readonly (readonly [string, string, readonly string[]])[] = [
    ['no body', '$$0~$$', ['fields /output/门诊号', 'fields /output/明细', 'fields /output/结果']],
    ['half a record in a list', '$$0~~M~A%%1%%B~9%%8%%7$$', ['items /output/明细']],
    ['a record too short', '$$0~~M~~9%%8$$', ['items /output/结果']],
    ['fields beyond the definition', '$$0~~M~~9%%8%%7~x$$', []],
  ];
  for (const [title, text, expected] of short) {
    it(`a success with ${title}: each fault is told`, () => {
      assert.deepEqual(told(codec.readResponse(gbk(text), { transaction: '29' })), expected);
    });
  }

  it('a refusing answer without its fields, and without remark', () => {
    const answer = codec.readResponse(gbk('$$-1~封锁$$'), { transaction: '29' });
    const { success, code, text, body, deviations, faults } = answer;
    assert.deepEqual([success, code, text, body], [false, '-1', '封锁', null]);
    assert.deepEqual([...deviations, ...faults], []);
  });
});

describe('delimited text that cannot be taken is refused with place and remedy', () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['nothing', '', ['MESSAGE_NOT_READABLE', 'syntax ']],
    ['one mark for both', '$$', ['MESSAGE_NOT_READABLE', 'syntax ']],
    ['three characters', '$$$', ['MESSAGE_NOT_READABLE', 'syntax ']],
    ['no closing mark', '$$1~2', ['MESSAGE_NOT_READABLE', 'syntax ']],
    ['text after the closing mark', `${WHOLE}x`, ['MESSAGE_NOT_READABLE', 'syntax ']],
    ['JSON', '{"infno":"2207"}', ['MESSAGE_NOT_READABLE', 'syntax ']],
    [
      'too few fields, each named',
      '$$1$$',
      [
        'MESSAGE_INVALID',
        'fields /卡 1',
        'fields /input/门诊号 0',
        'fields /input/明细 0',
        'fields /input/结果 0',
      ],
    ],
    ['half a record in a list', `$$1~${CARD}~MZ1~A%%1%%B~$$`, ['MESSAGE_INVALID', 'items /input/明细 3']],
    [
      'two records where one stands',
      `$$1~~M~~1%%2%%3%%4%%5%%6$$`,
      ['MESSAGE_INVALID', 'items /input/结果 6'],
    ],
    ['a card that is too short', '$$1~测试~M~~$$', ['MESSAGE_INVALID', 'width /卡 4 bytes']],
    [
      'a card with a character across a boundary',
      '$$1~测试1甲5.00~M~~$$',
      ['MESSAGE_INVALID', 'width /卡 11 bytes'],
    ],
    [
      'a cut character in a card',
      '$$1~测试1甲 5.00~M~~$$',
      ['MESSAGE_INVALID', 'charset /卡/姓名', 'charset /卡/余额'],
    ],
    ['more fields than the limit', `$$1~${'~'.repeat(50)}$$`, ['MESSAGE_TOO_DEEP', 'nodes  51']],
    ['more items than the limit', `$$1~~~${'%%'.repeat(50)}~$$`, ['MESSAGE_TOO_DEEP', 'nodes  54']],
    ['more bytes than the limit', `$$${'x'.repeat(2000)}$$`, ['MESSAGE_TOO_LARGE', 'size  2004 bytes']],
  ];
  for (const [title, text, expected] of cases) {
    it(title, () =>
      assert.deepEqual(
        refusal(() => read(text)),
        expected,
      ),
    );
  }

  it('half a GBK pair at the end', () => {
    const bytes = gbk(`$$1~测`).subarray(0, -1);
    assert.deepEqual(
      refusal(() => codec.readRequest(bytes, { transaction: '29' })),
      ['CHARSET_WRONG', 'charset  byte 5'],
    );
  });

  it('a byte that no GBK has, with its offset', () => {
    const bytes = Uint8Array.of(0x24, 0x24, 0x31, 0xff, 0x24, 0x24);
    assert.deepEqual(
      refusal(() => codec.readRequest(bytes, { transaction: '29' })),
      ['CHARSET_WRONG', 'charset  byte 3'],
    );
  });

  it('UTF-8 where GBK is agreed', () => {
    const bytes = new TextEncoder().encode('$$1~~测试甲~~$$');
    assert.deepEqual(
      refusal(() => codec.readRequest(bytes, { transaction: '29' })),
      ['CHARSET_WRONG', 'charset  UTF-8'],
    );
  });

  it('a call that does not tell its transaction', () => {
    assert.deepEqual(
      refusal(() => codec.readRequest(gbk(WHOLE))),
      ['MESSAGE_INVALID', 'required /transaction'],
    );
  });

  it('a transaction the profile does not have', () => {
    assert.equal(
      caught(() => codec.readRequest(gbk(WHOLE), { transaction: '99' })).code,
      'TRANSACTION_UNKNOWN',
    );
  });

  it('an answer whose first field is empty: success cannot be told, so the outcome is unknown', () => {
    assert.deepEqual(
      refusal(() => codec.readResponse(gbk('$$~$$'), { transaction: '29' })),
      ['MESSAGE_NOT_READABLE', 'required /状态'],
    );
  });
});

describe('delimited text is not written', () => {
  const write = (body: WireObject, envelope: WireObject = {}): string[] =>
    refusal(() => codec.writeRequest({ transaction: '29', envelope, body }));

  const cases: readonly (readonly [string, WireObject, readonly string[]])[] = [
    ['with a separator in a value', { 门诊号: 'a~b' }, ['FORMAT_LIMIT', 'format /input/门诊号']],
    ['with an outer mark in a value', { 门诊号: 'a$$' }, ['FORMAT_LIMIT', 'format /input/门诊号']],
    ['with an item mark in an item', { 明细: [{ 编号: 'a%%b' }] }, ['FORMAT_LIMIT', 'format /input/明细']],
    [
      'with half an item mark at the end of an item',
      { 明细: [{ 编号: '5%', 金额: '1' }] },
      ['FORMAT_LIMIT', 'format /input/明细'],
    ],
    ['with half an item mark at the beginning', { 明细: [{ 编号: '', 金额: '%1' }, {}] }, []],
    ['with U+0000', { 门诊号: 'a\0' }, ['FORMAT_LIMIT', 'format /input/门诊号']],
    ['with null, a boolean or a list in a field', { 门诊号: null }, ['FORMAT_LIMIT', 'format /input/门诊号']],
    ['with a member that has no position', { 其他: '' }, ['FORMAT_LIMIT', 'format /input/其他']],
    [
      'with an item that has no position',
      { 明细: [{ 其他: '' }] },
      ['FORMAT_LIMIT', 'format /input/明细[1]/其他'],
    ],
    ['with a gap among surplus fields', { '(5)': 'x' }, ['FORMAT_LIMIT', 'format /input']],
    ['with two records where one stands', { 结果: [{}, {}] }, ['FORMAT_LIMIT', 'format /input/结果']],
    [
      'with a character that GBK lacks',
      { 门诊号: '𠮷' },
      ['FORMAT_LIMIT', 'charset /input/门诊号 𠮷 (U+20BB7)'],
    ],
  ];
  for (const [title, body, expected] of cases) {
    if (expected.length === 0) {
      it(`but ${title} it is, and reads the same`, () => {
        const bytes = codec.writeRequest({ transaction: '29', envelope: {}, body });
        assert.deepEqual(codec.readRequest(bytes, { transaction: '29' }).body['明细'], [
          { 编号: '', 金额: '%1' },
          { 编号: '', 金额: '' },
        ]);
      });
    } else it(title, () => assert.deepEqual(write(body), expected));
  }

  it('with a card whose field is too wide, or that has a stranger', () => {
    assert.deepEqual(write({}, { 卡: { 姓名: '测试甲乙', 密码: '1' } }), [
      'FORMAT_LIMIT',
      'format /卡/密码',
      'width /卡/姓名 8 bytes',
    ]);
  });

  it('with a signature, for want of a known way', () => {
    const sign = (): WireObject => ({ cainfo: 'x' });
    const error = caught(() => codec.writeRequest({ transaction: '29', envelope: {}, body: {} }, sign));
    assert.equal(error.code, 'PROFILE_BROKEN');
  });
});
