import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readInputs, readQuestions } from '@yiqiao/conformance';
import { speak } from './spoken.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

describe('yiqiao conformance inputs', () => {
  let folder = '';
  let out = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'yiqiao-inputs-'));
    out = join(folder, 'inputs.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const kept = (): unknown => JSON.parse(readFileSync(out, 'utf8'));

  it('asks once, offers what the preset has, and keeps what was answered otherwise', () => {
    const input = '\n示例二院\n330100\n';
    const args = [MAIN, 'conformance', 'inputs', '--out', out];
    const { status, stderr } = spawnSync(process.execPath, args, { input, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    for (const { en } of readQuestions().filter(({ when }) => when === undefined))
      assert.ok(stderr.includes(en), en);
    assert.deepEqual(kept(), {
      values: { institution: { code: 'H53010000001', name: '示例二院' }, mdtrtarea_admvs: '330100' },
    });
    assert.equal(readInputs('national', out).values['mdtrtarea_admvs'], '330100');
  });

  it('takes answers from the command line and leaves the rest of the file', async () => {
    await speak('conformance', 'inputs', '--out', out, '--yes', '--set', 'limits.timeoutMs=5000');
    await speak('conformance', 'inputs', '--out', out, '--yes', '--set', 'abilities=outpatient, inpatient');
    assert.deepEqual(kept(), { limits: { timeoutMs: 5000 }, abilities: ['outpatient', 'inpatient'] });
  });

  for (const [wrong, said] of [
    ['nothing=1', /--set nothing=1: .*values\.institution\.code/],
    ['limits.timeoutMs=soon', /limits\.timeoutMs: .*whole number: soon/],
  ] as const) {
    it(`refuses --set ${wrong} and writes nothing`, async () => {
      const { code, err } = await speak('conformance', 'inputs', '--out', out, '--yes', '--set', wrong);
      assert.deepEqual([code, said.test(err), existsSync(out)], [2, true, false]);
    });
  }
});
