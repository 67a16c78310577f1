import assert from 'node:assert/strict';
import { ExactNumber, GatewayError } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import { places, settlementRequest, wire } from './messages.ts';

const registry = createRegistry();
const strict = registry.validator('national', '2207', 'request', 'strict');
const tolerant = registry.validator('national', '2207', 'request', 'tolerant');
const answer = registry.validator('national', '2207', 'response', 'tolerant');

/** 2204 calls this identifier of 30 digits a number. Real systems send it in either form. */
describe('A "number" that is too long to be one', () => {
  const validate = createRegistry().validator('national', '2204', 'request', 'strict');
  const lines = (value: WireValue): WireObject => ({ feedetail: [{ feedetl_sn: value }] });
  for (const value of ['202406030001', new ExactNumber('202406030001')]) {
    it(`may come as ${typeof value === 'string' ? 'text' : 'number'}, also in strict mode`, () => {
      const { faults, deviations } = validate(lines(value), '/input');
      assert.deepEqual(
        [...faults, ...deviations].filter(({ at }) => at === '/input/feedetail/0/feedetl_sn'),
        [],
      );
    });
  }
});

describe('A body validator', () => {
  it('finds nothing in a message that follows the specification', () => {
    assert.deepEqual(strict(settlementRequest(), '/input'), { faults: [], deviations: [] });
  });

  it('reports all faults at once, in Chinese and English, with place, field and what was found', () => {
    const body = settlementRequest({
      psn_no: undefined,
      certno: '""',
      medfee_sumamt: '"9.995"',
      insutype: '31',
    });
    const { faults } = strict(body, '/input');
    assert.deepEqual(places(faults).toSorted(), [
      'amount /input/data/medfee_sumamt',
      'number-form /input/data/insutype',
      'number-form /input/data/medfee_sumamt',
      'required /input/data/certno',
      'required /input/data/psn_no',
    ]);
    const amount = faults.find(({ rule }) => rule === 'amount');
    assert.deepEqual(amount?.label, { zh: '医疗费总额', en: registry.findName('medfee_sumamt')?.label.en });
    assert.equal(amount.found, '9.995');
    for (const { message } of faults) assert.match(message.zh, /[一-鿿]/);
    for (const { message } of faults) assert.match(message.en, /^[\x20-\x7E]+$/);
  });

  it('shows of a personal value only its first and last character', () => {
    const { faults } = strict(settlementRequest({ certno: `"${'0'.repeat(20)}X"` }), '/input');
    assert.equal(faults[0]?.found, `0${'*'.repeat(19)}X`);
  });

  it('masks the number of a person wherever it stands, in the place of a fault too', () => {
    const number = '000000199001010018';
    const { faults, deviations } = tolerant(
      settlementRequest({ insutype: `"${number}"`, [number]: '"x"' }),
      '/input',
    );
    const found = [...faults, ...deviations].map((one) => `${one.at} ${one.found ?? ''}`);
    const masked = `0${'*'.repeat(16)}8`;
    assert(found.includes(`/input/data/insutype ${masked}`), found.join());
    assert(found.includes(`/input/data/${masked} *`), found.join());
    assert.doesNotMatch(JSON.stringify([faults, deviations]), new RegExp(number));
  });

  it('takes null for a missing body', () => {
    assert.deepEqual(places(tolerant(null, '/input').faults), ['required /input/data']);
  });

  it('knows no transaction outside the interface', () => {
    const ask = (): unknown => registry.validator('national', '../profile', 'request', 'strict');
    assert.throws(ask, (error) => error instanceof GatewayError && error.code === 'TRANSACTION_UNKNOWN');
  });
});

describe('Amounts', () => {
  for (const text of [
    '1e400',
    '9.995',
    '-0',
    '-0.00',
    '１２.５０',
    '1 000',
    '+5',
    '.5',
    '5.',
    'abc',
    '1'.repeat(15),
  ]) {
    it(`are refused in both modes when written as ${text}`, () => {
      for (const validate of [strict, tolerant]) {
        const { faults } = validate(settlementRequest({ medfee_sumamt: JSON.stringify(text) }), '/input');
        assert.equal(places(faults).includes('amount /input/data/medfee_sumamt'), true);
      }
    });
  }

  for (const text of ['0', '12.5', '12.50', '-12.50', '12.5000', '007', '99999999999999.99']) {
    it(`are taken when written as ${text}`, () => {
      assert.deepEqual(
        strict(settlementRequest({ medfee_sumamt: `"${text}"` }), '/input').faults.map(({ rule }) => rule),
        ['number-form'],
      );
    });
  }
});

describe('Modes', () => {
  const departures = [
    ['a quoted number', { medfee_sumamt: '"328.50"' }, 'number-form /input/data/medfee_sumamt'],
    ['a bare number where text belongs', { mdtrt_id: '300179535' }, 'number-form /input/data/mdtrt_id'],
    ['a text that is too long', { invono: `"${'1'.repeat(21)}"` }, 'length /input/data/invono'],
    ['an object where text belongs', { exp_content: '{"deve_flag":""}' }, 'type /input/data/exp_content'],
  ] as const;
  for (const [what, change, place] of departures) {
    it(`refuse ${what} when strict and report it when tolerant`, () => {
      assert.deepEqual(places(strict(settlementRequest(change), '/input').faults), [place]);
      const found = tolerant(settlementRequest(change), '/input');
      assert.deepEqual([found.faults, places(found.deviations)], [[], [place]]);
    });
  }

  it('refuse a missing required field of a request in both', () => {
    for (const validate of [strict, tolerant]) {
      for (const value of [undefined, 'null', '""']) {
        const { faults } = validate(settlementRequest({ med_type: value }), '/input');
        assert.deepEqual(places(faults), ['required /input/data/med_type']);
      }
    }
  });

  it('report a blank required field of an answer when tolerant', () => {
    const { faults, deviations } = answer(wire('{"setlinfo":{"setl_id":""}}'), '/output');
    assert.deepEqual(faults, []);
    assert.equal(places(deviations).includes('required /output/setlinfo/setl_id'), true);
  });

  it('report unknown members and never refuse them, whatever they are called', () => {
    const body = wire('{"data":{"__proto__":"1","constructor":"2"},"other":[]}');
    const { deviations } = strict({ ...settlementRequest(), ...body }, '/input');
    const unknown = places(deviations).filter((place) => place.startsWith('unknown-member'));
    assert.deepEqual(unknown, [
      'unknown-member /input/other',
      'unknown-member /input/data/__proto__',
      'unknown-member /input/data/constructor',
    ]);
  });

  it('refuse a code of a closed list when strict, and never one of an open list', () => {
    const person = registry.validator('national', '1101', 'response', 'strict');
    const { faults, deviations } = person(wire('{"baseinfo":{"gend":"7","naty":"999"}}'), '/output');
    assert.equal(places(faults).includes('value-set /output/baseinfo/gend'), true);
    assert.equal(places(deviations).includes('value-set /output/baseinfo/naty'), true);
  });

  it('know region codes by their pooling area', () => {
    const person = registry.validator('national', '1101', 'response', 'strict');
    const regions = wire('{"insuinfo":[{"insuplc_admdvs":"430299"},{"insuplc_admdvs":"990000"}]}');
    const { deviations } = person(regions, '/output');
    const found = places(deviations).filter((place) => place.endsWith('insuplc_admdvs'));
    assert.deepEqual(found, ['value-set /output/insuinfo/1/insuplc_admdvs']);
  });
});

describe('Lengths', () => {
  it('count characters, not UTF-16 units', () => {
    const name = registry.validator('national', '1101', 'request', 'strict');
    const rare = wire(`{"data":{"psn_name":"${'𠮷'.repeat(50)}"}}`);
    assert.equal(places(name(rare, '').faults).includes('length /data/psn_name'), false);
    const longer = wire(`{"data":{"psn_name":"${'𠮷'.repeat(51)}"}}`);
    assert.equal(places(name(longer, '').faults).includes('length /data/psn_name'), true);
  });

  it('of decimals are digits and decimals', () => {
    const fees = registry.validator('national', '2204', 'request', 'tolerant');
    const lines = wire('{"feedetail":[{"pric":1.1234567,"cnt":1.5},{"pric":12345678901,"cnt":1.00000}]}');
    const found = places(fees(lines, '/input').deviations).filter((place) => place.startsWith('precision'));
    assert.deepEqual(found, ['precision /input/feedetail/0/pric', 'precision /input/feedetail/1/pric']);
  });
});

describe('Dates', () => {
  const dates = [
    ['2024-02-29 00:00:00', true],
    ['2023-02-29 00:00:00', false],
    ['2024-13-01 00:00:00', false],
    ['2024-01-01 24:00:00', false],
    ['2024-01-01', false],
    ['20240101', false],
  ] as const;
  const register = registry.validator('national', '2201', 'request', 'strict');
  for (const [text, good] of dates) {
    it(`${good ? 'accept' : 'refuse'} ${text} for a date with time`, () => {
      const { faults } = register(wire(`{"data":{"begntime":"${text}"}}`), '');
      assert.equal(places(faults).includes('format /data/begntime'), !good);
    });
  }
});

describe('Conditions', () => {
  it('require card_sn with a social-security card', () => {
    const card = { mdtrt_cert_type: '"03"' };
    assert.deepEqual(places(tolerant(settlementRequest(card), '/input').faults), [
      'required /input/data/card_sn',
    ]);
    assert.deepEqual(tolerant(settlementRequest({ ...card, card_sn: '"A1"' }), '/input').faults, []);
  });

  it('require a field when another is filled', () => {
    const list = registry.validator('national', '4101', 'request', 'tolerant');
    const contact = (name: string): string[] =>
      places(list(wire(`{"setlinfo":{"coner_name":"${name}"}}`), '').faults);
    assert.equal(contact('测试甲').includes('required /setlinfo/coner_tel'), true);
    assert.equal(contact('').includes('required /setlinfo/coner_tel'), false);
  });
});

describe('Nodes', () => {
  const fees = registry.validator('national', '2204', 'request', 'tolerant');

  it('take one object for a list, and say so', () => {
    const { deviations } = fees(wire('{"feedetail":{"feedetl_sn":"1"}}'), '/input');
    assert.deepEqual(places(deviations.filter(({ rule }) => rule === 'node-shape')), [
      'node-shape /input/feedetail',
    ]);
  });

  it('of which only inference says that they are lists may be one object', () => {
    const check = registry.validator('national', '7101', 'request', 'strict');
    for (const drugs of ['{}', '[{}]', '[{},{}]']) {
      const { faults, deviations } = check(wire(`{"rxdrugdetail":${drugs}}`), '');
      const shapes = places([...faults, ...deviations]).filter((place) => place.endsWith('/rxdrugdetail'));
      assert.deepEqual(shapes, [], drugs);
    }
  });

  it('refuse what cannot be read without loss', () => {
    const bodies = [
      ['{"feedetail":"text"}', 'structure /input/feedetail'],
      ['{"feedetail":5}', 'structure /input/feedetail'],
      ['{"feedetail":[[]]}', 'structure /input/feedetail/0'],
      ['{"feedetail":[null]}', 'required /input/feedetail/0'],
      ['{"feedetail":[]}', 'required /input/feedetail'],
      ['{"feedetail":null}', 'required /input/feedetail'],
    ] as const;
    for (const [body, place] of bodies)
      assert.deepEqual(places(fees(wire(body), '/input').faults), [place], body);
    assert.deepEqual(places(tolerant(wire('{"data":[{}]}'), '/input').faults), ['structure /input/data']);
  });

  it('of an answer may be lists where one object is defined', () => {
    const institutions = registry.validator('national', '1201', 'response', 'tolerant');
    assert.deepEqual(
      places(institutions(wire('{"medinsinfo":[{"fixmedins_code":"H00000000001"}]}'), '').deviations),
      ['node-shape /medinsinfo'],
    );
  });

  it('that are absent without being the first are remarked on', () => {
    const visit = registry.validator('national', '2203', 'request', 'strict');
    assert.equal(
      places(visit(wire('{"mdtrtinfo":{}}'), '').deviations).includes('node-absent /diseinfo'),
      true,
    );
  });

  for (const answer of [
    '{"setlinfo":{}}',
    '{"setlinfo":{},"setldetail":null}',
    '{"setlinfo":{},"setldetail":""}',
  ]) {
    it(`that are absent or hold nothing are remarked on alike: ${answer}`, () => {
      const settlement = registry.validator('national', '2207', 'response', 'tolerant');
      const told = places(settlement(wire(answer), '').deviations);
      assert.deepEqual(
        told.filter((place) => place.endsWith('setldetail')),
        ['node-absent /setldetail'],
      );
    });
  }

  it('that are an empty list say in an answer that there is none', () => {
    const settlement = registry.validator('national', '2207', 'response', 'tolerant');
    const told = places(settlement(wire('{"setlinfo":{},"setldetail":[]}'), '').deviations);
    assert.ok(!told.some((place) => place.endsWith('setldetail')));
  });

  const rows = [
    ['2101', 'druginfo', 'drugdetail'],
    ['2102', 'druginfo', 'drugdetail'],
    ['2401', 'mdtrtinfo', 'diseinfo'],
    ['2402', 'dscginfo', 'diseinfo'],
    ['3261', 'data', 'detail'],
  ] as const;
  for (const [transaction, head, node] of rows) {
    for (const held of ['absent', 'null', '[]']) {
      it(`that a request makes no sense without are required of a strict one: ${node} of ${transaction}, ${held}`, () => {
        const body = wire(`{"${head}":{}${held === 'absent' ? '' : `,"${node}":${held}`}}`);
        const found = (mode: 'strict' | 'tolerant') =>
          registry.validator('national', transaction, 'request', mode)(body, '');
        const strict = places(found('strict').faults);
        assert.deepEqual(
          strict.filter((place) => place.endsWith(node)),
          [`required /${node}`],
        );
        assert.ok(places(found('tolerant').deviations).includes(`node-absent /${node}`));
      });
    }
  }

  it('that are required of a request have a source for it', () => {
    for (const number of registry.transactions()) {
      for (const node of registry.definition('national', number)?.request ?? []) {
        const { required, requiredBy } = node as typeof node & { requiredBy?: { source?: string } };
        assert.equal(required === true, (requiredBy?.source ?? '') !== '', `${number} ${node.node}`);
      }
    }
  });

  it('bound what is told of a message with endless faults', () => {
    const lines = Array.from({ length: 3000 }, () => ({}));
    const { faults } = fees({ feedetail: lines }, '/input');
    assert.equal(faults.length, 1000);
  });
});

describe('An envelope validator', () => {
  const message = wire('{"infno":"2207","msgid":"1234567890123456789012345678901","opter":"","x":1}');
  /** Without these nobody knows who asks, for whom, or when. */
  const needed = ['required /fixmedins_code', 'required /inf_time', 'required /mdtrtarea_admvs'];
  const others = ['fixmedins_name', 'infver', 'opter', 'opter_name', 'opter_type', 'recer_sys_code'];

  it('finds what is missing and what is too long, and reports unknown members', () => {
    const { faults, deviations } = registry.envelopeValidator('national', 'request', 'strict')(message, '');
    const missing = [...needed, ...others.map((name) => `required /${name}`)];
    assert.deepEqual(places(faults).toSorted(), [...missing, 'length /msgid'].toSorted());
    assert.deepEqual(places(deviations), ['unknown-member /x']);
  });

  it('refuses in tolerant mode what a request cannot be done without, and reports what else is missing', () => {
    const { faults, deviations } = registry.envelopeValidator('national', 'request', 'tolerant')(message, '');
    assert.deepEqual(places(faults).toSorted(), needed);
    assert.deepEqual(
      places(deviations).toSorted(),
      [...others.map((name) => `required /${name}`), 'length /msgid', 'unknown-member /x'].toSorted(),
    );
  });

  it('misses no recer_sys_code where a region may send recer_admdvs in its place', () => {
    for (const region of ['guangdong-guangzhou', 'guangdong-foshan']) {
      const validate = registry.envelopeValidator(region, 'request', 'tolerant');
      const found = validate({ ...message, recer_admdvs: '440100' }, '');
      assert.deepEqual(
        places([...found.faults, ...found.deviations]).filter((place) => place.includes('recer_')),
        [],
      );
    }
  });
});
