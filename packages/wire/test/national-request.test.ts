import assert from 'node:assert/strict';
import { ExactNumber } from '@yiqiao/model';
import { createNationalJson } from '@yiqiao/wire';
import { caught, places, text, utf8 } from './caught.ts';

const codec = createNationalJson();
const HEAD = '"infno":"2207","msgid":"H00000000001202401010000000001"';

function read(json: string): ReturnType<typeof codec.readRequest> {
  return codec.readRequest(utf8(json));
}

function rules(json: string): string[] {
  return read(json).deviations.map((deviation) => `${deviation.rule} ${deviation.at}`);
}

describe('a national request', () => {
  it('is divided into transaction, envelope and body, members in their order', () => {
    const request = read(`{"opter":"1",${HEAD},"input":{"data":{"b":"2","a":"1"}},"sign_no":""}`);
    assert.equal(request.transaction, '2207');
    assert.deepEqual(Object.keys(request.envelope), ['opter', 'infno', 'msgid', 'sign_no']);
    assert.deepEqual(request.body, { data: { b: '2', a: '1' } });
    assert.deepEqual(request.deviations, []);
  });

  for (const number of ['0', '-0', '12.50', '1e400', '9.995', '123456789012345678901', '1.0E-7']) {
    it(`keeps the number ${number} as its text`, () => {
      assert.deepEqual(read(`{${HEAD},"input":{"n":${number}}}`).body, { n: new ExactNumber(number) });
    });
  }

  it('keeps strings exactly: escapes, rare characters, lone surrogates', () => {
    const json = String.raw`{${HEAD},"input":{"n":"𠮷\u4e00\ud83d\ude00\ud800\n\/\"\\"}}`;
    assert.deepEqual(read(json).body, { n: '𠮷一😀\ud800\n/"\\' });
  });

  it('takes __proto__ and constructor as plain members', () => {
    const { body } = read(`{${HEAD},"input":{"__proto__":{"x":"1"},"constructor":"2","toString":null}}`);
    assert.deepEqual(Object.keys(body), ['__proto__', 'constructor', 'toString']);
    assert.equal(Object.getPrototypeOf(body), Object.prototype);
    assert.equal(({} as Record<string, unknown>)['x'], undefined);
  });
});

describe('the bytes a signature covers', () => {
  const cases = [
    { title: 'last member', json: `{${HEAD},"input":{"a":"测"}}`, covered: '{"a":"测"}' },
    {
      title: 'in the middle',
      json: `{"opter_name":"测试甲","input": { "a" : 1 } ,${HEAD}}`,
      covered: '{ "a" : 1 }',
    },
    { title: 'with line ends', json: `{${HEAD},"input":\r\n{\n"a":\t1\n}\n}`, covered: '{\n"a":\t1\n}' },
    { title: 'a string holding JSON', json: `{${HEAD},"input":"{\\"a\\":1}"}`, covered: '"{\\"a\\":1}"' },
    { title: 'behind a byte order mark', json: `\ufeff{"o":"测",${HEAD},"input":{}}`, covered: '{}' },
    {
      title: 'with another input inside',
      json: `{${HEAD},"input":{"input":{"a":1}}}`,
      covered: '{"input":{"a":1}}',
    },
  ];
  for (const { title, json, covered } of cases) {
    it(`are those of input as received: ${title}`, () => {
      assert.equal(text(read(json).signedBytes), covered);
    });
  }

  it('are those of the wrapped input when the envelope is wrapped', () => {
    assert.equal(text(read(`{"code":"1","m":{${HEAD},"input":{"a":1}}}`).signedBytes), '{"a":1}');
  });
});

describe('variety of national requests is put right and reported', () => {
  it('a byte order mark', () => {
    assert.deepEqual(rules(`\ufeff{${HEAD},"input":{}}`), ['byte-order-mark ']);
  });
  it('trailing commas, with the item before them', () => {
    assert.deepEqual(rules(`{${HEAD},"input":{"a":[1,],},}`), [
      'trailing-comma /input/a/0',
      'trailing-comma /input/a',
      'trailing-comma /input',
    ]);
  });
  it('a transaction number sent as a number', () => {
    const json = '{"infno":2207,"msgid":"1","input":{}}';
    assert.equal(read(json).transaction, '2207');
    assert.deepEqual(rules(json), ['type /infno']);
  });
  it('an input that is a string holding JSON', () => {
    const json = `{${HEAD},"input":"{\\"data\\":{\\"n\\":1.10}}"}`;
    assert.deepEqual(read(json).body, { data: { n: new ExactNumber('1.10') } });
    assert.deepEqual(rules(json), ['body-as-text /input']);
  });
  it('a wrapper, whose other members are named', () => {
    assert.deepEqual(rules(`{"token":"x","message":{${HEAD},"input":{}}}`), [
      'wrapper /message',
      'not-carried /token',
    ]);
  });
  it('a time with a date only', () => {
    const json = `{${HEAD},"inf_time":"2024-01-01","input":{}}`;
    assert.equal(read(json).envelope['inf_time'], '2024-01-01 00:00:00');
    assert.deepEqual(rules(json), ['date-only /inf_time']);
  });
});

describe('a national request that cannot be taken', () => {
  const cases = [
    { json: '{}', code: 'MESSAGE_INVALID', at: ['/infno', '/msgid', '/input'] },
    {
      json: '{"infno":"","msgid":null,"input":[]}',
      code: 'MESSAGE_INVALID',
      at: ['/infno', '/msgid', '/input'],
    },
    { json: `{${HEAD},"input":"text"}`, code: 'MESSAGE_INVALID', at: ['/input'] },
    { json: `{${HEAD},"input":"{\\"a\\":{\\"b\\":x}}"}`, code: 'MESSAGE_NOT_READABLE', at: ['/input/a/b'] },
    { json: '[]', code: 'MESSAGE_NOT_READABLE', at: [''] },
    { json: `{${HEAD},"a":1,"input":{"a":1,"a":1},"a":2}`, code: 'DUPLICATE_MEMBER', at: ['/input/a', '/a'] },
    { json: '{"l":[{"x":1},{"x~/":1,"x~/":2}]}', code: 'DUPLICATE_MEMBER', at: ['/l/1/x~0~1'] },
    { json: '{"__proto__":1,"__proto__":2}', code: 'DUPLICATE_MEMBER', at: ['/__proto__'] },
  ];
  for (const { json, code, at } of cases) {
    it(`is refused with ${code} at ${at.join(' ')}: ${json}`, () => {
      const error = caught(() => read(json));
      assert.equal(error.code, code);
      assert.deepEqual(places(error), at);
    });
  }
});
