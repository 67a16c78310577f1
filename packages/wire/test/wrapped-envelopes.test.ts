/** Envelopes of the national form in wrappers of several layers, met by their shape. */
import assert from 'node:assert/strict';
import { ExactNumber } from '@yiqiao/model';
import type { Deviation } from '@yiqiao/model';
import { createNationalJson } from '@yiqiao/wire';
import { caught, places, text, utf8 } from './caught.ts';

const national = createNationalJson();
const ENVELOPE = '{"infno":"5303","msgid":"H00000000001202401010000000001","input": {"data":{"n":1.10}} }';
const ANSWER = '{"infcode":0,"err_msg":"","output": {"a":1.0} }';
const quoted = (json: string): string => JSON.stringify(json);

const request = (json: string): ReturnType<typeof national.readRequest> => national.readRequest(utf8(json));
const answer = (json: string): ReturnType<typeof national.readResponse> => national.readResponse(utf8(json));

function told({ deviations }: { readonly deviations: readonly Deviation[] }): string[] {
  return deviations.map(({ rule, at }) => `${rule} ${at}`);
}

describe('a request in a wrapper of several layers', () => {
  const wrapped: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'as text, below a member: the call of a relay, Chongqing',
      `{"method":"BUSINESS_HANDLE","parameters":{"in":${quoted(ENVELOPE)}},"serviceId":"SiInterface_hsf"}`,
      ['wrapper /parameters/in', 'not-carried /method', 'not-carried /serviceId'],
    ],
    [
      'as an object, with members beside it at each layer',
      `{"head":{"t":"1"},"a":{"b":{"c":${ENVELOPE},"d":1},"e":null}}`,
      ['wrapper /a/b/c', 'not-carried /head', 'not-carried /a/e', 'not-carried /a/b/d'],
    ],
    ['in a list', `{"list":[${ENVELOPE}]}`, ['wrapper /list/0']],
    [
      'in a wrapper that is itself a text',
      quoted(`{"data":${ENVELOPE},"sign":"x"}`),
      ['wrapper /data', 'not-carried /sign'],
    ],
  ];
  for (const [title, json, deviations] of wrapped) {
    it(`is taken out: ${title}`, () => {
      const found = request(json);
      assert.deepEqual([found.transaction, found.body], ['5303', { data: { n: new ExactNumber('1.10') } }]);
      assert.equal(text(found.signedBytes), '{"data":{"n":1.10}}');
      assert.deepEqual(told(found), deviations);
    });
  }

  const refused: readonly (readonly [string, string])[] = [
    ['two at one layer', `{"a":{"b":${ENVELOPE}},"c":{"d":${ENVELOPE}}}`],
    ['two in one list', `{"a":[${ENVELOPE},${ENVELOPE}]}`],
    ['two as text', `{"a":{"b":${quoted(ENVELOPE)},"c":${quoted(ENVELOPE)}}}`],
    ['deeper than any wrapper seen', `{"a":{"a":{"a":{"a":{"a":${ENVELOPE}}}}}}`],
    ['one member of an envelope alone', '{"a":{"b":{"input":{"data":{}}}}}'],
  ];
  for (const [title, json] of refused) {
    it(`is refused: ${title}`, () => {
      const error = caught(() => request(json));
      assert.equal(error.code, 'MESSAGE_INVALID');
      assert.deepEqual(places(error), ['/infno', '/msgid', '/input']);
    });
  }

  it('is not looked for inside of an envelope with a fault of its own', () => {
    const error = caught(() => request(`{"InfNo":"2207","INFNO":"2208","other":{"data":${ENVELOPE}}}`));
    assert.deepEqual(places(error), ['/infno', '/msgid', '/input']);
  });
});

describe('an answer in a wrapper of several layers', () => {
  it('is taken out, as text in a list in a list: the answer of a relay, Chongqing', () => {
    const found = answer(`{"body":[[${quoted(ANSWER)}]]}`);
    assert.deepEqual([found.success, found.body], [true, { a: new ExactNumber('1.0') }]);
    assert.equal(text(found.signedBytes), '{"a":1.0}');
    assert.deepEqual(told(found), ['wrapper /body/0/0']);
  });

  it('is none where a layer on the way tells a failure', () => {
    const error = caught(() => answer(`{"body":{"code":500,"data":${ANSWER}}}`));
    assert.deepEqual(
      error.details.faults?.map(({ rule, at }) => `${rule} ${at}`),
      ['contradiction /body/code'],
    );
  });

  for (const json of [
    `{"body":[[${quoted(ANSWER)}],[${quoted(ANSWER)}]]}`,
    `{"output":{"a":{"b":${ANSWER}}}}`,
    '{"code":0,"data":{"list":[{"infcode":0}]}}',
  ]) {
    it(`tells no success: ${json}`, () => {
      const error = caught(() => answer(json));
      assert.deepEqual([error.code, places(error)], ['MESSAGE_NOT_READABLE', ['/infcode']]);
    });
  }
});
