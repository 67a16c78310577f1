import assert from 'node:assert/strict';
import { ExactNumber } from '@yiqiao/model';
import { createNationalJson } from '@yiqiao/wire';
import { text } from './caught.ts';

const codec = createNationalJson();

describe('a national request is written', () => {
  it('with numbers bare, members in order and the body last', () => {
    const bytes = codec.writeRequest({
      transaction: '2207',
      envelope: { msgid: '1', opter_name: '测"试' },
      body: { data: { z: new ExactNumber('12.50'), a: [null, true, '\ud800'] } },
    });
    assert.equal(
      text(bytes),
      '{"infno":"2207","msgid":"1","opter_name":"测\\"试","input":{"data":{"z":12.50,"a":[null,true,"\\ud800"]}}}',
    );
  });

  it('with the transaction number where the envelope has it', () => {
    const bytes = codec.writeRequest({
      transaction: '2601',
      envelope: { msgid: '1', infno: '2207' },
      body: {},
    });
    assert.equal(text(bytes), '{"msgid":"1","infno":"2601","input":{}}');
  });

  it('with a signature over the very bytes of its body, in the place the envelope has for it', () => {
    let signed = '';
    const bytes = codec.writeRequest(
      { transaction: '1101', envelope: { cainfo: '', msgid: '1' }, body: { data: { psn_name: '测试甲' } } },
      (body) => {
        signed = text(body);
        return { cainfo: 'c2ln', signtype: 'SM2' };
      },
    );
    assert.equal(signed, '{"data":{"psn_name":"测试甲"}}');
    assert.equal(
      text(bytes),
      `{"infno":"1101","cainfo":"c2ln","msgid":"1","signtype":"SM2","input":${signed}}`,
    );
    assert.equal(text(codec.readRequest(bytes).signedBytes), signed);
  });

  it('never as something that is no JSON', () => {
    const body = { n: new ExactNumber('007') };
    assert.throws(() => codec.writeRequest({ transaction: '1', envelope: {}, body }), {
      name: 'AssertionError',
    });
  });
});

describe('a national answer is written', () => {
  it('with code and text first and last of the envelope, the code bare', () => {
    const answer = {
      success: false,
      code: '-1',
      text: '未查询到原交易',
      envelope: { inf_refmsgid: '1' },
      body: null,
    };
    assert.equal(
      text(codec.writeResponse(answer)),
      '{"infcode":-1,"inf_refmsgid":"1","err_msg":"未查询到原交易","output":null}',
    );
  });

  it('as the list that it is, when it has no other member', () => {
    const list = [{ mdtrt_id: '1' }, { mdtrt_id: '2' }];
    const answer = { success: true, code: '0', text: '', envelope: {}, body: { '': list } };
    const bytes = codec.writeResponse(answer, (body) => ({ cainfo: String(text(body).length) }));
    assert.equal(
      text(bytes),
      '{"infcode":0,"err_msg":"","cainfo":"35","output":[{"mdtrt_id":"1"},{"mdtrt_id":"2"}]}',
    );
    const read = codec.readResponse(bytes);
    assert.deepEqual([read.body, read.deviations], [{ '': list }, []]);
  });

  it('with a signature over the word null when it has no body', () => {
    const answer = { success: true, code: '0', text: '', envelope: {}, body: null };
    const bytes = codec.writeResponse(answer, (body) => ({ cainfo: text(body) }));
    assert.equal(text(bytes), '{"infcode":0,"err_msg":"","cainfo":"null","output":null}');
  });

  it('never with a code that contradicts its success', () => {
    const answer = { success: true, code: '-1', text: '', envelope: {}, body: null };
    assert.throws(() => codec.writeResponse(answer), { name: 'AssertionError' });
  });
});
