/** Every form of bytes with a sound message of either direction, as text in its charset. */
import iconv from 'iconv-lite';
import {
  createJsonForm,
  createNationalJson,
  createPredecessorXml,
  createUrlEncodedForm,
  createWireCodec,
  createXmlForm,
} from '@yiqiao/wire';
import type { FindLayout, MessageForm, WireCodec, WireLimits } from '@yiqiao/wire';
import type { Fault, WireObject } from '@yiqiao/model';

/** How the text of a form is built. */
export type Syntax = 'json' | 'xml' | 'delimited' | 'url-encoded';

/** One form and direction. */
export interface BadInputForm {
  readonly title: string;
  readonly syntax: Syntax;
  readonly charset: 'gbk' | 'utf-8';
  /** A sound message. */
  readonly text: string;
  read(bytes: Uint8Array): {
    readonly body: WireObject | null;
    readonly told: readonly Fault[];
  };
}

/** Small, so that exceeding them is cheap. */
const LIMITS: WireLimits = { maxBytes: 2_000, maxDepth: 8, maxNodes: 160 };

const NAME = '测试甲';
const answer = { code: 'code', text: 'words', success: { equals: '0' } };

const layout: FindLayout = () => [
  { node: '', repeated: false, fields: [{ name: 'name' }, { name: 'rows' }, { name: 'told' }] },
  { node: 'rows', repeated: true, fields: [{ name: 'a' }, { name: 'b' }] },
];
const calls: FindLayout = () => [
  { node: 'open', repeated: false, fields: [{ name: 'name' }] },
  { node: 'row', repeated: true, fields: [{ name: 'a' }, { name: 'b' }] },
  { node: 'pay', repeated: false, fields: [{ name: 'told' }] },
];
const items = { node: 'row', open: 'new', close: 'save', setters: { string: 'set' } };

interface Spoken {
  readonly codec: WireCodec;
  readonly request: string;
  readonly response: string;
}

function ofProfile(codec: string, envelope: object, find: FindLayout = layout): WireCodec {
  return createWireCodec({ id: 'trial', codec, envelope: { ...envelope } }, { limits: LIMITS, layout: find });
}

function delimited(charset: string): Spoken {
  const marks = { open: '$$', close: '$$', fieldSeparator: '~', itemSeparator: '%%' };
  const prefixes = { requestPrefix: ['flag'], responsePrefix: ['code', 'words'] };
  return {
    codec: ofProfile('delimited-text', { charset, ...marks, ...prefixes, answer }),
    request: `$$1~${NAME}~1%%2%%3%%4~x$$`,
    response: `$$0~~${NAME}~1%%2%%3%%4~x$$`,
  };
}

const ROWS = {
  elements: '<rows><a>1</a><b>2</b></rows><rows><a>3</a><b>4</b></rows>',
  attributes: '<rows a="1" b="2"/><rows a="3" b="4"/>',
  numbered: '<rows><row1><a>1</a></row1><row2><a>3</a></row2></rows>',
};

function plainXml(charset: string, form: keyof typeof ROWS): Spoken {
  const lists = { rows: form };
  const declaration = `<?xml version="1.0" encoding="${charset}"?>`;
  return {
    codec: ofProfile('plain-xml', {
      charset,
      request: { root: 'input', declaration, lists },
      response: { root: 'output', declaration, envelope: ['code', 'words'], lists },
      answer,
    }),
    request: `${declaration}<input><name>${NAME}</name>${ROWS[form]}</input>`,
    response: `${declaration}<output><code>0</code><words></words><name>${NAME}</name>${ROWS[form]}</output>`,
  };
}

function framed(charset: string, form: 'object' | 'positions' | 'conversation'): Spoken {
  const bodies = {
    object: `{"name":"${NAME}","rows":[{"a":"1","b":"2"}]}`,
    positions: `["${NAME}","2","3"]`,
    conversation: `[["open","${NAME}"],["new"],["set","a","1"],["save"],["pay","x"]]`,
  };
  const half = { body: 'data', form, ...(form === 'conversation' && { items: [items] }) };
  const told = form === 'conversation' ? {} : { transaction: 'type' };
  return {
    codec: ofProfile(
      'framed-json',
      { charset, request: { ...half, ...told }, response: half, answer },
      form === 'conversation' ? calls : layout,
    ),
    request: `{${form === 'conversation' ? '' : '"type":"pay",'}"data":${bodies[form]}}`,
    response: `{"code":"0","words":"","data":${bodies[form]}}`,
  };
}

function soap(inner: string, element: string): string {
  const escaped = inner.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<?xml version="1.0" encoding="GBK"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${element.replace('$', escaped)}</s:Body></s:Envelope>`;
}

const INPUT = `<input><name>${NAME}</name><detail><row><a>1</a></row></detail></input>`;
const RESULT = `<result><errorcode>0</errorcode><errormsg></errormsg><output><name>${NAME}</name></output></result>`;
const GBK = '<?xml version="1.0" encoding="GBK"?>';

const SPOKEN: readonly (readonly [string, Syntax, 'gbk' | 'utf-8', Spoken])[] = [
  [
    'national JSON',
    'json',
    'utf-8',
    {
      codec: createNationalJson({ limits: LIMITS }),
      request: `{"infno":"2207","msgid":"1","input":{"data":{"name":"${NAME}"}}}`,
      response: `{"infcode":0,"err_msg":"","output":{"data":{"name":"${NAME}"}}}`,
    },
  ],
  [
    'predecessor XML',
    'xml',
    'gbk',
    { codec: createPredecessorXml({ limits: LIMITS }), request: GBK + INPUT, response: GBK + RESULT },
  ],
  [
    'predecessor XML in SOAP',
    'xml',
    'gbk',
    {
      codec: createPredecessorXml({ limits: LIMITS }),
      request: soap(INPUT, '<STYDJKService><TransNo>0301</TransNo><Inxml>$</Inxml></STYDJKService>'),
      response: soap(RESULT, '<STYDJKServiceResponse><return>$</return></STYDJKServiceResponse>'),
    },
  ],
  ['delimited text', 'delimited', 'gbk', delimited('GBK')],
  ['delimited text in UTF-8', 'delimited', 'utf-8', delimited('UTF-8')],
  ['plain XML, elements', 'xml', 'gbk', plainXml('GBK', 'elements')],
  ['plain XML, attributes', 'xml', 'utf-8', plainXml('UTF-8', 'attributes')],
  ['plain XML, numbered', 'xml', 'utf-8', plainXml('UTF-8', 'numbered')],
  ['framed JSON', 'json', 'gbk', framed('GBK', 'object')],
  ['framed JSON in UTF-8', 'json', 'utf-8', framed('UTF-8', 'object')],
  ['framed JSON by position', 'json', 'utf-8', framed('UTF-8', 'positions')],
  ['a conversation', 'json', 'utf-8', framed('UTF-8', 'conversation')],
];

const PLAIN: readonly (readonly [string, Syntax, 'gbk' | 'utf-8', MessageForm, string])[] = [
  ['a JSON form', 'json', 'utf-8', createJsonForm({ limits: LIMITS }), `{"name":"${NAME}","rows":["1"]}`],
  [
    'a JSON form in GBK',
    'json',
    'gbk',
    createJsonForm({ limits: LIMITS, charset: 'GBK' }),
    `{"name":"${NAME}","rows":["1"]}`,
  ],
  [
    'an XML form',
    'xml',
    'utf-8',
    createXmlForm({ limits: LIMITS, root: 'm' }),
    `<?xml version="1.0" encoding="UTF-8"?><m><name>${NAME}</name></m>`,
  ],
  [
    'an XML form in SOAP',
    'xml',
    'gbk',
    createXmlForm({ limits: LIMITS, root: 'm', charset: 'GBK', soap: { namespace: 'urn:x' } }),
    `${GBK}<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><m><name>${NAME}</name></m></s:Body></s:Envelope>`,
  ],
  [
    'a URL-encoded form',
    'url-encoded',
    'utf-8',
    createUrlEncodedForm({ limits: LIMITS }),
    'name=%E6%B5%8B&b=2',
  ],
  [
    'a URL-encoded form in GBK',
    'url-encoded',
    'gbk',
    createUrlEncodedForm({ limits: LIMITS, charset: 'GBK' }),
    'name=%B2%E2&b=2',
  ],
];

/** All of them. */
export const FORMS: readonly BadInputForm[] = [
  ...SPOKEN.flatMap(([title, syntax, charset, { codec, request, response }]): BadInputForm[] => [
    {
      title: `${title}, request`,
      syntax,
      charset,
      text: request,
      read(bytes) {
        const { body, deviations } = codec.readRequest(bytes, { transaction: 'pay' });
        return { body, told: deviations };
      },
    },
    {
      title: `${title}, answer`,
      syntax,
      charset,
      text: response,
      read(bytes) {
        const { body, deviations, faults } = codec.readResponse(bytes, { transaction: 'pay' });
        return { body, told: [...deviations, ...faults] };
      },
    },
  ]),
  ...PLAIN.map(([title, syntax, charset, form, text]): BadInputForm => ({
    title,
    syntax,
    charset,
    text,
    read(bytes) {
      const { members, deviations } = form.parse(bytes);
      return { body: members, told: deviations };
    },
  })),
];

/** A text in the charset of a form. */
export function bytesOf(text: string, { charset }: Pick<BadInputForm, 'charset'>): Uint8Array {
  return charset === 'gbk' ? iconv.encode(text, 'gbk') : new TextEncoder().encode(text);
}
