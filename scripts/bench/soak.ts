/**
 * `npm run soak -- --exchanges N --json`: resident memory of a gateway while N signed settlements pass. The figure
 * `growth` is memory at the end over memory after a tenth.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compactTime, formatTime } from '@yiqiao/model';
import { writeGatewayConfig } from './gateway-config.ts';
import { runLoad, startFarSide } from './load.ts';
import { createMeasuredExchange } from './message.ts';
import { countAnswered } from './reconcile.ts';
import { startSubject } from './subjects.ts';

const LIMIT = 1.2;
const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, exchanges: { type: 'string', default: '100000' } },
});
const exchanges = Number(options.exchanges);
const part = Math.max(1, Math.round(exchanges / 20));
const folder = mkdtempSync(join(tmpdir(), 'yiqiao-soak-'));
const measured = createMeasuredExchange();
const farSide = await startFarSide(() => measured.answer);
const config = writeGatewayConfig({ folder, farSide: farSide.url, keys: measured.keys, signed: true });
const subject = await startSubject('gateway', config);
const samples: { exchanges: number; residentBytes: number }[] = [];
let done = 0;
let answered = 0;
while (done < exchanges) {
  const count = Math.min(part, exchanges - done);
  const from = done;
  const at = { stamp: compactTime(Date.now()), time: formatTime(Date.now()) };
  const bodies = Array.from({ length: count }, (_, index) => measured.request(from + index, at));
  const load = await runLoad({
    url: subject.url,
    count,
    concurrency: 32,
    body: (index) => bodies[index] ?? '',
    expect: (answer) => /"infcode":0/.test(answer),
  });
  done += count;
  answered += load.expected;
  samples.push({ exchanges: done, residentBytes: await subject.memory() });
  process.stderr.write(`${done} exchanges, ${Math.round((samples.at(-1)?.residentBytes ?? 0) / 1e6)} MB\n`);
}
await subject.stop();
await farSide.close();
const inJournal = await countAnswered(join(folder, 'journal.sqlite'));
rmSync(folder, { recursive: true });
const early = samples.find((sample) => sample.exchanges >= exchanges / 10) ?? samples[0];
const late = samples.at(-1);
const growth = Number(((late?.residentBytes ?? 0) / (early?.residentBytes ?? 1)).toFixed(3));
const reconciled = answered === exchanges && inJournal === exchanges && farSide.received() === exchanges;
const ok = reconciled && growth <= LIMIT;
const report = { ok, reconciled, exchanges, growth, limit: LIMIT, samples };
process.stdout.write(`${options.json ? JSON.stringify(report) : JSON.stringify(report, null, 2)}\n`);
process.exitCode = ok ? 0 : 1;
