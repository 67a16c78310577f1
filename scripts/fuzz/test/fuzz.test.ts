/** A short run of the fuzzer, as the command does it, and what it must see when something is wrong. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GatewayError } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import { readInput, saveFinding } from '../finding.ts';
import { createLeakSearch, identityNumber } from '../people.ts';
import { createRandom } from '../random.ts';
import { reactionOf } from '../reaction.ts';
import { run } from '../run.ts';
import type { RunResult } from '../run.ts';
import type { Reaction, Target } from '../target.ts';
import { createTargets } from '../targets.ts';

const FUZZ = fileURLToPath(new URL('../fuzz.ts', import.meta.url));
const find = createLeakSearch(createRegistry());

interface Told {
  readonly ok: boolean;
  readonly inputs: number;
  readonly crashes: number;
  readonly hangs: number;
  readonly leaks: number;
  readonly seed: number;
  readonly targets: Readonly<Record<string, number>>;
}

async function fuzz(...argv: readonly string[]): Promise<{ code: number | null; told: Told; said: string }> {
  const child = spawn(process.execPath, [FUZZ, '--json', ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  assert(out.startsWith('{'), `it ended with ${code}: ${said}`);
  return { code, told: JSON.parse(out) as Told, said };
}

/** A target whose every reaction is given. */
function target(react: () => Reaction | Promise<Reaction>): Target {
  return { name: 'faulty', weight: 1, make: () => ({ about: {}, bytes: Buffer.from('x') }), react };
}

function runOne(react: () => Reaction | Promise<Reaction>): Promise<RunResult> {
  return run([target(react)], { seed: 1, limits: { inputs: 1, until: Infinity }, find });
}

async function kinds(react: () => Reaction | Promise<Reaction>): Promise<string[]> {
  return (await runOne(react)).findings.map(({ kind }) => kind);
}

function burn(ms: number): void {
  const { user: begun } = process.threadCpuUsage();
  while (process.threadCpuUsage().user - begun < ms * 1_000);
}

describe('the fuzzer', function () {
  this.timeout(120_000);

  it('finds no crash, no hang and no leak in codecs, maps, signatures and a gateway', async () => {
    const { code, told, said } = await fuzz('--inputs', '280', '--seed', '4');
    const { ok, crashes, hangs, leaks, seed } = told;
    assert.deepEqual(
      { ok, crashes, hangs, leaks, seed },
      { ok: true, crashes: 0, hangs: 0, leaks: 0, seed: 4 },
      said,
    );
    assert.deepEqual(Object.keys(told.targets), ['wire', 'mapping', 'signer', 'gateway']);
    assert.equal(code, 0);
  });

  it('counts what is thrown and is no refusal as a crash, and a refusal as none', async () => {
    const thrown = await kinds(() =>
      reactionOf(() => {
        throw new TypeError('x is undefined');
      }),
    );
    const refused = await kinds(() =>
      reactionOf(() => {
        throw new GatewayError('MESSAGE_INVALID');
      }),
    );
    assert.deepEqual([thrown, refused], [['crash'], []]);
  });

  it('counts an identity number in a refusal, and a value under a personal name, as a leak', async () => {
    const certno = identityNumber(createRandom('somebody'));
    const inFacts = await kinds(() =>
      reactionOf(() => {
        throw new GatewayError('MESSAGE_INVALID', { facts: { found: certno } });
      }),
    );
    const inLog = await kinds(() => ({ said: ['{"psn_no":"0012345"}'], busyMs: 0 }));
    const masked = await kinds(() => ({
      said: ['{"psn_no":"0*****5"}', `${certno.slice(0, 6)}…`],
      busyMs: 0,
    }));
    assert.deepEqual([inFacts, inLog, masked], [['leak'], ['leak'], []]);
  });

  it('counts what keeps the event loop every time as a hang, and what did so once as none', async () => {
    const always = await kinds(() => reactionOf(() => (burn(110), [])));
    let times = 0;
    const once = await kinds(() => reactionOf(() => (times++ === 0 ? burn(110) : undefined, [])));
    assert.deepEqual([always, once], [['hang'], []]);
  });

  it('draws the same inputs from the same seed, and others from another', async () => {
    const [wire] = await createTargets(createRegistry(), ['wire']);
    assert(wire !== undefined);
    const draw = (seed: string): string => wire.make(createRandom(seed)).bytes.toString('latin1');
    assert.equal(draw('1 wire 0'), draw('1 wire 0'));
    assert.notEqual(draw('1 wire 0'), draw('2 wire 0'));
  });

  it('keeps a failing input as a file and tries it again from there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'yiqiao-fuzz-test-'));
    try {
      const { findings } = await runOne(() => ({ said: [], busyMs: 0, crash: 'died' }));
      const [finding] = findings;
      assert(finding !== undefined);
      const file = saveFinding(folder, finding);
      assert.deepEqual(readInput(file), finding.input);
      const about = { profile: 'national', transaction: '2207', direction: 'request', hinted: 'no' };
      const input = { target: 'wire', about, bytes: Buffer.from('{"infno":') };
      const replayed = await fuzz('--replay', saveFinding(folder, { ...finding, input }));
      assert.deepEqual([replayed.told.inputs, replayed.told.targets], [1, { wire: 1 }]);
      assert.equal(readdirSync(folder).length, 2);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
