import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

interface Figures {
  readonly ok: boolean;
  readonly upload: Readonly<Record<string, number>>;
  readonly rows: readonly { readonly codec: string; readonly read: number; readonly write: number }[];
  readonly start: Readonly<Record<string, number>>;
  readonly missed: readonly string[];
}

describe('npm run bench:mapping', () => {
  it('measures mapping, every shape of bytes and the start, and says what misses its limit', function () {
    this.timeout(90_000);
    const script = fileURLToPath(new URL('../../../scripts/bench/mapping.ts', import.meta.url));
    const args = [script, '--json', '--rounds', '1', '--rows', '20'];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    const told = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Figures;
    assert.deepEqual([told.ok, status], [told.missed.length === 0, told.ok ? 0 : 1], stderr);
    const { upload, start, rows } = told;
    assert.deepEqual(
      rows.map(({ codec }) => codec),
      [
        'national-json',
        'predecessor-xml',
        'delimited-text',
        'plain-xml',
        'plain-xml attributes',
        'framed-json',
        '2204 bytes to model and back',
      ],
    );
    const figures = [upload['timesFasterThanJsonata'], upload['timesHandWritten'], start['noneMs']];
    for (const one of [...figures, ...rows.flatMap(({ read, write }) => [read, write])]) {
      assert.equal(typeof one === 'number' && one > 0, true, stderr);
    }
  });
});
