/** What cannot be read is told by what is really wrong, with its place and what to do. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import iconv from 'iconv-lite';
import { createJsonForm, createPredecessorXml, createWireCodec } from '@yiqiao/wire';
import { caught, utf8 } from './caught.ts';

const predecessor = createPredecessorXml();

describe('half a character of GBK', () => {
  const xml = (declaration: string): Uint8Array =>
    iconv.encode(`${declaration}<input><a>测试</a></input>`, 'gbk');
  /** The bytes without the second half of the second character. */
  const broken = (bytes: Uint8Array): Uint8Array =>
    Uint8Array.from([...bytes].filter((_, index) => index !== bytes.length - '</a></input>'.length - 1));
  const gbkPlain = createWireCodec({
    id: 'trial',
    codec: 'plain-xml',
    envelope: { charset: 'GBK', request: { root: 'input' }, response: { root: 'input' } },
  });
  const DECLARATIONS = [
    '<?xml version="1.0" encoding="GBK"?>',
    '<?xml version="1.0" encoding="GB2312"?>',
    '',
  ];
  for (const declaration of DECLARATIONS) {
    for (const [form, read] of [
      ['predecessor', (bytes: Uint8Array) => predecessor.readRequest(bytes, { transaction: '1' })],
      ['plain XML', (bytes: Uint8Array) => gbkPlain.readRequest(bytes, { transaction: '1' })],
    ] as const) {
      it(`is told as such, with its place and remedy: ${form}, ${declaration || 'undeclared'}`, () => {
        const bytes = broken(xml(declaration));
        const offset = bytes.length - '</a></input>'.length;
        const error = caught(() => read(bytes));
        const [fault] = error.details.faults ?? [];
        assert.equal(error.code, 'CHARSET_WRONG');
        assert.equal(fault?.found, `byte ${offset}`);
        assert.deepEqual(error.details.facts, { offset });
        assert.match(
          fault?.message.en ?? '',
          new RegExp(`^At byte ${offset} a character breaks off half-way`),
        );
        assert.match(fault?.message.zh ?? '', /按字符截断/);
      });
    }
  }

  const OTHERS: readonly (readonly [string, Uint8Array, RegExp])[] = [
    [
      'the end of the message',
      xml(DECLARATIONS[0] ?? '').subarray(0, -'</a></input>'.length - 1),
      /ends in the middle/,
    ],
    [
      'a byte that no GBK has',
      Buffer.concat([utf8(`${DECLARATIONS[0]}<input>`), Uint8Array.of(0xff)]),
      /from byte 43 on it is not;/,
    ],
    ['UTF-8 declared GBK', utf8(`${DECLARATIONS[0]}<input>测</input>`), /bytes are UTF-8/],
    [
      'GBK declared UTF-8',
      xml('<?xml version="1.0" encoding="UTF-8"?>'),
      /from byte \d+ on it is not and looks like GBK/,
    ],
    [
      'half a character of UTF-8',
      Buffer.concat([
        utf8('<?xml version="1.0" encoding="UTF-8"?><input>'),
        Uint8Array.of(0xe6, 0xb5),
        utf8('</input>'),
      ]),
      /^At byte 47 a character breaks off/,
    ],
  ];
  for (const [title, bytes, expected] of OTHERS) {
    it(`and whatever else is wrong with the bytes is told apart: ${title}`, () => {
      const error = caught(() => predecessor.readRequest(bytes, { transaction: '1' }));
      assert.equal(error.code, 'CHARSET_WRONG');
      assert.match(error.details.faults?.[0]?.message.en ?? '', expected);
    });
  }

  it('in JSON of GBK is told the same way', () => {
    const form = createJsonForm({ charset: 'GBK' });
    const bytes = broken(iconv.encode('{"a":"测试</a></input>"}', 'gbk').subarray(0, -2));
    assert.match(
      caught(() => form.parse(bytes)).details.faults?.[0]?.message.en ?? '',
      /^At byte \d+ a character/,
    );
  });
});

describe('forbidden XML is refused with what to do instead', () => {
  const cases: readonly (readonly [string, string, RegExp, RegExp])[] = [
    ['a DTD', '<!DOCTYPE input><input/>', /DTD.*请删去/, /leave it out/],
    ['an entity', '<input><a>&nbsp;</a></input>', /改写为字符本身/, /write the character itself/],
    ['an instruction', '<input><?php?></input>', /处理指令.*请删去/, /leave it out/],
    [
      'a name',
      '<input><constructor/></input>',
      /请改为接口规定的元素名/,
      /use the name that the interface has/,
    ],
  ];
  for (const [title, xml, zh, en] of cases) {
    it(title, () => {
      const error = caught(() => predecessor.readRequest(utf8(xml), { transaction: '1' }));
      const [fault] = error.details.faults ?? [];
      assert.equal(error.code, 'XML_FORBIDDEN');
      assert.match(fault?.message.zh ?? '', zh);
      assert.match(fault?.message.en ?? '', en);
    });
  }
});
