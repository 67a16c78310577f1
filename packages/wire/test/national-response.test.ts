import assert from 'node:assert/strict';
import { ExactNumber } from '@yiqiao/model';
import { createNationalJson } from '@yiqiao/wire';
import { caught, places, text, utf8 } from './caught.ts';

const codec = createNationalJson();

function read(json: string): ReturnType<typeof codec.readResponse> {
  return codec.readResponse(utf8(json));
}

describe('the status code of a national answer', () => {
  const cases = [
    { value: '0', success: true, code: '0', rules: [] },
    { value: '-1', success: false, code: '-1', rules: [] },
    { value: '1', success: false, code: '1', rules: [] },
    { value: '"0"', success: true, code: '0', rules: ['type'] },
    { value: '"-1"', success: false, code: '-1', rules: ['type'] },
    { value: '0.0', success: true, code: '0.0', rules: ['type'] },
  ];
  for (const { value, success, code, rules } of cases) {
    it(`is ${code} and means ${success ? 'success' : 'failure'} for infcode ${value}`, () => {
      const answer = read(`{"infcode":${value},"err_msg":null,"output":null}`);
      assert.equal(answer.success, success);
      assert.equal(answer.code, code);
      assert.deepEqual(
        answer.deviations.map((deviation) => deviation.rule),
        rules,
      );
    });
  }

  for (const json of [
    '{"output":{}}',
    '{"infcode":null}',
    '{"infcode":""}',
    '{"infcode":"成功"}',
    '{"infcode":true}',
    '{"infcode":{}}',
  ]) {
    it(`is never guessed: ${json}`, () => {
      const error = caught(() => read(json));
      assert.equal(error.code, 'MESSAGE_NOT_READABLE');
      assert.deepEqual(places(error), ['/infcode']);
    });
  }

  it('of an HTTP gateway is passed on in the error', () => {
    const error = caught(() => read('{"code":401,"message":"unknown access key"}'));
    assert.deepEqual(error.details.upstream, { code: '401', text: 'unknown access key' });
  });
});

describe('variety of national answers is put right and reported', () => {
  const cases = [
    {
      json: '{"infcode":0,"err_msg":"success"}',
      text: 'success',
      body: null,
      rules: ['success-text /err_msg'],
    },
    {
      json: '{"infcode":0,"err_msg":"编号不能为空"}',
      text: '编号不能为空',
      body: null,
      rules: ['text-beside-success /err_msg'],
    },
    { json: '{"infcode":-1,"err_msg":"未查询到"}', text: '未查询到', body: null, rules: [] },
    { json: '{"infcode":-1,"message":"余额不足"}', text: '余额不足', body: null, rules: ['name /message'] },
    {
      json: '{"infcode":0,"output":{"result":[]},"idetinfo":[]}',
      text: '',
      body: { idetinfo: [], result: [] },
      rules: ['node-beside-output /idetinfo'],
    },
    {
      json: '{"infcode":0,"setlinfo":{"setl_id":"1"}}',
      text: '',
      body: { setlinfo: { setl_id: '1' } },
      rules: ['node-beside-output /setlinfo'],
    },
    { json: '{"infcode":0,"output":""}', text: '', body: null, rules: ['type /output'] },
    {
      json: '{"infcode":0,"output":[1]}',
      text: '',
      body: { '': [new ExactNumber('1')] },
      rules: ['type /output'],
    },
    {
      json: '{"infcode":0,"output":"{\\"a\\":\\"1\\"}"}',
      text: '',
      body: { a: '1' },
      rules: ['body-as-text /output'],
    },
    {
      json: '{"infcode":0,"output":{"setl_id":"1"},}',
      text: '',
      body: { setl_id: '1' },
      rules: ['trailing-comma /output'],
    },
    {
      json: '{"ok":true,"data":{"infcode":0,"output":{}}}',
      text: '',
      body: {},
      rules: ['wrapper /data', 'not-carried /ok'],
    },
    {
      json: '{"data":{"infcode":"0"}}',
      text: '',
      body: null,
      rules: ['wrapper /data', 'type /data/infcode'],
    },
  ];
  for (const { json, text: expected, body, rules } of cases) {
    it(json, () => {
      const answer = read(json);
      assert.equal(answer.text, expected);
      assert.deepEqual(answer.body, body);
      assert.deepEqual(
        answer.deviations.map(({ rule, at }) => `${rule} ${at}`),
        rules,
      );
    });
  }

  it('a node of the same name in output and beside it stays in both places', () => {
    const answer = read('{"infcode":0,"output":{"a":{"x":"1"}},"a":{"x":"2"}}');
    assert.deepEqual(answer.body, { a: { x: '1' } });
    assert.deepEqual(answer.envelope['a'], { x: '2' });
  });
});

describe('the bytes that the signature of a national answer covers', () => {
  for (const [json, covered] of [
    ['{"output": {"a":"测"} ,"infcode":0}', '{"a":"测"}'],
    ['{"infcode":0,"output":null}', 'null'],
    ['{"infcode":0}', ''],
  ] as const) {
    it(`are those of output as received: ${json}`, () => {
      assert.equal(text(read(json).signedBytes), covered);
    });
  }
});

describe('a success in a wrapper', () => {
  const wrapped = (around: string, inner = '"infcode":0,"output":{"a":"1"}'): string =>
    `{${around},"data":{${inner}}}`;
  const failures = [
    ['"code":500,"message":"fail"', '/code'],
    ['"code":"500"', '/code'],
    ['"retCode":-1', '/retCode'],
    ['"status":503', '/status'],
    ['"success":false', '/success'],
    ['"isSuccess":"False"', '/isSuccess'],
    ['"msg":"操作失败"', '/msg'],
    ['"type":"error"', '/type'],
  ] as const;
  for (const [around, place] of failures) {
    it(`that tells a failure is no answer, since which of them holds cannot be told: ${around}`, () => {
      const error = caught(() => read(wrapped(around)));
      assert.equal(error.code, 'MESSAGE_NOT_READABLE');
      assert.deepEqual(
        error.details.faults?.map(({ rule, at }) => `${rule} ${at}`),
        [`contradiction ${place}`],
      );
    });
  }

  it('that tells a failure is found out of a text as well, with the word of the wrapper', () => {
    const inner = JSON.stringify('{"infcode":0,"output":{}}');
    const error = caught(() => read(`{"code":500,"message":"fail","data":${inner}}`));
    assert.deepEqual(error.details.upstream, { code: '500', text: 'fail' });
  });

  for (const around of [
    '"code":200',
    '"code":0,"message":"成功"',
    '"code":1,"success":true',
    '"code":"0000","msg":""',
    '"code":200,"message":"处理完成，无失败"',
    '"code":null,"status":null',
  ]) {
    it(`that tells none is read: ${around}`, () => {
      assert.equal(read(wrapped(around)).success, true);
    });
  }

  it('that tells a failure is one where the answer tells it too, in its own words', () => {
    const found = read(wrapped('"code":500,"message":"fail"', '"infcode":-1,"err_msg":"未登记"'));
    assert.deepEqual([found.success, found.text], [false, '未登记']);
  });
});
