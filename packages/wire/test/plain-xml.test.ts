import assert from 'node:assert/strict';
import type { WireObject } from '@yiqiao/model';
import { createWireCodec } from '@yiqiao/wire';
import iconv from 'iconv-lite';
import { caught, text, utf8 } from './caught.ts';

const codec = createWireCodec(
  {
    id: 'trial',
    codec: 'plain-xml',
    envelope: {
      charset: 'UTF-8',
      request: {
        root: 'DATA',
        envelope: ['session', 'call'],
        transaction: 'call',
        lists: { 'SET/ROW': 'attributes', 'set/row': 'elements', fees: 'numbered' },
      },
      response: { root: 'OUT', envelope: ['code', 'msg'], lists: {} },
      attributeBlankMayLack: true,
      answer: { code: 'code', text: 'msg', success: { atLeast: 1, unclear: ['7'] } },
    },
  },
  { limits: { maxNodes: 120, maxDepth: 4, maxBytes: 3000 } },
);

function refusal(act: () => unknown): string[] {
  const error = caught(act);
  return [error.code, ...(error.details.faults ?? []).map(({ rule, at }) => `${rule} ${at}`)];
}

const read = (xml: string): ReturnType<typeof codec.readRequest> =>
  codec.readRequest(utf8(xml), { transaction: 'T' });

describe('plain XML is read', () => {
  it('with rows of attributes, elements and numbers', () => {
    const { transaction, envelope, body } = read(
      '<DATA><session>s</session><call>T1</call><SET><ROW A="1" B="x &lt; &quot;y&quot;"/><ROW/></SET>' +
        '<set><row><a>1</a></row></set><fees><row1><a>1</a></row1><row2><a/></row2></fees></DATA>',
    );
    assert.equal(transaction, 'T1');
    assert.deepEqual(envelope, { session: 's', call: 'T1' });
    assert.deepEqual(body, {
      SET: { ROW: [{ A: '1', B: 'x < "y"' }, {}] },
      set: { row: [{ a: '1' }] },
      fees: [{ a: '1' }, { a: '' }],
    });
  });

  it('where a blank between attributes lacks, as one client sends it; remarked on', () => {
    const { body, deviations } = read('<DATA><SET><ROW A="1"B="2" C="3"D=\'4\'/></SET></DATA>');
    assert.deepEqual(body, { SET: { ROW: [{ A: '1', B: '2', C: '3', D: '4' }] } });
    assert.deepEqual(
      deviations.map(({ rule, at }) => `${rule} ${at}`),
      ['attribute-blank /DATA/SET/ROW', 'attribute-blank /DATA/SET/ROW'],
    );
  });

  it('without attributes that are no members; remarked on', () => {
    const { body, deviations } = read('<DATA a="1"><x b="2">t</x></DATA>');
    assert.deepEqual(body, { x: 't' });
    assert.deepEqual(
      deviations.map(({ at }) => at),
      ['/DATA/@a', '/DATA/x/@b'],
    );
  });

  it('with the transaction of the call where the message has none', () => {
    assert.equal(read('<DATA/>').transaction, 'T');
  });

  const answers: readonly (readonly [string, string, boolean | 'unknown'])[] = [
    ['above the least', '<OUT><code>2</code></OUT>', true],
    ['below it', '<OUT><code> -1 </code></OUT>', false],
    ['listed as unclear', '<OUT><code>7</code></OUT>', 'unknown'],
    ['no number', '<OUT><code>ok</code></OUT>', 'unknown'],
    ['absent', '<OUT/>', 'unknown'],
  ];
  for (const [title, xml, expected] of answers) {
    it(`an answer whose code is ${title}: ${String(expected)}`, () => {
      if (expected !== 'unknown') assert.equal(codec.readResponse(utf8(xml)).success, expected);
      else assert.equal(refusal(() => codec.readResponse(utf8(xml)))[0], 'MESSAGE_NOT_READABLE');
    });
  }
});

describe('plain XML that cannot be taken is refused', () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['another root', '<input/>', ['MESSAGE_NOT_READABLE', 'root /input']],
    ['a DTD', '<!DOCTYPE DATA><DATA/>', ['XML_FORBIDDEN', 'forbidden ']],
    [
      'a reserved attribute name',
      '<DATA><SET><ROW __proto__="1"/></SET></DATA>',
      ['XML_FORBIDDEN', 'forbidden /DATA/SET/ROW'],
    ],
    [
      'an attribute twice',
      '<DATA><SET><ROW A="1"A="2"/></SET></DATA>',
      ['MESSAGE_NOT_READABLE', 'syntax /DATA/SET/ROW'],
    ],
    [
      'an attribute joined to the name',
      '<DATA><SET><ROW"A"="1"/></SET></DATA>',
      ['MESSAGE_NOT_READABLE', 'syntax /DATA/SET/ROW'],
    ],
    ['an element twice', '<DATA><a/><a/></DATA>', ['DUPLICATE_MEMBER', 'duplicate /DATA/a']],
    [
      'text in a row of attributes',
      '<DATA><SET><ROW A="1">x</ROW></SET></DATA>',
      ['MESSAGE_NOT_READABLE', 'mixed-content /DATA/SET/ROW[1]'],
    ],
    [
      'rows out of order',
      '<DATA><fees><row2/><row1/></fees></DATA>',
      ['MESSAGE_NOT_READABLE', 'rows /DATA/fees/row2', 'rows /DATA/fees/row1'],
    ],
    [
      'text beside elements',
      '<DATA>x<set>y<row/></set></DATA>',
      ['MESSAGE_NOT_READABLE', 'mixed-content /DATA/set'],
    ],
    ['too many rows', `<DATA>${'<a/>'.repeat(30)}</DATA>`, ['MESSAGE_TOO_DEEP', 'nodes /DATA/a']],
    ['too deep', '<DATA><a><b><c><d/></c></b></a></DATA>', ['MESSAGE_TOO_DEEP', 'depth /DATA/a/b/c/d']],
    ['too large', `<DATA>${' '.repeat(3000)}</DATA>`, ['MESSAGE_TOO_LARGE', 'size ']],
    ['no transaction', '<DATA/>', ['MESSAGE_INVALID', 'required /transaction']],
  ];
  for (const [title, xml, expected] of cases) {
    const hint = title === 'no transaction' ? {} : { transaction: 'T' };
    it(title, () =>
      assert.deepEqual(
        refusal(() => codec.readRequest(utf8(xml), hint)),
        expected,
      ),
    );
  }

  it('half a GBK pair where the settings say GBK', () => {
    const gbkCodec = createWireCodec({
      id: 'trial',
      codec: 'plain-xml',
      envelope: { charset: 'GBK', request: { root: 'a' }, response: { root: 'b' } },
    });
    const bytes = iconv.encode('<a>测</a>', 'gbk');
    assert.deepEqual(gbkCodec.readRequest(bytes, { transaction: 'T' }).deviations, []);
    const cut = Uint8Array.from([...bytes.subarray(0, 4), ...bytes.subarray(5)]);
    assert.equal(caught(() => gbkCodec.readRequest(cut, { transaction: 'T' })).code, 'CHARSET_WRONG');
  });
});

describe('plain XML is written', () => {
  it('with what readers would change in an attribute as references', () => {
    const value = 'a"b\'<&>\t\n\r ';
    const body = { SET: { ROW: [{ A: value }] } };
    const bytes = codec.writeRequest({ transaction: 'T', envelope: {}, body });
    assert.match(text(bytes), /A="a&quot;b'&lt;&amp;&gt;&#9;&#10;&#13; "/);
    assert.deepEqual(codec.readRequest(bytes).body, body);
  });

  it('never with what it has no form for; all of it is named', () => {
    const body = { a: null, b: ['1'], SET: { ROW: ['1', { 'x y': '' }] }, fees: [['1']], call: 'x' };
    const found = refusal(() => codec.writeRequest({ transaction: 'T', envelope: { other: '1' }, body }));
    assert.deepEqual(found, [
      'FORMAT_LIMIT',
      'format /DATA/other',
      'format /DATA/call',
      'format /DATA/a',
      'format /DATA/b',
      'format /DATA/SET/ROW[1]',
      'format /DATA/SET/ROW[2]/@x y',
      'format /DATA/fees[1]',
    ]);
  });

  it('never as an answer of a region that no source tells the code of', () => {
    const mute = createWireCodec({
      id: 'mute',
      codec: 'plain-xml',
      envelope: { charset: 'GBK', request: { root: 'a' }, response: { root: 'b' } },
    });
    const answer = { success: true, code: '1', text: '', envelope: {}, body: null } as const;
    assert.deepEqual(
      refusal(() => mute.writeResponse(answer)),
      ['PROFILE_BROKEN', 'profile schemas/provincial/mute/profile.json#/envelope/answer'],
    );
    assert.equal(refusal(() => mute.readResponse(utf8('<b/>')))[0], 'MESSAGE_NOT_READABLE');
  });

  it('never signed, for want of a known way', () => {
    const sign = (): WireObject => ({});
    const message = { transaction: 'T', envelope: {}, body: {} };
    assert.equal(caught(() => codec.writeRequest(message, sign)).code, 'PROFILE_BROKEN');
  });
});

describe('plain XML with a head of its own', () => {
  const half = { root: 'OUT', head: 'head', envelope: ['code', 'msg'], lists: { 'data/row': 'elements' } };
  const headed = createWireCodec({
    id: 'trial',
    codec: 'plain-xml',
    envelope: {
      charset: 'UTF-8',
      nullText: 'null',
      request: { ...half, transaction: 'code' },
      response: half,
      answer: { code: 'code', text: 'msg', success: { equals: '1' } },
    },
  });
  const answer = (xml: string): ReturnType<typeof headed.readResponse> => headed.readResponse(utf8(xml));

  it('keeps what stands in it apart from the body, known to the settings or not, and writes it back', () => {
    const xml =
      '<OUT><head><code>1</code><msg>ok</msg><more>2</more></head><data><row><a>1</a></row></data></OUT>';
    const read = answer(xml);
    assert.deepEqual(read.envelope, { code: '1', msg: 'ok', more: '2' });
    assert.deepEqual([read.success, read.body], [true, { data: { row: [{ a: '1' }] } }]);
    assert.equal(text(headed.writeResponse({ transaction: 'T', ...read })), xml);
    assert.equal(headed.readRequest(utf8(xml)).transaction, '1');
  });

  it('has no body where there is the head alone, and tells no success without it', () => {
    assert.equal(answer('<OUT><head><code>0</code></head></OUT>').body, null);
    for (const xml of ['<OUT><data/></OUT>', '<OUT><head/></OUT>', '<OUT><head>x</head></OUT>'])
      assert.equal(caught(() => answer(xml)).code, 'MESSAGE_NOT_READABLE');
  });

  it('reads the text for no value as null, and writes null as that text', () => {
    const xml = '<OUT><head><code>1</code></head><data><row><a>null</a><b>nullo</b></row></data></OUT>';
    const read = answer(xml);
    assert.deepEqual(read.body, { data: { row: [{ a: null, b: 'nullo' }] } });
    assert.match(text(headed.writeResponse({ transaction: 'T', ...read })), /<a>null<\/a><b>nullo<\/b>/);
  });
});

describe('plain XML that tells how many rows it has', () => {
  const half = {
    root: 'm',
    head: 'h',
    envelope: ['code', 'N1', 'N2'],
    lists: { 'd/one/row': 'elements', 'd/two/row': 'elements' },
    rowCounts: { N1: 'd/one/row', N2: 'd/two/row' },
  };
  const counting = createWireCodec(
    {
      id: 'counting',
      codec: 'plain-xml',
      envelope: {
        charset: 'UTF-8',
        request: half,
        response: half,
        answer: { code: 'code', success: { equals: '1' } },
      },
    },
    { limits: { maxNodes: 1000, maxDepth: 8, maxBytes: 3000 } },
  );
  const message = (head: string, code = '1'): Uint8Array =>
    utf8(`<m><h><code>${code}</code>${head}</h><d><one><row><a>1</a></row></one><two/></d></m>`);
  const told = (head: string, code?: string): string[] =>
    counting
      .readResponse(message(head, code))
      .faults.map(({ rule, at, found }) => `${rule} ${at} ${String(found)}`);

  for (const head of ['<N1>1</N1><N2>0</N2>', '<N1> 1 </N1><N2></N2>', '<N1/>', '', '<N2>null</N2>']) {
    it(`and has as many, or does not tell: ${head}`, () => {
      assert.deepEqual(told(head), []);
      assert.ok(counting.readRequest(message(head), { transaction: 'T' }));
    });
  }

  it('is an answer that is read and told as cut off when it has others', () => {
    const { body, success } = counting.readResponse(message('<N1>2</N1>'));
    assert.deepEqual([body, success], [{ d: { one: { row: [{ a: '1' }] }, two: '' } }, true]);
    assert.deepEqual(told('<N1>2</N1>'), ['row-count /m/h/N1 2']);
    assert.deepEqual(told('<N1>0</N1><N2>3</N2>'), ['row-count /m/h/N1 0', 'row-count /m/h/N2 3']);
  });

  it('is a refusal, of which rows are nothing to be told', () => {
    assert.deepEqual(told('<N1>2</N1>', '9'), []);
  });

  it('is a request that is refused when it has others', () => {
    assert.deepEqual(
      refusal(() => counting.readRequest(message('<N1>2</N1>'), { transaction: 'T' })),
      ['MESSAGE_INVALID', 'row-count /m/h/N1'],
    );
  });
});
