import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { acceptRequest } from '@yiqiao/insurance-platform';
import { ExactNumber, GatewayError } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import type { KeptRecord } from '@yiqiao/registry';
import { connection, errorOf, places, protectedBy, request, settlementData } from './connections.ts';

const CATALOGUE = {
  updt_time: '2026-01-01',
  page_num: new ExactNumber('1'),
  page_size: new ExactNumber('10'),
};
const settlement = (changes = {}, envelope = {}) => request('2207', settlementData(changes), envelope);

describe('A request that comes in', () => {
  it('becomes one canonical step with the header it had', () => {
    const { header, transaction, steps, deviations } = acceptRequest(connection(), settlement());
    assert.deepEqual([transaction, steps.length, deviations], ['2207', 1, []]);
    const built = steps[0]?.build([]);
    assert(built?.content.form === 'canonical');
    assert.equal(built.content.operation, 'settleOutpatient');
    assert.deepEqual([built.content.body['visitId'], built.content.body['total']], ['S0001', 1_250n]);
    assert.deepEqual([header.institutionCode, header.insuredRegion], ['H53010000001', '330100']);
    assert.equal(built.header.messageId, header.messageId);
  });

  it('travels in the national form when its transaction has no operation', () => {
    const accepted = acceptRequest(connection(), request('1304', CATALOGUE));
    const body = { data: CATALOGUE };
    assert.deepEqual(accepted.steps[0]?.build([]).content, { form: 'national', body });
  });

  for (const [transaction, national, data, form] of [
    ['2207A', '2207', settlementData(), 'canonical'],
    ['1304B', '1304', CATALOGUE, 'national'],
  ] as const) {
    it(`keeps the letter behind its number for peers of its own profile alone: ${transaction}`, () => {
      const accepted = acceptRequest(
        connection('chongqing', { mode: 'tolerant' }),
        request(transaction, data),
      );
      assert(accepted.deviations.some(({ rule }) => rule === 'transaction-variant'));
      const built = accepted.steps[0]?.build([]);
      assert(built !== undefined);
      assert.deepEqual([built.header.transaction, built.content.form], [national, form]);
      const sentTo = (profile: string): string | undefined =>
        connection(profile).dialect.calls?.outgoing(built, () => undefined).message.transaction;
      assert.deepEqual(['chongqing', 'national', 'hebei'].map(sentTo), [transaction, national, national]);
    });
  }

  it('names place and near numbers when nobody knows its transaction', () => {
    const error = errorOf(() => acceptRequest(connection(), request('22O7', {})));
    assert.deepEqual(
      [error.code, places(error.details.faults)],
      ['TRANSACTION_UNKNOWN', ['transaction /infno']],
    );
    assert.match(error.details.faults?.[0]?.message.en ?? '', /near it are 2207.*yiqiao spec show/);
  });

  it('takes no effect from a national transaction whose number its region uses for one of its own', () => {
    const own = acceptRequest(
      connection('guangdong-shenzhen', { mode: 'tolerant' }),
      request('7105', {
        hi_rxno: 'R1',
        hosp_rxno: 'R2',
        rx_pay_status_code: '1',
        pay_time: '2026-01-01 08:00:00',
      }),
    );
    const [step] = own.steps;
    assert.deepEqual(
      [own.transaction, step?.operation, step?.transaction, step?.effect],
      ['7105', undefined, 'guangdong-shenzhen:7105', 'write'],
    );
    const built = step?.build([]);
    assert(built !== undefined);
    const { calls } = connection('guangdong-shenzhen').dialect;
    assert.equal(calls?.outgoing(built, () => undefined).message.transaction, '7105');
    const refused = errorOf(() => connection('national').dialect.calls?.outgoing(built, () => undefined));
    assert.deepEqual(
      [refused.code, places(refused.details.faults)],
      ['FORMAT_LIMIT', ['regional-transaction /infno']],
    );
  });

  it('is not looked into before its signature holds', () => {
    const verifyBody = (): never => {
      throw new GatewayError('SIGNATURE_INVALID');
    };
    const nonsense = request('9998', {}, { inf_time: '2000-01-01 00:00:00' });
    assert.equal(
      errorOf(() =>
        acceptRequest(connection('national', { protection: protectedBy({ verifyBody }) }), nonsense),
      ).code,
      'SIGNATURE_INVALID',
    );
  });

  it('is refused with all faults of envelope, fields, amounts and clock at once', () => {
    const bad = settlement(
      { insutype: undefined, medfee_sumamt: new ExactNumber('9.995') },
      { opter: undefined, inf_time: '2016-01-01 08:00:00' },
    );
    const error = errorOf(() => acceptRequest(connection(), bad));
    assert.equal(error.code, 'MESSAGE_INVALID');
    assert.deepEqual(places(error.details.faults).toSorted(), [
      'amount /input/data/medfee_sumamt',
      'clock /inf_time',
      'required /input/data/insutype',
      'required /opter',
    ]);
  });

  it('of another time is refused when it is to be done, not when it is asked about', () => {
    const accepted = acceptRequest(connection(), settlement({}, { inf_time: '2026-01-01 08:31:00' }));
    assert.equal(errorOf(() => accepted.steps[0]?.build([])).code, 'CLOCK_SKEWED');
    const early = acceptRequest(connection(), settlement({}, { inf_time: '2026-01-01 07:31:00' }));
    assert.equal(early.steps[0]?.build([]).header.transaction, '2207');
  });

  it('has one digest for one content, whatever its envelope says', () => {
    const digestOf = (changes = {}, envelope = {}): string =>
      acceptRequest(connection(), settlement(changes, envelope)).digest;
    assert.equal(digestOf({}, { inf_time: '2026-01-01 08:01:00', sign_no: 'Q2' }), digestOf());
    assert.notEqual(digestOf({ medfee_sumamt: new ExactNumber('12.51') }), digestOf());
    assert.notEqual(digestOf({ medfee_sumamt: new ExactNumber('12.5') }), digestOf());
  });

  it('is taken with its departures named where the connection is tolerant', () => {
    const odd = settlement({ medfee_sumamt: '12.50', extra_member: 'x' });
    const parts = connection('national', { mode: 'tolerant' });
    assert.deepEqual(places(acceptRequest(parts, odd).deviations).toSorted(), [
      'number-form /input/data/medfee_sumamt',
      'unknown-member /input/data/extra_member',
    ]);
    assert.equal(errorOf(() => acceptRequest(connection(), odd)).code, 'MESSAGE_INVALID');
  });

  it('is mapped as it was put right where the connection is tolerant, under the digest of what came', () => {
    const odd = settlement({
      medfee_sumamt: new ExactNumber('1.25e1'),
      inscp_scp_amt: new ExactNumber('12.499999999999998'),
      psn_no: undefined,
      psnNo: '00000000000000000000000001',
    });
    const accepted = acceptRequest(connection('national', { mode: 'tolerant' }), odd);
    const built = accepted.steps[0]?.build([]);
    assert(built?.content.form === 'canonical');
    const { total, inScope, personNumber } = built.content.body;
    assert.deepEqual([total, inScope, personNumber], [1250n, 1250n, '00000000000000000000000001']);
    assert.deepEqual(places(accepted.deviations).toSorted(), [
      'exponent /input/data/medfee_sumamt',
      'float-noise /input/data/inscp_scp_amt',
      'name-form /input/data/psnNo',
    ]);
    assert.notEqual(accepted.digest, acceptRequest(connection(), settlement({})).digest);
    const refused = errorOf(() => acceptRequest(connection(), odd));
    assert.deepEqual(places(refused.details.faults).toSorted(), [
      'amount /input/data/inscp_scp_amt',
      'amount /input/data/medfee_sumamt',
      'required /input/data/psn_no',
    ]);
  });

  it('may lack of its envelope what nobody here needs, where the connection is tolerant', () => {
    const bare = settlement({}, { opter_name: undefined, infver: undefined, fixmedins_name: undefined });
    const accepted = acceptRequest(connection('national', { mode: 'tolerant' }), bare);
    assert.deepEqual(places(accepted.deviations).toSorted(), [
      'required /fixmedins_name',
      'required /infver',
      'required /opter_name',
    ]);
    const built = accepted.steps[0]?.build([]);
    assert(built !== undefined);
    const { calls } = connection().dialect;
    // Where there is a usual value, it is sent on.
    assert.equal(calls?.outgoing(built, () => undefined).message.envelope['infver'], '1.0.0');
    assert.equal(errorOf(() => acceptRequest(connection(), bare)).code, 'MESSAGE_INVALID');
    const nobody = settlement({}, { fixmedins_code: undefined });
    const tolerant = connection('national', { mode: 'tolerant' });
    assert.equal(errorOf(() => acceptRequest(tolerant, nobody)).code, 'MESSAGE_INVALID');
  });

  it('may leave out what its region does, when the person is on record', () => {
    const person = { certificateType: '01', certificateNumber: '000000199001010018' };
    const record: KeptRecord = { kind: 'person', key: 'n', request: {}, response: { person } };
    const left = settlement({ psn_cert_type: undefined, certno: undefined, card_sn: undefined });
    const parts = connection('chongqing', { findRecord: () => record });
    const accepted = acceptRequest(parts, left);
    const built = accepted.steps[0]?.build([]);
    assert(built?.content.form === 'canonical');
    assert.equal(built.content.body['certificateNumber'], person.certificateNumber);
    assert(accepted.deviations.some(({ rule }) => rule === 'filled-from-record'));
    assert.equal(errorOf(() => acceptRequest(connection(), left)).code, 'MESSAGE_INVALID');
  });
});

describe('Request amounts that do not add up', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'yiqiao-platform-'));
    const schemas = fileURLToPath(new URL('../../../schemas', import.meta.url));
    cpSync(schemas, folder, { recursive: true, filter: (path) => !path.includes('node_modules') });
    cpSync(join(folder, 'provincial/zhejiang-330000'), join(folder, 'provincial/strict-sums'), {
      recursive: true,
    });
    writeFileSync(
      join(folder, 'provincial/strict-sums/profile.json'),
      JSON.stringify({
        id: 'strict-sums',
        extends: 'national',
        version: '1',
        title: { zh: '试验', en: 'trial' },
        identities: { 'scope-split': 'enforce' },
        source: 'test',
        confidence: 'project design',
      }),
    );
  });
  after(() => rmSync(folder, { recursive: true }));

  const uneven = settlement({ inscp_scp_amt: new ExactNumber('12.49') });

  it('are refused with the difference where the profile enforces the identity', () => {
    const registry = createRegistry({ schemas: pathToFileURL(`${folder}/`) });
    const error = errorOf(() => acceptRequest(connection('strict-sums', {}, registry), uneven));
    assert.equal(error.code, 'IDENTITY_BROKEN');
    assert.deepEqual(places(error.details.faults), ['identity /input/data/medfee_sumamt']);
    assert.match(error.details.faults?.[0]?.message.zh ?? '', /差额 0\.01 元/);
  });

  it('are refused where the identity is attested and fits in none of its forms', () => {
    const application = {
      clr_type: '11',
      setlym: '202601',
      psntime: new ExactNumber('1'),
      medfee_sumamt: new ExactNumber('100'),
      med_sumfee: new ExactNumber('90'),
      fund_appy_sum: new ExactNumber('50'),
      cash_payamt: new ExactNumber('50'),
      acct_pay: new ExactNumber('0'),
      begndate: '2026-01-01',
      enddate: '2026-01-31',
    };
    const error = errorOf(() => acceptRequest(connection(), request('3203', application)));
    assert.equal(error.code, 'IDENTITY_BROKEN');
    assert.deepEqual(places(error.details.faults), ['identity /input/data/med_sumfee']);
    const whole = { ...application, med_sumfee: application.medfee_sumamt };
    assert.deepEqual(acceptRequest(connection(), request('3203', whole)).deviations, []);
  });

  it('are named and taken where the identity is inferred only', () => {
    const { deviations } = acceptRequest(connection(), uneven);
    assert.deepEqual(places(deviations), ['identity /input/data/medfee_sumamt']);
  });
});
