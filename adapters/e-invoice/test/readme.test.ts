/** The configuration of the README runs as it is printed, but for its ports. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ExactNumber, leafText } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import { startEInvoicePlatform } from '@yiqiao/sandbox';
import type { EInvoicePlatform } from '@yiqiao/sandbox';
import { jsonCodec } from '@yiqiao/sdk';
import { startFarSide } from '@yiqiao/sdk/testing';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const cli = fileURLToPath(new URL('../../../packages/cli/src/main.ts', import.meta.url));

const blocks = (language: string): readonly (string | undefined)[] =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g'))].map(([, text]) => text);
const [yaml, insurance] = blocks('yaml');
const [json] = blocks('json');

describe('the README of @yiqiao/e-invoice', () => {
  let platform: EInvoicePlatform;
  let folder: string;
  beforeEach(async () => {
    platform = await startEInvoicePlatform();
    folder = mkdtempSync(join(tmpdir(), 'e-invoice-readme-'));
  });
  afterEach(async () => {
    await platform.close();
    rmSync(folder, { recursive: true });
  });

  /** Runs the configuration, with what is printed to stand below it. */
  async function run(below: string, work: (url: string) => Promise<void>): Promise<void> {
    const file = join(folder, 'e-invoice.yaml');
    const settings = (yaml ?? '')
      .replace('http://127.0.0.1:9430/', platform.url)
      .replace('port: 9431', 'port: 0');
    writeFileSync(file, settings + below);
    const child = spawn(process.execPath, [cli, 'adapter', 'run', file], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = once(child, 'exit');
    try {
      await work(await urlOf(child.stdout));
    } finally {
      child.kill('SIGTERM');
      await exited;
    }
  }

  it('has a configuration that starts, takes the event and issues its bill', async function () {
    this.timeout(20_000);
    await run('', async (url) => {
      await settle(url);
      assert.match(await printed(url), /票据号码：0000000001/);
      assert.equal(platform.ledger.inForce().length, 1);
      const wrong = await fetch(`${url}settled`, { method: 'POST', body: '{"settlementId":"S2"}' });
      const refusal = (await wrong.json()) as { code: string; faults: readonly unknown[] };
      assert.deepEqual([wrong.status, refusal.code], [400, 'MESSAGE_INVALID']);
      assert(refusal.faults.length > 5);
      assert.equal((await fetch(`${url}bills/S9`)).status, 404);
    });
  });

  it('has settings of the gateway with which 5203 is asked first and a voucher uploaded', async function () {
    this.timeout(20_000);
    const gateway = await startInsuranceSide();
    // The gateway by hand signs nothing and wants nothing signed.
    const below = (insurance ?? '')
      .replace('http://127.0.0.1:8530/care-place', gateway.url)
      .replace(/^  signing: .*$/m, '');
    try {
      await run(below, async (url) => {
        await settle(url, { diagnoses: [{ code: 'J06.903', name: '急性上呼吸道感染' }] });
        await printed(url);
        assert.deepEqual(gateway.asked(), ['5203']);
        const members = { settlementId: 'S1', businessPeriod: '202603', fileName: 'S1.zip' };
        const post = (body: object) =>
          fetch(`${url}vouchers`, { method: 'POST', body: JSON.stringify(body) });
        const wrong = await post({ ...members, layoutFile: 'no Base64' });
        const refusal = (await wrong.json()) as { faults: readonly { at: string }[] };
        assert.deepEqual([wrong.status, refusal.faults.map(({ at }) => at)], [400, ['/layoutFile']]);
        const answer = await post({ ...members, layoutFile: 'UEsDBA==' });
        const { batch } = (await answer.json()) as { batch: string };
        assert.equal(answer.status, 202);
        const voucher = await eventually(async () => {
          const told = (await (await fetch(`${url}vouchers/${batch}`)).json()) as { state: string };
          return told.state === 'owed' ? undefined : told;
        });
        assert.deepEqual([voucher.state, 'layoutFile' in voucher], ['uploaded', false]);
        assert.deepEqual(gateway.asked(), ['5203', '4901', '4902']);
        const status = await fetch(`${url}bills/S1/voucher-status`);
        assert.equal(((await status.json()) as { voucherNumber: string }).voucherNumber, '0000000001');
        assert.equal((await fetch(`${url}vouchers/B9`)).status, 404);
      });
    } finally {
      await gateway.close();
    }
  });
});

async function settle(url: string, more: object = {}): Promise<void> {
  const body = JSON.stringify({ ...(JSON.parse(json ?? '') as object), ...more });
  const settled = await fetch(`${url}settled`, { method: 'POST', body });
  assert.equal(settled.status, 200, await settled.clone().text());
}

/** The text of the bill, when it is issued. */
function printed(url: string): Promise<string> {
  return eventually(async () => {
    const answer = await (await fetch(`${url}bills/S1/text`)).text();
    return answer.includes('票据号码') ? answer : undefined;
  });
}

/** A gateway, by hand: it has the settlement, and keeps what is uploaded. */
async function startInsuranceSide() {
  const asked: string[] = [];
  const far = await startFarSide({
    codec: jsonCodec(),
    answer({ members }) {
      const infno = leafText(members['infno']) ?? '';
      asked.push(infno);
      const answered = { infcode: new ExactNumber('0'), inf_refmsgid: '530000202601010800000000000001' };
      return { ...answered, respond_time: '20260101080000001', err_msg: '', output: OUTPUTS[infno] ?? null };
    },
  });
  return { url: far.url, asked: () => asked, close: () => far.close() };
}

const amount = (text: string): ExactNumber => new ExactNumber(text);
const VOUCHER = { elecSetlCertNo: '0000000001', elecSetlCertType: '1' };
const OUTPUTS: WireObject = {
  '5203': {
    setlinfo: {
      setl_id: 'S1',
      mdtrt_id: 'V1',
      psn_no: '53000000000000000001',
      medfee_sumamt: amount('100.00'),
      fund_pay_sumamt: amount('70.00'),
      acct_pay: amount('20.00'),
      refd_setl_flag: '0',
    },
  },
  '4901': {},
  '4902': [VOUCHER],
  '5501': VOUCHER,
};

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
