/** Envelopes of the national form that are not quite one: in a list, in capitals, without infcode. */
import assert from 'node:assert/strict';
import { ExactNumber } from '@yiqiao/model';
import type { Deviation } from '@yiqiao/model';
import { createNationalJson } from '@yiqiao/wire';
import { caught, places, text, utf8 } from './caught.ts';

const national = createNationalJson();
const HEAD = '"infno":"2207","msgid":"H00000000001202401010000000001"';

const request = (json: string): ReturnType<typeof national.readRequest> => national.readRequest(utf8(json));
const answer = (json: string): ReturnType<typeof national.readResponse> => national.readResponse(utf8(json));

function told({ deviations }: { readonly deviations: readonly Deviation[] }): string[] {
  return deviations.map(({ rule, at }) => `${rule} ${at}`);
}

describe('an envelope that is a list of one object', () => {
  it('is that object: a request, its signature over the same bytes', () => {
    const found = request(`[{${HEAD},"input": {"a":1.0} }]`);
    assert.deepEqual([found.transaction, found.body], ['2207', { a: new ExactNumber('1.0') }]);
    assert.equal(text(found.signedBytes), '{"a":1.0}');
    assert.deepEqual(told(found), ['list-of-one ']);
  });
  it('is that object: an answer', () => {
    const found = answer('[{"infcode":0,"output":{"a":"1"}}]');
    assert.deepEqual([found.success, found.body, told(found)], [true, { a: '1' }, ['list-of-one ']]);
  });
  it('is held to the same as any other, each fault at its place', () => {
    assert.deepEqual(places(caught(() => request('[{"infno":"2207"}]'))), ['/0/msgid', '/0/input']);
    assert.deepEqual(places(caught(() => answer('[{"output":{}}]'))), ['/0/infcode']);
  });
  for (const list of ['[]', `[{${HEAD},"input":{}},{${HEAD},"input":{}}]`, '[[{}]]', '["a"]']) {
    it(`is nothing else: ${list}`, () => {
      assert.deepEqual(places(caught(() => request(list))), ['']);
    });
  }
});

describe('members of an envelope in other spellings', () => {
  const knowing = createNationalJson({
    envelope: () => [{ name: 'fixmedins_code' }, { name: 'recer_sys_code' }],
  });
  const read = (json: string): ReturnType<typeof knowing.readRequest> => knowing.readRequest(utf8(json));

  it('have their names in the definition, and the bytes of the body are those that came', () => {
    const found = read(
      '{"INFNO":"2207","MsgId":"1","recerSysCode":"99","Fixmedins_Code":"H","INPUT": {"a":1.0} }',
    );
    assert.equal(found.transaction, '2207');
    assert.deepEqual(found.envelope, {
      infno: '2207',
      msgid: '1',
      recer_sys_code: '99',
      fixmedins_code: 'H',
    });
    assert.equal(text(found.signedBytes), '{"a":1.0}');
    const came = ['INFNO', 'MsgId', 'recerSysCode', 'Fixmedins_Code', 'INPUT'];
    assert.deepEqual(
      told(found),
      came.map((name) => `name-form /${name}`),
    );
  });
  it('are read in an answer: what is no member of the envelope keeps its name', () => {
    const found = answer('{"InfCode":"-1","ErrMsg":"无此人","TOKEN":"x","Output":null}');
    assert.deepEqual([found.success, found.text], [false, '无此人']);
    assert.deepEqual(Object.keys(found.envelope), ['infcode', 'err_msg', 'TOKEN']);
  });
  it('are left alone in two spellings: which one counts cannot be told', () => {
    for (const [json, at] of [
      ['{"infno":"2207","INFNO":"2208","msgid":"1","input":{}}', []],
      ['{"InfNo":"2207","INFNO":"2208","msgid":"1","input":{}}', ['/infno']],
    ] as const) {
      if (at.length === 0) assert.deepEqual([read(json).transaction, told(read(json))], ['2207', []]);
      else assert.deepEqual(places(caught(() => read(json))), at);
    }
  });
});

describe('an answer without infcode', () => {
  const WORDS = [
    ['{"output":{"setlinfo":{"setl_id":"1"}}}', /may have acted/],
    ['{"err_msg":"x"}', /may have acted/],
    ['{"infcode":"ok"}', /may have acted/],
    ['{"code":0,"type":"success","message":"成功","data":{}}', /another interface/],
    ['{"inf_refmsgid":"1"}', /no answer of the national form/],
    ['{}', /no answer of the national form/],
  ] as const;
  for (const [json, words] of WORDS) {
    it(`tells no success and says what it may be: ${json}`, () => {
      const error = caught(() => answer(json));
      assert.deepEqual([error.code, places(error)], ['MESSAGE_NOT_READABLE', ['/infcode']]);
      assert.match(error.details.faults?.[0]?.message.en ?? '', words);
    });
  }
});
