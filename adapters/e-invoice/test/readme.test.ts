/** The configuration of the README runs as it is printed, but for its ports. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startEInvoicePlatform } from '@yiqiao/sandbox';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const cli = fileURLToPath(new URL('../../../packages/cli/src/main.ts', import.meta.url));

const block = (language: string): string =>
  new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(readme)?.[1] ??
  assert.fail(`no ${language} in the README`);

describe('the README of @yiqiao/e-invoice', () => {
  it('has a configuration that starts, takes the event and issues its bill', async function () {
    this.timeout(20_000);
    const platform = await startEInvoicePlatform();
    const folder = mkdtempSync(join(tmpdir(), 'e-invoice-readme-'));
    const file = join(folder, 'e-invoice.yaml');
    const settings = block('yaml')
      .replace('http://127.0.0.1:9430/', platform.url)
      .replace('port: 9431', 'port: 0');
    writeFileSync(file, settings);
    const child = spawn(process.execPath, [cli, 'adapter', 'run', file], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = once(child, 'exit');
    try {
      const url = await urlOf(child.stdout);
      const settled = await fetch(`${url}settled`, { method: 'POST', body: block('json') });
      assert.equal(settled.status, 200, await settled.clone().text());
      const text = await eventually(async () => {
        const answer = await (await fetch(`${url}bills/S1/text`)).text();
        return answer.includes('票据号码') ? answer : undefined;
      });
      assert.match(text, /票据号码：0000000001/);
      assert.equal(platform.ledger.inForce().length, 1);
      const wrong = await fetch(`${url}settled`, { method: 'POST', body: '{"settlementId":"S2"}' });
      const refusal = (await wrong.json()) as { code: string; faults: readonly unknown[] };
      assert.deepEqual([wrong.status, refusal.code], [400, 'MESSAGE_INVALID']);
      assert(refusal.faults.length > 5);
      assert.equal((await fetch(`${url}bills/S9`)).status, 404);
    } finally {
      child.kill('SIGTERM');
      await exited;
      await platform.close();
      rmSync(folder, { recursive: true });
    }
  });
});

/** The address that the command prints when it serves. */
async function urlOf(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const [found] = /http:\/\/127\.0\.0\.1:\d+\//.exec(line) ?? [];
    if (found !== undefined) return found;
  }
  return assert.fail('the command ended without an address');
}

/** What is there after some turns of the loop; the outbox works beside us. */
async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let turn = 0; turn < 500; turn += 1) {
    const found = await look();
    if (found !== undefined) return found;
  }
  return assert.fail('it never came');
}
