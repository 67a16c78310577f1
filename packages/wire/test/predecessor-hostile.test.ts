import assert from 'node:assert/strict';
import { createPredecessorXml } from '@yiqiao/wire';
import { caught, places, utf8 } from './caught.ts';

const codec = createPredecessorXml();

function refuse(xml: string, using = codec): ReturnType<typeof caught> {
  return caught(() => using.readRequest(utf8(xml), { transaction: '0301' }));
}

const LAUGHS = `<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "${'&lol;'.repeat(10)}">]><input><a>&lol2;</a></input>`;

describe('forbidden XML is refused', () => {
  const cases = [
    { title: 'billion laughs', xml: LAUGHS },
    { title: 'a DTD', xml: '<!DOCTYPE input SYSTEM "file:///etc/passwd"><input/>' },
    { title: 'a DTD in small letters', xml: '<!doctype input><input/>' },
    { title: 'an entity declaration', xml: '<input><!ENTITY x "y"></input>' },
    { title: 'an undeclared entity', xml: '<input><a>&nbsp;</a></input>' },
    { title: 'an entity in an attribute', xml: '<input a="&x;"/>' },
    { title: 'a processing instruction', xml: '<input><?php echo 1 ?></input>' },
    { title: 'a stylesheet', xml: '<?xml version="1.0"?><?xml-stylesheet href="x"?><input/>' },
    { title: 'a second declaration', xml: '<input><?xml version="1.0"?></input>' },
    { title: 'an element named __proto__', xml: '<input><__proto__><x>1</x></__proto__></input>' },
    { title: 'an element named a:constructor', xml: '<input><a:constructor/></input>' },
  ];
  for (const { title, xml } of cases) {
    it(title, () => assert.equal(refuse(xml).code, 'XML_FORBIDDEN'));
  }

  it('inside Inxml as well', () => {
    const inner = LAUGHS.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    const xml = `<Envelope><Body><STYDJKService><TransNo>1</TransNo><Inxml>${inner}</Inxml></STYDJKService></Body></Envelope>`;
    assert.equal(refuse(xml).code, 'XML_FORBIDDEN');
  });
});

describe('XML that is not well-formed is refused', () => {
  const cases = [
    { xml: '', at: '' },
    { xml: 'text', at: '' },
    { xml: '<input>', at: '/input' },
    { xml: '<input><a></input></a>', at: '/input/a' },
    { xml: '<input></input></input>', at: '' },
    { xml: '<input/><input/>', at: '' },
    { xml: '<input/>text', at: '' },
    { xml: '<input><a>1 & 2</a></input>', at: '/input/a' },
    { xml: '<input><a>&#0;</a></input>', at: '/input/a' },
    { xml: '<input><a>&#xD800;</a></input>', at: '/input/a' },
    { xml: '<input><a>\u0000</a></input>', at: '' },
    { xml: '<input><a>]]></a></input>', at: '/input/a' },
    { xml: '<input><a><![CDATA[x</a></input>', at: '/input/a' },
    { xml: '<input><!-- x</input>', at: '/input' },
    { xml: '<input a=1/>', at: '/input' },
    { xml: '<input a="1" a="2"/>', at: '/input' },
    { xml: '<input a="<"/>', at: '/input' },
    { xml: '<input a="1"b="2"/>', at: '/input' },
    { xml: '<input a="1', at: '/input' },
    { xml: '<1/>', at: '' },
    { xml: '< input/>', at: '' },
    { xml: '<in\u3000put/>', at: '/in' },
    { xml: '<input', at: '/input' },
  ];
  for (const { xml, at } of cases) {
    it(JSON.stringify(xml), () => {
      const error = refuse(xml);
      assert.equal(error.code, 'MESSAGE_NOT_READABLE');
      assert.deepEqual(places(error), [at]);
    });
  }

  it('names line and column', () => {
    assert.deepEqual(refuse('<input>\n<a></b>\n</input>').details.facts, {
      line: 2,
      column: 7,
      rule: 'syntax',
    });
  });
});

describe('XML beyond the limits is refused', () => {
  const small = createPredecessorXml({ limits: { maxBytes: 200, maxDepth: 3, maxNodes: 24 } });
  const attributes = Array.from({ length: 33 }, (_, index) => `a${index}=""`).join(' ');
  const cases = [
    { title: '10,000 levels', xml: '<a>'.repeat(10_000), using: codec, code: 'MESSAGE_TOO_DEEP' },
    {
      title: '50,000 elements',
      xml: `<input>${'<a/>'.repeat(50_000)}</input>`,
      using: codec,
      code: 'MESSAGE_TOO_DEEP',
    },
    {
      title: '400,000 character references',
      xml: `<input><a>${'&amp;'.repeat(400_001)}</a></input>`,
      using: codec,
      code: 'MESSAGE_TOO_DEEP',
    },
    { title: '33 attributes', xml: `<input ${attributes}/>`, using: codec, code: 'MESSAGE_TOO_DEEP' },
    { title: 'bytes', xml: `<input>${' '.repeat(200)}</input>`, using: small, code: 'MESSAGE_TOO_LARGE' },
    { title: 'depth', xml: '<input><a><b><c/></b></a></input>', using: small, code: 'MESSAGE_TOO_DEEP' },
    {
      title: 'elements',
      xml: '<input><a/><b/><c/><d/><e/><f/></input>',
      using: small,
      code: 'MESSAGE_TOO_DEEP',
    },
    {
      title: 'elements and attributes',
      xml: '<input a="" b="" c="" d="" e="" f=""/>',
      using: small,
      code: 'MESSAGE_TOO_DEEP',
    },
  ];
  for (const { title, xml, using, code } of cases) {
    it(`${title}: ${code}`, () => assert.equal(refuse(xml, using).code, code));
  }

  it('64 MB, before a byte is decoded', () => {
    const bytes = new Uint8Array(64 * 1024 * 1024).fill(0xff);
    assert.equal(caught(() => codec.readResponse(bytes)).code, 'MESSAGE_TOO_LARGE');
  });

  it('up to the limits it is taken', () => {
    const request = small.readRequest(utf8('<input><a/><b/><c/><d/><e/></input>'), { transaction: '1' });
    assert.equal(Object.keys(request.body).length, 5);
  });
});
