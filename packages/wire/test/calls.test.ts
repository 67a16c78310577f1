import assert from 'node:assert/strict';
import { ExactNumber } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import { caught, utf8 } from './caught.ts';
import { regionCodec } from './region-samples.ts';

const yunnan = regionCodec('yunnan');
const shandong = regionCodec('shandong-dareway');

function refusal(act: () => unknown): string[] {
  const error = caught(act);
  return [error.code, ...(error.details.faults ?? []).map(({ rule, at }) => `${rule} ${at}`)];
}

describe('arguments by position', () => {
  it('come without the padding of their buffers, and numbers with their text', () => {
    const answer = yunnan.readResponse(utf8('{"out":["A1   \\u0000",2.50,3],"error_code":"0000"}'), {
      transaction: 'int_feedetailtrans',
    });
    assert.deepEqual(answer.body, {
      自付比例: 'A1',
      自付金额: new ExactNumber('2.50'),
      允许报销金额: new ExactNumber('3'),
    });
  });

  it('that are missing refuse a request, each named, and are faults of an answer', () => {
    const call = '{"call":"int_recedefeedetail","in":["1","2",3]}';
    assert.deepEqual(
      refusal(() => yunnan.readRequest(utf8(call))),
      ['MESSAGE_INVALID', 'fields /input/新的价格', 'fields /input/事务控制号'],
    );
    const { body, faults } = yunnan.readResponse(utf8('{"out":[0.1],"error_code":"0000"}'), {
      transaction: 'int_feedetailtrans',
    });
    assert.deepEqual(Object.keys(body ?? {}), ['自付比例']);
    assert.deepEqual(
      faults.map(({ rule, at }) => `${rule} ${at}`),
      ['fields /output/自付金额', 'fields /output/允许报销金额'],
    );
  });

  it('that are all missing are faults of a success, and none of a refusal', () => {
    const faultsOf = (answer: string): number =>
      yunnan.readResponse(utf8(answer), { transaction: 'int_feedetailtrans' }).faults.length;
    const answers = ['{"out":[],"error_code":"0000"}', '{"error_code":"0000"}', '{"error_code":"1001"}'];
    assert.deepEqual(answers.map(faultsOf), [3, 3, 0]);
  });

  it('beyond the definition keep their position and are written back', () => {
    const call = '{"call":"int_recedeadmit","in":["S1","x","y"]}';
    const request = yunnan.readRequest(utf8(call));
    assert.deepEqual(request.body, { 顺序号: 'S1', '(2)': 'x', '(3)': 'y' });
    assert.equal(Buffer.from(yunnan.writeRequest(request)).toString(), call);
  });

  it('are refused when a hundred more come than the definition has', () => {
    const call = (count: number): Uint8Array =>
      utf8(`{"call":"int_recedeadmit","in":[${Array.from({ length: count }, () => '1').join(',')}]}`);
    assert.equal(Object.keys(yunnan.readRequest(call(101)).body).length, 101);
    assert.deepEqual(
      refusal(() => yunnan.readRequest(call(102))),
      ['MESSAGE_INVALID', 'nodes /input'],
    );
  });

  it('are not written when they do not fit their buffer, are nodes, or are no arguments', () => {
    const body = { 卡介质类型: [], 医生姓名: '', 病历号: '', 姓名: '', 事务控制号: '1234567890123456789' };
    assert.deepEqual(
      refusal(() => yunnan.writeRequest({ transaction: 'int_admit', envelope: {}, body })),
      ['FORMAT_LIMIT', 'width /input/事务控制号', 'format /input/姓名', 'format /input/卡介质类型'],
    );
  });

  it('of a function that nobody knows are refused', () => {
    assert.equal(
      caught(() => yunnan.readRequest(utf8('{"call":"int_x","in":[]}'))).code,
      'TRANSACTION_UNKNOWN',
    );
  });

  const broken: readonly (readonly [string, readonly string[]])[] = [
    ['{}', ['MESSAGE_INVALID', 'required /call', 'required /in']],
    ['{"call":"init"}', ['MESSAGE_INVALID', 'required /in']],
    ['{"call":"init","in":{}}', ['MESSAGE_INVALID', 'required /in']],
    ['{"in":[]}', ['MESSAGE_INVALID', 'required /call']],
  ];
  for (const [json, expected] of broken) {
    it(`are refused as ${json}`, () =>
      assert.deepEqual(
        refusal(() => yunnan.readRequest(utf8(json))),
        expected,
      ));
  }
});

describe('a conversation', () => {
  it('is a body: calls with named arguments, items as a list, the last call as transaction', () => {
    const { transaction, body } = shandong.readRequest(
      utf8(
        '{"calls":[["init_zy","B1"],["new_zy_item"],["set_zy_item_string","yyxmbm","X"],["set_zy_item_dec","dj","1.50"],' +
          '["save_zy_item"],["new_zy_item"],["save_zy_item"],["save_zy_script","D1","2024-01-02"]]}',
      ),
    );
    assert.equal(transaction, 'save_zy_script');
    assert.deepEqual(body, {
      init_zy: { 病历号: 'B1' },
      zy_item: [{ yyxmbm: 'X', dj: '1.50' }, {}],
      save_zy_script: { 医生编码: 'D1', 日期: '2024-01-02' },
    });
  });

  it('is written in the order of the definition, each member by the setter of its type', () => {
    const body: WireObject = {
      settle_mg: { 社保机构类型: 'A' },
      mg_item: [{ dj: '1', yyxmbm: 'X' }],
      init_mg: {},
    };
    const bytes = shandong.writeRequest({ transaction: 'settle_mg', envelope: {}, body });
    const { calls } = JSON.parse(Buffer.from(bytes).toString()) as { calls: string[][] };
    assert.deepEqual(
      calls.map(([name]) => name),
      ['init_mg', 'new_mg_item', 'set_mg_item_dec', 'set_mg_item_string', 'save_mg_item', 'settle_mg'],
    );
  });

  const broken: readonly (readonly [string, string, readonly string[]])[] = [
    ['of no calls', '[]', ['MESSAGE_INVALID', 'required /calls']],
    ['of no lists', '["settle_mg"]', ['MESSAGE_INVALID', 'required /calls']],
    [
      'with a call of another transaction',
      '[["init_zy","1"],["settle_mg","A"]]',
      ['MESSAGE_INVALID', 'call /input/0'],
    ],
    [
      'with a call twice',
      '[["init_zy","1"],["init_zy","1"],["settle_zy"]]',
      ['MESSAGE_INVALID', 'call /input/1'],
    ],
    [
      'with too few arguments',
      '[["settle_mg"]]',
      ['MESSAGE_INVALID', 'fields /input/0/settle_mg/社保机构类型'],
    ],
    [
      'with a setter outside an item',
      '[["set_mg_item_dec","dj","1"],["settle_mg","A"]]',
      ['MESSAGE_INVALID', 'call /input/0'],
    ],
    [
      'with items of another kind',
      '[["new_zy_item"],["settle_mg","A"]]',
      ['MESSAGE_INVALID', 'call /input/0'],
    ],
    [
      'with an item that is not saved',
      '[["new_mg_item"],["settle_mg","A"]]',
      ['MESSAGE_INVALID', 'call /input/1', 'call /input/2'],
    ],
    [
      'with a member that has a meaning of its own in JavaScript',
      '[["new_mg_item"],["set_mg_item_dec","__proto__",{}],["save_mg_item"],["settle_mg","A"]]',
      ['MESSAGE_INVALID', 'call /input/1'],
    ],
    [
      'with items of a node that came as a call of its own',
      '[["mg_item","1","2","3","4","5","6","7","8","9","10","11"],["new_mg_item"],["save_mg_item"],["settle_mg","A"]]',
      ['MESSAGE_INVALID', 'call /input/2'],
    ],
    [
      'with a member set twice',
      '[["new_mg_item"],["set_mg_item_dec","dj","1"],["set_mg_item_dec","dj","2"],["save_mg_item"],["settle_mg","A"]]',
      ['MESSAGE_INVALID', 'call /input/2'],
    ],
  ];
  for (const [title, calls, expected] of broken) {
    it(`is refused ${title}`, () =>
      assert.deepEqual(
        refusal(() => shandong.readRequest(utf8(`{"calls":${calls}}`))),
        expected,
      ));
  }

  it('is not written with what it has no call for', () => {
    const body: WireObject = { other: {}, mg_item: ['1', { a: null }], settle_mg: '' };
    assert.deepEqual(
      refusal(() => shandong.writeRequest({ transaction: 'settle_mg', envelope: {}, body })),
      [
        'FORMAT_LIMIT',
        'format /input/other',
        'format /input/mg_item/0',
        'format /input/mg_item/1/a',
        'format /input/settle_mg',
      ],
    );
  });
});
