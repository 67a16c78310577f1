import assert from 'node:assert/strict';
import iconv from 'iconv-lite';
import { createPredecessorXml } from '@yiqiao/wire';
import { caught, places, text, utf8 } from './caught.ts';

const codec = createPredecessorXml();
const DECLARATION = '<?xml version="1.0" encoding="GBK"?>';

function gbk(xml: string, charset = 'gbk'): Uint8Array {
  return iconv.encode(xml, charset);
}

/** Source: legacy-xml/envelope.json. */
function soap(content: string, prefix = 'soapenv'): string {
  const namespace = `xmlns:${prefix}="http://schemas.xmlsoap.org/soap/envelope/" xmlns:p="http://pojo.webservice.service.ybdy.sinobest.cn"`;
  return `${DECLARATION}<${prefix}:Envelope ${namespace}><${prefix}:Body>${content}</${prefix}:Body></${prefix}:Envelope>`;
}

function call(inxml: string, prefix?: string): Uint8Array {
  return gbk(
    soap(`<p:STYDJKService><TransNo>0211</TransNo><Inxml>${inxml}</Inxml></p:STYDJKService>`, prefix),
  );
}

function bare(content: string): ReturnType<typeof codec.readRequest> {
  return codec.readRequest(gbk(`${DECLARATION}<input>${content}</input>`), { transaction: '0301' });
}

function answer(result: string): ReturnType<typeof codec.readResponse> {
  const inner = `<![CDATA[${DECLARATION}${result}]]>`;
  return codec.readResponse(
    gbk(soap(`<STYDJKServiceResponse><return>${inner}</return></STYDJKServiceResponse>`)),
  );
}

describe('a predecessor request', () => {
  const INNER = '<input><sign></sign><transid>7</transid><aac003>测试甲</aac003></input>';
  const escaped = `${DECLARATION}${INNER}`.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const cases = [
    { title: 'as escaped text', bytes: call(escaped) },
    { title: 'as CDATA', bytes: call(`<![CDATA[${DECLARATION}${INNER}]]>`) },
    {
      title: 'as CDATA with blanks before the declaration',
      bytes: call(`<![CDATA[\n ${DECLARATION}${INNER}]]>`),
    },
    { title: 'under the prefix soap', bytes: call(escaped, 'soap') },
    { title: 'under the prefix S', bytes: call(escaped, 'S') },
  ];
  for (const { title, bytes } of cases) {
    it(`is read with its inner XML ${title}`, () => {
      const request = codec.readRequest(bytes);
      assert.equal(request.transaction, '0211');
      assert.deepEqual(request.envelope, { TransNo: '0211', sign: '', transid: '7' });
      assert.deepEqual(request.body, { aac003: '测试甲' });
      assert.deepEqual(request.deviations, []);
    });
  }

  it('has the inner XML as signed bytes, in the charset of the message', () => {
    assert.deepEqual(
      new Uint8Array(codec.readRequest(call(escaped)).signedBytes),
      new Uint8Array(gbk(`${DECLARATION}${INNER}`)),
    );
  });

  it('has text values only, nothing converted or trimmed', () => {
    assert.deepEqual(
      bare('<a>007</a><b> 1.50 </b><c>true</c><d>1e400</d><e/><f>&lt;&#x4e00;&#19968;&amp;lt;</f>').body,
      {
        a: '007',
        b: ' 1.50 ',
        c: 'true',
        d: '1e400',
        e: '',
        f: '<一一&lt;',
      },
    );
  });

  it('has detail/row as a list, also when there is one row', () => {
    const rows = (xml: string): unknown =>
      (bare(`<detail>${xml}</detail>`).body['detail'] as { row: unknown }).row;
    assert.deepEqual(rows('\n <row><a>1</a></row>\n'), [{ a: '1' }]);
    assert.deepEqual(rows('<row><a>1</a></row><row/>'), [{ a: '1' }, '']);
  });

  it('passes over comments and reports attributes', () => {
    const request = bare('<a xmlns="urn:x" no="1">x<!-- <b> -->y</a>');
    assert.deepEqual(request.body, { a: 'xy' });
    assert.deepEqual(
      request.deviations.map((deviation) => deviation.at),
      ['/input/a/@no', '/input'],
    );
  });

  const refused = [
    {
      title: 'no TransNo and no Inxml',
      bytes: gbk(soap('<p:STYDJKService/>')),
      code: 'MESSAGE_INVALID',
      count: 2,
    },
    { title: 'another operation', bytes: gbk(soap('<p:test/>')), code: 'MESSAGE_INVALID', count: 3 },
    { title: 'an empty body', bytes: gbk(soap('')), code: 'MESSAGE_NOT_READABLE', count: 1 },
    { title: 'another root inside', bytes: call('&lt;result/&gt;'), code: 'MESSAGE_NOT_READABLE', count: 1 },
    { title: 'bare and without a hint', bytes: gbk('<input/>'), code: 'MESSAGE_INVALID', count: 1 },
  ];
  for (const { title, bytes, code, count } of refused) {
    it(`is refused with ${code} for ${title}`, () => {
      const error = caught(() => codec.readRequest(bytes));
      assert.equal(error.code, code);
      assert.equal(error.details.faults?.length, count);
    });
  }

  it('is refused for elements that occur twice, all of them named', () => {
    const error = caught(() => bare('<a>1</a><a>2</a><detail><row><b/></row><row><b/><b/></row></detail>'));
    assert.equal(error.code, 'DUPLICATE_MEMBER');
    assert.deepEqual(places(error), ['/input/a', '/input/detail/row[2]/b']);
  });

  it('is refused for text between elements', () => {
    assert.deepEqual(places(caught(() => bare('<a>1<b/></a>'))), ['/input/a']);
  });
});

describe('a predecessor answer', () => {
  for (const [code, success] of [
    ['0', true],
    ['1', true],
    ['-1', false],
    ['-20', false],
  ] as const) {
    it(`with errorcode ${code} is a ${success ? 'success' : 'failure'}`, () => {
      const read = answer(
        `<result><sign/><transid>9</transid><errorcode>${code}</errorcode><errormsg>说明</errormsg></result>`,
      );
      assert.equal(read.success, success);
      assert.equal(read.code, code);
      assert.equal(read.text, '说明');
      assert.deepEqual(read.envelope, { sign: '', transid: '9', errorcode: code, errormsg: '说明' });
      assert.equal(read.body, null);
    });
  }

  it('has output as its body, an empty one as an empty node', () => {
    const body = (output: string): unknown =>
      answer(`<result><errorcode>0</errorcode>${output}</result>`).body;
    assert.deepEqual(body('<output> <aaz216>A1</aaz216> </output>'), { aaz216: 'A1' });
    assert.deepEqual(body('<output/>'), {});
    assert.deepEqual(body('<output>text</output>'), { '': 'text' });
  });

  it('takes in a node that stands beside output, and says so', () => {
    const read = answer(
      '<result><errorcode>0</errorcode><x>1</x><n><a>2</a></n><output><b>3</b></output></result>',
    );
    assert.deepEqual(read.body, { n: { a: '2' }, b: '3' });
    assert.equal(read.envelope['x'], '1');
    assert.deepEqual(
      read.deviations.map(({ rule, at }) => `${rule} ${at}`),
      ['node-beside-output /result/n'],
    );
  });

  for (const code of ['', '<errorcode/>', '<errorcode>成功</errorcode>', '<errorcode>0.5</errorcode>']) {
    it(`is refused when success cannot be told: ${code || 'no errorcode'}`, () => {
      assert.deepEqual(places(caught(() => answer(`<result>${code}</result>`))), ['/result/errorcode']);
    });
  }

  it('is a refusal when a SOAP fault blames the request', () => {
    const read = codec.readResponse(
      gbk(
        soap(
          '<soapenv:Fault><faultcode>soapenv:Client</faultcode><faultstring>参数错误</faultstring></soapenv:Fault>',
        ),
      ),
    );
    assert.deepEqual([read.success, read.code, read.text], [false, 'soapenv:Client', '参数错误']);
  });

  const unknown = [
    '<S:Fault><faultcode>S:Server</faultcode><faultstring>空指针</faultstring><detail><a/><a/></detail></S:Fault>',
    '<S:Fault><S:Code><S:Value>S:Receiver</S:Value></S:Code><S:Reason><S:Text>空指针</S:Text></S:Reason></S:Fault>',
    '<S:Fault><faultstring>空指针</faultstring></S:Fault>',
  ];
  for (const fault of unknown) {
    it(`leaves the outcome open for a SOAP fault that does not: ${fault.slice(9, 40)}`, () => {
      const error = caught(() => codec.readResponse(gbk(soap(fault, 'S'))));
      assert.equal(error.code, 'MESSAGE_NOT_READABLE');
      assert.equal(error.details.upstream?.text, '空指针');
    });
  }
});

describe('the charset of a predecessor message', () => {
  const xml = (charset: string, content = '测试'): string =>
    `<?xml version="1.0" encoding="${charset}"?><input><a>${content}</a></input>`;
  const read = (bytes: Uint8Array): ReturnType<typeof codec.readRequest> =>
    codec.readRequest(bytes, { transaction: '1' });
  const taken = [
    { title: 'GBK', bytes: gbk(xml('GBK')), a: '测试' },
    { title: 'gb2312', bytes: gbk(xml('gb2312')), a: '测试' },
    { title: 'GB18030 with a four-byte character', bytes: gbk(xml('GB18030', '𠮷䶮'), 'gb18030'), a: '𠮷䶮' },
    { title: 'UTF-8', bytes: utf8(xml('UTF-8', '𠮷')), a: '𠮷' },
    { title: 'a GBK pair that could be UTF-8, declared', bytes: gbk(xml('GBK', '一')), a: '一' },
    { title: 'GBK undeclared', bytes: gbk('<input><a>测试</a></input>'), a: '测试' },
    { title: 'a GBK pair that could be UTF-8, undeclared', bytes: gbk('<input><a>一</a></input>'), a: '一' },
    { title: 'UTF-8 undeclared', bytes: utf8('<input><a>测试</a></input>'), a: '测试' },
    { title: 'UTF-8 with a byte order mark', bytes: utf8(`\ufeff${xml('UTF-8')}`), a: '测试' },
  ];
  for (const { title, bytes, a } of taken) {
    it(`is respected: ${title}`, () => {
      const request = read(bytes);
      assert.deepEqual(request.body, { a });
      assert.equal(
        request.deviations.some((each) => each.rule === 'charset-undeclared'),
        title.includes('undeclared'),
      );
    });
  }

  const refused = [
    { title: 'GBK declared, UTF-8 sent', bytes: utf8(xml('GBK')) },
    { title: 'GBK declared, byte order mark of UTF-8', bytes: utf8(`\ufeff${xml('GBK', 'x')}`) },
    { title: 'UTF-8 declared, GBK sent', bytes: gbk(xml('UTF-8')) },
    { title: 'UTF-16 declared', bytes: utf8(xml('UTF-16', 'x')) },
    { title: 'half a GBK pair at the end', bytes: gbk(xml('GBK')).subarray(0, -'</a></input>'.length - 1) },
    { title: 'a byte that no GBK has', bytes: new Uint8Array([...utf8(xml('GBK', 'x')), 0xff]) },
  ];
  for (const { title, bytes } of refused) {
    it(`is refused when it contradicts the bytes: ${title}`, () => {
      assert.equal(caught(() => read(bytes)).code, 'CHARSET_WRONG');
    });
  }

  it('holds for escaped inner XML, whatever that declares', () => {
    const inner =
      '&lt;?xml version="1.0" encoding="GBK"?&gt;&lt;input&gt;&lt;a&gt;测&lt;/a&gt;&lt;/input&gt;';
    const request = codec.readRequest(
      utf8(
        text(call(inner))
          .replace('encoding="GBK"?><', 'encoding="UTF-8"?><')
          .replace(/<Inxml>.*<\/Inxml>/s, `<Inxml>${inner}</Inxml>`),
      ),
    );
    assert.deepEqual(request.body, { a: '测' });
  });
});
