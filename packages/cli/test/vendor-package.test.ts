/** A vendor's adapter: begun by the scaffold, written from docs/adapters.md, with the package that vendors install. */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '#internal/command.ts';
import { jsonCodec } from '@yiqiao/sdk';
import { startFarSide } from '@yiqiao/sdk/testing';
import { packSdk } from '../../../scripts/package-sdk/pack.ts';
import { findService, readAdapterFile } from '#internal/adapter-file.ts';
import { systemClock } from '@yiqiao/model';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const DOCS = readFileSync(join(root, 'docs/adapters.md'), 'utf8');

describe('A package written from the documentation of the SDK', function () {
  this.timeout(60_000);
  let folder = '';
  let target = '';
  before(async () => {
    target = mkdtempSync(join(tmpdir(), 'packed-'));
    const { file } = await packSdk(root, target);
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'vendor-')));
    const out = { write: () => true };
    assert.equal(await runCommand(['adapter', 'new', 'charges', '--dir', folder], { out, err: out }), 0);
    const sdk = join(folder, 'node_modules/@yiqiao/sdk');
    mkdirSync(sdk, { recursive: true });
    execFileSync('tar', ['-xzf', file, '-C', sdk, '--strip-components=1']);
  });
  after(() => {
    for (const one of [folder, target]) rmSync(one, { recursive: true, force: true });
  });

  it('says that Node is too old where it is, instead of finding no test', () => {
    const check = readFileSync(join(folder, 'check-node.mjs'), 'utf8');
    const said = (version: string): string => {
      const program = `Object.defineProperty(process.versions, 'node', { value: '${version}' });\n${check}`;
      try {
        const stdio = ['ignore', 'pipe', 'pipe'] as const;
        return execFileSync(process.execPath, ['--input-type=module', '-e', program], {
          stdio: [...stdio],
          encoding: 'utf8',
        });
      } catch (error) {
        return String((error as { stderr?: unknown }).stderr);
      }
    };
    assert.match(said('20.20.2'), /22\.19 or newer is needed/);
    assert.match(said('22.18.0'), /22\.19 or newer is needed/);
    assert.equal(said('22.19.0'), '');
    assert.equal(said('24.0.0'), '');
  });

  it('runs its tests at once, and each that fails says what is missing', async () => {
    const { code, output } = await runTests(folder);
    assert.notEqual(code, 0);
    assert.match(output, /\/number: .*The map is not filled in: say what the far side calls number/);
    assert.match(output, /\/receiptNumber: /);
  });

  it('passes the kit once it is filled in as the documentation says', async () => {
    for (const [path, content] of blocksOf(DOCS)) writeFileSync(join(folder, path), content);
    const { code, output } = await runTests(folder);
    assert.equal(code, 0, output);
    assert.match(output, /^# pass (?:[2-9]\d|\d{3,})$/m);
    assert.match(output, /^# fail 0$/m);
  });

  it('is found by `yiqiao adapter run` and reaches its far side', async () => {
    const far = await startFarSide({ codec: jsonCodec(), answer: () => ({ code: '0', sjh: 'R1' }) });
    const file = join(folder, 'try.yaml');
    writeFileSync(file, `adapter: .\nurl: ${far.url}\nlisten: { port: 0 }\n`);
    const read = await readAdapterFile(file);
    const definition = await findService(read);
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const parts = { clock: systemClock, log, readFile: () => '', pathOf: (path: string) => path };
    const service = await definition.create(read.settings, parts);
    const { url = '' } = await service.start();
    const body = JSON.stringify({ sfdh: 'C1', zje: '12.50', sfsj: '2026-01-01 08:00:00' });
    const answer = await fetch(new URL('charges', url), { method: 'POST', body });
    assert.deepEqual(await answer.json(), { receiptNumber: 'R1' });
    assert.equal(Buffer.from(far.requests[0]?.bytes ?? []).toString(), body.replace('"12.50"', '12.50'));
    await service.stop();
    await far.close();
  });
});

/** The blocks of the documentation that are files: a name in code, a colon, the block. */
function blocksOf(text: string): readonly (readonly [path: string, content: string])[] {
  const found = [...text.matchAll(/^`([\w./-]+\.ts)`:\n\n```ts\n([\s\S]*?)```/gm)];
  assert.equal(found.length, 3);
  return found.map(([, path = '', content = '']) => [path, content]);
}

function runTests(cwd: string): Promise<{ readonly code: number; readonly output: string }> {
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: _inner, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--test', '--test-reporter=tap', 'test/*.test.ts'],
      { cwd, env },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr });
      },
    );
  });
}
