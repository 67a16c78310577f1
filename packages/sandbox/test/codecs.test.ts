import assert from 'node:assert/strict';
import { createSandboxKeys, signText, verifyText } from '@yiqiao/sandbox';
import { amountNumber, leaf, parseMessage, rawMember, writeMessage } from '#internal/national-message.ts';
import { childText, readSoapAnswer, writeSoapRequest } from '#internal/his/soap-message.ts';

describe('the national codec of the sandbox', () => {
  it('keeps a number as it was written', () => {
    const text = '{"a":12.50,"b":9007199254740993.01,"c":-0.05}';
    const message = parseMessage(text);
    assert.equal(leaf(message, 'b'), '9007199254740993.01');
    assert.equal(JSON.stringify(message), text);
  });

  const CUTS: readonly [string, string, string | undefined][] = [
    ['{"infno":"2207","input": {"a":[1,{"input":2}]} ,"z":1}', 'a node', '{"a":[1,{"input":2}]}'],
    ['{"x":{"input":1},"y":"\\",\\"input\\":3"}', 'nothing from inside others', undefined],
    ['{"input":null}', 'null', 'null'],
    ['{"note":"}{,","input":"a\\"}b"}', 'a text with brackets', '"a\\"}b"'],
    ['{"in\\u0070ut":7}', 'a member with an escaped name', '7'],
    ['{"input":1,"input":[2, 3]}', 'the last of two', '[2, 3]'],
  ];
  for (const [text, title, expected] of CUTS) {
    it(`cuts out ${title} byte for byte`, () => {
      assert.equal(rawMember(text, 'input'), expected);
    });
  }

  it('puts the body in untouched, at its place', () => {
    const written = writeMessage({ infno: '2207', input: null, z: 1 }, 'input', '{ "a" : 1.50 }');
    assert.equal(written, '{"infno":"2207","input":{ "a" : 1.50 },"z":1}');
    assert.equal(rawMember(written, 'input'), '{ "a" : 1.50 }');
  });

  it('writes amounts in 元 with two decimals, without a float between', () => {
    const amounts = { a: amountNumber(900_719_925_474_099_301n), b: amountNumber(-5n), c: amountNumber(0n) };
    assert.equal(JSON.stringify(amounts), '{"a":9007199254740993.01,"b":-0.05,"c":0.00}');
  });
});

describe('the predecessor codec of the sandbox', () => {
  const soap = (inner: string): Buffer => {
    const ascii = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><r:x xmlns:r="u"><r:return>${inner}</r:return></r:x></s:Body></s:Envelope>`;
    return Buffer.from(ascii, 'latin1');
  };

  it('writes GBK bytes with the XML as text inside the operation', () => {
    const bytes = writeSoapRequest('0301', { aac003: '测试甲', detail: { row: [{ n: '1' }, { n: '<&' }] } });
    const text = new TextDecoder('gbk').decode(bytes);
    assert.match(text, /^<\?xml version="1\.0" encoding="GBK"\?><soapenv:Envelope /);
    assert.match(text, /<q:STYDJKService><q:TransNo>0301<\/q:TransNo><q:Inxml>&lt;\?xml /);
    const inner = text.replace(/.*<q:Inxml>(.*)<\/q:Inxml>.*/s, '$1');
    assert.match(inner, /aac003&gt;测试甲&lt;/);
    assert.match(inner, /row&gt;&lt;n&gt;1&lt;.*row&gt;&lt;n&gt;&amp;lt;&amp;amp;&lt;/);
  });

  it('reads an escaped answer and one in CDATA, text in GBK', () => {
    // 测试甲 in GBK
    const name = '\xb2\xe2\xca\xd4\xbc\xd7';
    const xml = `<?xml version="1.0" encoding="GBK"?><result><errorcode>0</errorcode><errormsg>${name}</errormsg></result>`;
    const escaped = xml.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    for (const inner of [escaped, `<![CDATA[${xml}]]>`]) {
      assert.equal(childText(readSoapAnswer(soap(inner)), 'errormsg'), '测试甲');
    }
  });

  for (const wrong of ['', '&lt;result&gt;', '&lt;other/&gt;']) {
    it(`finds no result in ${wrong === '' ? 'an empty answer' : wrong}`, () => {
      assert.equal(readSoapAnswer(soap(wrong)), undefined);
    });
  }

  it('refuses to write a character that GBK does not have', () => {
    assert.throws(() => writeSoapRequest('0211', { aac003: '𠮷' }), /GBK/);
  });
});

describe('the SM2 of the sandbox', () => {
  const mine = createSandboxKeys();

  it('signs the exact bytes with 64 bytes in base64', () => {
    const cainfo = signText('{"a":1.50}', mine);
    assert.equal(Buffer.from(cainfo, 'base64').length, 64);
    const from = { ...mine, peerPublicKey: mine.publicKey };
    assert.equal(verifyText('{"a":1.50}', cainfo, from), true);
    assert.equal(verifyText('{"a":1.5}', cainfo, from), false);
    assert.equal(verifyText('{"a":1.50}', cainfo, { ...from, userId: 'other' }), false);
    assert.equal(
      verifyText('{"a":1.50}', cainfo, { ...from, peerPublicKey: createSandboxKeys().publicKey }),
      false,
    );
    assert.equal(verifyText('{"a":1.50}', cainfo.slice(4), from), false);
  });

  it('verifies the sample signature of GM/T 0003.5', () => {
    const r = 'F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3';
    const s = 'B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA';
    const x = '09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020';
    const y = 'CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13';
    const cainfo = Buffer.from(r + s, 'hex').toString('base64');
    const from = { ...mine, peerPublicKey: `04${x}${y}`.toLowerCase() };
    assert.equal(verifyText('message digest', cainfo, from), true);
    assert.equal(verifyText('message digesu', cainfo, from), false);
  });
});
