import assert from 'node:assert/strict';
import fc from 'fast-check';
import { XMLParser } from 'fast-xml-parser';
import type { WireValue } from '@yiqiao/model';
import { createXmlForm } from '@yiqiao/wire';
import { caught, utf8 } from './caught.ts';

const form = createXmlForm({ root: 'root' });
const library = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  removeNSPrefix: true,
  parseTagValue: false,
  trimValues: false,
  onDangerousProperty: (name: string) => name,
});

/** What may stand between two tags, as it is written. */
const piece = fc.oneof(
  fc.constantFrom('测试甲', '𠮷', 'a longer piece of plain text', ' ', '\t', '\n', '\r\n', '\r', '0', ']]'),
  fc.constantFrom('&amp;', '&lt;', '&gt;', '&quot;', '&apos;', '&amp;lt;', '<!-- &no; <a> -->', '<!---->'),
  fc.constantFrom('<![CDATA[]]>', '<![CDATA[<a>&amp;\r\n]]>', '<![CDATA[ 一 ]]>'),
);
const text = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
const name = fc.constantFrom('a', 'row', 'aac001', '姓名', 'a.b-c_d', 'toString');
const afterName = fc.constantFrom('', ' ', '\n  ', ' xmlns="urn:x"', ` a='1' b="&gt;/'"`);
const beforeEnd = fc.constantFrom('', ' ', '\r\n');
const prefix = fc.constantFrom('', '', 'x:');

const { node } = fc.letrec<{ content: string; node: string }>((tie) => ({
  content: fc.oneof({ depthSize: 'small' }, text, tie('node')),
  node: fc
    .uniqueArray(fc.tuple(name, prefix, afterName, beforeEnd, tie('content')), {
      selector: ([own]) => own,
      minLength: 1,
      maxLength: 4,
    })
    .map((elements) => elements.map(element).join('')),
}));

function element([own, ns, before, after, content]: readonly string[]): string {
  return content === ''
    ? `<${ns}${own}${before}/>`
    : `<${ns}${own}${before}>${content}</${ns}${own}${after}>`;
}

describe('XML is read as another reader reads it', () => {
  it('elements, text, references, comments, sections and line ends', () => {
    fc.assert(
      fc.property(node, (content) => {
        const xml = `<?xml version="1.0" encoding="UTF-8"?><root>${content}</root>`;
        const { root } = library.parse(xml) as { root: Readonly<Record<string, WireValue>> };
        assert.deepEqual(form.parse(utf8(xml)).members, root);
      }),
      { numRuns: 500 },
    );
  });
});

describe('XML is read as it is meant', () => {
  const cases = [
    { title: 'line ends are line feeds', xml: '<a>1\r\n2\r3\n4</a>', a: '1\n2\n3\n4' },
    { title: 'unless they are references', xml: '<a>1&#13;&#10;2&#xD;</a>', a: '1\r\n2\r' },
    { title: 'nothing is resolved twice', xml: '<a>&amp;lt;&#38;gt;</a>', a: '&lt;&gt;' },
    { title: 'a section is text as it stands', xml: '<a>1<![CDATA[<b>&amp;]]>2</a>', a: '1<b>&amp;2' },
    { title: 'a comment is nothing', xml: '<a>1<!-- ]]> <b> & -->2</a>', a: '12' },
    { title: 'a character beyond the plane', xml: '<a>&#x20BB7;𠮷</a>', a: '𠮷𠮷' },
    { title: 'a prefix is no part of a name', xml: '<x:a>1</x:a >', a: '1' },
  ];
  for (const { title, xml, a } of cases) {
    it(title, () => assert.deepEqual(form.parse(utf8(`<root>${xml}</root>`)).members, { a }));
  }

  it('all of it in text that is as long as a message, too', () => {
    const long = 'x'.repeat(2_000);
    const xml = `${long}&amp;lt;&lt;&gt;&quot;&apos;&#38;&#x26;&#13;&#x20BB7;&#134071;𠮷\r\n测`;
    const a = `${long}&lt;<>"'&&\r𠮷𠮷𠮷\n测`;
    assert.deepEqual(form.parse(utf8(`<root><a>${xml}</a></root>`)).members, { a });
    const written = form.format({ a });
    assert.ok(new TextDecoder().decode(written).includes(`${long}&amp;lt;&lt;&gt;"'&amp;&amp;&#13;𠮷`));
    assert.deepEqual(form.parse(written).members, { a });
  });

  it('a declaration whose quotes do not end is told by its place', () => {
    const error = caught(() => form.parse(utf8('\n<?xml version="1.0?><root/>')));
    assert.equal(error.code, 'MESSAGE_NOT_READABLE');
    assert.deepEqual(error.details.facts, { line: 1, column: 1, rule: 'syntax' });
  });

  it('attributes of rows within SOAP are members, those with a prefix are not', () => {
    const rows = createXmlForm({ root: 'in', lists: { row: 'attributes' }, soap: { namespace: 'urn:his' } });
    const xml =
      '<Envelope><Body><in><row a="1" x:a="2" xmlns:x="urn:x"/><row b="3"/><row/></in></Body></Envelope>';
    const { members, deviations } = rows.parse(utf8(xml));
    assert.deepEqual(members, { row: [{ a: '1' }, { b: '3' }, {}] });
    assert.deepEqual(
      deviations.map(({ at }) => at),
      ['/Envelope/Body/in/row/@x:a'],
    );
  });
});
