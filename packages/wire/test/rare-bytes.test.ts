/** Rare characters as other programs write them, and in the rows and plain forms that have a way of their own. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { createJsonForm, createUrlEncodedForm, createWireCodec, createXmlForm } from '@yiqiao/wire';
import type { MessageForm, WireCodec } from '@yiqiao/wire';
import { bytesOf, FORMS } from './bad-input-forms.ts';
import { caught } from './caught.ts';

const CHARSETS = ['GBK', 'GB18030', 'UTF-8'] as const;
type Charset = (typeof CHARSETS)[number];

/** Bytes that stand in names, and what they are. Source: GB18030-2022; CP936 for the euro sign. */
const AS_WRITTEN: readonly (readonly [string, string, string])[] = [
  ['a1a4', 'c2b7', '·'],
  ['a3ae', 'efbc8e', '．'],
  ['8136a631', 'e280a2', '•'],
  ['8139a739', 'e383bb', '・'],
  ['80', 'e282ac', '€'],
  ['a2e3', 'e282ac', '€'],
  ['fe9f', 'e4b6ae', '䶮'],
  ['fe59', 'e9beb4', '龴'],
  ['82359037', 'e9beb4', '龴'],
  ['8139ee39', 'e39080', '㐀'],
  ['9534b235', 'f0a0aeb7', '𠮷'],
  ['817e', 'e4ba8a', '亊'],
  ['815c', 'e4b997', '乗'],
];

/** A sound message with other bytes in place of one character. */
function withBytes(form: (typeof FORMS)[number], hex: string): Uint8Array {
  const [before = '', behind = ''] = form.text.split('测');
  return Buffer.concat([bytesOf(before, form), Buffer.from(hex, 'hex'), bytesOf(behind, form)]);
}

describe('A rare character as another program has written it', () => {
  for (const form of FORMS.filter(({ text }) => text.includes('测'))) {
    it(`is read as the character it is: ${form.title}`, () => {
      const usual = form.read(bytesOf(form.text, form)).told.length;
      for (const [gbk, utf8, text] of AS_WRITTEN) {
        const { body, told } = form.read(withBytes(form, form.charset === 'gbk' ? gbk : utf8));
        assert(JSON.stringify(body).includes(`${text}试甲`), `${gbk}: ${JSON.stringify(body)}`);
        assert.equal(told.length, usual, gbk);
      }
    });
  }
});

/** Both ways of one form. */
interface Way {
  readonly title: string;
  readonly charset: Charset;
  write(text: string): Uint8Array;
  read(bytes: Uint8Array): unknown;
}

const answer = { code: 'code', text: 'words', success: { equals: '0' } };

function rowsOf(title: string, charset: Charset, codec: WireCodec): Way {
  return {
    title: `${title}, ${charset}`,
    charset,
    write: (text) =>
      codec.writeRequest({
        transaction: 'pay',
        envelope: {},
        body: { rows: [{ name: text }, { name: 'x' }] },
      }),
    read: (bytes) =>
      (codec.readRequest(bytes, { transaction: 'pay' }).body['rows'] as readonly { name: unknown }[])[0]
        ?.name,
  };
}

function formOf(title: string, charset: Charset, form: MessageForm): Way {
  return {
    title: `${title}, ${charset}`,
    charset,
    write: (text) => form.format({ name: text }),
    read: (bytes) => form.parse(bytes).members['name'],
  };
}

function waysOf(charset: Charset): readonly Way[] {
  const marks = { open: '$$', close: '$$', fieldSeparator: '~', itemSeparator: '%%' };
  const delimited = createWireCodec(
    {
      id: 'trial',
      codec: 'delimited-text',
      envelope: { charset, ...marks, requestPrefix: [], responsePrefix: ['code', 'words'], answer },
    },
    {
      layout: () => [
        { node: '', repeated: false, fields: [{ name: 'rows' }] },
        { node: 'rows', repeated: true, fields: [{ name: 'name' }] },
      ],
    },
  );
  const xml = (rows: string): WireCodec => {
    const lists = { rows };
    const halves = { request: { root: 'input', lists }, response: { root: 'output', lists } };
    return createWireCodec({ id: 'trial', codec: 'plain-xml', envelope: { charset, ...halves, answer } });
  };
  const soap = { namespace: 'urn:x', text: { operation: 'call', argument: 'in' } };
  return [
    rowsOf('items of delimited text', charset, delimited),
    ...['elements', 'attributes', 'numbered'].map((rows) =>
      rowsOf(`XML rows as ${rows}`, charset, xml(rows)),
    ),
    formOf('a JSON form', charset, createJsonForm({ charset })),
    formOf('a URL-encoded form', charset, createUrlEncodedForm({ charset })),
    formOf('an XML form', charset, createXmlForm({ charset, root: 'm' })),
    formOf('an XML form as text in SOAP', charset, createXmlForm({ charset, root: 'm', soap })),
  ];
}

/** What stands in names, and whether GBK has it. */
const NAMES: readonly (readonly [string, boolean])[] = [
  ['𠮷', false],
  ['䶮', true],
  ['㐀', false],
  ['龴', false],
  ['€', false],
  ['艾·买', true],
  ['艾•买', false],
  ['艾．买', true],
  ['艾・买', false],
  ['亊', true],
];

describe('A rare character in a row or a plain form', () => {
  for (const { title, charset, write, read } of CHARSETS.flatMap(waysOf)) {
    it(`passes or is refused by name, never as a question mark: ${title}`, () => {
      for (const [text, gbk] of NAMES) {
        if (charset === 'GBK' && !gbk) {
          const error = caught(() => write(text));
          const [fault, ...others] = error.details.faults ?? [];
          assert.deepEqual([error.code, fault?.rule, others.length], ['FORMAT_LIMIT', 'charset', 0], text);
          assert.match(fault?.at ?? '', /name$/, text);
          assert.match(fault?.found ?? '', /^. \(U\+[0-9A-F]{4,5}\)$/u, text);
          continue;
        }
        const bytes = write(text);
        assert.equal(read(bytes), text);
        assert.doesNotMatch(
          Buffer.from(bytes)
            .toString('latin1')
            .replaceAll(/<\?|\?>|&lt;\?|\?&gt;/g, ''),
          /\?/,
          text,
        );
      }
    });
  }
});
