import assert from 'node:assert/strict';
import { compileMap, readOrder, writeReply } from '@yiqiao/his';
import type { HisAction, VendorMap } from '@yiqiao/his';
import { GatewayError, leafText } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import { createJsonForm } from '@yiqiao/sdk';
import { exampleMap } from './table-rig.ts';

const example = exampleMap('http-map.json');
const form = createJsonForm();

function parse(value: unknown): WireObject {
  return form.parse(Buffer.from(JSON.stringify(value))).members;
}

function refused(work: () => unknown): GatewayError {
  try {
    work();
  } catch (error) {
    assert(error instanceof GatewayError);
    return error;
  }
  return assert.fail('a refusal was expected');
}

function withAction(
  action: HisAction,
  change: (fields: VendorMap['actions']) => VendorMap['actions'],
): VendorMap {
  assert(action in example.actions);
  return { ...example, actions: change(example.actions) };
}

const FEE = {
  feeId: 'L1',
  chargeTime: '20260105090000',
  insuranceCode: 'XA02BCA215N001010100001',
  itemCode: 'HIS-D-001',
  amount: 42.35,
  qty: '1.50',
  unitPrice: '28.233333',
  deptCode: 'A03',
  deptName: '内科',
  doctorCode: 'D1',
  doctorName: '测试医师',
};

describe('A vendor’s map', () => {
  for (const name of ['http-map.json', 'soap-map.json', 'tables-map.json']) {
    it(`is complete in the example ${name}`, () => {
      compileMap(exampleMap(name));
    });
  }

  it('that lacks members is refused with every one of them', () => {
    const gone = new Set(['certificateNumber', 'diagnoses[].diagnosisCode', 'careType']);
    const map = withAction('register', (actions) => ({
      ...actions,
      register: {
        path: '/reg',
        order: 'requestNo',
        visit: 'visitNo',
        fields: (actions.register?.fields ?? []).filter(({ to }) => !gone.has(to)),
      },
    }));
    const error = refused(() => compileMap(map));
    assert.equal(error.code, 'MAP_INCOMPLETE');
    assert.deepEqual(new Set(error.details.faults?.map(({ field }) => field)), gone);
  });

  it('that cannot be followed is refused with every rule', () => {
    const fields = [
      { from: 'a', to: 'chargeBatch', codes: 'nowhere' },
      { from: 'b', to: 'total' },
      { from: 'c', value: '1', to: 'invoiceNumber' },
      { from: 'd[].e', to: 'accountUsed' },
    ];
    const map: VendorMap = {
      id: 'x',
      actions: {
        settle: { order: 'o', visit: 'v', fields },
        pay: { order: 'o', visit: 'v', fields },
      } as never,
    };
    const error = refused(() => compileMap(map));
    assert.deepEqual(
      error.details.faults?.map(({ rule, at }) => [rule, at]),
      [
        ['codes', '/actions/settle/fields/0'],
        ['codec', '/actions/settle/fields/1'],
        ['source', '/actions/settle/fields/2'],
        ['lists', '/actions/settle/fields/3'],
        ['unknown', '/actions/pay'],
      ],
    );
  });
});

describe('A vendor’s message', () => {
  const map = compileMap(example);

  it('is read into the model: amounts, times, codes, lists', () => {
    const order = readOrder(
      map,
      'fees',
      parse({ requestNo: '7', visitNo: 'MZ1', batchNo: 'B1', feeList: [FEE] }),
    );
    assert.deepEqual([order.order, order.visit], ['7', 'MZ1']);
    const [line] = (order.body as { lines: Record<string, unknown>[] }).lines;
    assert.deepEqual(
      [
        line?.['lineAmount'],
        line?.['quantity'],
        line?.['price'],
        line?.['feeTime'],
        line?.['externalPrescription'],
      ],
      [4235n, '1.5', '28.233333', '2026-01-05 09:00:00', '0'],
    );
  });

  it('takes an amount as it was written: 0.1 + 0.2 never happens', () => {
    const text = JSON.stringify({ requestNo: '7', visitNo: 'MZ1', batchNo: 'B1', feeList: [FEE] });
    const big = text.replace('42.35', '90071992547409.93');
    const order = readOrder(map, 'fees', form.parse(Buffer.from(big)).members);
    assert.equal(
      (order.body as { lines: { lineAmount: bigint }[] }).lines[0]?.lineAmount,
      9_007_199_254_740_993n,
    );
  });

  it('is refused with all its faults at once, each with its place in the vendor’s own names', () => {
    const { deptCode: _, ...rest } = FEE;
    const bad = { ...rest, amount: '4２.35', qty: '1e3', chargeTime: '2026-02-30 09:00:00', colour: 'red' };
    const message = parse({ requestNo: '7', visitNo: '', batchNo: 'B1', feeList: [FEE, bad], note: 'x' });
    const error = refused(() => readOrder(map, 'fees', message));
    assert.equal(error.code, 'MESSAGE_INVALID');
    assert.deepEqual(error.details.faults?.map(({ rule, at }) => `${rule} ${at}`).toSorted(), [
      'decimal /feeList/1/qty',
      'required /feeList/1/deptCode',
      'required /visitNo',
      'time /feeList/1/chargeTime',
      'unknown /feeList/1/colour',
      'unknown /note',
      'yuan /feeList/1/amount',
    ]);
  });

  it('with an unknown code is told which codes there are; personal contents are not repeated', () => {
    const message = parse({
      requestNo: '7',
      visitNo: 'MZ1',
      patient: { cardType: 'X9', cardNo: '1', idNo: { deep: '000000199001010018' }, name: '测试甲' },
    });
    const error = refused(() => readOrder(map, 'register', message));
    const faults = error.details.faults ?? [];
    assert.match(faults.find(({ at }) => at === '/patient/cardType')?.message.zh ?? '', /EC、ID、SSC/);
    assert.equal(JSON.stringify(faults).includes('000000199001010018'), false);
  });

  it('may have members that are left out on purpose', () => {
    const fields = [...(example.actions.cancel?.fields ?? []), { from: 'window', to: '' }];
    const relaxed = compileMap({
      ...example,
      actions: { cancel: { path: '/c', order: 'requestNo', visit: 'visitNo', fields } },
    });
    const message = parse({ requestNo: '7', visitNo: 'MZ1', window: { no: 3, names: ['a'] } });
    assert.deepEqual(readOrder(relaxed, 'cancel', message).body, {});
  });
});

describe('A reply', () => {
  const map = compileMap(example);

  it('is written in the vendor’s names, amounts as text', () => {
    const body = { total: 100n, lines: [{ feeLineNumber: 'L1', inScope: 5n }, { feeLineNumber: 'L2' }] };
    const written = writeReply(map, 'fees', { reply: { order: '1', action: 'fees', visit: 'v', body } });
    assert.equal(
      Buffer.from(form.format(written)).toString(),
      '{"code":200,"message":"","result":{"totalAmount":"1.00","feeList":[{"feeId":"L1","inScope":"0.05"},{"feeId":"L2"}]}}',
    );
  });

  for (const [code, state] of [
    ['UPSTREAM_REJECTED', '500'],
    ['UPSTREAM_TIMEOUT', '202'],
  ] as const) {
    it(`tells ${code} as ${state}, with the far side’s own words`, () => {
      const error = new GatewayError(code, { upstream: { code: '-1', text: '余额不足' } });
      const written = writeReply(map, 'settle', { error });
      assert.equal(leafText(written['code']), state);
      assert.equal(written['errorCode'], code);
      assert.match(leafText(written['message']) ?? '', /余额不足/);
    });
  }
});
