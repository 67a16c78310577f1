/** The plain forms: JSON, XML within and without SOAP, forms of the web; in the charsets that are met. */
import assert from 'node:assert/strict';
import iconv from 'iconv-lite';
import { ExactNumber, GatewayError } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import { createJsonForm, createUrlEncodedForm, createXmlForm } from '@yiqiao/wire';
import type { MessageForm } from '@yiqiao/wire';

const lists = { 'fees/row': 'elements', cards: 'attributes', days: 'numbered' } as const;
const soap = { namespace: 'urn:his' };
const text = { operation: 'callService', argument: 'arg0' };

const FORMS: readonly [string, MessageForm, WireObject][] = [
  ['JSON', createJsonForm(), { a: '测试甲', n: new ExactNumber('12.50'), list: [{ x: null }], on: true }],
  ['JSON in GBK', createJsonForm({ charset: 'GBK' }), { a: '测试甲', n: new ExactNumber('0.10') }],
  [
    'XML',
    createXmlForm({ root: 'in', declaration: '<?xml version="1.0" encoding="UTF-8"?>' }),
    { a: '<&>"甲' },
  ],
  [
    'XML in GBK with rows',
    createXmlForm({ root: 'in', charset: 'GBK', lists }),
    { fees: { row: [{ m: '1' }, { m: '2' }] }, cards: [{ no: '一' }], days: [{ d: '1' }, { d: '2' }] },
  ],
  ['XML in the body of SOAP', createXmlForm({ root: 'in', soap }), { a: '甲' }],
  [
    'XML as text within SOAP 1.2',
    createXmlForm({ root: 'in', soap: { ...soap, version: '1.2', text } }),
    { a: '<甲>' },
  ],
  ['forms', createUrlEncodedForm(), { a: '测 试&=+%甲', b: '', n: '1' }],
  ['forms in GBK', createUrlEncodedForm({ charset: 'GBK' }), { 姓名: '测 试&=+%甲' }],
];

describe('Plain forms', () => {
  for (const [title, form, members] of FORMS) {
    it(`carry members there and back: ${title}`, () => {
      assert.deepEqual(form.parse(form.format(members)).members, members);
    });
  }

  it('tell the exact bytes of a signed member, blanks included', () => {
    const bytes = Buffer.from('{"name":"甲", "input": { "a" : 1.0 },"x":{"input":{}}}');
    assert.equal(
      Buffer.from(createJsonForm().parse(bytes).memberBytes?.('input') ?? []).toString(),
      '{ "a" : 1.0 }',
    );
    assert.equal(createJsonForm().parse(bytes).memberBytes?.('output'), undefined);
  });

  it('write forms as browsers do', () => {
    const bytes = createUrlEncodedForm({ charset: 'GBK' }).format({ xm: '甲 a', n: new ExactNumber('1.50') });
    assert.equal(Buffer.from(bytes).toString(), 'xm=%BC%D7+a&n=1.50');
  });

  const soapFault =
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Server</faultcode><faultstring>busy</faultstring></s:Fault></s:Body></s:Envelope>';
  const REFUSED: readonly [string, () => unknown, string, string][] = [
    [
      'a list in place of an object',
      () => createJsonForm().parse(Buffer.from('[]')),
      'MESSAGE_NOT_READABLE',
      '',
    ],
    ['a member twice', () => createJsonForm().parse(Buffer.from('{"a":1,"a":2}')), 'DUPLICATE_MEMBER', '/a'],
    [
      'GBK sent as UTF-8',
      () => createJsonForm().parse(iconv.encode('{"a":"测试"}', 'gbk')),
      'CHARSET_WRONG',
      '',
    ],
    [
      'UTF-8 sent as GBK',
      () => createJsonForm({ charset: 'GBK' }).parse(Buffer.from('{"a":"测试"}')),
      'CHARSET_WRONG',
      '',
    ],
    [
      'another root',
      () => createXmlForm({ root: 'in' }).parse(Buffer.from('<out/>')),
      'MESSAGE_NOT_READABLE',
      '/out',
    ],
    [
      'an element twice',
      () => createXmlForm({ root: 'in' }).parse(Buffer.from('<in><a/><a/></in>')),
      'DUPLICATE_MEMBER',
      '/in/a',
    ],
    [
      'a DTD',
      () => createXmlForm({ root: 'in' }).parse(Buffer.from('<!DOCTYPE in []><in/>')),
      'XML_FORBIDDEN',
      '',
    ],
    [
      'a SOAP fault',
      () => createXmlForm({ root: 'in', soap }).parse(Buffer.from(soapFault)),
      'MESSAGE_NOT_READABLE',
      '/Envelope/Body/Fault',
    ],
    [
      'an operation without its argument',
      () =>
        createXmlForm({ root: 'in', soap: { ...soap, text } }).parse(
          createXmlForm({ root: 'callService', soap }).format({ other: '1' }),
        ),
      'MESSAGE_INVALID',
      '/Envelope/Body/callService/arg0',
    ],
    [
      'a list where nothing repeats',
      () => createXmlForm({ root: 'in' }).format({ a: ['1'] }),
      'FORMAT_LIMIT',
      '/in/a',
    ],
    [
      'a character that GBK lacks',
      () => createXmlForm({ root: 'in', charset: 'GBK' }).format({ a: '😀' }),
      'FORMAT_LIMIT',
      '/in/a',
    ],
    [
      'a parameter twice',
      () => createUrlEncodedForm().parse(Buffer.from('a=1&b=2&a=3')),
      'DUPLICATE_MEMBER',
      '/a',
    ],
    ['a node in a form', () => createUrlEncodedForm().format({ a: { b: '1' } }), 'FORMAT_LIMIT', '/a'],
    [
      'GBK in a form of UTF-8',
      () => createUrlEncodedForm().parse(Buffer.from('a=%B2%E2%CA%D4')),
      'CHARSET_WRONG',
      '',
    ],
    [
      'more parameters than are taken',
      () => createUrlEncodedForm({ limits: { maxNodes: 2 } }).parse(Buffer.from('a=1&b=2&c=3')),
      'MESSAGE_TOO_DEEP',
      '',
    ],
    [
      'more than is taken',
      () => createJsonForm({ limits: { maxBytes: 5 } }).parse(Buffer.from('{"a":1}')),
      'MESSAGE_TOO_LARGE',
      '',
    ],
  ];
  for (const [title, act, code, at] of REFUSED) {
    it(`refuse ${title}: ${code}`, () => {
      assert.throws(act, (error: unknown) => {
        assert(error instanceof GatewayError);
        assert.equal(error.code, code);
        assert.ok((error.details.faults?.[0]?.at ?? '').startsWith(at), error.details.faults?.[0]?.at);
        return true;
      });
    });
  }
});
