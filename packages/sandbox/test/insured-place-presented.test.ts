import assert from 'node:assert/strict';
import { sandboxPersons, startInsuredPlaceCore } from '@yiqiao/sandbox';
import type { InsuredPlaceCore, Person } from '@yiqiao/sandbox';
import { call, clock, message, node, send } from './world.ts';

type Members = Record<string, unknown>;

const [employee, resident] = sandboxPersons('330000') as [Person, Person];

const bill = (change: Members = {}): { readonly data: Members } => ({
  data: {
    psn_no: employee.psnNo,
    insutype: employee.scheme,
    mdtrt_cert_type: '02',
    mdtrt_cert_no: employee.certno,
    certno: employee.certno,
    med_type: '11',
    mdtrt_id: 'V1',
    chrg_bchno: 'B1',
    acct_used_flag: '1',
    medfee_sumamt: 10,
    fulamt_ownpay_amt: 10,
    overlmt_selfpay: 0,
    preselfpay_amt: 0,
    inscp_scp_amt: 0,
    ...change,
  },
});

describe('What is presented to the insured-place core', () => {
  let core: InsuredPlaceCore;
  beforeEach(async () => {
    core = await startInsuredPlaceCore({ region: '330000', clock });
  });
  afterEach(() => core.stop());

  const OTHERS: readonly [string, Members][] = [
    ['another person’s identity card', { mdtrt_cert_no: resident.certno }],
    ['another person’s certno', { certno: resident.certno }],
    ['another person’s card', { mdtrt_cert_type: '03', mdtrt_cert_no: resident.card.number }],
  ];
  for (const [what, change] of OTHERS) {
    it(`refuses ${what} in a trial and in a settlement, which books nothing`, async () => {
      for (const infno of ['2206', '2207'])
        assert.match((await call(core, infno, bill(change))).err_msg, /与参保登记不符/);
      assert.equal(core.balanceOf(employee.psnNo, '2026')?.account, 20_000n);
    });
  }

  it('refuses another person’s certno beside a credential', async () => {
    const data = {
      mdtrt_cert_type: '02',
      mdtrt_cert_no: employee.certno,
      certno: resident.certno,
      psn_name: employee.name,
    };
    assert.match((await call(core, '1101', { data })).err_msg, /证件号码/);
  });

  it('refuses an insured place that is not the person’s, and takes a district of it', async () => {
    const of = (insuplc_admdvs: string): Promise<{ readonly infcode: number }> =>
      send(core, message('2206', bill(), { insuplc_admdvs }));
    assert.equal((await of('440300')).infcode, -1);
    assert.equal((await of('330106')).infcode, 0);
  });

  it('settles a visit for one person only, also when it was cancelled', async () => {
    const settled = await call(core, '2207', bill());
    const { setl_id } = node(settled, 'setlinfo');
    await call(core, '2208', { data: { setl_id, mdtrt_id: 'V1', psn_no: employee.psnNo } });
    const own = { psn_no: resident.psnNo, insutype: resident.scheme, acct_used_flag: '0' };
    const theirs = bill({
      ...own,
      mdtrt_cert_no: resident.certno,
      certno: resident.certno,
      chrg_bchno: 'B2',
    });
    assert.match((await call(core, '2207', theirs)).err_msg, /就诊不属于/);
    assert.equal((await call(core, '2207', bill())).infcode, 0);
  });

  it('reverses for the institution that settled, and for no other', async () => {
    const original = message('2207', bill());
    await send(core, original);
    const undo = { data: { psn_no: employee.psnNo, omsgid: original.msgid, oinfno: '2207' } };
    const foreign = await send(core, message('2601', undo, { fixmedins_code: 'H53010000002' }));
    assert.match(foreign.err_msg, /不是本机构/);
    assert.equal(core.balanceOf(employee.psnNo, '2026')?.account, 19_000n);
    assert.equal((await call(core, '2601', undo)).infcode, 0);
  });

  it('makes a referral once when the same message comes again', async () => {
    const refmedin = {
      psn_no: employee.psnNo,
      diag_code: 'K35.900',
      reflin_medins_no: 'H53010000001',
      mdtrtarea_admdvs: '530100',
      refl_type: '3',
      refl_date: '2026-11-10',
      refl_rea: '病情需要',
      begndate: '2026-11-10',
    };
    const request = message('2501', { refmedin });
    const [first, again] = [await send(core, request), await send(core, request)];
    const other = await send(core, message('2501', { refmedin }));
    const numberOf = (answer: typeof first): unknown => node(answer, 'result')['trt_dcla_detl_sn'];
    assert.equal(numberOf(again), numberOf(first));
    assert.notEqual(numberOf(other), numberOf(first));
  });
});
