import assert from 'node:assert/strict';
import { createRegistry } from '@yiqiao/registry';
import { readRecorded } from '#internal/series/record.ts';
import { createAnswerReader } from '#internal/tongues/national-reading.ts';

const readAnswer = createAnswerReader(createRegistry(), undefined);

/** Each is read by the product, which puts it right; it is no JSON, or no value of its form, all the same. */
describe('What only the product puts right', () => {
  const answers: readonly (readonly [string, RegExp])[] = [
    ['{"infcode":-1,"err_msg":"a\nb","output":null}', /line end or tab/],
    ['{"infcode":0,"err_msg":"","output":{}}\0\0', /left of the buffer/],
    ['{"infcode":0,"err_msg":"","output":{},}', /comma/],
    ['{"infcode":"0 ","err_msg":"","output":{}}', /blanks/],
    [JSON.stringify({ data: '{"infcode":0,"output":{}}' }), /wrapper/],
  ];
  for (const [text, why] of answers) {
    it(`is a fault of the sender and no doubt about the suite: ${JSON.stringify(text)}`, () => {
      const read = readAnswer(Buffer.from(text));
      assert.ok(read.state === 'unreadable');
      assert.match(read.why.en, why);
    });
  }

  for (const request of [
    '{"infno":"2207","msgid":"1","input":{"a":"x\ty"}}',
    '{"infno":"2207","msgid":"1","input":{}}\0',
    '{"infno":"2207 ","msgid":"1","input":{}}',
  ]) {
    it(`is likewise in a record: ${JSON.stringify(request)}`, () => {
      const exchange = { sent: Buffer.from(request), reply: { came: false }, infno: '', msgid: '' };
      const { request: read } = readRecorded(exchange as unknown as Parameters<typeof readRecorded>[0]);
      assert.equal(read.state, 'unreadable');
    });
  }
});
