import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startGateway } from '@yiqiao/gateway';
import { message, settlement } from './messages.ts';
import { assertDone, assertRefused, places, post } from './posts.ts';
import { startPredecessorFarSide } from './predecessor-far-side.ts';
import type { PredecessorAnswer, PredecessorCall } from './predecessor-far-side.ts';
import { endAll, makeFolder, onEnd, usualConfig } from './rig.ts';
import { stayMessages } from './stay-messages.ts';

const SETTLED = { output: '<aaz216>J1</aaz216><ake149>10.50</ake149><akb067>2.00</akb067>' };

describe('An insured place whose core speaks the predecessor’s form', () => {
  /** A gateway that national callers reach, of an insured place unless told otherwise, and what its core got. */
  async function start(
    answer: (call: PredecessorCall) => PredecessorAnswer,
    role: 'insured-place' | 'care-place' = 'insured-place',
  ): Promise<{ url: string; arrived: readonly PredecessorCall[] }> {
    const core = await startPredecessorFarSide(answer);
    onEnd(() => core.close());
    const configFile = join(makeFolder(), 'gateway.yaml');
    const yaml = usualConfig({ core: core.url, hub: core.url })
      .replace('role: care-place', `role: ${role}`)
      .replace('carePlaceCore', role === 'insured-place' ? 'insuredPlaceCore' : 'carePlaceCore')
      .replace('  - id: care-place-core\n', '  - id: care-place-core\n    profile: predecessor-xml\n')
      .replace(/routes:[^]*/, '');
    writeFileSync(configFile, yaml);
    const gateway = await startGateway({ configFile });
    onEnd(() => gateway.close());
    return { url: gateway.url, arrived: core.arrived };
  }

  afterEach(endAll);

  it('settles there, and the caller hears it in the national form', async () => {
    const { url, arrived } = await start(() => SETTLED);
    const { output } = assertDone(await post(url, settlement())) as {
      output: { setlinfo: Record<string, unknown> };
    };
    const { setl_id: id, mdtrt_id: visit, fund_pay_sumamt: fund } = output.setlinfo;
    assert.deepEqual([id, visit, fund], ['J1', 'S0001', 10.5]);
    const [call] = arrived;
    assert.deepEqual(
      [call?.transaction, call?.element('ykc700'), call?.element('akc264'), call?.element('aab299')],
      ['0304', 'S0001', '12.50', '530100'],
    );
  });

  it('cancels there by the number of the settlement’s message, and the caller hears the amounts on record', async () => {
    const { url, arrived } = await start(({ transaction }) =>
      transaction === '0304' ? SETTLED : { output: '' },
    );
    assertDone(await post(url, settlement()));
    const keys = '"setl_id":"J1","mdtrt_id":"S0001","psn_no":"00000000000000000000000001"';
    const told = assertDone(await post(url, message('2208', `{"data":{${keys}}}`))) as {
      output: { setlinfo: Record<string, unknown> };
    };
    const { medfee_sumamt: total, fund_pay_sumamt: fund, psn_cash_pay: cash } = told.output.setlinfo;
    assert.deepEqual([total, fund, cash], [-12.5, -10.5, -2]);
    const [settled, cancelled] = arrived;
    assert.deepEqual(
      [cancelled?.transaction, cancelled?.element('aaz216'), cancelled?.element('otransid')],
      ['0305', 'J1', settled?.element('transid')],
    );
  });

  for (const [what, text, place] of [
    ['2207 of a care class that the predecessor has no code for', settlement({ med_type: '"41"' }), 'aka130'],
    [
      '2205 of one charge batch: 0302 takes back all lines',
      message(
        '2205',
        '{"data":{"mdtrt_id":"S0001","psn_no":"00000000000000000000000001","chrg_bchno":"B1"}}',
      ),
      'otransid',
    ],
  ] as const) {
    it(`gets no ${what}`, async () => {
      const { url, arrived } = await start(() => ({ output: '' }), 'care-place');
      const refusal = assertRefused(await post(url, text), 'FORMAT_LIMIT');
      assert.deepEqual([places(refusal), arrived], [[`no-equal /input/${place}`], []]);
    });
  }

  it('is refused in the core’s own words', async () => {
    const { url } = await start(() => ({ refused: '待遇暂停' }));
    assert.equal(assertRefused(await post(url, settlement()), 'UPSTREAM_REJECTED').err_msg, '待遇暂停');
  });

  it('takes a settlement back by 1301 when its answer is lost', async () => {
    const { url, arrived } = await start(({ transaction }) =>
      transaction === '0304' ? 'lost' : { output: '' },
    );
    assertRefused(await post(url, settlement()), 'REVERSED');
    const [settled, reversed] = arrived;
    assert.deepEqual(
      [settled?.transaction, reversed?.transaction, reversed?.element('otransno')],
      ['0304', '1301', '0304'],
    );
    assert.equal(reversed?.element('otransid'), settled?.element('transid'));
    assert.notEqual(settled?.element('transid'), '');
  });

  it('gets no 2302 of a stay that is not on record: the predecessor’s 0302 could mean another visit', async () => {
    const { url, arrived } = await start(() => ({ output: '' }), 'care-place');
    const line = `{"feedetl_sn":"7","mdtrt_id":"S0001","psn_no":"33010000000000000000000001"}`;
    const refusal = assertRefused(await post(url, message('2302', `{"data":[${line}]}`)), 'RECORD_MISSING');
    assert.deepEqual([places(refusal), arrived], [['record-missing /infno'], []]);
  });

  it('gets no 2304 of a stay whose admission the place of care registered: without it 0304 has no care class', async () => {
    const { url, arrived } = await start(() => SETTLED);
    const stay = stayMessages('530100').settlement('S0001', 12.5);
    const refusal = assertRefused(await post(url, stay), 'RECORD_MISSING');
    assert.deepEqual([places(refusal), arrived], [['record-missing /infno'], []]);
  });
});
