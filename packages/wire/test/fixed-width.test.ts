/** Records of fixed width are counted in the bytes that came, or that are written. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { createWireCodec } from '@yiqiao/wire';
import type { WireCodec } from '@yiqiao/wire';
import { caught } from './caught.ts';

type Charset = 'GBK' | 'GB18030' | 'UTF-8';

function codecOf(charset: Charset): WireCodec {
  const envelope = {
    charset,
    open: '$$',
    close: '$$',
    fieldSeparator: '~',
    itemSeparator: '%%',
    requestPrefix: ['标志', '卡'],
    responsePrefix: ['状态', '错误', '卡'],
    records: {
      卡: {
        totalLength: 14,
        fields: [
          { name: '姓名', start: 1, length: 8, pad: 'right' },
          { name: '余额', start: 9, length: 6, pad: 'left' },
        ],
      },
    },
    answer: { code: '状态', text: '错误', success: { equals: '0' } },
  };
  return createWireCodec(
    { id: 'trial', codec: 'delimited-text', envelope },
    { layout: () => [{ node: '', repeated: false, fields: [{ name: '号' }] }] },
  );
}

const gbk = codecOf('GBK');
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
/** `flag`: bytes of the field before the record. */
function message(
  name: Buffer,
  { flag = Buffer.from('1'), blanks = 8 - name.length }: { flag?: Uint8Array; blanks?: number } = {},
): Uint8Array {
  const parts = ['$$', flag, '~', name, ' '.repeat(blanks), '  5.00', '~M$$'];
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}
const told = (faults: readonly { rule: string; at: string; found?: string }[] = []): string[] =>
  faults.map(({ rule, at, found }) => `${rule} ${at} ${found ?? ''}`.trim());

describe('a record of fixed width in GBK', () => {
  const names: readonly (readonly [string, string, Buffer])[] = [
    ['the euro sign as Windows writes it, in one byte', '€', hex('80')],
    ['the euro sign in two bytes', '€', hex('a2e3')],
    ['a character that the standard of 2022 gave another place', '龴', hex('fe59')],
    ['one that GBK lacks, in four bytes', '𠮷', hex('9534 b235')],
    ['one of extension A in four bytes', '㐀', hex('8139 ee39')],
    ['one of extension A in two bytes', '䶮', hex('fe9f')],
    ['the dot of minority names', '艾·买', hex('b0ac a1a4 c2f2')],
    ['the separator as second byte', '亊', hex('817e')],
  ];
  for (const [title, name, bytes] of names) {
    for (const flag of ['1', '€𠮷亊']) {
      it(`is taken apart by the bytes that came: ${title}, behind ${flag}`, () => {
        const before = flag === '1' ? Buffer.from(flag) : hex('80 9534b235 817e');
        const { envelope } = gbk.readRequest(message(bytes, { flag: before }), { transaction: '29' });
        assert.deepEqual(envelope, { 标志: flag, 卡: { 姓名: name, 余额: '5.00' } });
      });
    }

    it(`is refused with its true width when it is not as wide as it must be: ${title}`, () => {
      const short = message(bytes, { blanks: 7 - bytes.length });
      const error = caught(() => gbk.readRequest(short, { transaction: '29' }));
      assert.deepEqual(told(error.details.faults), ['width /卡 13 bytes']);
    });
  }

  it('is refused when a character of four bytes stands across a boundary', () => {
    const across = message(Buffer.concat([Buffer.from('abcdef'), hex('9534 b235')]), { blanks: 0 });
    const bytes = Buffer.from(Buffer.from(across).toString('latin1').replace('  5.00', '5.00'), 'latin1');
    const error = caught(() => gbk.readRequest(bytes, { transaction: '29' }));
    assert.deepEqual(told(error.details.faults), ['charset /卡/姓名', 'charset /卡/余额']);
  });

  it('of an answer is flagged and not refused', () => {
    const bytes = Buffer.concat([Buffer.from('$$0~~'), hex('80'), Buffer.from(' 5.00~M$$')]);
    const answer = gbk.readResponse(bytes, { transaction: '29' });
    assert.deepEqual([answer.success, told(answer.faults)], [true, ['width /卡 6 bytes']]);
  });

  it('is not written with what GBK lacks, and no width is told for it', () => {
    for (const name of ['𠮷', '€', '龴', '测•甲']) {
      const envelope = { 标志: '1', 卡: { 姓名: name, 余额: '5.00' } };
      const error = caught(() => gbk.writeRequest({ transaction: '29', envelope, body: {} }));
      assert.equal(error.code, 'FORMAT_LIMIT');
      assert.deepEqual(
        error.details.faults?.map(({ rule, at }) => `${rule} ${at}`),
        ['charset /卡/姓名'],
      );
    }
  });
});

describe('a record of fixed width is padded by the charset it is written in', () => {
  const widths: readonly (readonly [Charset, string, number])[] = [
    ['GBK', '䶮', 2],
    ['GBK', '艾·买', 6],
    ['GB18030', '𠮷', 4],
    ['GB18030', '€', 2],
    ['GB18030', '龴', 4],
    ['GB18030', '•', 4],
    ['UTF-8', '𠮷', 4],
    ['UTF-8', '䶮', 3],
    ['UTF-8', '€', 3],
    ['UTF-8', '·', 2],
  ];
  for (const [charset, name, width] of widths) {
    it(`${name} has ${width} bytes in ${charset}`, () => {
      const codec = codecOf(charset);
      const envelope = { 标志: '1', 卡: { 姓名: name, 余额: '5.00' } };
      const bytes = codec.writeRequest({ transaction: '29', envelope, body: { 号: 'M' } });
      assert.equal(bytes.length, '$$1~'.length + 14 + '~M$$'.length);
      assert.equal(Buffer.from(bytes).toString('latin1').indexOf(' '), '$$1~'.length + width);
      assert.deepEqual(codec.readRequest(bytes, { transaction: '29' }).envelope, envelope);
    });
  }

  it('and a value that is too wide is told with its width', () => {
    const envelope = { 卡: { 姓名: '𠮷𠮷测', 余额: '' } };
    const error = caught(() => codecOf('GB18030').writeRequest({ transaction: '29', envelope, body: {} }));
    assert.deepEqual(told(error.details.faults), ['width /卡/姓名 10 bytes']);
  });
});
