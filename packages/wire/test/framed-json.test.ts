import assert from 'node:assert/strict';
import { ExactNumber } from '@yiqiao/model';
import { createWireCodec } from '@yiqiao/wire';
import iconv from 'iconv-lite';
import { caught } from './caught.ts';

const ENVELOPE = {
  charset: 'GBK',
  request: { transaction: 'type', body: 'data', order: ['id', 'type', 'data', 'end'] },
  response: { body: 'data', order: ['code', 'msg', 'data'] },
  answer: { code: 'code', text: 'msg', success: { equals: 'P001' } },
};

const codec = createWireCodec(
  { id: 'trial', codec: 'framed-json', envelope: ENVELOPE },
  { limits: { maxNodes: 20, maxDepth: 4, maxBytes: 2000 } },
);

const gbk = (text: string): Uint8Array => iconv.encode(text, 'gbk');

function refusal(act: () => unknown): string[] {
  const error = caught(act);
  return [error.code, ...(error.details.faults ?? []).map(({ rule, at }) => `${rule} ${at}`)];
}

describe('framed JSON', () => {
  it('keeps the text of numbers, and the order that the form has', () => {
    const text = '{"id":"1","type":"T","data":{"a":25.00,"b":"测"},"end":"","more":1}';
    const request = codec.readRequest(gbk(text));
    assert.deepEqual(
      [request.transaction, Object.keys(request.envelope)],
      ['T', ['id', 'type', 'end', 'more']],
    );
    assert.equal(iconv.decode(Buffer.from(codec.writeRequest(request)), 'gbk'), text);
  });

  it('knows a resend by its body, whatever the envelope says', () => {
    const [first, again] = ['1', '2'].map((id) =>
      codec.readRequest(gbk(`{"id":"${id}","type":"T","data":{"a":1}}`)),
    );
    assert.deepEqual(first?.signedBytes, again?.signedBytes);
  });

  it('takes an answer in the rest of its buffer, and one without body', () => {
    const answer = codec.readResponse(gbk('{"code":"E9","msg":"失败","data":null}\0\0'));
    assert.deepEqual([answer.success, answer.code, answer.text, answer.body], [false, 'E9', '失败', null]);
  });

  it('keeps a body that is no object, and says so', () => {
    const { body, faults } = codec.readResponse(gbk('{"code":"P001","data":[1]}'));
    assert.deepEqual(Object.keys(body ?? {}), ['']);
    assert.deepEqual(
      faults.map(({ rule, at }) => `${rule} ${at}`),
      ['type /data'],
    );
  });

  it('reads a body that came as JSON in a text as the object it is, and says so', () => {
    const answer = codec.readResponse(gbk('{"code":"P001","data":"{\\"a\\":\\"1\\"}"}'));
    assert.deepEqual(
      [answer.body, answer.deviations.map(({ rule }) => rule)],
      [{ a: '1' }, ['body-as-text']],
    );
    const request = codec.readRequest(gbk('{"type":"T","data":"{\\"a\\":12.50}"}'));
    assert.deepEqual(request.body, { a: new ExactNumber('12.50') });
    const other = codec.readResponse(gbk('{"code":"P001","data":"{cut"}'));
    assert.deepEqual([other.body, other.faults.map(({ rule }) => rule)], [{ '': '{cut' }, ['type']]);
  });

  it('takes the transaction from the call where the form has no member for it', () => {
    const envelope = { ...ENVELOPE, request: { transaction: '', body: 'data', order: ['data'] } };
    const bare = createWireCodec({ id: 'trial', codec: 'framed-json', envelope });
    const request = bare.readRequest(gbk('{"data":{"a":"1"}}'), { transaction: 'T9' });
    assert.deepEqual([request.transaction, request.body], ['T9', { a: '1' }]);
    assert.equal(iconv.decode(Buffer.from(bare.writeRequest(request)), 'gbk'), '{"data":{"a":"1"}}');
    assert.deepEqual(
      refusal(() => bare.readRequest(gbk('{"data":{}}'))),
      ['MESSAGE_INVALID', 'required /transaction'],
    );
  });

  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['no object', '[1]', ['MESSAGE_NOT_READABLE', 'syntax ']],
    ['cut off', '{"type":"T","data":{', ['MESSAGE_NOT_READABLE', 'syntax /data']],
    ['neither transaction nor body', '{}', ['MESSAGE_INVALID', 'required /type', 'required /data']],
    ['a body that is text', '{"type":"T","data":"x"}', ['MESSAGE_INVALID', 'required /data']],
    ['a member twice', '{"type":"T","type":"U","data":{}}', ['DUPLICATE_MEMBER', 'duplicate /type']],
    ['too deep', '{"type":"T","data":{"a":[[[1]]]}}', ['MESSAGE_TOO_DEEP', 'depth ']],
    ['too many', `{"type":"T","data":{"a":[${'1,'.repeat(30)}1]}}`, ['MESSAGE_TOO_DEEP', 'nodes /data/a/17']],
    ['too large', `{"type":"T","data":{"a":"${'x'.repeat(2000)}"}}`, ['MESSAGE_TOO_LARGE', 'size ']],
  ];
  for (const [title, text, expected] of cases) {
    it(`is refused: ${title}`, () =>
      assert.deepEqual(
        refusal(() => codec.readRequest(gbk(text))),
        expected,
      ));
  }

  it('costs no square of the padding inside it', () => {
    const wide = createWireCodec({ id: 'trial', codec: 'framed-json', envelope: ENVELOPE });
    const padded = Buffer.concat([gbk('{"type":"T","data":{}}'), new Uint8Array(1_000_000), gbk('x')]);
    const started = process.cpuUsage().user;
    assert.equal(caught(() => wide.readRequest(padded)).code, 'MESSAGE_NOT_READABLE');
    assert(process.cpuUsage().user - started < 2_000_000);
  });

  it('is refused when it is cut in the middle of a character', () => {
    const bytes = gbk('{"type":"测');
    assert.equal(caught(() => codec.readRequest(bytes.subarray(0, -1))).code, 'CHARSET_WRONG');
  });

  it('is refused as an answer that does not tell success', () => {
    assert.deepEqual(
      refusal(() => codec.readResponse(gbk('{"msg":"x"}'))),
      ['MESSAGE_NOT_READABLE', 'required /code'],
    );
  });

  it('is not written with a character that the charset lacks', () => {
    const message = { transaction: 'T', envelope: {}, body: { a: ['𠮷'] } };
    assert.deepEqual(
      refusal(() => codec.writeRequest(message)),
      ['FORMAT_LIMIT', 'charset /data/a[1]'],
    );
  });
});

describe('framed JSON that is a national message', () => {
  const message = '{"infno":"1101","msgid":"1","input":{"data":{}}}';
  for (const text of [message, `{"baseData":{"sign":""},"bizData":${message}}`]) {
    it(`is told to be one: ${text}`, () => {
      const { faults = [] } = caught(() => codec.readRequest(gbk(text))).details;
      assert.deepEqual(
        faults.map(({ rule, at }) => `${rule} ${at}`),
        ['required /type', 'required /data'],
      );
      for (const { message: words } of faults) {
        assert.match(words.en, /national form/);
        assert.match(words.zh, /国家统一接口/);
      }
    });
  }

  it('is not seen in what lacks a member of its own form', () => {
    const { faults = [] } = caught(() => codec.readRequest(gbk('{"infno":"1101","data":{}}'))).details;
    assert.deepEqual([faults.length, /national/.test(faults[0]?.message.en ?? '')], [1, false]);
  });
});
