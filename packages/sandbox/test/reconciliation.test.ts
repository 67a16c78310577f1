import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { startCarePlaceCore } from '@yiqiao/sandbox';
import type { RunningCore } from '@yiqiao/sandbox';
import { unzipText, zipLines } from '#internal/zip-archive.ts';
import { call, clock, message, node, send } from './world.ts';

type Members = Record<string, unknown>;

const PSN = '33010000000000000000000001';
const INSTITUTION = 'H53010000001';

/** An archive without files. */
const EMPTY_ARCHIVE = Buffer.concat([Buffer.from('PK\u0005\u0006'), Buffer.alloc(18)]);

describe('reconciliation and files at the care-place core', () => {
  let core: RunningCore;
  const visits: string[] = [];
  const msgids: string[] = [];

  /** Two settlements of 88.50 (40.00 fund, 20.00 account), the second cancelled. */
  beforeEach(async () => {
    core = await startCarePlaceCore({ region: '530100', clock });
    visits.length = 0;
    msgids.length = 0;
    await settle('A1');
    await settle('A2');
    const data = { setl_id: 'A2', mdtrt_id: visits[1], psn_no: PSN };
    await tell('2208', { data, ...told('A3', -1) });
  });
  afterEach(() => core.stop());

  async function tell(infno: string, input: Members): Promise<void> {
    const sent = message(infno, input);
    assert.equal((await send(core, sent)).infcode, 0);
    msgids.push(sent.msgid);
  }

  async function settle(setlId: string): Promise<void> {
    const registered = await call(core, '2201', { data: { psn_no: PSN } });
    const id = String(node(registered, 'data')['mdtrt_id']);
    visits.push(id);
    const line = {
      feedetl_sn: '1',
      mdtrt_id: id,
      psn_no: PSN,
      chrg_bchno: 'B1',
      med_list_codg: 'XC08CAA308A001020100002',
      det_item_fee_sumamt: 88.5,
      cnt: 1,
      pric: 88.5,
    };
    await call(core, '2204', { feedetail: [line] });
    const data = { psn_no: PSN, mdtrt_id: id, chrg_bchno: 'B1', medfee_sumamt: 88.5, med_type: '11' };
    await tell('2207', { data, ...told(setlId, 1) });
  }

  const told = (setlId: string, sign: 1 | -1): Members => ({
    setlinfo: {
      setl_id: setlId,
      insutype: '310',
      setl_time: '2026-11-20 10:00:00',
      medfee_sumamt: sign * 88.5,
      fund_pay_sumamt: sign * 40,
      acct_pay: sign * 20,
      psn_cash_pay: sign * 28.5,
    },
  });

  const totals = (change: Members = {}): { data: Members } => ({
    data: {
      insutype: '310',
      clr_type: '11',
      setl_optins: '530100',
      stmt_begndate: '2026-11-01',
      stmt_enddate: '2026-11-30',
      medfee_sumamt: 88.5,
      fund_pay_sumamt: 40,
      acct_pay: 20,
      fixmedins_setl_cnt: 3,
      refd_setl_flag: '',
      ...change,
    },
  });

  const NONE = { medfee_sumamt: 0, fund_pay_sumamt: 0, acct_pay: 0, fixmedins_setl_cnt: 0 };
  const COMPARED: readonly [string, Members, string, RegExp][] = [
    ['agrees: cancellations count as negative settlements', {}, '0', /^$/],
    ['agrees on numbers sent as text', { medfee_sumamt: '88.50', fixmedins_setl_cnt: '3' }, '0', /^$/],
    [
      'agrees on the cancellations alone',
      {
        medfee_sumamt: -88.5,
        fund_pay_sumamt: -40,
        acct_pay: -20,
        fixmedins_setl_cnt: 1,
        refd_setl_flag: '1',
      },
      '0',
      /^$/,
    ],
    [
      'names every difference',
      { medfee_sumamt: 100, fixmedins_setl_cnt: 2 },
      '1',
      /^医疗费总额平台88.50，机构100；结算笔数平台3，机构2$/,
    ],
    [
      'has nothing in another period',
      { ...NONE, stmt_begndate: '2026-12-01', stmt_enddate: '2026-12-31' },
      '0',
      /^$/,
    ],
    ['has nothing of another scheme', { ...NONE, insutype: '390' }, '0', /^$/],
    ['has nothing of another category', { ...NONE, clr_type: '21' }, '0', /^$/],
  ];
  for (const [title, change, result, text] of COMPARED) {
    it(`3201 ${title}`, async () => {
      const info = node(await call(core, '3201', totals(change)), 'stmtinfo');
      assert.equal(info['stmt_rslt'], result);
      assert.match(String(info['stmt_rslt_dscr']), text);
    });
  }

  const application = (change: Members = {}): { data: Members } => ({
    data: {
      clr_type: '11',
      clr_way: '1',
      setlym: '202611',
      begndate: '2026-11-01',
      enddate: '2026-11-30',
      psntime: 3,
      medfee_sumamt: 88.5,
      med_sumfee: 88.5,
      fund_appy_sum: 40,
      acct_pay: 20,
      ...change,
    },
  });

  it('3203 takes an application once for a month and category, 3204 withdraws it', async () => {
    const wrong = await call(core, '3203', application({ fund_appy_sum: 41, psntime: 2 }));
    assert.match(wrong.err_msg, /结算笔数平台3，机构2；基金申报总额平台40.00，机构41/);
    const number = node(await call(core, '3203', application()), 'result')['clr_appy_evt_id'];
    assert.match((await call(core, '3203', application())).err_msg, /202611 的该清算类别已申请/);
    const withdrawal = { data: { clr_appy_evt_id: number } };
    assert.equal((await call(core, '3204', withdrawal)).infcode, 0);
    assert.match((await call(core, '3204', withdrawal)).err_msg, /未查询到清算申请/);
    assert.equal((await call(core, '3203', application())).infcode, 0);
  });

  it('3203 asks for the acknowledged sum only when clearing goes by item', async () => {
    assert.match((await call(core, '3203', application({ med_sumfee: 60 }))).err_msg, /医保认可费用总额/);
    assert.equal((await call(core, '3203', application({ med_sumfee: 60, clr_way: '50' }))).infcode, 0);
  });

  const month = { trt_year: '2026', trt_month: '11' };

  it('3260 tells the month’s settlements, cancellations as negative rows, from the row asked for', async () => {
    const rows = async (change: Members): Promise<unknown[]> =>
      ((await call(core, '3260', { data: { ...month, ...change } })).output?.['data'] ?? []).map((one) => [
        one['seqno'],
        one['setl_sn'],
        one['optins_pay_sumamt'],
      ]);
    assert.deepEqual(await rows({ startrow: 1 }), [
      [1, 'A1', 40],
      [2, 'A2', 40],
      [3, 'A3', -40],
    ]);
    assert.deepEqual(await rows({ startrow: 3 }), [[3, 'A3', -40]]);
    assert.deepEqual(await rows({ startrow: 4 }), []);
    assert.deepEqual(await rows({ trt_month: '12', startrow: 1 }), []);
  });

  const clearing = (setl_sn: string, fund = 40): Members => ({
    setl_sn,
    medfee_sumamt: fund > 0 ? 88.5 : -88.5,
    optins_pay_sumamt: fund,
    cnfm_flag: '1',
  });
  const confirm = (detail: Members[], totalrow = detail.length): Promise<Members> =>
    call(core, '3261', { data: { ...month, totalrow }, detail }) as unknown as Promise<Members>;

  it('3261 confirms once, 3262 rolls back by the number of that answer or everything', async () => {
    const first = await confirm([clearing('A1')], 3);
    assert.equal(first['infcode'], 0);
    assert.match(String((await confirm([clearing('A1')]))['err_msg']), /A1 已确认/);
    assert.equal((await confirm([clearing('A2'), clearing('A3', -40)]))['infcode'], 0);
    const rollBack = (otransid: unknown): Promise<{ infcode: number }> =>
      call(core, '3262', { data: { ...month, otransid } });
    assert.equal((await rollBack('X')).infcode, -1);
    assert.equal((await rollBack(first['inf_refmsgid'])).infcode, 0);
    assert.equal((await confirm([clearing('A1')]))['infcode'], 0);
    assert.equal((await call(core, '3262', { ...month, otransid: '0' })).infcode, 0);
    assert.equal((await rollBack('0')).infcode, -1);
  });

  const UNCONFIRMED: readonly [string, Members[], number, RegExp][] = [
    ['another amount', [clearing('A1', 41)], 1, /A1 应为总费用88.50、经办机构支付40.00/],
    ['a settlement of no such month', [clearing('A9')], 1, /A9 不在本月/],
    ['another number of rows', [clearing('A1')], 2, /总行数 2 不是本批 1 行，也不是本月 3 行/],
    ['nothing', [], 3, /为空/],
  ];
  for (const [title, detail, totalrow, text] of UNCONFIRMED) {
    it(`3261 refuses to confirm ${title}`, async () => {
      assert.match(String((await confirm(detail, totalrow))['err_msg']), text);
    });
  }

  const row = (
    at: number,
    setlId: string,
    change: readonly string[] = ['88.50', '40.00', '20.00', '0'],
  ): string => [setlId, visits[at], PSN, ...change].join('\t');
  const REFUND = ['-88.50', '-40.00', '-20.00', '1'];

  async function upload(lines: readonly string[], change: Members = {}): Promise<Members> {
    const bytes = await buffer(zipLines('details.txt', lines));
    const fsUploadIn = {
      in: bytes.toString('base64'),
      filename: 'details.zip',
      fixmedins_code: INSTITUTION,
      ...change,
    };
    return (await call(core, '9101', { fsUploadIn })).output ?? {};
  }

  async function download(wanted: Members): Promise<Response> {
    const fsDownloadIn = { fixmedins_code: INSTITUTION, ...wanted };
    return await fetch(core.url, { method: 'POST', body: JSON.stringify(message('9102', { fsDownloadIn })) });
  }

  async function details(lines: readonly string[], change: Members = {}): Promise<readonly string[][]> {
    const { file_qury_no } = await upload(lines);
    const answer = await call(core, '3202', totals({ file_qury_no, ...change }));
    const { filename, file_qury_no: result } = node(answer, 'fileinfo');
    const response = await download({ filename, file_qury_no: result });
    assert.equal(response.headers.get('content-type'), 'application/octet-stream');
    const text = unzipText(Buffer.from(await response.arrayBuffer())) ?? '';
    return text
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
  }

  it('3202 answers a file of rows that agree', async () => {
    const rows = await details([row(0, 'A1'), row(1, 'A2'), row(1, 'A3', REFUND)]);
    assert.deepEqual(rows, [
      [PSN, visits[0], 'A1', msgids[0], '0', '0', 'null', '88.50', '40.00', '20.00'],
      [PSN, visits[1], 'A2', msgids[1], '0', '0', 'null', '88.50', '40.00', '20.00'],
      [PSN, visits[1], 'A3', msgids[2], '0', '1', 'null', '-88.50', '-40.00', '-20.00'],
    ]);
  });

  /** The three files of 3212, by their 结算ID, and its 对账状态. */
  async function reconcile(lines: readonly string[]): Promise<readonly unknown[]> {
    const { file_qury_no } = await upload(lines);
    const period = { clr_begin_ymd: '2026-11-01', clr_end_ymd: '2026-11-30' };
    const submitted = await call(core, '3211', { data: { ...period, file_qury_no } });
    const { task_key } = node(submitted, 'fileinfo');
    const told = node(await call(core, '3212', { data: { task_key } }), 'fileinfo');
    const files = await Promise.all(
      ['agreed', 'differing', 'missing'].map(async (name, at) => {
        const filename = `${String(task_key)}_${name}.zip`;
        const response = await download({ filename, file_qury_no: told[`file_qury_no${at + 1}`] });
        const text = unzipText(Buffer.from(await response.arrayBuffer())) ?? '-';
        return text
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => line.split('\t')[2]);
      }),
    );
    return [told['check_state'], ...files];
  }

  it('3211 and 3212 tell what agrees, what differs and what only the platform has, in files of their own', async () => {
    const all = [row(0, 'A1'), row(1, 'A2'), row(1, 'A3', REFUND)];
    assert.deepEqual(await reconcile(all), ['1', ['A1', 'A2', 'A3'], [], []]);
    const some = [row(0, 'A1', ['88.50', '41.00', '20.00', '0']), row(1, 'A2')];
    assert.deepEqual(await reconcile(some), ['2', ['A2'], ['A1'], ['null']]);
  });

  it('3211 refuses a file that was never uploaded, 3212 a task that nobody submitted', async () => {
    const period = { clr_begin_ymd: '2026-11-01', clr_end_ymd: '2026-11-30' };
    const submitted = await call(core, '3211', { data: { ...period, file_qury_no: 'F0' } });
    assert.match(submitted.err_msg, /9101/);
    assert.match((await call(core, '3212', { data: { task_key: 'T0' } })).err_msg, /T0/);
  });

  it('3202 names what differs, what is unknown to the platform and what only it has', async () => {
    const lines = [row(0, 'A1', ['88.50', '41.00', '20.00', '0']), row(1, 'A9')];
    const rows = await details(lines, { medfee_sumamt: 177, fund_pay_sumamt: 81, fixmedins_setl_cnt: 2 });
    assert.deepEqual(
      rows.map((cells) => [cells[1], cells[2], cells[4], cells[6]]),
      [
        [visits[0], 'A1', '1', '不一致：基金支付总额'],
        [visits[1], 'A9', '1', '平台无此结算'],
        ['null', 'null', '1', '机构无此结算'],
        ['null', 'null', '1', '机构无此结算'],
      ],
    );
  });

  const WRONG_FILES: readonly [string, (() => readonly string[]) | undefined, Members, RegExp][] = [
    ['that was never uploaded', undefined, { file_qury_no: 'F0' }, /9101/],
    ['with too few columns', () => ['A1\tV1'], {}, /第 1 行须为7列/],
    [
      'with an amount that is none',
      () => [row(0, 'A1', ['x', '0', '0', '0'])],
      {},
      /第 1 行第4至6列须为金额/,
    ],
    ['whose sum is not the one sent', () => [row(0, 'A1')], {}, /结算笔数文件1，机构3/],
  ];
  for (const [title, lines, change, text] of WRONG_FILES) {
    it(`3202 refuses a file ${title}`, async () => {
      const number = lines === undefined ? {} : { file_qury_no: (await upload(lines()))['file_qury_no'] };
      assert.match((await call(core, '3202', totals({ ...number, ...change }))).err_msg, text);
    });
  }

  it('3202 refuses an archive of no text, and one that was cut', async () => {
    for (const bytes of [EMPTY_ARCHIVE, Buffer.from('PK\u0003\u0004hello')]) {
      const { file_qury_no } = await upload([], { in: bytes.toString('base64') });
      assert.match((await call(core, '3202', totals({ file_qury_no }))).err_msg, /zip/);
    }
  });

  it('9101 takes base64 or a list of bytes, and 9102 gives the same bytes back', async () => {
    const bytes = await buffer(zipLines('a.txt', ['结算']));
    for (const sent of [bytes.toString('base64'), [...bytes], [...new Int8Array(bytes)]]) {
      const { file_qury_no, filename, dld_endtime } = await upload([], { in: sent });
      assert.equal(dld_endtime, '2026-11-21 10:00:00');
      const response = await download({ file_qury_no, filename });
      assert.deepEqual(Buffer.from(await response.arrayBuffer()), bytes);
    }
  });

  const NOT_TAKEN: readonly [string, Members, RegExp][] = [
    ['without name', { filename: '' }, /filename/],
    ['of text that is no base64', { in: '不是' }, /base64/],
    ['of numbers that are no bytes', { in: [1, 256] }, /base64/],
    ['of nothing', { in: '' }, /base64/],
    ['that is no archive', { in: Buffer.from('hello').toString('base64') }, /zip/],
  ];
  for (const [title, change, text] of NOT_TAKEN) {
    it(`9101 refuses a file ${title}`, async () => {
      const fsUploadIn = {
        in: EMPTY_ARCHIVE.toString('base64'),
        filename: 'a.zip',
        fixmedins_code: INSTITUTION,
        ...change,
      };
      assert.match((await call(core, '9101', { fsUploadIn })).err_msg, text);
    });
  }

  it('9102 refuses, in an envelope, what is not there or another institution’s', async () => {
    const { file_qury_no, filename } = await upload([]);
    for (const wanted of [
      { file_qury_no: 'F0', filename },
      { file_qury_no, filename, fixmedins_code: 'H53010000002' },
      { file_qury_no, filename: 'other.zip' },
    ]) {
      const answer = (await (await download(wanted)).json()) as { infcode: number };
      assert.equal(answer.infcode, -1);
    }
  });

  it('keeps the latest 32 files', async () => {
    const first = await upload([]);
    const { filename } = first;
    for (let at = 0; at < 32; at += 1) await upload([]);
    const answer = await download({ file_qury_no: first['file_qury_no'], filename });
    assert.match(await answer.text(), /文件不存在/);
  });
});
