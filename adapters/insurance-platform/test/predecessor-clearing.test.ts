import assert from 'node:assert/strict';
import { fen } from '@yiqiao/model';
import type { CanonicalObject } from '@yiqiao/model';
import { errorOf } from './connections.ts';
import {
  CERTNO,
  PLACE,
  read,
  SETTLED_STAY,
  SETTLED_VISIT,
  STAY,
  told,
  VISIT,
} from './predecessor-messages.ts';

describe('the predecessor’s monthly clearing', () => {
  it('6527 asks for a month and tells its rows', () => {
    const asked = { ...PLACE, yzz060: '2026', yzz061: '01', startrow: '1' };
    assert.deepEqual(read('6527', asked)[1], {
      settlementYear: '2026',
      settlementMonthOfYear: '01',
      startRow: '1',
    });
    const row = {
      sequenceNumber: '1',
      certificateNumber: CERTNO,
      visitId: STAY,
      visitSettlementTime: '2026-01-05 10:15:00',
      settlementSerial: SETTLED_STAY,
      total: fen(10000n),
      agencyPaidTotal: fen(6000n),
    };
    const output = told('6527', asked, { operation: 'findOffSiteClearing', body: { clearingLines: [row] } });
    assert.deepEqual(output, {
      detail: {
        row: [
          {
            seqno: '1',
            aac002: CERTNO,
            ykc700: STAY,
            akc194: '20260105101500',
            aaz216: SETTLED_STAY,
            akc264: '100.00',
            ake149: '60.00',
          },
        ],
      },
    });
  });

  const row = (aaz216: string, ykc700: string) => ({
    aac002: CERTNO,
    ykc700,
    akc194: '20260105101500',
    aaz216,
    ykc707: '1',
  });
  const month = { ...PLACE, yzz060: '2026', yzz061: '01', totalrow: '2' };

  it('6521 confirms each row with the amounts of its own settlement on record', () => {
    const rows = [row(SETTLED_STAY, STAY), row(SETTLED_VISIT, VISIT)];
    const [operations, body] = read('6521', { ...month, detail: { row: rows } });
    assert.deepEqual(operations, ['confirmOffSiteClearing']);
    assert.deepEqual(
      (body['clearingLines'] as readonly CanonicalObject[]).map(({ total, agencyPaidTotal }) => [
        total,
        agencyPaidTotal,
      ]),
      [
        [fen(10000n), fen(6000n)],
        [fen(200n), fen(100n)],
      ],
    );
  });

  it('6521 is refused whole when one row names a settlement that is not on record', () => {
    const rows = [row(SETTLED_STAY, STAY), row('A4301002601019999999', VISIT)];
    const error = errorOf(() => read('6521', { ...month, detail: { row: rows } }));
    assert.equal(error.code, 'RECORD_MISSING');
    assert.deepEqual(
      (error.details.faults ?? []).map(({ at }) => at),
      ['/input/detail/row[2]/total', '/input/detail/row[2]/agencyPaidTotal'],
    );
  });
});
