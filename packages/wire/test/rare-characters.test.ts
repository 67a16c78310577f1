import assert from 'node:assert/strict';
import type { WireObject } from '@yiqiao/model';
import { createNationalJson, createPredecessorXml, createWireCodec } from '@yiqiao/wire';
import type { FindLayout, WireCodec } from '@yiqiao/wire';
import { caught } from './caught.ts';

/** Charset of the bytes, as a decoder that knows nothing of ours reads them. */
type Charset = 'gbk' | 'gb18030' | 'utf-8';

/** Characters in names of persons, with the charsets that have them. Source: GB18030-2022. */
const CHARACTERS: readonly { text: string; what: string; gbk: boolean }[] = [
  { text: '𠮷', what: 'CJK extension B', gbk: false },
  { text: '䶮', what: 'two bytes since GB18030-2000, and in GBK as browsers have it', gbk: true },
  { text: '㑇', what: 'extension A, two bytes like the one before', gbk: true },
  { text: '㐀', what: 'extension A, four bytes', gbk: false },
  { text: '\u9FEF', what: 'added to the basic block in 2018', gbk: false },
  { text: '\u{2B81C}', what: 'extension D, level 3 of 2022', gbk: false },
  { text: '\u{30EDE}', what: 'extension G', gbk: false },
  { text: '镕', what: 'GBK beyond GB2312', gbk: true },
  { text: '龴', what: 'FE59 in GB18030-2022, a private character before', gbk: false },
  { text: '\u{9FFF}', what: 'the end of the basic block, added in 2020', gbk: false },
  { text: '€', what: 'one byte in GBK as Windows has it, two in GB18030', gbk: false },
  { text: '·', what: 'the dot in minority names, U+00B7, A1A4 in GBK', gbk: true },
  { text: '•', what: 'the bullet in its place', gbk: false },
  { text: '．', what: 'the full-width full stop in its place', gbk: true },
  { text: '・', what: 'the katakana dot in its place', gbk: false },
  { text: '･', what: 'the half-width katakana dot in its place', gbk: false },
  { text: '‧', what: 'the hyphenation point in its place', gbk: false },
  { text: '‐', what: 'a hyphen in its place', gbk: true },
  { text: '〇', what: 'zero as a character', gbk: true },
];

const layout: FindLayout = (_number, direction) => [
  { node: '', repeated: false, fields: [{ name: direction === 'request' ? 'name' : 'told' }] },
];
const calls: FindLayout = (_number, direction) => [
  {
    node: direction === 'request' ? 'pay' : '',
    repeated: false,
    fields: [{ name: direction === 'request' ? 'name' : 'told' }],
  },
];

const answer = { code: 'code', text: 'words', success: { equals: '0' } };
const delimited = {
  open: '$$',
  close: '$$',
  fieldSeparator: '~',
  itemSeparator: '%%',
  requestPrefix: [],
  responsePrefix: ['code', 'words'],
  answer,
};
const plain = {
  request: { root: 'input' },
  response: { root: 'output', envelope: ['code', 'words'] },
  answer,
};
const framed = {
  request: { body: 'in', transaction: 'number' },
  response: { body: 'out' },
  answer,
};

function regional(codec: string, envelope: object, find: FindLayout = layout): WireCodec {
  return createWireCodec({ id: 'test', codec, envelope: { ...envelope } }, { layout: find });
}

const SHAPES: readonly { title: string; charset: Charset; codec: WireCodec }[] = [
  { title: 'national JSON', charset: 'utf-8', codec: createNationalJson() },
  { title: 'predecessor XML', charset: 'gbk', codec: createPredecessorXml() },
  {
    title: 'predecessor XML, GB18030',
    charset: 'gb18030',
    codec: createPredecessorXml({ charset: 'GB18030' }),
  },
  ...(['GBK', 'GB18030', 'UTF-8'] as const).flatMap((charset) =>
    (
      [
        ['delimited text', 'delimited-text', delimited, layout],
        ['plain XML', 'plain-xml', plain, layout],
        ['framed JSON', 'framed-json', framed, layout],
        [
          'framed JSON by position',
          'framed-json',
          {
            ...framed,
            request: { ...framed.request, form: 'positions' },
            response: { ...framed.response, form: 'positions' },
          },
          layout,
        ],
        [
          'a conversation',
          'framed-json',
          {
            request: { body: 'in', form: 'conversation', items: [] },
            response: { body: 'out' },
            answer,
          },
          calls,
        ],
      ] as const
    ).map(([title, codec, envelope, find]) => ({
      title: `${title}, ${charset}`,
      charset: charset.toLowerCase() as Charset,
      codec: regional(codec, { charset, ...envelope }, find),
    })),
  ),
];

/** The value in a message of either direction, and how it is written and read. */
function directions(
  codec: WireCodec,
  { isConversation, head }: { isConversation: boolean; head: WireObject },
) {
  const body = (text: string) => (isConversation ? { pay: { name: text } } : { name: text });
  return {
    request: {
      write: (text: string) => codec.writeRequest({ transaction: 'pay', envelope: head, body: body(text) }),
      read: (bytes: Uint8Array): unknown => {
        const read = codec.readRequest(bytes, { transaction: 'pay' }).body;
        return (isConversation ? (read['pay'] as typeof read) : read)['name'];
      },
    },
    answer: {
      write: (text: string) =>
        codec.writeResponse({
          transaction: 'pay',
          success: true,
          code: '0',
          text: '',
          envelope: {},
          body: { told: text },
        }),
      read: (bytes: Uint8Array): unknown => codec.readResponse(bytes, { transaction: 'pay' }).body?.['told'],
    },
  };
}

describe('A rare character in a name', () => {
  for (const { title, charset, codec } of SHAPES) {
    const isConversation = title.startsWith('a conversation');
    const head = title === 'national JSON' ? { infno: 'pay', msgid: '1' } : {};
    const ways = directions(codec, { isConversation, head });
    for (const [way, { write, read }] of Object.entries(ways)) {
      it(`passes or is refused by name, never as a question mark: ${title}, ${way}`, () => {
        for (const { text, what, gbk } of CHARACTERS) {
          const name = `测${text}甲`;
          if (charset === 'gbk' && !gbk) {
            const error = caught(() => write(name));
            const [fault, ...others] = error.details.faults ?? [];
            assert.deepEqual([error.code, others.length], ['FORMAT_LIMIT', 0], what);
            assert(fault?.found?.startsWith(text), `${what}: ${fault?.found}`);
            assert.match(fault?.at ?? '', /name|told|\[\d\]/, what);
            continue;
          }
          const bytes = write(name);
          const decoded = new TextDecoder(charset, { fatal: true }).decode(bytes);
          assert(decoded.includes(name), `${what}: ${decoded}`);
          assert(!decoded.replaceAll(/(?:<|&lt;)\?|\?(?:>|&gt;)/g, '').includes('?'), what);
          assert.equal(read(bytes), name, what);
        }
      });
    }
  }
});
