import assert from 'node:assert/strict';
import { ExactNumber } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import { createPredecessorXml } from '@yiqiao/wire';
import { caught } from './caught.ts';

const codec = createPredecessorXml();
const wide = createPredecessorXml({ charset: 'GB18030', soapVersion: '1.2' });

function gbkText(bytes: Uint8Array): string {
  return new TextDecoder('gbk').decode(bytes);
}

function refusal(body: WireObject, envelope: WireObject = {}): string[] {
  const error = caught(() => codec.writeRequest({ transaction: '0301', envelope, body }));
  assert.equal(error.code, 'FORMAT_LIMIT');
  return (error.details.faults ?? []).map((fault) => `${fault.rule} ${fault.at} ${fault.found ?? ''}`.trim());
}

describe('a predecessor request is written', () => {
  it('as SOAP 1.1 in GBK, inner XML escaped, header elements first', () => {
    const body = {
      aac003: '测试甲',
      akc264: new ExactNumber('10.50'),
      detail: { row: [{ a: '<' }, { a: '' }] },
    };
    const bytes = codec.writeRequest({ transaction: '0301', envelope: { transid: '', sign: '' }, body });
    const inner =
      '<?xml version="1.0" encoding="GBK"?><input><sign></sign><transid></transid><aac003>测试甲</aac003>' +
      '<akc264>10.50</akc264><detail><row><a>&lt;</a></row><row><a></a></row></detail></input>';
    const escaped = inner.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    assert.equal(
      gbkText(bytes),
      '<?xml version="1.0" encoding="GBK"?>' +
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>' +
        '<STYDJKService xmlns="http://pojo.webservice.service.ybdy.sinobest.cn">' +
        `<TransNo>0301</TransNo><Inxml>${escaped}</Inxml></STYDJKService></soapenv:Body></soapenv:Envelope>`,
    );
    assert.equal(codec.contentType, 'text/xml; charset=GBK');
  });

  it('in GB18030 with characters of four bytes, where the connection has it', () => {
    const bytes = wide.writeRequest({ transaction: '0301', envelope: {}, body: { aac003: '𠮷䶮㐂' } });
    assert.deepEqual(codec.readRequest(bytes).body, { aac003: '𠮷䶮㐂' });
    assert.equal(wide.contentType, 'application/soap+xml; charset=GB18030');
  });

  it('never with a substitute: each character that GBK lacks is named with its element', () => {
    assert.deepEqual(refusal({ aac003: '测𠮷', detail: { row: [{ a: '?' }, { a: '€x\ue78d' }] } }), [
      'charset /input/aac003 𠮷 (U+20BB7)',
      'charset /input/detail/row[2]/a € (U+20AC)',
      'charset /input/detail/row[2]/a \ue78d (U+E78D)',
    ]);
  });

  it('never with what XML has no form for; all of it is named', () => {
    const body = { a: null, b: true, c: ['1'], 'd e': '', f: '\u0001', g: '\ud800', row: { row: ['1'] } };
    assert.deepEqual(refusal(body, { sign: '', msgid: '1' }), [
      'format /input/msgid',
      'format /input/a',
      'format /input/b',
      'format /input/c',
      'format /input/d e',
      'format /input/f',
      'format /input/g',
      'format /input/row/row',
    ]);
  });

  it('never with a body that takes the name of a header element', () => {
    assert.deepEqual(refusal({ transid: '1' }), ['format /input/transid']);
  });

  it('never signed, for want of a known way', () => {
    const error = caught(() => codec.writeRequest({ transaction: '1', envelope: {}, body: {} }, () => ({})));
    assert.equal(error.code, 'PROFILE_BROKEN');
  });
});

describe('a predecessor answer is written', () => {
  it('with code and text after the header elements and output last', () => {
    const answer = {
      success: false,
      code: '-1',
      text: '余额不足',
      envelope: { transid: '9', sign: '' },
      body: {},
    };
    const inner =
      '<result><sign></sign><transid>9</transid><errorcode>-1</errorcode><errormsg>余额不足</errormsg><output></output></result>';
    const written = gbkText(codec.writeResponse(answer)).replaceAll('&lt;', '<').replaceAll('&gt;', '>');
    assert.ok(written.includes(`<return><?xml version="1.0" encoding="GBK"?>${inner}</return>`), written);
  });

  it('never with a code that contradicts its success', () => {
    const answer = { success: true, code: '-1', text: '', envelope: {}, body: null };
    assert.throws(() => codec.writeResponse(answer), { name: 'AssertionError' });
  });
});
