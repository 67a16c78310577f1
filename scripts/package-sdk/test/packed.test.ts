import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { startWorld } from '../../../packages/cli/src/world.ts';
import type { World } from '../../../packages/cli/src/world.ts';
import type { LedgerRow } from '../../../packages/sandbox/src/index.ts';
import { packSdk } from '../pack.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const run = promisify(execFile);
const TSC = join(root, 'node_modules/typescript/bin/tsc');
const EXAMPLE = join(root, 'docs/clients/node/first-visit.ts');

/** An empty folder of a vendor, with the package as npm would install it, and the types of Node. */
function installed(tarball: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'vendor-')));
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@yiqiao/sdk'), { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', join(modules, '@yiqiao/sdk'), '--strip-components=1']);
  const types = dirname(realpathSync(join(root, 'node_modules/@types/node/package.json')));
  cpSync(types, join(modules, '@types/node'), { recursive: true });
  const undiciTypes = createRequire(join(types, 'index.d.ts')).resolve('undici-types/package.json');
  cpSync(dirname(undiciTypes), join(modules, 'undici-types'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  return folder;
}

function compile(folder: string, file: string): string {
  const settings = ['--strict', '--module', 'nodenext', '--target', 'es2024', '--types', 'node'];
  try {
    return execFileSync(process.execPath, [TSC, '--noEmit', ...settings, file], {
      cwd: folder,
      encoding: 'utf8',
    });
  } catch (error) {
    return String((error as { stdout?: unknown }).stdout);
  }
}

describe('The package that vendors install', () => {
  let folder = '';
  let target = '';
  before(async function () {
    this.timeout(30_000);
    target = mkdtempSync(join(tmpdir(), 'yiqiao-packed-'));
    folder = installed((await packSdk(root, target)).file);
  });
  after(() => {
    for (const one of [folder, target]) rmSync(one, { recursive: true, force: true });
  });

  it('has no dependencies, no scripts, and the licences of what it contains', () => {
    const read = (name: string): string =>
      readFileSync(join(folder, 'node_modules/@yiqiao/sdk', name), 'utf8');
    const manifest = JSON.parse(read('package.json')) as Record<string, unknown>;
    for (const name of ['dependencies', 'peerDependencies', 'scripts', 'private'])
      assert.equal(manifest[name], undefined);
    assert.deepEqual(manifest['engines'], { node: '>=22.19.0' });
    for (const name of ['undici', 'ajv', 'iconv-lite'])
      assert.match(read('NOTICES.md'), new RegExp(`^## ${name} \\d`, 'm'));
    assert.match(read('LICENSE'), /Apache License/);
  });

  it('has the documentation that a vendor works from, with links that lead somewhere', () => {
    const home = join(folder, 'node_modules/@yiqiao/sdk');
    const pages = [
      'README.md',
      'docs/sdk.md',
      'docs/adapters.md',
      'docs/errors.md',
      'docs/clients/README.md',
    ];
    for (const page of pages) {
      const links = readFileSync(join(home, page), 'utf8').matchAll(/\]\((?!https?:)([^)#\s]+)/g);
      for (const [, to = ''] of links)
        assert(existsSync(join(home, dirname(page), to)), `${page} links to ${to}`);
    }
  });

  it('is clean for publint', async () => {
    const pkgDir = join(folder, 'node_modules/@yiqiao/sdk');
    const { messages } = await publint({ pkgDir, strict: true, pack: false });
    assert.deepEqual(messages, []);
  });

  it('has types that hold by themselves, and that refuse a number as an amount', function () {
    this.timeout(20_000);
    cpSync(EXAMPLE, join(folder, 'first-visit.ts'));
    assert.equal(compile(folder, 'first-visit.ts'), '');
    writeFileSync(
      join(folder, 'wrong.ts'),
      `import type { RequestOf } from '@yiqiao/sdk';\nimport { startFarSide } from '@yiqiao/sdk/testing';\n` +
        `export const wrong: Partial<RequestOf<'settleOutpatient'>> = { total: 12.5 };\nexport { startFarSide };\n`,
    );
    assert.match(compile(folder, 'wrong.ts'), /^wrong\.ts\(3,\d+\): error TS2322/);
  });

  describe('with the program of the documentation, at the sandbox’s gateway', function () {
    this.timeout(30_000);
    let world: World;
    before(async () => {
      world = await startWorld({ folder: join(target, 'sandbox'), ports: 'free', logLevel: 'silent' });
    });
    after(() => world.close());

    const visit = (url = world.gateways.national.url): Promise<{ stdout: string; stderr: string }> => {
      const keys = ['his-530000.key.pem', '530000.pub.pem'].map((name) => join(world.folder, name));
      return run(process.execPath, ['first-visit.ts', url, ...keys], { cwd: folder });
    };
    const settled = (): readonly LedgerRow[] => world.insuredCore.ledger.effective();
    const lineOf = ({ setlId, total, fund, account, cash }: LedgerRow): string =>
      `settled ${setlId}\ntotal ${total} = fund ${fund} + account ${account} + cash ${cash}\n`;

    it('settles a visit', async () => {
      const { stdout } = await visit();
      const [row, ...others] = settled();
      assert(row !== undefined && others.length === 0, stdout);
      assert.deepEqual([stdout, row.total], [lineOf(row), '99.70']);
    });

    it('settles once though the answer is lost on the way from the gateway', async () => {
      const before = settled().length;
      const relay = await startForgetfulRelay(world.gateways.national.url, '2207');
      const { stdout } = await visit(relay.url);
      const [row, ...others] = settled().slice(before);
      assert(row !== undefined && others.length === 0, stdout);
      assert.deepEqual([stdout, relay.forgotten()], [lineOf(row), 1]);
      relay.close();
    });

    it('hears that nothing was charged when the answer is lost behind the gateway', async () => {
      const before = settled().length;
      world.insuredCore.faults.next({ kind: 'lose-reply', infno: '2207' });
      const ended = await visit().then(
        () => undefined,
        (error: unknown) => error as { readonly code: number; readonly stderr: string },
      );
      assert.match(ended?.stderr ?? '', /^REVERSED gateway may have acted: no/);
      assert.deepEqual([ended?.code, settled().length], [1, before]);
    });
  });
});

/** Passes messages on and answers back, but for the first answer to one transaction: then the connection breaks. */
async function startForgetfulRelay(url: string, infno: string) {
  let forgotten = 0;
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      const answer = await fetch(url, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      });
      const answered = await answer.text();
      if (forgotten === 0 && body.includes(`"infno":"${infno}"`)) {
        forgotten += 1;
        response.destroy();
      } else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answered);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    forgotten: () => forgotten,
    close: () => void server.close(),
  };
}
