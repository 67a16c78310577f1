/** A short run of the chaos harness, as the command does it, and what it must see when something is wrong. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ChaosReport } from '../report.ts';

type Result<T> = { readonly code: number | null; readonly told: T; readonly complaints: string };

/** Runs a script of the harness that prints one JSON object. */
async function runScript<T>(name: string, argv: readonly string[]): Promise<Result<T>> {
  const file = fileURLToPath(new URL(`../${name}`, import.meta.url));
  const child = spawn(process.execPath, [file, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  child.stdout.on('data', (chunk: Buffer) => chunks.stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.stderr.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  const complaints = Buffer.concat(chunks.stderr).toString('utf8');
  const text = Buffer.concat(chunks.stdout).toString('utf8');
  assert(text.startsWith('{'), `${name} ended with ${code}: ${complaints}`);
  return { code, told: JSON.parse(text) as T, complaints };
}

type Verdict = Pick<ChaosReport, 'lost' | 'doubled' | 'oneSided' | 'ledgersEqual'>;

describe('the chaos harness', function () {
  this.timeout(150_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'yiqiao-chaos-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const recompute = (books: string): Promise<Result<Verdict>> => runScript('recompute.ts', [books]);

  /** Takes rows out of a party's book, or puts others in. */
  const change = (keeper: string, edit: (rows: readonly string[]) => readonly string[]): string => {
    const other = mkdtempSync(join(folder, 'changed-'));
    cpSync(join(folder, 'books'), other, { recursive: true });
    const file = join(other, `${keeper}.csv`);
    const [head = '', ...rows] = readFileSync(file, 'utf8').trimEnd().split('\n');
    writeFileSync(file, `${[head, ...edit(rows)].join('\n')}\n`);
    return other;
  };

  it('does so with two nodes of each party on PostgreSQL, which is killed and cut off, too', async () => {
    const argv = ['--store', 'postgres', '--nodes', '2', '--exchanges', '40', '--seed', '4', '--json'];
    const { told, complaints } = await runScript<ChaosReport>('chaos.ts', argv);
    const { lost, doubled, oneSided, unknownLeft, handedOverUnplanned, ledgersEqual } = told;
    assert.deepEqual(
      { lost, doubled, oneSided, unknownLeft, handedOverUnplanned, ledgersEqual },
      { lost: 0, doubled: 0, oneSided: 0, unknownLeft: 0, handedOverUnplanned: 0, ledgersEqual: true },
      complaints,
    );
    assert(told.faults.storeKilled > 0 && told.faults.storeCut > 0, JSON.stringify(told.faults));
  });

  it('loses nothing, doubles nothing and leaves nothing open under every kind of fault', async () => {
    const argv = ['--exchanges', '110', '--seed', '3', '--json', '--out', join(folder, 'books')];
    const { told, code, complaints } = await runScript<ChaosReport>('chaos.ts', argv);
    const { lost, doubled, oneSided, unknownLeft, handedOverUnplanned, ledgersEqual } = told;
    assert.deepEqual(
      { lost, doubled, oneSided, unknownLeft, handedOverUnplanned, ledgersEqual },
      { lost: 0, doubled: 0, oneSided: 0, unknownLeft: 0, handedOverUnplanned: 0, ledgersEqual: true },
      complaints,
    );
    assert.deepEqual(
      Object.entries(told.faults).filter(([, times]) => times === 0),
      [],
    );
    assert.equal(told.answered + told.rejected + told.reversed + told.handedOver, told.exchanges);
    assert(told.answered * 2 >= told.exchanges, `${told.answered} of ${told.exchanges} answered`);
    assert.equal(code, 0);

    const verdict = await recompute(join(folder, 'books'));
    assert.deepEqual(verdict.told, { lost, doubled, oneSided, ledgersEqual });
    assert.equal(verdict.code, 0);

    const rows = readFileSync(join(folder, 'books', 'core.csv'), 'utf8').split('\n');
    const settled = rows.find((row) => row.endsWith(',settled')) ?? '';
    const without = await recompute(change('core', (all) => all.filter((row) => row !== settled)));
    assert(!without.told.ledgersEqual && without.code === 1, 'a row less at the core is a difference');
    const twice = await recompute(change('core', (all) => [...all, settled.replace(/,S\d+,/, ',S999999,')]));
    assert.deepEqual([twice.told.doubled, twice.told.oneSided, twice.code], [1, 1, 1]);
    const changed = await recompute(
      change('hub', ([first = '', ...others]) => [first.replace(/\.\d\d,/, '.99,'), ...others]),
    );
    assert.equal(changed.told.ledgersEqual, false, 'a changed amount at the hub is a difference');
  });

  it('reports doubles when cashiers resend blindly under new message ids', async () => {
    const argv = ['--exchanges', '30', '--seed', '1', '--json', '--blind-resend'];
    const { told, code } = await runScript<ChaosReport>('chaos.ts', argv);
    assert(told.doubled > 0, JSON.stringify(told));
    assert.equal(told.ledgersEqual, false);
    assert.equal(code, 1);
  });
});
