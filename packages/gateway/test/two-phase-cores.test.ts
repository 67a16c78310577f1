import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startGateway } from '@yiqiao/gateway';
import type { Gateway } from '@yiqiao/gateway';
import { settlement } from './messages.ts';
import { assertDone, assertRefused, assertUnknown, post } from './posts.ts';
import type { Posted } from './posts.ts';
import { completed, PERSON_PAIRS, regionMap, writeCopy, yunnanSettlement } from './region-copies.ts';
import type { MapFile } from './region-copies.ts';
import { stayMessages } from './stay-messages.ts';
import { endAll, makeFolder, onEnd, usualConfig } from './rig.ts';
import { startRowsCore, startSerialCore, startTradeCore } from './two-phase-cores.ts';
import type { BookCore, Taking } from './two-phase-cores.ts';

/** A gateway of the insured place whose core is such a one, and which can be stopped and started again. */
interface Place {
  post(message: string): Promise<Posted>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

async function startPlace(core: BookCore, profile: string, folder: string): Promise<Place> {
  onEnd(() => core.close());
  const configFile = join(folder, 'gateway.yaml');
  const yaml = usualConfig({ core: core.url, hub: core.url })
    .replace('role: care-place', 'role: insured-place')
    .replace('carePlaceCore', 'insuredPlaceCore')
    .replace('logLevel:', `profiles: ${folder}\nlogLevel:`)
    .replace('  - id: care-place-core\n', `  - id: care-place-core\n    profile: ${profile}\n`)
    .replace('inFlightMs: 50 }', 'inFlightMs: 50, giveUpAfterMs: 1000 }')
    .replace(/routes:[^]*/, '');
  writeFileSync(configFile, yaml);
  let running: Gateway | undefined;
  const place: Place = {
    post: (message) => post(running?.url ?? '', message),
    async stop() {
      const stopping = running;
      running = undefined;
      await stopping?.close();
    },
    async start() {
      running = await startGateway({ configFile });
    },
  };
  onEnd(() => place.stop());
  await place.start();
  return place;
}

/** The same bytes until there is a result. */
async function outcomeOf(place: Place, message: string): Promise<Posted> {
  for (let times = 0; times < 40; times += 1) {
    const told = await place.post(message);
    if (told.status !== 504 || told.bytes.includes('HANDED_TO_PERSON')) return told;
  }
  throw new assert.AssertionError({ message: 'it never ended' });
}

/** Yunnan's own files, and what it lacks. */
async function startTrades(
  profile: Readonly<Record<string, unknown>> = {},
): Promise<{ core: BookCore; place: Place }> {
  const folder = makeFolder();
  const map = yunnanSettlement(PERSON_PAIRS);
  writeCopy(folder, { id: 'trades', of: 'yunnan', maps: [map], profile });
  const core = await startTradeCore();
  return { core, place: await startPlace(core, 'trades', folder) };
}

describe('A core that commits and rolls back by the number of a trade (云南)', () => {
  afterEach(endAll);

  it('is asked for a number, settles under it, and is told to commit before the caller hears', async () => {
    const { core, place } = await startTrades();
    assertDone(await place.post(settlement()));
    assert.deepEqual(core.names, ['int_gettranssequence', 'int_feebalance', 'int_transaction']);
    assert.deepEqual([core.standing, core.staged.size], [['000000000000000001'], 0]);
  });

  it('settles once, however often the same message comes', async () => {
    const { core, place } = await startTrades();
    const message = settlement();
    const first = await place.post(message);
    assert.deepEqual(await place.post(message), first);
    assert.equal(core.standing.length, 1);
  });

  for (const [line, calls] of [
    ['lost after', 1],
    ['lost before', 2],
  ] as const) {
    it(`rolls back by the number that was on record when the settlement is ${line} it arrived`, async () => {
      const { core, place } = await startTrades();
      core.line = ({ name }) => (name === 'int_feebalance' ? line : 'open');
      const message = settlement();
      assertRefused(await outcomeOf(place, message), 'REVERSED');
      assert.deepEqual([core.standing, core.staged.size], [[], 0]);
      // What was not there yet might still have arrived: it is rolled back once more when it no longer can.
      assert(core.names.filter((name) => name === 'int_transaction').length >= calls);
    });
  }

  it('is told again to commit when the first time never arrived', async () => {
    const { core, place } = await startTrades();
    core.line = ({ name }, count) => (name === 'int_transaction' && count < 3 ? 'lost before' : 'open');
    assertDone(await place.post(settlement()));
    assert.deepEqual([core.standing.length, core.staged.size], [1, 0]);
  });

  it('leaves it to a person when the answer to the commit is lost and nothing uncommitted is there any more', async () => {
    const { core, place } = await startTrades();
    core.line = ({ name }, count) => (name === 'int_transaction' && count === 1 ? 'lost after' : 'open');
    assertUnknown(await outcomeOf(place, settlement()), 'HANDED_TO_PERSON');
    assert.deepEqual([core.standing.length, core.staged.size], [1, 0]);
  });

  it('commits after a crash between the two, once', async () => {
    const { core, place } = await startTrades();
    const message = settlement();
    core.line = ({ name }) => (name === 'int_transaction' ? 'lost before' : 'open');
    const waiting = place.post(message).catch(() => undefined);
    while (!core.names.includes('int_transaction')) await new Promise((soon) => setImmediate(soon));
    await place.stop();
    await waiting;
    assert.deepEqual([core.standing.length, core.staged.size], [0, 1]);
    core.line = () => 'open';
    await place.start();
    assertDone(await outcomeOf(place, message));
    assert.deepEqual([core.standing.length, core.staged.size], [1, 0]);
    assert.equal(core.names.filter((name) => name === 'int_feebalance').length, 1);
  });

  it('is not left with a settlement nobody hears of after a crash before its answer', async () => {
    const { core, place } = await startTrades();
    const message = settlement();
    core.line = ({ name }) =>
      name === 'int_feebalance' ? 'lost after' : name === 'int_transaction' ? 'lost before' : 'open';
    const waiting = place.post(message).catch(() => undefined);
    while (!core.names.includes('int_transaction')) await new Promise((soon) => setImmediate(soon));
    await place.stop();
    await waiting;
    core.line = () => 'open';
    await place.start();
    assertRefused(await outcomeOf(place, message), 'REVERSED');
    assert.deepEqual([core.standing, core.staged.size], [[], 0]);
  });

  it('is handed to a person, not waited for without end, where the form has no way back', async () => {
    const begun = { transaction: 'int_gettranssequence', does: 'begin', original: '事务控制号' };
    const { core, place } = await startTrades({
      twoPhase: {
        calls: [begun, { transaction: 'int_transaction', does: 'confirm', original: '事务控制号' }],
      },
    });
    core.line = ({ name }) => (name === 'int_feebalance' ? 'lost after' : 'open');
    assertUnknown(await outcomeOf(place, settlement()), 'HANDED_TO_PERSON');
    assert.deepEqual([core.standing.length, core.staged.size], [0, 1]);
  });

  it('is not begun when there is no number', async () => {
    const { core, place } = await startTrades();
    core.line = ({ name }) => (name === 'int_gettranssequence' ? 'lost after' : 'open');
    assertRefused(await place.post(settlement()), 'UPSTREAM_UNREACHABLE');
    assert(!core.names.includes('int_feebalance'));
  });
});

const LINE = ['ID', '类别', '医保编码', '医保名称', '拼音编码', '价格', '数量', 'YXBZ'];
const ROW = ['YBKH', 'CFBH', 'JSSJ', 'JSBZ', 'JSQKSYE'];

/** Shenmu's own files, with a map of the settlement alone and what that lacks. */
async function startRows(taking: () => Taking = () => 'at once'): Promise<{ core: BookCore; place: Place }> {
  const folder = makeFolder();
  const map = regionMap('shaanxi-shenmu', 'MZ');
  const [, step] = map.steps;
  assert(step !== undefined);
  const row = {
    node: 'MZ_FYMXB',
    row: true,
    rules: [
      { from: 'YBKH', to: 'credentialNumber' },
      { from: 'CFBH', to: 'chargeBatch' },
    ],
  };
  const amount = { from: 'root:MZ_FYMXB.0.价格', as: 'fen' };
  const none = { from: 'root:MZ_FYMXB.0.类别', as: 'fen' };
  const told = (half: string, list: string, names: readonly string[]): object => ({
    [half]: [
      {
        wire: names.map((name) => `${list}.${name}`),
        because: 'the lines are told by their own message here',
      },
    ],
  });
  const settles: MapFile = {
    ...map,
    steps: [
      {
        ...step,
        request: { ...step.request, rules: [row], ...told('noEqual', 'MZ_FYMXB', LINE) },
        response: { ...step.response, ...told('noEqual', 'MZ_JSLSB', ROW) },
      },
    ],
  };
  writeCopy(folder, {
    id: 'rows',
    of: 'shaanxi-shenmu',
    maps: [
      completed(settles, {
        ...PERSON_PAIRS,
        visitId: { constant: 'S0001' },
        total: amount,
        inScope: amount,
        selfFunded: none,
        overLimitSelfPaid: none,
        firstSelfPaid: none,
      }),
    ],
  });
  const core = await startRowsCore(taking);
  return { core, place: await startPlace(core, 'rows', folder) };
}

const CARD = '000000199001010018';

describe('A core of shared tables that takes staged rows (陕西神木)', () => {
  afterEach(endAll);

  const message = (): string => settlement({ chrg_bchno: '"B7"' });

  it('has its rows taken away once the answer is on record', async () => {
    const { core, place } = await startRows();
    const { output } = assertDone(await place.post(message())) as {
      output: { setlinfo: Record<string, unknown> };
    };
    assert.equal(output.setlinfo['psn_cash_pay'], 2.5);
    assert.deepEqual(core.names, ['MZ', 'TAKE']);
    assert.deepEqual([core.standing, core.staged.size], [[`${CARD} B7`], 0]);
  });

  it('is asked by card and prescription when the answer is lost, and what it tells is the answer', async () => {
    const { core, place } = await startRows();
    core.line = ({ name }) => (name === 'MZ' ? 'lost after' : 'open');
    const { output } = assertDone(await outcomeOf(place, message())) as {
      output: { setlinfo: Record<string, unknown> };
    };
    assert.equal(output.setlinfo['fund_pay_sumamt'], 10);
    assert.deepEqual(core.names, ['MZ', 'LOOK', 'TAKE']);
    assert.equal(core.standing.length, 1);
  });

  it('is looked at again before rows that never arrived count as not done', async () => {
    const { core, place } = await startRows();
    core.line = ({ name }) => (name === 'MZ' ? 'lost before' : 'open');
    assertRefused(await outcomeOf(place, message()), 'NEVER_ARRIVED');
    assert.deepEqual(core.names.slice(0, 3), ['MZ', 'LOOK', 'LOOK']);
    assert.deepEqual([core.standing, core.staged.size], [[], 0]);
  });

  it('is not taken to have refused rows that wait: they are cleared', async () => {
    const { core, place } = await startRows(() => 'never');
    assertRefused(await outcomeOf(place, message()), 'REVERSED');
    assert.deepEqual(core.names, ['MZ', 'LOOK', 'CLEAR']);
    assert.deepEqual([core.standing, core.staged.size], [[], 0]);
  });

  it('may take the rows between look and clear: then the settlement stands and is told', async () => {
    const { core, place } = await startRows(() => 'between look and clear');
    assertDone(await outcomeOf(place, message()));
    assert.deepEqual(core.names, ['MZ', 'LOOK', 'CLEAR', 'LOOK', 'TAKE']);
    assert.equal(core.standing.length, 1);
  });

  for (const line of ['lost before', 'lost after'] as const) {
    it(`is told again that rows were taken when that is ${line} it arrived`, async () => {
      const { core, place } = await startRows();
      core.line = ({ name }, count) => (name === 'TAKE' && count === 1 ? line : 'open');
      assertDone(await outcomeOf(place, message()));
      assert.deepEqual(core.names, ['MZ', 'TAKE', 'TAKE']);
      assert.equal(core.standing.length, 1);
    });
  }

  it('is asked after a crash before its answer', async () => {
    const { core, place } = await startRows();
    const sent = message();
    core.line = ({ name }) => (name === 'MZ' ? 'lost after' : 'lost before');
    const waiting = place.post(sent).catch(() => undefined);
    while (!core.names.includes('LOOK')) await new Promise((soon) => setImmediate(soon));
    await place.stop();
    await waiting;
    core.line = () => 'open';
    await place.start();
    assertDone(await outcomeOf(place, sent));
    assert.equal(core.names.filter((name) => name === 'MZ').length, 1);
    assert.equal(core.standing.length, 1);
  });
});

/** Zhejiang's own files, and what the settlement of a stay lacks. */
async function startSerials(): Promise<{ core: BookCore; place: Place }> {
  const folder = makeFolder();
  const map = completed(regionMap('zhejiang', '36'), {
    ...PERSON_PAIRS,
    personType: { constant: '11' },
    midwaySettlement: { constant: '0' },
    total: { from: 'wire:住院号', as: 'fen' },
  });
  writeCopy(folder, { id: 'serials', of: 'zhejiang', maps: [map] });
  const core = await startSerialCore();
  return { core, place: await startPlace(core, 'serials', folder) };
}

describe('A core that is told under the number of its answer what stands (浙江)', () => {
  afterEach(endAll);

  const message = (): string => stayMessages('530100').settlement('S0001', 12.5);

  for (const line of ['open', 'lost before', 'lost after'] as const) {
    it(`has a settlement confirmed once (the first confirmation: ${line})`, async () => {
      const { core, place } = await startSerials();
      core.line = ({ name }, count) => (name === '49' && count === 1 ? line : 'open');
      const { output } = assertDone(await outcomeOf(place, message())) as {
        output: { setlinfo: Record<string, unknown> };
      };
      assert.equal(output.setlinfo['setl_id'], 'JS1');
      assert.deepEqual(core.names, line === 'open' ? ['36', '49'] : ['36', '49', '49']);
      assert.deepEqual([core.standing, core.staged.size], [['JS1'], 0]);
    });
  }

  it('is confirmed nothing whose number was lost: a person has it', async () => {
    const { core, place } = await startSerials();
    core.line = ({ name }) => (name === '36' ? 'lost after' : 'open');
    assertUnknown(await outcomeOf(place, message()), 'HANDED_TO_PERSON');
    assert.deepEqual([core.names, core.standing], [['36'], []]);
  });
});
