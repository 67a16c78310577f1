import { compileNationalMap } from '@yiqiao/mapping';
import { leafText, type WireObject } from '@yiqiao/model';
import { strict as assert } from 'node:assert';
import samples from './fixtures/predecessor-samples.json' with { type: 'json' };
import { canonical, CONTEXT, HEADER, read, registry, request, stepOf } from './predecessor-family.ts';
import { faultsOf } from './refusal.ts';
import { wireBody } from './wire-values.ts';

describe('bad requests of the predecessor', () => {
  it('are refused with all faults at once', () => {
    const change = { aka130: '82', akc264: '1e400', akc253: '9.995', ake171: '', ykc700: undefined };
    const body = request('0304', change);
    assert.deepEqual(
      faultsOf(() => stepOf('0304').request.toModel(withoutUndefined(body), CONTEXT)),
      {
        code: 'AMOUNT_INVALID',
        faults: [
          'format /input/aka130',
          'amount /input/akc264',
          'amount /input/akc253',
          'required /input/ykc700',
          'required /input/ake171',
        ],
      },
    );
  });

  it('name the row of a faulty fee line', () => {
    const rows = [{ ...(samples['0301'].request.detail.row[0] as object), akc226: '１２' }];
    assert.deepEqual(
      faultsOf(() => read('0301', { detail: { row: rows } })),
      { code: 'AMOUNT_INVALID', faults: ['amount /input/detail/row[1]/akc226'] },
    );
  });

  it('are refused as RECORD_MISSING when the visit is not on record', () => {
    const nothing = { header: HEADER };
    const { code, faults } = faultsOf(() =>
      stepOf('0304').request.toModel(request('0304', { aka130: '11' }), nothing),
    );
    assert.equal(code, 'RECORD_MISSING');
    assert.equal(faults?.length, 3);
  });

  it('are refused when they name another person than the visit', () => {
    assert.deepEqual(
      faultsOf(() => read('0304', { aka130: '11', aac044: '000000199001010026' })),
      { code: 'MESSAGE_INVALID', faults: ['mismatch /input/aac044'] },
    );
  });
});

describe('the limits of the predecessor', () => {
  it('a settlement id of more than 20 characters is a named fault, and written uncut', () => {
    const settlementId = '440100S202406030000001';
    const { body, faults } = stepOf('0304').response.toWire(canonical({ settlementId }), CONTEXT);
    assert.equal(body?.['aaz216'], settlementId);
    assert.deepEqual(
      faults.map(({ rule, at }) => [rule, at]),
      [['format-limit', '/result/output/aaz216']],
    );
  });

  it('what the national form carries beside the model is reported as not carried', () => {
    const national = compileNationalMap(registry.nationalMap('settleOutpatient'));
    const content = national.response.toModel(
      wireBody({ setlinfo: { setl_id: 'A1', serv_code: 'x', balc: '' } }),
    );
    const { notes } = stepOf('0304').response.toWire(content, CONTEXT);
    assert.deepEqual(
      notes.map(({ rule, field }) => [rule, field]),
      [['not-carried', 'serv_code']],
    );
  });

  it('a message of the predecessor reaches the national form whole, with the rest reported', () => {
    const national = compileNationalMap(registry.nationalMap('settleOutpatient'));
    const { body, notes } = national.request.toWire(read('0304', { aka130: '14', yzz021: 'F0001' }));
    const data = body?.['data'] as WireObject;
    assert.equal(leafText(data['medfee_sumamt']), '10000.00');
    assert.deepEqual(
      notes.map(({ rule, field }) => [rule, field]),
      [
        ['not-carried', 'akc018'],
        ['not-carried', 'yzz021'],
      ],
    );
  });
});

function withoutUndefined(body: WireObject): WireObject {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}
