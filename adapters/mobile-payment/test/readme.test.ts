/** The configuration of the README runs as it is printed, but for its ports. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { nationalShape } from '@yiqiao/sdk';
import { createSandboxKeys, startPaymentPlatform } from '@yiqiao/sandbox';
import { fees } from './payment-world.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const cli = fileURLToPath(new URL('../../../packages/cli/src/main.ts', import.meta.url));

const block = (language: string): string =>
  new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(readme)?.[1] ??
  assert.fail(`no ${language} in the README`);

interface Told {
  readonly state?: string;
  readonly code?: string;
  readonly credentialToken?: string;
  readonly parts?: unknown;
  readonly faults?: readonly unknown[];
}

describe('the README of @yiqiao/mobile-payment', () => {
  it('has a configuration that starts, scans a credential, and takes an order to its refund', async function () {
    this.timeout(20_000);
    const keys = createSandboxKeys();
    const centre = await startPaymentPlatform({ peerPublicKey: keys.publicKey });
    const folder = mkdtempSync(join(tmpdir(), 'mobile-payment-readme-'));
    const file = join(folder, 'mobile-payment.yaml');
    writeFileSync(join(folder, 'own.key'), `${keys.privateKey}\n`);
    writeFileSync(join(folder, 'centre.pub'), `${centre.publicKey}\n`);
    const settings = block('yaml')
      .replace('http://127.0.0.1:9440/', centre.url)
      .replace('port: 9441', 'port: 0');
    writeFileSync(file, settings);
    const child = spawn(process.execPath, [cli, 'adapter', 'run', file], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = once(child, 'exit');
    try {
      const url = await urlOf(child.stdout);
      const post = async (path: string, body: string): Promise<[number, Told]> => {
        const answer = await fetch(`${url}${path}`, { method: 'POST', body });
        return [answer.status, (await answer.json()) as Told];
      };
      const [, holder] = await post('credentials', block('json'));
      assert.equal(holder.credentialToken, 'ECTOKEN0000000000000000000000001');
      const { data } = nationalShape('uploadOnlineFees').writeRequest(fees('O1'));
      const [, opened] = await post('orders', JSON.stringify(data));
      assert.equal(opened.state, 'open');
      const [, due] = await post('orders/O1/pay', '{"visitId":"VO1"}');
      assert.deepEqual(
        [due.state, due.parts],
        ['cash-due', { fund: '70.00', account: '20.00', cash: '10.00' }],
      );
      const refund = (fund: string) =>
        post(
          'orders/O1/refunds',
          `{"refundNumber":"R1","parts":{"fund":"${fund}","account":"20.00","cash":"0"}}`,
        );
      assert.equal((await refund('70.01'))[1].code, 'PAYMENT_REFUND_TOO_MUCH');
      assert.equal((await refund('70.00'))[1].state, 'done');
      assert.equal(centre.ledger.find('O1')?.ordStas, '8');
      const [status, refused] = await post('orders/O1/refunds', '{}');
      assert.deepEqual([status, refused.code, refused.faults?.length], [400, 'MESSAGE_INVALID', 2]);
    } finally {
      child.kill('SIGTERM');
      await exited;
      await centre.close();
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
