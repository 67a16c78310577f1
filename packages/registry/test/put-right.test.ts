import assert from 'node:assert/strict';
import { ExactNumber } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import type { CheckedFindings, Direction } from '@yiqiao/registry';
import { places, settlementRequest, wire } from './messages.ts';

const registry = createRegistry();

function check(
  body: WireObject | null,
  { transaction = '2207', direction = 'request' as Direction, profile = 'national' } = {},
): CheckedFindings {
  return registry.check(profile, { transaction, direction, mode: 'tolerant', body });
}

/** A member of a node, or of the only item of one. */
function valueAt({ body }: CheckedFindings, node: string, name: string): WireValue | undefined {
  const at = body?.[node];
  return ((Array.isArray(at) ? (at as readonly WireValue[])[0] : at) as WireObject | undefined)?.[name];
}

function textOf(value: WireValue | undefined): string {
  return value instanceof ExactNumber ? value.text : JSON.stringify(value);
}

describe('A message that is as it should be', () => {
  it('is handed on as the very same object', () => {
    const body = settlementRequest();
    assert.equal(check(body).body, body);
    const odd = settlementRequest({ medfee_sumamt: '"328.50"', exp_content: '{"a":"1"}' });
    assert.equal(check(odd).body, odd);
  });
});

describe('In tolerant mode, an amount', () => {
  const right = [
    ['3.285e+2', '328.5', 'exponent'],
    ['"3.285E2"', '"328.5"', 'exponent'],
    ['3285e-1', '328.5', 'exponent'],
    ['0E-8', '0', 'exponent'],
    ['-4.52e+0', '-4.52', 'exponent'],
    ['328.50000000000006', '328.5', 'float-noise'],
    ['"328.49999999999994"', '"328.5"', 'float-noise'],
    ['-3379.2599999999993', '-3379.26', 'float-noise'],
    ['-0.0000000000001', '0', 'float-noise'],
    ['99.9999999999', '100', 'float-noise'],
    ['3.2849999999999997e2', '328.5', 'float-noise'],
    ['" 4.52 "', '"4.52"', 'number-spelling'],
    ['"\\t4.52\\r\\n"', '"4.52"', 'number-spelling'],
    ['"\u30004.52"', '"4.52"', 'number-spelling'],
    ['"+5"', '"5"', 'number-spelling'],
    ['".5"', '"0.5"', 'number-spelling'],
    ['"-.5"', '"-0.5"', 'number-spelling'],
    ['"5."', '"5"', 'number-spelling'],
    ['" +.5 "', '"0.5"', 'number-spelling'],
    ['-0', '0', 'number-spelling'],
    ['"-0.00"', '"0"', 'number-spelling'],
    ['-0e0', '0', 'exponent'],
  ] as const;
  for (const [came, read, rule] of right) {
    it(`${came} is read as exactly ${read}, and that is said`, () => {
      const found = check(settlementRequest({ overlmt_selfpay: came }));
      assert.equal(textOf(valueAt(found, 'data', 'overlmt_selfpay')), read);
      assert.equal(
        places(found.faults).some((place) => place.endsWith('overlmt_selfpay')),
        false,
      );
      const [told] = found.deviations.filter((one) => one.rule === rule);
      assert.equal(told?.at, '/input/data/overlmt_selfpay');
      assert.equal(told.found, came.startsWith('"') ? (JSON.parse(came) as string) : came);
      assert.ok(told.message.zh.includes(read.replaceAll('"', '')), told.message.zh);
    });
  }

  const refused = [
    '9.995',
    '0.001',
    '328.505',
    '328.500002',
    '4.525e+0',
    '1e400',
    '1e14',
    '"+5.001"',
    '"."',
    '"+"',
    '"+-5"',
    '"- 5"',
    '"5 .2"',
    '"1,000.00"',
    '"1,5"',
    '"12 元"',
    '"＋５"',
    '"５"',
    '" "',
    '"null"',
    '"-"',
  ];
  for (const came of refused) {
    it(`${came} of a request is not guessed at`, () => {
      const found = check(settlementRequest({ overlmt_selfpay: came }));
      assert.ok(
        places(found.faults).includes('amount /input/data/overlmt_selfpay'),
        places(found.faults).join(),
      );
      assert.equal(textOf(valueAt(found, 'data', 'overlmt_selfpay')), came);
    });
  }

  it('is left as it came in strict mode', () => {
    const body = settlementRequest({ overlmt_selfpay: '4.52e+0' });
    const found = registry.check('national', {
      transaction: '2207',
      direction: 'request',
      mode: 'strict',
      body,
    });
    assert.equal(found.body, body);
    assert.ok(places(found.faults).includes('amount /input/data/overlmt_selfpay'));
  });

  it('put right is what the sums between amounts are checked with', () => {
    const good = settlementRequest({ medfee_sumamt: '3.285e2' });
    assert.deepEqual(check(good).faults, []);
    const told = ({ faults, deviations }: CheckedFindings): string[] =>
      places([...faults, ...deviations]).filter((place) => place.startsWith('identity'));
    assert.deepEqual(told(check(good)), []);
    const bad = settlementRequest({ medfee_sumamt: '3.295e2' });
    assert.deepEqual(told(check(bad)), ['identity /input/data/medfee_sumamt']);
  });

  it('is put right in texts of a form that has no numbers', () => {
    const body = wire('{"aaz217":"J0001","akc264":"3.2850000000000001e2"}');
    const found = check(body, { profile: 'predecessor-xml', transaction: '0304' });
    const amounts = places(found.deviations).filter((place) => place.startsWith('float-noise'));
    assert.deepEqual([amounts.length, found.body?.['akc264']], [1, '328.5']);
  });
});

describe('In tolerant mode, another number', () => {
  const numbers = [
    ['pric', '1.25e1', '12.5'],
    ['pric', '12.345678000000001', '12.345678'],
    ['cnt', '2.00000000000001', '2'],
    ['cnt', '1.9999999999', '2'],
    // A seventh decimal of a price is no noise: a float is far nearer.
    ['pric', '1.1234567', '1.1234567'],
    ['cnt', '1.2345006', '1.2345006'],
  ] as const;
  for (const [name, came, read] of numbers) {
    it(`${name} ${came} is read as ${read}`, () => {
      const found = check(wire(`{"feedetail":[{"${name}":${came}}]}`), { transaction: '2204' });
      assert.equal(textOf(valueAt(found, 'feedetail', name)), read);
    });
  }

  for (const came of ['" 007"', '"+7"', '7e0']) {
    it(`that is a serial, ${came}, stays what it is: its zeros and signs may count`, () => {
      const found = check(wire(`{"coursrinfo":{"codse_rcd_id":${came}}}`), { transaction: '4701' });
      assert.equal(textOf(valueAt(found, 'coursrinfo', 'codse_rcd_id')), came);
    });
  }
});

describe('In an answer', () => {
  for (const came of ['"null"', '"NULL"', '" "', '"-"', '"   "']) {
    it(`an amount of ${came} is none`, () => {
      const found = check(wire(`{"setlinfo":{"setl_id":"1","act_pay_dedc":${came}}}`), {
        direction: 'response',
      });
      assert.equal(valueAt(found, 'setlinfo', 'act_pay_dedc'), null);
      const told = places(found.deviations).filter((place) => place.endsWith('act_pay_dedc'));
      assert.deepEqual(told, ['no-value /output/setlinfo/act_pay_dedc']);
    });
  }

  it('a required amount that is none is missing, and told as that', () => {
    const found = check(wire('{"setlinfo":{"medfee_sumamt":"null"}}'), { direction: 'response' });
    assert.equal(valueAt(found, 'setlinfo', 'medfee_sumamt'), null);
    assert.deepEqual(found.faults, []);
    const told = places(found.deviations).filter((place) => place.endsWith('medfee_sumamt'));
    assert.deepEqual(told, [
      'no-value /output/setlinfo/medfee_sumamt',
      'required /output/setlinfo/medfee_sumamt',
    ]);
  });

  for (const came of ['"null"', '"NULL"', '" "']) {
    it(`a required id of ${came} is none, so that nobody goes by it`, () => {
      const body = wire(`{"setlinfo":{"setl_id":${came},"psn_name":"测试甲"}}`);
      const found = check(body, { direction: 'response' });
      assert.equal(valueAt(found, 'setlinfo', 'setl_id'), null);
      const told = places(found.deviations).filter((place) => place.endsWith('/setl_id'));
      assert.deepEqual(told, ['no-value /output/setlinfo/setl_id', 'required /output/setlinfo/setl_id']);
    });
  }

  it('a text stays what it is', () => {
    const found = check(wire('{"setlinfo":{"clr_optins":"-","act_pay_dedc":"-"}}'), {
      direction: 'response',
    });
    assert.equal(valueAt(found, 'setlinfo', 'clr_optins'), '-');
  });
});

describe('In a tolerant request, a flag', () => {
  for (const [came, read] of [
    ['true', '"1"'],
    ['false', '"0"'],
  ] as const) {
    it(`of 0 and 1 that is ${came} is read as ${read}`, () => {
      const found = check(wire(`{"mdtrtinfo":{},"diseinfo":[{"vali_flag":${came}}]}`), {
        transaction: '2203',
      });
      assert.equal(textOf(valueAt(found, 'diseinfo', 'vali_flag')), read);
      assert.ok(places(found.deviations).includes('flag-form /input/diseinfo/0/vali_flag'));
    });
  }

  it('with more codes than two is refused: which one is meant cannot be told', () => {
    const found = check(settlementRequest({ acct_used_flag: 'true' }));
    assert.deepEqual(places(found.faults), ['type /input/data/acct_used_flag']);
  });
});

describe('In a tolerant request, a node', () => {
  it('that is a list of exactly one object is that object', () => {
    const { data } = settlementRequest();
    const found = check({ data: [data as WireObject] });
    assert.deepEqual(found.faults, []);
    assert.deepEqual(places(found.deviations), ['list-of-one /input/data']);
    assert.deepEqual(found.body, { data });
  });

  it('is checked in the list as elsewhere', () => {
    const { data } = settlementRequest({ psn_no: undefined, medfee_sumamt: '999.00' });
    const { faults, deviations } = check({ data: [data as WireObject] });
    assert.deepEqual(places(faults), ['required /input/data/psn_no']);
    assert.ok(places(deviations).includes('identity /input/data/medfee_sumamt'));
  });

  it('that is a list of several, or of something else, is refused with its place', () => {
    const { data } = settlementRequest();
    for (const list of [[data, data], [[data]], ['text'], []]) {
      const found = check({ data: list as WireValue });
      assert.deepEqual(places(found.faults), ['structure /input/data'], JSON.stringify(list));
    }
  });

  it('that may be left out is absent when it is an empty list', () => {
    const found = check(wire('{"mdtrtinfo":{"mdtrt_id":"1"},"agnterinfo":[]}'), { transaction: '2505' });
    assert.equal(
      found.faults.some(({ at }) => at.startsWith('/input/agnterinfo')),
      false,
    );
  });

  it('whose name was left out, its members standing directly under input, gets its name', () => {
    const { data } = settlementRequest();
    const found = check(data as WireObject);
    assert.deepEqual(found.faults, []);
    assert.deepEqual(places(found.deviations), ['node-name /input']);
    assert.deepEqual(found.body, { data });
  });

  it('that stands alone under another name gets its own, by its members', () => {
    const sent = { fixmedins_code: 'H00000000001', fixmedins_name: '示例医院' };
    const found = check({ data: sent }, { transaction: '1201' });
    assert.ok(places(found.deviations).includes('other-name /input/data'));
    assert.deepEqual(found.body, { medinsinfo: sent });
    for (const body of [{ data: { other: '1' } }, { data: sent, more: sent }, { data: [] }] as const)
      assert.deepEqual(check(body as unknown as WireObject, { transaction: '1201' }).body, body);
  });

  it('whose name was left out may have its members in camel case', () => {
    const found = check(wire('{"psnNo":"1","mdtrtId":"2","setlId":"3"}'), { transaction: '2208' });
    assert.deepEqual(found.faults, []);
    assert.deepEqual(Object.keys(found.body?.['data'] ?? {}), ['psn_no', 'mdtrt_id', 'setl_id']);
  });

  it('is not put into itself where only its spelling is odd', () => {
    const { data } = settlementRequest();
    const found = check({ Data: data as WireObject, psn_no: '2' });
    assert.deepEqual(found.body, { data, psn_no: '2' });
  });

  it('is not made of members that nobody knows, nor where there are several nodes', () => {
    assert.ok(places(check(wire('{"a":"1"}')).faults).includes('required /input/data'));
    const visit = check(wire('{"mdtrt_id":"1","psn_no":"2"}'), { transaction: '2203' });
    assert.ok(places(visit.faults).includes('required /input/mdtrtinfo'));
  });
});

describe('In a tolerant request, a name', () => {
  it('in camel case is read as the name of the definition, in nodes and beside other names', () => {
    const { psn_no: person, mdtrt_id: visit, ...rest } = settlementRequest()['data'] as WireObject;
    const found = check({ data: { ...rest, psnNo: person as WireValue, mdtrtId: visit as WireValue } });
    assert.deepEqual(found.faults, []);
    assert.deepEqual(places(found.deviations), [
      'name-form /input/data/psnNo',
      'name-form /input/data/mdtrtId',
    ]);
    assert.equal(valueAt(found, 'data', 'psn_no'), person);
  });

  it('in capitals, or in lower case for one that has capitals, is read so as well', () => {
    const { psn_no: person, ...rest } = settlementRequest()['data'] as WireObject;
    const found = check({ DATA: { ...rest, PSN_NO: person as WireValue } });
    assert.deepEqual(found.faults, []);
    assert.deepEqual(places(found.deviations), ['name-form /input/DATA', 'name-form /input/DATA/PSN_NO']);
    const signIn = check(wire('{"signin":{"opter_no":"1","mac":"1","ip":"1"}}'), { transaction: '9001' });
    assert.deepEqual([signIn.faults, Object.keys(signIn.body ?? {})], [[], ['signIn']]);
  });

  it('in two spellings is left alone, and nothing of it is lost', () => {
    const found = check(settlementRequest({ psn_no: undefined, psnNo: '"1"', PSN_NO: '"2"' }));
    assert.deepEqual(places(found.faults), ['required /input/data/psn_no']);
    assert.deepEqual([valueAt(found, 'data', 'psnNo'), valueAt(found, 'data', 'PSN_NO')], ['1', '2']);
  });

  it('in lower case throughout may be another: it is left alone', () => {
    const found = check(settlementRequest({ psn_no: undefined, psnno: '"2"' }));
    assert.deepEqual(places(found.faults), ['required /input/data/psn_no']);
  });

  it('is left alone where the defined name is there too, and where nobody knows it', () => {
    const found = check(settlementRequest({ psnNo: '"2"', servCode: '"x"' }));
    assert.deepEqual(found.faults, []);
    assert.deepEqual(places(found.deviations), [
      'unknown-member /input/data/psnNo',
      'unknown-member /input/data/servCode',
    ]);
  });

  it('and a list of one and an exponent are put right together', () => {
    const found = check(wire('{"feedetail":[{"detItemFeeSumamt":1.25e1,"feedetlSn":"1"}]}'), {
      transaction: '2204',
    });
    assert.equal(textOf(valueAt(found, 'feedetail', 'det_item_fee_sumamt')), '12.5');
    assert.equal(valueAt(found, 'feedetail', 'feedetl_sn'), '1');
  });
});
