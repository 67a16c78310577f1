import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createSqliteJournal } from '@yiqiao/journal';
import type { SettlementLine } from '@yiqiao/journal';
import { startCarePlaceCore } from '@yiqiao/sandbox';
import type { RunningCore } from '@yiqiao/sandbox';
import { endAll, figuresOf, makeFolder, speak } from './spoken.ts';

const DAY = '2026-11-20';
/** 2026-11-20 10:00:00 in China. */
const NOW = Date.UTC(2026, 10, 20, 2, 0, 0);
const INSTITUTION = 'H53010000001';
const PERSON = '33010000000000000000000001';

/** A care place's core, the gateway's journal and the HIS's books of one day, differing where a test wants it. */
class Day {
  readonly folder = makeFolder();
  readonly #core: RunningCore;
  readonly #his: string[] = [];
  readonly #settlements: (SettlementLine & { readonly messageId: string })[] = [];
  readonly #doubtful: { readonly messageId: string }[] = [];
  #serial = 0;

  readonly #platform: string;

  constructor(core: RunningCore, platform: string) {
    this.#core = core;
    this.#platform = platform;
  }

  /** One settlement of 88.50 and its id, in the books that are named. */
  async settle(
    id: string,
    books: { platform?: boolean; gateway?: boolean | 'doubtful'; his?: boolean | string } = {},
  ): Promise<void> {
    const { platform = true, gateway = true, his = true } = books;
    const registered = await this.#call('2201', { data: { psn_no: PERSON } });
    const visitId = String(registered.output?.['data']?.['mdtrt_id']);
    const line = { settlementId: id, visitId, institution: INSTITUTION, total: '88.50', fundPaid: '40.00' };
    const messageId = platform ? await this.#tell(visitId, id) : this.#messageId();
    if (gateway === 'doubtful') this.#doubtful.push({ messageId });
    else if (gateway) this.#settlements.push({ ...line, accountPaid: '20.00', cashPaid: '28.50', messageId });
    if (his !== false)
      this.#his.push([id, '0', his === true ? '88.50' : his, '40.00', '20.00', visitId, PERSON].join(','));
  }

  /** A refund that the HIS alone has booked. */
  refund(id: string): void {
    const { visitId = '' } = this.#settlements.find(({ settlementId }) => settlementId === id) ?? {};
    this.#his.push([id, '1', '-88.50', '-40.00', '-20.00', visitId, PERSON].join(','));
  }

  /** Writes journal, HIS file and settings; gives the settings file. */
  async write(change: (his: string) => string = (his) => his): Promise<string> {
    const journal = createSqliteJournal({
      file: join(this.folder, 'journal.sqlite'),
      clock: { now: () => NOW },
    });
    const sent = { bytes: Buffer.from('{}'), contentType: 'application/json' };
    const named = { transaction: '2207', operation: 'settleOutpatient' };
    const request = JSON.stringify({ personNumber: PERSON });
    const open = (messageId: string): Promise<number> =>
      journal.open(
        {
          ...named,
          key: { peer: 'his', institution: INSTITUTION, messageId },
          digest: messageId,
          received: sent,
          acceptedAt: NOW,
        },
        { ...named, purpose: 'forward', peer: 'core', messageId, step: 0, request, sent, sentAt: NOW },
      );
    for (const { messageId, ...settlement } of this.#settlements) {
      const id = await open(messageId);
      const setlinfo = {
        setl_id: settlement.settlementId,
        psn_no: PERSON,
        insutype: '310',
        clr_type: '11',
        setl_time: `${DAY} 10:00:00`,
      };
      const reply = { ...sent, bytes: Buffer.from(JSON.stringify({ infcode: 0, output: { setlinfo } })) };
      await journal.end(id, { state: 'answered', at: NOW, reply: sent, settlement }, [
        { leg: 1, state: 'answered', at: NOW, reply },
      ]);
    }
    for (const { messageId } of this.#doubtful)
      await journal.end(await open(messageId), { state: 'handed-to-person', at: NOW, reason: 'lost' });
    await journal.close();
    const header = 'setl_id,退费,总额,基金,账户,就诊,人员';
    writeFileSync(join(this.folder, `his-${DAY}.csv`), change(`${[header, ...this.#his].join('\n')}\n`));
    const settings = join(this.folder, 'reconcile.yaml');
    writeFileSync(
      settings,
      `gateway: { journal: journal.sqlite }
his:
  file: his-{day}.csv
  columns: { settlementId: setl_id, refund: 退费, total: 总额, fundPaid: 基金, accountPaid: 账户, visitId: 就诊, personNumber: 人员 }
platform:
  url: ${this.#platform}
  institution: { code: ${INSTITUTION}, name: 示例医院 }
  careRegion: "530100"
out: sheets
`,
    );
    return settings;
  }

  /** What the platform has in force. */
  standing(): readonly string[] {
    return this.#core.ledger
      .effective()
      .map(({ state, setlId }) => `${state} ${setlId}`)
      .toSorted();
  }

  async #tell(visitId: string, id: string): Promise<string> {
    const line = {
      feedetl_sn: '1',
      mdtrt_id: visitId,
      psn_no: PERSON,
      chrg_bchno: 'B1',
      med_list_codg: 'XC08CAA308A001020100002',
      det_item_fee_sumamt: 88.5,
      cnt: 1,
      pric: 88.5,
    };
    await this.#call('2204', { feedetail: [line] });
    const data = { psn_no: PERSON, mdtrt_id: visitId, chrg_bchno: 'B1', medfee_sumamt: 88.5, med_type: '11' };
    const setlinfo = {
      setl_id: id,
      insutype: '310',
      setl_time: `${DAY} 10:00:00`,
      medfee_sumamt: 88.5,
      fund_pay_sumamt: 40,
      acct_pay: 20,
      psn_cash_pay: 28.5,
    };
    const told = await this.#call('2207', { data, setlinfo });
    assert.equal(told.infcode, 0);
    return told.messageId;
  }

  async #call(infno: string, input: unknown) {
    const messageId = this.#messageId();
    const body = {
      infno,
      msgid: messageId,
      mdtrtarea_admvs: '530100',
      insuplc_admdvs: '330100',
      fixmedins_code: INSTITUTION,
      input,
    };
    const response = await fetch(this.#core.url, { method: 'POST', body: JSON.stringify(body) });
    const answer = (await response.json()) as {
      infcode: number;
      output: Record<string, Record<string, unknown>> | null;
    };
    return { ...answer, messageId };
  }

  #messageId(): string {
    this.#serial += 1;
    return `${INSTITUTION}20261120100000${String(this.#serial).padStart(4, '0')}`;
  }
}

/** Stands before the core: answers a 2208 as the insured place would, and has the core book it. */
async function startFront(core: RunningCore): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    void text(request)
      .then(async (sent) => {
        const message = JSON.parse(sent) as { infno: string; input: Record<string, unknown> };
        if (message.infno === '2208') message.input['setlinfo'] = CANCELLED;
        return await fetch(core.url, { method: 'POST', body: JSON.stringify(message) });
      })
      .then(async (answer) => {
        const bytes = Buffer.from(await answer.arrayBuffer());
        response.setHeader('content-type', answer.headers.get('content-type') ?? '');
        // 2208 answers what the core was told.
        const isBooked = bytes.includes('"infcode":0') && bytes.includes('"output":null');
        response.end(
          isBooked ? Buffer.from(bytes.toString().replace('"output":null', CANCELLED_OUTPUT)) : bytes,
        );
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const CANCELLED = {
  setl_id: 'A8X',
  insutype: '310',
  setl_time: `${DAY} 11:00:00`,
  medfee_sumamt: -88.5,
  fund_pay_sumamt: -40,
  acct_pay: -20,
  psn_cash_pay: -28.5,
};
const CANCELLED_OUTPUT = `"output":${JSON.stringify({ setlinfo: CANCELLED })}`;

describe('yiqiao reconcile', () => {
  let core: RunningCore;
  let front: Awaited<ReturnType<typeof startFront>>;
  let day: Day;
  beforeEach(async () => {
    core = await startCarePlaceCore({ region: '530100', clock: { now: () => NOW } });
    front = await startFront(core);
    day = new Day(core, front.url);
  });
  afterEach(async () => {
    await front.close();
    await core.stop();
  });
  after(endAll);

  const run = (settings: string, ...args: string[]): ReturnType<typeof speak> =>
    speak('reconcile', DAY, '--settings', settings, ...args);
  const itemsOf = (figures: Record<string, unknown>): string[] =>
    (
      figures['differences'] as {
        difference: { settlementId: string; class: string };
        proposal: { rule: string };
        settlement: string;
      }[]
    )
      .map(({ difference, proposal, settlement }) =>
        [
          difference.settlementId.replace(/^msgid:.*/, 'msgid'),
          difference.class,
          proposal.rule,
          settlement,
        ].join(' '),
      )
      .toSorted();

  it('ends with 0 for a day that agrees, on totals alone', async () => {
    await day.settle('A1');
    await day.settle('A2');
    const { code, out, err } = await run(await day.write());
    assert.equal(code, 0, out + err);
    assert.match(out, /3201 H53010000001 险种 310 清算类别 11: 2 笔，总额 177\.00，基金 80\.00 {2}平 agrees/);
    assert.match(out, /2 笔一致 agree，0 笔不符 differ/);
  });

  /** A1 agrees; all else differs in one way. */
  async function plant(): Promise<string> {
    await day.settle('A1');
    await day.settle('A2', { his: false });
    await day.settle('A3', { his: '88.51' });
    await day.settle('A4', { platform: false });
    await day.settle('A5', { gateway: 'doubtful', his: false });
    await day.settle('A6', { gateway: false, his: false });
    await day.settle('A7', { platform: false, gateway: false });
    await day.settle('A8');
    day.refund('A8');
    return day.write();
  }

  it('names exactly the differences that were planted, and does nothing about them', async () => {
    const settings = await plant();
    const before = day.standing();
    const ran = await run(settings, '--json');
    assert.equal(ran.code, 1, ran.err);
    const figures = figuresOf(ran);
    assert.deepEqual(itemsOf(figures), [
      'A2 missing-at-his not-in-his open',
      'A3 amounts amounts-differ open',
      'A4 missing-at-platform not-at-platform open',
      'A7 only-his only-in-his open',
      'A8 state cancelled-at-his open',
      'msgid only-platform lost-settlement open',
      'msgid only-platform only-at-platform open',
    ]);
    assert.deepEqual([figures['agreed'], figures['differing']], [2, 7]);
    assert.deepEqual(day.standing(), before);
    const sheet = readFileSync(join(day.folder, 'sheets', `${DAY}.csv`), 'utf8');
    assert.match(sheet, /^\uFEFF类别 class,/);
    for (const text of [ran.out, sheet]) assert.ok(!text.includes(PERSON), 'no person number');
    assert.equal(sheet.split('\r\n').length, 9);
    assert.equal(
      (JSON.parse(readFileSync(join(day.folder, 'sheets', `${DAY}.json`), 'utf8')) as { day: string }).day,
      DAY,
    );
  });

  it('with --resolve undoes what the rules allow, once, and leaves the rest to a person', async () => {
    const settings = await plant();
    const figures = figuresOf(await run(settings, '--resolve', '--json'));
    assert.deepEqual(
      itemsOf(figures).filter((item) => !item.endsWith(' open')),
      ['A8 state cancelled-at-his resolved', 'msgid only-platform lost-settlement resolved'],
    );
    const after = day.standing();
    assert.equal(after.filter((one) => one.endsWith(' A5')).length, 0, 'A5 is reversed');
    const again = figuresOf(await run(settings, '--resolve', '--json'));
    assert.equal(again['resolved'], 0);
    assert.deepEqual(day.standing(), after);
    const queue = figuresOf(await speak('reconcile-queue', '--settings', settings, '--json'));
    const keys = (queue['waiting'] as { key: string }[]).map(({ key }) => key);
    assert.ok(keys.includes(`${DAY} A2 0`));
    const done = ['--done', `${DAY} A2 0`, '--reason', '收费处补记'] as const;
    assert.equal((await speak('reconcile-queue', '--settings', settings, ...done)).code, 0);
    await run(settings, '--json');
    const left = figuresOf(await speak('reconcile-queue', '--settings', settings, '--json'));
    assert.equal((left['waiting'] as unknown[]).length, keys.length - 1, 'what was dealt with stays away');
  });

  it('ends with 2 and names file and line of every fault of an input, and asks the platform nothing', async () => {
    await day.settle('A1');
    await day.settle('A2');
    const settings = await day.write((his) => `${his.replace('A2,0,88.50', 'A1,0,88.5x')}A9\n`);
    const { code, err } = await run(settings);
    assert.equal(code, 2);
    assert.match(err, /RECONCILIATION_INPUT_INVALID/);
    assert.match(err, /his-2026-11-20\.csv:3 .*total 88\.5x/);
    assert.match(err, /his-2026-11-20\.csv:4 .*1\/7/);
    assert.deepEqual(
      readdirSync(join(day.folder, 'sheets')).filter((name) => name.startsWith(DAY)),
      [],
    );
  });

  it('ends with 2 for settings that cannot be used', async () => {
    mkdirSync(day.folder, { recursive: true });
    const settings = join(day.folder, 'none.yaml');
    writeFileSync(settings, 'gateway: {}\nplatform: { url: 5 }\nother: 1\n');
    const { code, err } = await run(settings);
    assert.equal(code, 2);
    assert.match(err, /\/platform\/url[^]*\/other/);
    assert.equal((await speak('reconcile', 'gestern', '--settings', settings)).code, 2);
  });
});
