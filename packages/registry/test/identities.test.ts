import assert from 'node:assert/strict';
import { createRegistry } from '@yiqiao/registry';
import type { Findings } from '@yiqiao/registry';
import { observed, places, settlementRequest, wire } from './messages.ts';
import { profileFile, schemasFolder } from './schemas-folder.ts';

const registry = createRegistry();

const HOLDS = {
  medfee_sumamt: '328.50',
  fund_pay_sumamt: '149.79',
  psn_part_amt: '178.71',
  hosp_part_amt: '0',
  acct_pay: '100.00',
  psn_cash_pay: '78.71',
  acct_mulaid_pay: '0',
  hifp_pay: '149.79',
  cvlserv_pay: '0',
  hifes_pay: '0',
  hifmi_pay: '0',
  hifob_pay: '0',
  hifdm_pay: '0',
  maf_pay: '0',
  oth_pay: '0',
};

function settlement(changes: Record<string, string>, rows = ''): Findings {
  const members = Object.entries({ ...HOLDS, ...changes }).map(([name, value]) => `"${name}":${value}`);
  const body = wire(`{"setlinfo":{${members.join(',')}},"setldetail":[${rows}]}`);
  return registry.checkIdentities('national', '2207', 'response', body, '/output');
}

function ids(found: Findings): string[] {
  return found.deviations.map(({ message }) => /^Identity (\S+)/.exec(message.en)?.[1] ?? '');
}

describe('Identities between amounts', () => {
  it('hold for a settlement that adds up', () => {
    assert.deepEqual(settlement({}), { faults: [], deviations: [] });
  });

  const broken = [
    ['total-by-payer', { medfee_sumamt: '328.51' }],
    ['personal-split', { psn_cash_pay: '78.70' }],
    ['fund-split', { hifp_pay: '149.00' }],
    ['mutual-aid-inside-account', { acct_mulaid_pay: '100.01' }],
  ] as const;
  for (const [id, change] of broken) {
    it(`report ${id} of an answer as a deviation, never as a fault`, () => {
      const found = settlement(change);
      assert.deepEqual([found.faults, ids(found)], [[], [id]]);
    });
  }

  it('name the operands, the formula and the difference', () => {
    const [deviation] = settlement({ medfee_sumamt: '328.51' }).deviations;
    assert.equal(deviation?.at, '/output/setlinfo/medfee_sumamt');
    assert.match(
      deviation.message.en,
      /328\.51 ≠ fund_pay_sumamt 149\.79 \+ psn_part_amt 178\.71 \+ hosp_part_amt 0\.00/,
    );
    assert.match(deviation.message.zh, /差额 0\.01 元/);
  });

  it('are exact where floating point is not', () => {
    const huge = { medfee_sumamt: '99999999999999.99', psn_part_amt: '99999999999850.20' };
    assert.deepEqual(ids(settlement({ ...huge, psn_cash_pay: '99999999999750.20' })), []);
    assert.deepEqual(ids(settlement({ ...huge, psn_cash_pay: '99999999999750.21' })), ['personal-split']);
  });

  it('are not evaluated when an operand is absent or no amount', () => {
    const body = wire('{"setlinfo":{"medfee_sumamt":10,"fund_pay_sumamt":1,"psn_part_amt":"1e3"}}');
    assert.deepEqual(registry.checkIdentities('national', '2207', 'response', body, '').deviations, []);
    assert.deepEqual(registry.checkIdentities('national', '2207', 'response', null, '').deviations, []);
  });

  it('sum the fund rows without the account row and blank rows', () => {
    const row = (type: string, amount: string): string =>
      `{"fund_pay_type":"${type}","fund_payamt":${amount}}`;
    const rows = [row('310100', '149.79'), row('310200', '100.00'), row('', '""')];
    assert.deepEqual(ids(settlement({}, rows.join(','))), []);
    assert.deepEqual(ids(settlement({}, row('310100', '149.00'))), ['fund-items']);
  });

  it('check every fee line by itself', () => {
    const line = (amount: string): string => `{"det_item_fee_sumamt":${amount},"cnt":3,"pric":3.335}`;
    const body = wire(`{"feedetail":[${line('10.01')},${line('10.00')},${line('10.03')}]}`);
    const { deviations } = registry.checkIdentities('national', '2204', 'request', body, '/input');
    assert.deepEqual(places(deviations), ['identity /input/feedetail/2/det_item_fee_sumamt']);
  });

  it('show that the observed cancellation 2305 leaves 1339.87 without a payer', () => {
    const { body } = observed('2305-500103-01');
    const found = registry.checkIdentities('chongqing', '2305', 'response', body, '/output');
    assert.deepEqual([found.faults, ids(found)], [[], ['total-by-payer']]);
    assert.match(found.deviations[0]?.message.en ?? '', /difference -1339\.87 CNY/);
  });

  it('are held against a sum of the request where only that tells the total', () => {
    const answer = wire('{"ake149":"5.00","ake038":"4.00","akb067":"0.50"}');
    const asked = wire('{"akc264":"10.00"}');
    const found = registry.checkIdentities('predecessor-xml', '0304', 'response', answer, '/output', asked);
    assert.deepEqual(places(found.deviations), ['identity /output/ake149']);
    assert.match(found.deviations[0]?.message.en ?? '', /legacy-total .*akc264 10\.00 ≠ .*difference 0\.50/);
  });

  it('speak of the region’s own names where it renames a field', () => {
    const rename = { medfee_sumamt: 'total_fee' };
    const folder = schemasFolder({
      'provincial/elsewhere/profile.json': profileFile('elsewhere', {
        extends: 'national',
        overlay: { transactions: { '3203': { request: { data: { rename } } } } },
      }),
    });
    const own = createRegistry({ regions: new URL('provincial/', folder.url) });
    const body = wire(
      '{"data":{"total_fee":100,"med_sumfee":90,"fund_appy_sum":50,"cash_payamt":50,"acct_pay":0}}',
    );
    const { faults } = own.checkIdentities('elsewhere', '3203', 'request', body, '/input');
    folder.remove();
    assert.match(faults[0]?.message.en ?? '', /med_sumfee 90\.00 ≠ total_fee 100\.00/);
  });

  it('that are only inferred refuse no request', () => {
    const body = settlementRequest({ inscp_scp_amt: '1.00' });
    const found = registry.checkIdentities('national', '2207', 'request', body, '/input');
    assert.deepEqual([found.faults, ids(found)], [[], ['scope-split']]);
  });
});

describe('A request that breaks an attested identity', () => {
  const application = (amounts: Record<string, number>): Findings => {
    const body = { medfee_sumamt: 100, med_sumfee: 90, fund_appy_sum: 50, cash_payamt: 50, acct_pay: 0 };
    return registry.checkIdentities(
      'national',
      '3203',
      'request',
      wire(JSON.stringify({ data: { ...body, ...amounts } })),
      '/input',
    );
  };

  it('is refused when it fits none of the alternatives, each told with its difference', () => {
    const { faults, deviations } = application({});
    assert.deepEqual([places(faults), deviations], [['identity /input/data/med_sumfee'], []]);
    const { zh, en } = faults[0]?.message ?? { zh: '', en: '' };
    assert.match(
      en,
      /^Identity clearing-agreed .*med_sumfee 90\.00 ≠ medfee_sumamt 100\.00, difference -10\.00/,
    );
    assert.match(
      en,
      /nor fund_appy_sum 50\.00 \+ acct_pay 0\.00 \+ cash_payamt 50\.00, difference -10\.00 CNY/,
    );
    assert.match(zh, /差额 -10\.00 元；亦 ≠ .*公式：.*请核对/);
  });

  const agreed = [
    ['the whole bill', { med_sumfee: 100 }],
    ['what person and fund pay', { fund_appy_sum: 60, cash_payamt: 20, acct_pay: 10 }],
  ] as const;
  for (const [name, amounts] of agreed) {
    it(`passes when it is ${name}`, () => {
      assert.deepEqual(application(amounts), { faults: [], deviations: [] });
    });
  }

  it('passes with a remark when it holds in a reading that nobody attests', () => {
    const { faults, deviations } = application({ fund_appy_sum: 60, cash_payamt: 30, acct_pay: 10 });
    assert.deepEqual([faults, places(deviations)], [[], ['identity /input/data/med_sumfee']]);
    assert.match(
      deviations[0]?.message.en ?? '',
      /only in a reading that nobody attests: fund_appy_sum 60\.00/,
    );
  });

  it('is not judged when an amount of an alternative is missing', () => {
    const body = wire('{"data":{"medfee_sumamt":100,"med_sumfee":90}}');
    const found = registry.checkIdentities('national', '3203', 'request', body, '');
    assert.deepEqual(found, { faults: [], deviations: [] });
  });

  const order = (total: string, amount: string, count = '3'): Findings => {
    const line = `{"pric":3.335,"cnt":${count},"amt":${amount}}`;
    const body = wire(`{"medfee_sumamt":${total},"feedetl":[${line}]}`);
    return registry.checkIdentities('national', '2166', 'request', body, '/input');
  };

  it('is refused in 2166 for a line that is not price × quantity and a total that is not the lines', () => {
    assert.deepEqual(order('10.01', '10.01'), { faults: [], deviations: [] });
    assert.deepEqual(order('-10.01', '-10.01', '-3'), { faults: [], deviations: [] });
    assert.deepEqual(places(order('10.05', '10.05').faults), ['identity /input/feedetl/0/amt']);
    assert.deepEqual(places(order('10.00', '10.01').faults), ['identity /input/medfee_sumamt']);
  });

  it('is only remarked on in 2102, where the same sums are inferred', () => {
    const line = '{"pric":2,"cnt":2,"det_item_fee_sumamt":4.05}';
    const body = wire(`{"druginfo":{"medfee_sumamt":4},"drugdetail":[${line}]}`);
    const { faults, deviations } = registry.checkIdentities('national', '2102', 'request', body, '/input');
    assert.deepEqual(faults, []);
    assert.deepEqual(places(deviations), [
      'identity /input/drugdetail/0/det_item_fee_sumamt',
      'identity /input/druginfo/medfee_sumamt',
    ]);
  });
});

describe('A profile', () => {
  const identities = {
    identities: [
      {
        id: 'attested',
        family: 'national',
        formula: 'a = b',
        transactions: ['7000'],
        confidence: 'two sources',
        checks: [{ kind: 'sum', total: 'a', parts: ['b'] }],
      },
      {
        id: 'inferred',
        family: 'national',
        formula: 'c = d',
        transactions: ['7000'],
        confidence: 'inferred',
        checks: [{ kind: 'sum', total: 'c', parts: ['d'] }],
      },
    ],
  };
  const body = wire('{"data":{"a":1,"b":2,"c":1,"d":2}}');
  const policies = [
    [{}, ['a'], ['c']],
    [{ attested: 'warn', inferred: 'enforce' }, ['c'], ['a']],
    [{ attested: 'off', inferred: 'off' }, [], []],
  ] as const;
  for (const [policy, faults, deviations] of policies) {
    it(`decides how a broken identity of a request counts: ${JSON.stringify(policy)}`, () => {
      const folder = schemasFolder({
        'national/identities.json': identities,
        'national/profile.json': profileFile('national', { identities: policy }),
      });
      const found = createRegistry({ schemas: folder.url }).checkIdentities(
        'national',
        '7000',
        'request',
        body,
        '',
      );
      folder.remove();
      assert.deepEqual(
        found.faults.map(({ field }) => field),
        faults,
      );
      assert.deepEqual(
        found.deviations.map(({ field }) => field),
        deviations,
      );
    });
  }
});
