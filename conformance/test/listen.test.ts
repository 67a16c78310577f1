import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createTongue,
  openCounterparts,
  openListenState,
  readInputs,
  readKit,
  runKit,
} from '@yiqiao/conformance';
import type { Cashier, Prompt, Reaction, RunOptions, RunResults } from '@yiqiao/conformance';
import { createRegistry } from '@yiqiao/registry';
import { alter } from '#internal/listen/alterations.ts';
import type { AlterationKind } from '#internal/listen/alterations.ts';
import { createProgramCashier } from '#internal/listen/program-cashier.ts';

const registry = createRegistry();
const kit = readKit(registry, 'his', '2026-11');
const clock = { now: () => Date.UTC(2026, 10, 20, 2, 0, 0) };
const inputs = { ...readInputs('national'), listening: { waitMs: 1 } };
const RUN_MS = 30_000;

/** A HIS that only ever sends what a test gives it, one message a deed. */
function posting(
  url: string,
  messages: Readonly<Record<string, object>>,
  answers: Reaction = 'yes',
): Cashier {
  let serial = 0;
  return {
    async ask({ act, kind }) {
      if (kind === 'question') return answers;
      const message = messages[act];
      if (message === undefined) return 'skip';
      serial += 1;
      const msgid = `H5301000000120261120100000${String(serial).padStart(4, '0')}`;
      const body = JSON.stringify({ ...ENVELOPE, msgid, ...message });
      await fetch(url, { method: 'POST', body }).catch(() => undefined);
      return 'done';
    },
  };
}

const ENVELOPE = {
  mdtrtarea_admvs: '530100',
  insuplc_admdvs: '330100',
  recer_sys_code: '99',
  infver: '1.0.0',
  opter_type: '1',
  opter: '0001',
  opter_name: '测试经办',
  inf_time: '2026-11-20 10:00:00',
  fixmedins_code: 'H53010000001',
  fixmedins_name: '示例医院',
  sign_no: '',
};
const REGISTER = {
  infno: '1101',
  input: {
    data: {
      mdtrt_cert_type: '02',
      mdtrt_cert_no: '000000199001010018',
      psn_cert_type: '01',
      certno: '000000199001010018',
      psn_name: '测试甲',
    },
  },
};

describe('A run that listens', () => {
  const listen = async (
    cashierOf: (url: string) => Cashier,
    only: readonly string[],
    more: Partial<RunOptions> = {},
  ): Promise<RunResults> => {
    const counterparts = await openCounterparts(kit, { clock });
    const url = counterparts.of['platform']?.url ?? '';
    try {
      return await runKit({
        registry,
        kit,
        rules: '2026-11',
        target: 'listen:0',
        aimed: '--listen 0',
        inputs,
        clock,
        seed: 1,
        counterparts,
        cashier: cashierOf(url),
        only,
        ...more,
      });
    } finally {
      await counterparts.close();
    }
  };

  it('prompts in both languages with the person and number of the inputs', async () => {
    const prompts: Prompt[] = [];
    const cashier = (): Cashier => ({
      ask: (prompt) => {
        prompts.push(prompt);
        return Promise.resolve('skip');
      },
    });
    const results = await listen(cashier, ['outpatient-02']);
    const [first] = prompts;
    assert.match(first?.text.zh ?? '', /身份证（000000199001010018）为 测试甲 挂号/);
    assert.match(first?.text.en ?? '', /^Register 测试甲, certificate 000000199001010018/);
    assert.deepEqual([first?.kind, first?.act], ['deed', 'register']);
    assert.equal(results.counts.skip, results.requirements.length);
    assert.equal(results.verdict, 'error');
  });

  it('judges what it heard even when the scenario did not come to its end', async () => {
    const results = await listen(
      (url) => posting(url, { register: { ...REGISTER, opter_name: '' } }),
      ['outpatient-02'],
    );
    const found = results.requirements.find(({ id }) => id === 'his/envelope/required');
    assert.equal(found?.status, 'fail');
    assert.equal(found?.findings[0]?.exchange?.infno, '1101');
    assert.match(found?.again ?? '', /--kit his --listen 0 --only his\/envelope\/required/);
  });

  it('asks what only the cashier sees', async () => {
    const [yes, no] = await Promise.all(
      (['yes', 'no'] as const).map((answer) =>
        listen((url) => posting(url, { register: REGISTER }, answer), ['person-refused']),
      ),
    );
    const status = (results?: RunResults): string | undefined =>
      results?.requirements.find(({ id }) => id === 'his/screen/refusal')?.status;
    assert.deepEqual([status(yes), status(no)], ['pass', 'warn']);
  });

  it('does a scenario again for as long as the cashier wants it', async () => {
    let turns = 0;
    const cashier = (url: string): Cashier => ({
      ...posting(url, { register: REGISTER }, 'yes'),
      ended: () => Promise.resolve((turns += 1) < 3 ? 'again' : 'next'),
    });
    await listen(cashier, ['person-refused']);
    assert.equal(turns, 3);
  });

  describe('after a break', () => {
    let folder = '';
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'yiqiao-listen-'))));
    afterEach(() => rmSync(folder, { recursive: true }));
    const stateOf = (resume: boolean, seed = 1, of = kit): ReturnType<typeof openListenState> =>
      openListenState({
        file: join(folder, 'listen-his.json'),
        kit: of,
        tongue: createTongue({ registry, kit, inputs, clock }),
        seed,
        resume,
      });

    it('goes on with the scenarios that are left, and still knows what was heard', async function () {
      this.timeout(RUN_MS);
      const before = stateOf(false);
      await listen((url) => posting(url, { register: REGISTER }, 'no'), ['person-refused'], {
        onPlayed: (played) => before.keep(played),
      });
      const after = stateOf(true);
      let asked = 0;
      const results = await listen(
        () => ({ ask: () => Promise.resolve((asked += 1) > 0 ? 'skip' : 'done') }),
        ['person-refused'],
        { resumed: after.done },
      );
      assert.equal(asked, 0);
      const found = results.requirements.find(({ id }) => id === 'his/screen/refusal');
      assert.equal(found?.status, 'warn');
      const [scenario] = results.scenarios;
      assert.deepEqual(
        scenario?.exchanges.map(({ infno, infcode }) => [infno, infcode]),
        [['1101', '-1']],
      );
      after.forget();
      assert(!existsSync(join(folder, 'listen-his.json')));
    });

    it('does not go on in another order or with other rules', async () => {
      const state = stateOf(false);
      await listen((url) => posting(url, { register: REGISTER }), ['person-refused'], {
        onPlayed: (played) => state.keep(played),
      });
      assert.throws(() => stateOf(true, 2), /another --seed/);
      assert.throws(() => stateOf(true, 1, readKit(registry, 'his', '2026-10')), /other rules/);
    });
  });
});

describe('A cashier that is a program', () => {
  it('says what it cannot do', async () => {
    const cashier = createProgramCashier({ deeds: {}, questions: {} });
    const prompt = { scenario: 's', text: { zh: '', en: '' }, act: 'fly', with: {} };
    await assert.rejects(() => cashier.ask({ ...prompt, kind: 'deed' }), /cannot do fly/);
    await assert.rejects(() => cashier.ask({ ...prompt, kind: 'question' }), /cannot tell fly/);
  });

  it('asks a question of one scenario by its general name', async () => {
    const cashier = createProgramCashier(
      { deeds: {}, questions: { sees: () => true } },
      { says: { 'sees:b': 'no' } },
    );
    const ask = (act: string): Promise<Reaction> =>
      cashier.ask({ scenario: 's', text: { zh: '', en: '' }, act, with: {}, kind: 'question' });
    assert.deepEqual([await ask('sees:a'), await ask('sees:b')], ['yes', 'no']);
  });
});

describe('An answer that is altered', () => {
  const ANSWER = '{"infcode":0,"inf_refmsgid":"530000202611201000000000000001","err_msg":"","output":{}}';
  for (const [kind, expected] of [
    ['code-as-text', /"infcode":"0"/],
    ['unknown-members', /^\{"traceId"/],
    ['no-text', /"err_msg":null/],
    ['spaced', /^\n\{.* ,\n "output"/s],
    ['other-message', /"inf_refmsgid":"9999/],
    ['no-code', /^\{"inf_refmsgid"/],
    ['twice', /"infcode":-1,"infcode":0/],
  ] as const satisfies readonly (readonly [AlterationKind, RegExp])[]) {
    it(`is what its name says: ${kind}`, () => {
      assert.match(alter(Buffer.from(ANSWER), kind).toString('utf8'), expected);
    });
  }

  it('is no UTF-8 any more: gb18030', () => {
    const decode = (): string =>
      new TextDecoder('utf-8', { fatal: true }).decode(alter(Buffer.from(ANSWER), 'gb18030'));
    assert.throws(decode, TypeError);
  });
});
