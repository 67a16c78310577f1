/** What real senders do wrong without leaving a doubt of what is meant: it is read, told, and never half read. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ExactNumber } from '@yiqiao/model';
import type { Deviation } from '@yiqiao/model';
import {
  createJsonForm,
  createNationalJson,
  createPredecessorXml,
  createWireCodec,
  createXmlForm,
} from '@yiqiao/wire';
import { caught, places, text, utf8 } from './caught.ts';

const national = createNationalJson();
const predecessor = createPredecessorXml();
const HEAD = '"infno":"2207","msgid":"H00000000001202401010000000001"';

function told({ deviations }: { readonly deviations: readonly Deviation[] }): string[] {
  return deviations.map(({ rule, at }) => `${rule} ${at}`);
}

const request = (json: string): ReturnType<typeof national.readRequest> => national.readRequest(utf8(json));
const answer = (json: string): ReturnType<typeof national.readResponse> => national.readResponse(utf8(json));

describe('NULs behind a message, as callers of libraries send them', () => {
  const PADDINGS = ['\0', '\0\0\0', ' \0\r\n\0 ', '\n\0'];
  const framed = createWireCodec({
    id: 'trial',
    codec: 'framed-json',
    envelope: {
      charset: 'GBK',
      request: { transaction: 'type', body: 'data' },
      response: { body: 'data' },
      answer: { code: 'code', text: 'msg', success: { equals: '1' } },
    },
  });
  const plain = createWireCodec({
    id: 'trial',
    codec: 'plain-xml',
    envelope: { charset: 'GBK', request: { root: 'a' }, response: { root: 'a' } },
  });
  const READERS: readonly (readonly [
    string,
    string,
    (bytes: Uint8Array) => { deviations: readonly Deviation[] },
  ])[] = [
    ['a national request', `{${HEAD},"input":{"a":"测"}}`, (bytes) => national.readRequest(bytes)],
    ['a national answer', '{"infcode":0,"output":{"a":"1"}}', (bytes) => national.readResponse(bytes)],
    ['a JSON form', '{"a":"测"}', (bytes) => createJsonForm().parse(bytes)],
    ['a JSON form in GBK', '{"a":"1"}', (bytes) => createJsonForm({ charset: 'GBK' }).parse(bytes)],
    ['an XML form', '<in><a>测</a></in>', (bytes) => createXmlForm({ root: 'in' }).parse(bytes)],
    ['a framed request', '{"type":"T","data":{"a":"1"}}', (bytes) => framed.readRequest(bytes)],
    ['a framed answer', '{"code":"1","data":{"a":"1"}}', (bytes) => framed.readResponse(bytes)],
    ['plain XML', '<a><b>1</b></a>', (bytes) => plain.readRequest(bytes, { transaction: 'T' })],
    [
      'a predecessor request',
      '<?xml version="1.0" encoding="UTF-8"?><input><a>测</a></input>',
      (bytes) => predecessor.readRequest(bytes, { transaction: '0301' }),
    ],
    [
      'a predecessor answer',
      '<?xml version="1.0" encoding="UTF-8"?><result><errorcode>0</errorcode></result>',
      (bytes) => predecessor.readResponse(bytes),
    ],
  ];
  for (const [title, message, read] of READERS) {
    it(`are passed over and told: ${title}`, () => {
      const { deviations, ...clean } = read(utf8(message));
      for (const padding of PADDINGS) {
        const { deviations: more, ...found } = read(utf8(message + padding));
        assert.deepEqual(
          more.map(({ rule, found: count }) => [rule, count]).filter(([rule]) => rule === 'padding'),
          [['padding', String(padding.length)]],
        );
        assert.equal(more.length, deviations.length + 1);
        assert.equal(JSON.stringify(found), JSON.stringify(clean));
      }
    });

    it(`never make a whole of a part: ${title}`, () => {
      for (let end = 0; end < message.length; end += 1) {
        const cut = utf8(`${message.slice(0, end)}\0\0`);
        assert.throws(() => read(cut), { name: 'GatewayError' });
      }
    });

    it(`are no end of a message that goes on: ${title}`, () => {
      assert.equal(caught(() => read(utf8(`${message}\0${message}`))).code, 'MESSAGE_NOT_READABLE');
    });
  }

  it('cost no square of their number', () => {
    const started = process.cpuUsage().user;
    request(`{${HEAD},"input":{}}${'\0'.repeat(1_000_000)}`);
    assert(process.cpuUsage().user - started < 2_000_000);
  });
});

describe('line ends and tabs that stand in a string as they are', () => {
  const trace = 'java.lang.Error: 余额不足\r\n\tat a.B.c(B.java:1)\n';

  it('are read as they stand: a stack trace in an answer', () => {
    const found = answer(`{"infcode":-1,"err_msg":"${trace}","output":null}`);
    assert.deepEqual([found.success, found.code, found.text], [false, '-1', trace]);
    assert.deepEqual(told(found), ['control-character /err_msg']);
    assert.equal(found.deviations[0]?.found, 'U+000D');
    assert.match(found.deviations[0]?.message.en ?? '', /^Line 1, column \d+: /);
  });

  it('do not take a done settlement away', () => {
    const found = answer(`{"infcode":0,"err_msg":"","output":{"setlinfo":{"setl_id":"1","memo":"a\tb"}}}`);
    assert.equal(found.success, true);
    assert.deepEqual(found.body, { setlinfo: { setl_id: '1', memo: 'a\tb' } });
    assert.deepEqual(told(found), ['control-character /output/setlinfo/memo']);
  });

  it('leave the bytes a signature covers as they were sent', () => {
    const input = '{"data":{"a":"x\n测","b":1.0},\n"l":["\t","",{"c":"\r"}]}';
    const found = request(`{${HEAD},"input": ${input} }`);
    assert.equal(text(found.signedBytes), input);
    assert.deepEqual(told(found), [
      'control-character /input/data/a',
      'control-character /input/l/0',
      'control-character /input/l/2/c',
    ]);
  });

  it('are read as if they were escaped, wherever they stand in a value', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('\t', '\n', '\r', '"', '\\', 'a', '测', ' ') }),
        (value) => {
          const escaped = JSON.stringify({ infcode: 0, output: { a: value } });
          const raw = escaped.replaceAll(/\\(?:([tnr])|.)/g, (all, letter?: string) =>
            letter === undefined ? all : ({ t: '\t', n: '\n', r: '\r' }[letter] ?? all),
          );
          assert.deepEqual(answer(raw).body, answer(escaped).body);
          assert.equal(answer(raw).deviations.length, raw === escaped ? 0 : 1);
        },
      ),
    );
  });

  it('are listed fifty times and counted beyond, in a text of any length', () => {
    const started = process.cpuUsage().user;
    const list = Array.from({ length: 90_000 }, () => '"\n"').join(',');
    const found = answer(`{"infcode":0,"output":{"a":[${list}],"b":[${'[1,],'.repeat(9_000)}]}}`);
    assert.equal(found.deviations.length, 102);
    assert.deepEqual(
      found.deviations.filter(({ at }) => at === '').map(({ rule, found: count }) => [rule, count]),
      [
        ['trailing-comma', '8951'],
        ['control-character', '89950'],
      ],
    );
    assert(process.cpuUsage().user - started < 4_000_000);
  });
});

describe('blanks around the number and the code of a message', () => {
  it('are taken off a transaction number, in the envelope too', () => {
    const found = request(`{"infno":" 2207 ","msgid":"1","input":{}}`);
    assert.equal(found.transaction, '2207');
    assert.deepEqual(found.envelope, { infno: '2207', msgid: '1' });
    assert.deepEqual(told(found), ['blanks /infno']);
  });
  it('alone are no transaction number', () => {
    const error = caught(() => request('{"infno":"  ","msgid":"1","input":{}}'));
    assert.equal(error.code, 'MESSAGE_INVALID');
    assert.deepEqual(places(error), ['/infno']);
  });
  for (const [value, code, success] of [
    ['"0 "', '0', true],
    ['" 0"', '0', true],
    ['"-1\\n"', '-1', false],
  ] as const) {
    it(`are taken off the status code: ${value}`, () => {
      const found = answer(`{"infcode":${value},"output":null}`);
      assert.deepEqual([found.code, found.success], [code, success]);
      assert.deepEqual(told(found), ['blanks /infcode', 'type /infcode']);
    });
  }
  for (const value of ['" "', '"0 0"', '"- 1"', '"0 成功"']) {
    it(`do not make a status code of ${value}`, () => {
      assert.equal(caught(() => answer(`{"infcode":${value}}`)).code, 'MESSAGE_NOT_READABLE');
    });
  }
});

describe('an envelope that stands as JSON text', () => {
  const quoted = (json: string): string => JSON.stringify(json);

  it('in a wrapper is opened: a request', () => {
    const inner = `{"opter_name":"测试甲",${HEAD},"input": {"a":"测","n":1.10}}`;
    const found = request(`{"token":"x","data":${quoted(inner)}}`);
    assert.equal(found.transaction, '2207');
    assert.deepEqual(found.body, { a: '测', n: new ExactNumber('1.10') });
    assert.equal(text(found.signedBytes), '{"a":"测","n":1.10}');
    assert.deepEqual(told(found), ['wrapper /data', 'not-carried /token']);
  });

  it('in a wrapper is opened: an answer, and what is odd inside is told by its place', () => {
    const inner = '{"infcode":"0","output":{"a":"1\n",},"err_msg":"ok"}\0';
    const found = answer(`{"code":200,"data":${quoted(inner)}}`);
    assert.equal(found.success, true);
    assert.deepEqual(found.body, { a: '1\n' });
    assert.equal(text(found.signedBytes), '{"a":"1\n",}');
    assert.deepEqual(told(found), [
      'wrapper /data',
      'not-carried /code',
      'trailing-comma /data/output/a',
      'control-character /data/output/a',
      'padding /data',
      'type /data/infcode',
      'success-text /data/err_msg',
    ]);
  });

  it('is the whole message', () => {
    const found = answer(quoted('{"infcode":-1,"err_msg":"未查询到"}'));
    assert.deepEqual([found.success, found.text, told(found)], [false, '未查询到', ['wrapper ']]);
    assert.deepEqual(told(request(quoted(`{${HEAD},"input":{}}`))), ['wrapper ']);
  });

  const refused: readonly (readonly [string, string, string, readonly string[]])[] = [
    [
      'with a member twice',
      `{"data":${quoted('{"infcode":0,"infcode":-1}')}}`,
      'DUPLICATE_MEMBER',
      ['/data/infcode'],
    ],
    [
      'cut off',
      `{"data":${quoted('{"infcode":0,"output":{"a":1')}}`,
      'MESSAGE_NOT_READABLE',
      ['/data/output/a'],
    ],
    [
      'there twice',
      `{"a":${quoted('{"infcode":0}')},"b":${quoted('{"infcode":-1}')}}`,
      'MESSAGE_NOT_READABLE',
      ['/infcode'],
    ],
    [
      'two levels down',
      `{"data":${quoted(`{"data":${quoted('{"infcode":0}')}}`)}}`,
      'MESSAGE_NOT_READABLE',
      ['/infcode'],
    ],
    ['as a text that is none', quoted('infcode 0'), 'MESSAGE_NOT_READABLE', ['']],
  ];
  for (const [title, json, code, at] of refused) {
    it(`is refused ${title}`, () => {
      const error = caught(() => answer(json));
      assert.equal(error.code, code);
      assert.deepEqual(places(error), at);
    });
  }

  it('beside one that is an object is left alone', () => {
    const found = answer(`{"echo":${quoted('{"infcode":-1}')},"data":{"infcode":0,"output":null}}`);
    assert.deepEqual([found.success, told(found)], [true, ['wrapper /data', 'not-carried /echo']]);
  });
});

describe('a body that is a list of one object', () => {
  const layout = (transaction: string): { node: string; repeated: boolean; fields: [] }[] | undefined =>
    ({
      '2207': [{ node: 'setlinfo', repeated: false, fields: [] as [] }],
      '5204': [{ node: '', repeated: true, fields: [] as [] }],
    })[transaction];
  const knowing = createNationalJson({ layout });
  const list = utf8('{"infcode":0,"output": [{"setlinfo":{"setl_id":"1"}}]}');

  it('is that object: a request', () => {
    const found = request(`{${HEAD},"input":[{"a":"1"}]}`);
    assert.deepEqual([found.body, told(found)], [{ a: '1' }, ['list-of-one /input']]);
    assert.equal(text(found.signedBytes), '[{"a":"1"}]');
  });
  it('is that object: an answer whose definition has no list', () => {
    const found = knowing.readResponse(list, { transaction: '2207' });
    assert.deepEqual(found.body, { setlinfo: { setl_id: '1' } });
    assert.deepEqual(told(found), ['list-of-one /output']);
    assert.equal(text(found.signedBytes), '[{"setlinfo":{"setl_id":"1"}}]');
  });
  for (const transaction of ['5204', '9999']) {
    it(`stays a list where the definition has one or nothing is known: ${transaction}`, () => {
      const found = knowing.readResponse(list, { transaction });
      assert.deepEqual([Object.keys(found.body ?? {}), told(found)], [[''], []]);
    });
  }
  it('is that object: a framed form', () => {
    const envelope = {
      charset: 'UTF-8',
      request: { transaction: 'type', body: 'data' },
      response: { body: 'data' },
      answer: { code: 'code', text: 'msg', success: { equals: '1' } },
    };
    const framed = createWireCodec({ id: 'trial', codec: 'framed-json', envelope }, { layout });
    const found = framed.readRequest(utf8('{"type":"2207","data":[{"a":"1"}]}'));
    assert.deepEqual([found.body, told(found)], [{ a: '1' }, ['list-of-one /data']]);
    for (const [transaction, names, rules] of [
      ['2207', ['a'], ['list-of-one /data']],
      ['5204', [''], []],
      ['9999', [''], ['type /data']],
    ] as const) {
      const answered = framed.readResponse(utf8('{"code":"1","data":[{"a":"1"}]}'), { transaction });
      const all = [...told(answered), ...answered.faults.map(({ rule, at }) => `${rule} ${at}`)];
      assert.deepEqual([Object.keys(answered.body ?? {}), all], [names, rules]);
    }
    const opened = framed.readResponse(utf8('{"code":"1","data":"{\\"a\\":\\"x\\ty\\",}\\u0000"}'));
    assert.deepEqual(told(opened), [
      'body-as-text /data',
      'trailing-comma /data/a',
      'control-character /data/a',
      'padding /data',
    ]);
  });
  for (const input of ['[]', '[{},{}]', '[[{}]]', '["a"]', '[null]']) {
    it(`is nothing else: ${input}`, () => {
      assert.deepEqual(places(caught(() => request(`{${HEAD},"input":${input}}`))), ['/input']);
    });
  }
});

describe('a body that is JSON in a string', () => {
  it('is opened, and what is odd inside is told by its place', () => {
    const body = JSON.stringify('{"a":"x\ty",}\0');
    const expected = ['trailing-comma /a', 'control-character /a', 'padding '];
    const found = request(`{${HEAD},"input":${body}}`);
    assert.deepEqual(found.body, { a: 'x\ty' });
    assert.equal(text(found.signedBytes), body);
    const at = (place: string): string[] =>
      ['body-as-text ', ...expected].map((one) => one.replace(' ', ` ${place}`));
    assert.deepEqual(told(found), at('/input'));
    assert.deepEqual(told(answer(`{"infcode":0,"output":${body}}`)), at('/output'));
  });

  it('that cannot be read leaves a refusal what it is', () => {
    const found = answer('{"infcode":-1,"err_msg":"余额不足","output":"{see log}"}');
    assert.deepEqual([found.success, found.text, found.body], [false, '余额不足', { '': '{see log}' }]);
    assert.deepEqual(told(found), ['type /output']);
  });

  for (const body of ['{\\"a\\":1', '{\\"a\\":1,\\"a\\":2}']) {
    it(`that cannot be read is no success: ${body}`, () => {
      assert.throws(() => answer(`{"infcode":0,"output":"${body}"}`), { name: 'GatewayError' });
    });
  }
});
