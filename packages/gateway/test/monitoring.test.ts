import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { FarSide } from './far-side.ts';
import { identification, message, settlement, SIGNING } from './messages.ts';
import { assertDone, assertRefused, assertUnknown, post } from './posts.ts';
import { endAll, makeFolder, openFarSide, startRig, usualConfig } from './rig.ts';

const SERVE = `
import { startGateway } from '@yiqiao/gateway';
const gateway = await startGateway({ configFile: process.argv[1] });
process.stderr.write(gateway.url + '\\n');
process.once('SIGTERM', () => gateway.close());
`;

/** What a gateway writes to its standard output while callers do something. */
async function logOf(far: FarSide, work: (url: string) => Promise<void>): Promise<string> {
  const configFile = join(makeFolder(), 'gateway.yaml');
  const yaml = usualConfig({ core: far.url, hub: far.url });
  writeFileSync(configFile, yaml.replace('logLevel: silent', 'logLevel: debug'));
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const child = spawn(process.execPath, ['--input-type=module', '-e', SERVE, configFile], { cwd });
  let log = '';
  child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const ended = once(child, 'close');
  const [url] = (await once(createInterface(child.stderr), 'line')) as [string];
  try {
    await work(url);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
  return log;
}

/** What identifies a person in the messages of these tests, and words of the far side. */
const PERSONAL = [
  '测试甲',
  '000000199001010018',
  '00000000000000000000000001',
  '测试经办',
  '说明',
  'S0001',
  'F0001',
];

describe('The log', () => {
  afterEach(endAll);

  it('tells what happened, and nothing of whom', async () => {
    const far = await openFarSide();
    const log = await logOf(far, async (url) => {
      assertDone(await post(url, settlement()));
      assertDone(await post(url, identification()));
      assertRefused(
        await post(
          url,
          settlement({ insutype: undefined, psn_no: '"测试甲测试甲测试甲测试甲测试甲测试甲"' }),
        ),
        'MESSAGE_INVALID',
      );
      assertRefused(await post(url, settlement({ medfee_sumamt: '9.995' })), 'AMOUNT_INVALID');
      assertRefused(await post(url, settlement().replace('"certno":', '"certno"')), 'MESSAGE_NOT_READABLE');
      assertRefused(
        await post(url, message('9998', '{"data":{"certno":"000000199001010018"}}')),
        'TRANSACTION_UNKNOWN',
      );
      far.behave(() => ({ refused: '说明：测试甲 000000199001010018 已停保' }));
      assertRefused(await post(url, settlement()), 'UPSTREAM_REJECTED');
      far.behave(({ infno }) => (infno === '2207' ? 'lost' : { refused: '说明：测试甲 不能冲正' }));
      assertUnknown(await post(url, settlement()), 'HANDED_TO_PERSON');
      far.behave(({ infno }) =>
        infno === '2207' ? { raw: '{"infcode":0,"output":{"setlinfo":{"psn_name":"测试甲",' } : undefined,
      );
      assertRefused(await post(url, settlement()), 'REVERSED');
      far.behave(() => ({
        output: '{"setlinfo":{"psn_no":"00000000000000000000000001","mdtrt_id":"S0001","certno":5}}',
      }));
      assertDone(await post(url, settlement()));
    });
    const lines = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const exchanges = lines.filter(({ msg }) => msg === 'exchange');
    assert.deepEqual(
      exchanges.map(({ transaction, outcome, code }) => [transaction, outcome, code]),
      [
        ['2207', 'answered', undefined],
        ['1101', 'answered', undefined],
        ['2207', 'rejected', 'MESSAGE_INVALID'],
        ['2207', 'rejected', 'AMOUNT_INVALID'],
        ['unknown', 'rejected', 'MESSAGE_NOT_READABLE'],
        ['9998', 'rejected', 'TRANSACTION_UNKNOWN'],
        ['2207', 'rejected', 'UPSTREAM_REJECTED'],
        ['2207', 'unknown', 'HANDED_TO_PERSON'],
        ['2207', 'rejected', 'REVERSED'],
        ['2207', 'answered', undefined],
      ],
    );
    assert(exchanges.every(({ ms, role }) => typeof ms === 'number' && role === 'care-place'));
    assert(lines.some(({ msg, state }) => msg === 'state' && state === 'handed-to-person'));
    assert(lines.some(({ msg }) => msg === 'odd answer'));
    for (const text of PERSONAL) assert(!log.includes(text), `${text} is in the log`);
  });

  it('cuts what a caller can make as long as it likes', async () => {
    const far = await openFarSide();
    const long = `"${'x'.repeat(300_000)}"`;
    const log = await logOf(far, async (url) => {
      const body = settlement({}, { msgid: long, fixmedins_code: long, infno: long });
      assertRefused(await post(url, body), 'OPERATION_NOT_ALLOWED');
      const members: Record<string, string> = { medfee_sumamt: '-0' };
      for (let count = 0; count < 5_000; count += 1) members[`${'x'.repeat(300)}${count}`] = '[]';
      await post(url, settlement(members));
    });
    assert(log.length < 8_000, `${log.length} characters`);
  });
});

describe('Health and metrics', () => {
  afterEach(endAll);

  it('say that a gateway lives and is ready', async () => {
    const { base } = (await startRig()).gateway;
    assert.deepEqual(await (await fetch(`${base}/health/live`)).json(), { live: true });
    const response = await fetch(`${base}/health/ready`);
    const { ready, checks } = (await response.json()) as { ready: boolean; checks: Record<string, string> };
    assert.deepEqual([response.status, ready, new Set(Object.values(checks))], [200, true, new Set(['ok'])]);
  });

  it('count exchanges, errors and deviations by peer and transaction', async () => {
    const { gateway } = await startRig();
    assertDone(await post(gateway.url, settlement()));
    assertDone(await post(gateway.url, settlement({ odd_member: '"x"' })));
    assertRefused(await post(gateway.url, settlement({ medfee_sumamt: '9.995' })), 'AMOUNT_INVALID');
    const response = await fetch(`${gateway.base}/metrics`);
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain/);
    const text = await response.text();
    for (const line of [
      'yiqiao_exchanges_total{peer="plain",transaction="2207",outcome="answered"} 2',
      'yiqiao_exchanges_total{peer="plain",transaction="2207",outcome="rejected"} 1',
      'yiqiao_errors_total{peer="plain",transaction="2207",code="AMOUNT_INVALID"} 1',
      'yiqiao_deviations_total{peer="plain",transaction="2207",rule="unknown-member"} 1',
      'yiqiao_exchange_seconds_count{transaction="2207"} 3',
      'yiqiao_in_flight 0',
      'yiqiao_open_exchanges 0',
    ]) {
      assert(text.split('\n').includes(line), `${line} is missing in:\n${text}`);
    }
  });

  it('show what is in flight and what is open', async () => {
    const { gateway, far } = await startRig();
    const held = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    far.behave(async () => {
      if (far.arrived.length === 2) arrived.resolve();
      await held.promise;
      return undefined;
    });
    const running = [settlement(), settlement()].map((body) => post(gateway.url, body));
    await arrived.promise;
    const text = await (await fetch(`${gateway.base}/metrics`)).text();
    assert.match(text, /^yiqiao_in_flight 2$/m);
    assert.match(text, /^yiqiao_open_exchanges 2$/m);
    held.resolve();
    await Promise.all(running);
  });

  it('do not let a caller make labels of its own', async () => {
    const { gateway } = await startRig();
    for (const infno of ['1', 'x"} 1\\n', 'ABCDEFG', '测试甲', '9998', 'ABCDEF']) {
      await post(gateway.url, message(infno, '{}'));
      await post(gateway.url, message(infno, '{}', { fixmedins_code: '"H9"' }));
      await post(gateway.url, message(infno, '{}', { fixmedins_code: JSON.stringify(SIGNING) }));
    }
    const text = await (await fetch(`${gateway.base}/metrics`)).text();
    const labels = new Set(
      [...text.matchAll(/yiqiao_exchanges_total\{.*transaction="([^"]*)"/g)].map(([, label]) => label),
    );
    assert.deepEqual([...labels], ['unknown']);
  });
});
