import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readInputs, readKit, runKit, startSoundInsuredPlace, toHtml } from '@yiqiao/conformance';
import type { Inputs, RunResults } from '@yiqiao/conformance';
import { createRegistry } from '@yiqiao/registry';
import type { InsuredPlaceCore } from '@yiqiao/sandbox';

const RULES = '2026-11';
const registry = createRegistry();
const kit = readKit(registry, 'insured-place', RULES);
const clock = { now: (): number => Date.UTC(2026, 10, 20, 2, 0, 0) };

describe('A restart of the target', () => {
  let core: InsuredPlaceCore;
  let folder: string;
  before(async () => {
    core = await startSoundInsuredPlace({ registry, clock });
    folder = mkdtempSync(join(tmpdir(), 'restart-'));
  });
  after(async () => {
    await core.stop();
    rmSync(folder, { recursive: true });
  });

  const run = async (options: {
    readonly inputs?: Partial<Inputs>;
    readonly restart?: () => Promise<void>;
  }): Promise<RunResults> =>
    await runKit({
      registry,
      kit,
      rules: RULES,
      target: core.url,
      clock,
      seed: 1,
      only: ['national/restart/serves', 'national/restart/2102/*', 'national/matrix/310/01/11/filed'],
      inputs: { ...readInputs('national'), ...options.inputs },
      ...(options.restart !== undefined && { restart: options.restart }),
    });
  const statuses = (results: RunResults): readonly string[] =>
    results.requirements.filter(({ id }) => id.includes('/restart/')).map(({ status }) => status);

  it('is skipped, naming the ability, when nobody tells how', async () => {
    const results = await run({});
    assert.deepEqual(new Set(statuses(results)), new Set(['skip']));
    const [first] = results.requirements.filter(({ status }) => status === 'skip');
    assert.match(first?.because?.en ?? '', /restart/);
  });

  it('is done by the command of the inputs, and waited for', async () => {
    const file = join(folder, 'started');
    const results = await run({ inputs: { restart: { command: `echo again >> ${file}` } } });
    assert.deepEqual(new Set(statuses(results)), new Set(['pass']));
    assert.equal(readFileSync(file, 'utf8'), 'again\nagain\n');
  });

  it('is no verdict about the target when the command fails', async () => {
    const results = await run({ inputs: { restart: { command: 'exit 3' } } });
    assert.deepEqual(new Set(statuses(results)), new Set(['error']));
    const [finding] = results.requirements.flatMap(({ findings }) => findings);
    assert.match(finding?.why.en ?? '', /^restart\.command of the inputs failed/);
  });

  it('keeps the books and the numbers of the sandbox', async () => {
    const before = core.url;
    const results = await run({ restart: () => core.restart() });
    assert.deepEqual(new Set(statuses(results)), new Set(['pass']));
    assert.equal(core.url, before);
    assert.ok(core.ledger.rows().length > 0);
  });

  it('stands beside the matrix in a report that says what is required and what is optional', async () => {
    const results = await run({});
    assert.deepEqual(
      results.matrix?.map(({ requirement, test }) => [requirement, test]),
      [['national/matrix/310/01/11/filed', 'required']],
    );
    const html = toHtml(results);
    assert.match(html, /测试矩阵：参保地/);
    assert.match(html, /必测 <span lang="en">required/);
  });
});

describe('A tester’s own persons', () => {
  it('stand in place of all of the sandbox, and who is not among them is skipped by name', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'persons-'));
    writeFileSync(join(folder, 'persons.json'), JSON.stringify({ employee: { psn_no: '1' } }));
    writeFileSync(join(folder, 'inputs.json'), JSON.stringify({ persons: 'persons.json' }));
    const inputs = readInputs('national', join(folder, 'inputs.json'));
    rmSync(folder, { recursive: true });
    assert.deepEqual(inputs.values['employee'], { psn_no: '1' });
    assert.equal(inputs.values['chronic'], undefined);
    const results = await runKit({
      registry,
      kit,
      rules: RULES,
      target: 'http://127.0.0.1:9/',
      clock,
      seed: 1,
      only: ['national/matrix/310/01/11/filed'],
      inputs,
    });
    assert.match(results.requirements[0]?.because?.en ?? '', /person:diabetic/);
  });
});
