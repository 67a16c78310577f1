import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const BENCH = fileURLToPath(new URL('../bench.ts', import.meta.url));
const SHORT = ['--rounds', '1', '--count', '12', '--concurrency', '4', '--reloads', '3'];

/** What the benchmark prints for one part of the least size. */
async function run(part: string): Promise<Record<string, unknown>> {
  const child = spawn(process.execPath, [BENCH, '--json', '--only', part, ...SHORT], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  await once(child, 'close');
  return JSON.parse(out.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
}

/** Asserts that members are finite numbers. Their size is the business of a quiet machine. */
function assertFigures(figures: unknown, names: readonly string[]): void {
  const found = figures as Record<string, unknown>;
  for (const name of names) assert(Number.isFinite(found[name]), `${name}: ${JSON.stringify(figures)}`);
}

describe('the benchmark', function () {
  this.timeout(60_000);

  it('computes what an exchange costs, and reconciles every one', async () => {
    const report = await run('exchange');
    assert.deepEqual([report['ok'], report['reconciled']], [true, true]);
    assertFigures(report, ['efficiency', 'overhead', 'sm2Micros']);
  });

  it('computes what the client adds to a bare signed call', async () => {
    const { ok, client } = (await run('client')) as { ok: boolean; client: unknown };
    assert.equal(ok, true);
    assertFigures(client, ['bareMicros', 'clientMicros', 'added']);
  });

  it('computes what the durable journal costs', async () => {
    const { ok, durable } = await run('durable');
    assert.equal(ok, true);
    assertFigures(durable, ['ratio', 'durable', 'off']);
  });

  it('computes what encryption of the journal costs, by either algorithm', async () => {
    const { ok, encryption } = await run('encryption');
    assert.equal(ok, true);
    assertFigures(encryption, ['ratio', 'nationalRatio', 'clear', 'aes', 'sm4']);
  });

  it('counts two durable writes for an exchange that writes and none for one that reads', async () => {
    const { writes } = await run('writes');
    assert.deepEqual(writes, { ok: true, writing: 2, reading: 0, most: { writing: 2, reading: 0 } });
  });

  it('computes what access and the memory of what was seen cost', async () => {
    const { access } = await run('access');
    assertFigures(access, ['micros', 'mostMicros']);
  });

  it('computes what a dead province costs the others, none of whom fails', async () => {
    const { province } = await run('province');
    assertFigures(province, ['alive', 'dead', 'loss']);
    assert.equal((province as { failed: number }).failed, 0);
  });

  it('counts what reloads under load let fail: nothing', async () => {
    const { reload } = await run('reload');
    assert.deepEqual(
      [(reload as { reloads: number }).reloads, (reload as { failed: number }).failed],
      [3, 0],
    );
  });
});
