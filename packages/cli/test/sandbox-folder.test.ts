/** `yiqiao start --data FOLDER` empties its folder, so it must not take one that is somebody else's. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../src/main.ts', import.meta.url));

describe('yiqiao start --data FOLDER', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'yiqiao-folder-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('leaves a folder alone that holds something else, and says so', () => {
    writeFileSync(join(folder, 'thesis.txt'), 'years of work');
    const { status, stdout } = spawnSync(process.execPath, [PROGRAM, 'start', '--json', '--data', folder], {
      encoding: 'utf8',
      timeout: 8_000,
    });
    assert.equal(status, 2);
    const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { ok: boolean; message: string };
    assert.equal(last.ok, false);
    assert.match(last.message, /nothing was removed/);
    assert.deepEqual(readdirSync(folder), ['thesis.txt']);
    assert.equal(readFileSync(join(folder, 'thesis.txt'), 'utf8'), 'years of work');
  });

  it('leaves the folder of a sandbox alone that still runs', () => {
    writeFileSync(join(folder, '.yiqiao-sandbox'), String(process.pid));
    const { status, stderr } = spawnSync(process.execPath, [PROGRAM, 'start', '--data', folder], {
      encoding: 'utf8',
      timeout: 8_000,
    });
    assert.equal(status, 2);
    assert.match(stderr, /running sandbox/);
    assert.deepEqual(readdirSync(folder), ['.yiqiao-sandbox']);
  });
});
