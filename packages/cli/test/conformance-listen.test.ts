import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { RunResults } from '@yiqiao/conformance';
import { figuresOf, speak } from './spoken.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const RUN_MS = 60_000;

/** A message of 1101 as a HIS sends it. */
function identify(serial: string, change: object = {}): string {
  return JSON.stringify({
    infno: '1101',
    msgid: `H5301000000120261120100000${serial}`,
    mdtrtarea_admvs: '530100',
    recer_sys_code: '99',
    infver: '1.0.0',
    opter_type: '1',
    opter: '0001',
    opter_name: '测试经办',
    inf_time: '2026-11-20 10:00:00',
    fixmedins_code: 'H53010000001',
    fixmedins_name: '示例医院',
    input: {
      data: {
        mdtrt_cert_type: '02',
        mdtrt_cert_no: '000000199001010018',
        psn_cert_type: '01',
        certno: '000000199001010018',
        psn_name: '测试甲',
      },
    },
    ...change,
  });
}

describe('yiqiao conformance run without an address', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'yiqiao-listen-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const at = (name: string): string => join(folder, name);
  const keep = (name: string, content: string): string => {
    writeFileSync(at(name), content);
    return at(name);
  };
  const run = (...args: readonly string[]): ReturnType<typeof speak> =>
    speak('conformance', 'run', '--kit', 'his', '--results', at('last.json'), '--json', ...args);
  const resultsOf = (): RunResults => JSON.parse(readFileSync(at('last.json'), 'utf8')) as RunResults;

  describe('--from', () => {
    it('judges recordings and exits with 1 when a must is not met', async () => {
      const log = [identify('0001'), identify('0001', { opter_name: '', input: {} })]
        .map((request) => JSON.stringify({ at: '2026-11-20 10:00:00', request }))
        .join('\n');
      const said = await run('--from', keep('his.ndjson', log));
      const { verdict, notMet } = figuresOf(said) as {
        verdict: string;
        notMet: readonly { id: string; again: string }[];
      };
      assert.deepEqual([said.code, verdict], [1, 'fail']);
      const ids = notMet.map(({ id }) => id);
      assert(ids.includes('his/envelope/required') && ids.includes('his/envelope/msgid-new'), ids.join());
      assert.match(notMet[0]?.again ?? '', /--from .*his\.ndjson --only/);
      assert.equal(resultsOf().target, `from:${at('his.ndjson')}`);
    });

    it('reads evidence files, also a folder of them', async () => {
      for (const serial of ['0001', '0002'])
        keep(`${serial}.json`, evidenceOf(identify(serial, serial === '0002' ? { opter: '' } : {})));
      await run('--from', folder);
      const found = resultsOf().requirements.find(({ id }) => id === 'his/envelope/required');
      assert.deepEqual(
        found?.findings.map(({ exchange }) => [exchange?.msgid.slice(-4), exchange?.at, exchange?.infcode]),
        [['0002', '2026-11-20 10:00:00', '-1']],
      );
    });

    it('names file and line of what is no recording', async () => {
      const { code, err } = await run('--from', keep('his.ndjson', '{"at":"yesterday","request":"{}"}'));
      assert.equal(code, 2);
      assert.match(err, /his\.ndjson\n第 1 行 line 1:/);
    });

    it('is for kits that have rules over recordings', async () => {
      const { code, err } = await speak(
        'conformance',
        'run',
        '--kit',
        'e-invoice',
        '--from',
        keep('his.ndjson', ''),
      );
      assert.equal(code, 2);
      assert.match(err, /has no rules over recorded messages/);
    });
  });

  it('wants exactly one of --target, --listen and --from', async () => {
    for (const args of [[], ['--target', 'http://127.0.0.1:9/', '--from', keep('his.ndjson', '')]]) {
      const { code, err } = await run(...args);
      assert.deepEqual([code, /give one of --target, --listen and --from/.test(err)], [2, true]);
    }
  });

  describe('--listen', () => {
    it('lets a command drive the target, and asks it what the screen says', async function () {
      this.timeout(RUN_MS);
      const port = await freePort();
      keep('message.json', identify('0001'));
      const driver = keep(
        'drive.mjs',
        `import { readFileSync } from 'node:fs';
         import { text } from 'node:stream/consumers';
         const { kind } = JSON.parse(await text(process.stdin));
         if (kind === 'deed')
           await fetch('http://127.0.0.1:${port}/', { method: 'POST', body: readFileSync(${JSON.stringify(at('message.json'))}) });
         console.log(kind === 'deed' ? 'done' : 'no');`,
      );
      const answers = keep('answers.json', JSON.stringify({ drive: `"${process.execPath}" "${driver}"` }));
      const { code, err } = await run(
        '--listen',
        String(port),
        '--answers',
        answers,
        '--only',
        'person-refused',
      );
      assert.match(err, new RegExp(`plays the platform at http://127.0.0.1:${port}/`));
      const results = resultsOf();
      const found = results.requirements.find(({ id }) => id === 'his/screen/refusal');
      assert.equal(found?.status, 'warn', JSON.stringify(results.counts));
      assert.match(found?.again ?? '', new RegExp(`--listen ${port} --only his/screen/refusal`));
      assert.equal(code, results.verdict === 'pass' ? 0 : 1);
      assert(!existsSync(at('listen-his.json')), 'a run that ended leaves nothing to go on with');
    });

    it('asks at the terminal, and goes on after a break', async function () {
      this.timeout(RUN_MS);
      const args = ['conformance', 'run', '--kit', 'his', '--listen', '0', '--results', at('last.json')];
      const only = ['--only', 'person-refused', '--only', 'sign-in-and-out'];
      const first = await typed([...args, ...only], 's\n');
      assert.match(first, /s leaves the scenario out/);
      assert.match(first, /--resume goes on from here/);
      assert(existsSync(at('listen-his.json')));
      const second = await typed([...args, ...only, '--resume'], 's\n');
      assert.match(second, /going on: 1 scenarios are done/);
      assert(!existsSync(at('listen-his.json')));
    });

    it('is for kits of clients, on a port', async () => {
      const other = await speak('conformance', 'run', '--kit', 'insured-place', '--listen', '0');
      assert.match(other.err, /is not for targets that are clients/);
      assert.match((await run('--listen', 'x')).err, /must be a port/);
    });
  });
});

/** An evidence file with a message and a refusal, as `yiqiao evidence export` writes one. */
function evidenceOf(request: string): string {
  const answer = '{"infcode":-1,"inf_refmsgid":"","err_msg":"不予受理","output":null}';
  const [asked, told] = [Buffer.from(request), Buffer.from(answer)];
  const facts = {
    received: { type: 'application/json', span: [0, asked.length] },
    reply: { type: 'application/json', span: [asked.length, told.length] },
  };
  const entry = {
    id: 7,
    exchangeId: 1,
    previous: null,
    kind: 'accepted',
    at: Date.UTC(2026, 10, 20, 2, 0, 0),
    facts: JSON.stringify(facts),
    payloadHash: null,
    hash: '',
    batch: 0,
    index: 0,
    path: [],
    content: {
      state: 'whole',
      digest: '',
      pieces: [],
      bytes: Buffer.concat([asked, told]).toString('base64'),
    },
  };
  return JSON.stringify({
    format: 'yiqiao-evidence-file/1',
    warning: { zh: '', en: '' },
    exchange: { id: 1, peer: '', institution: '', messageId: '', transaction: '' },
    entries: [entry],
    batches: [],
    certificates: [],
    checksum: '',
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** What the command says when somebody types this and goes away. */
async function typed(args: readonly string[], input: string): Promise<string> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['pipe', 'ignore', 'pipe'] });
  child.stdin.end(input);
  const said = text(child.stderr);
  await new Promise((resolve) => child.once('exit', resolve));
  return await said;
}
