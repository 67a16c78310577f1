/**
 * `npm run bench`: what an exchange costs, what its journal costs, and what faults of some cost others. Subjects run in
 * processes of their own, in turn, several rounds. `--json` prints one object as the last line. Options: `--only PART`
 * (exchange, durable, encryption, writes, province, access, client, reload; may be repeated), `--rounds N`, `--count N` requests
 * per round, `--concurrency N`, `--reloads N`.
 */
import { parseArgs } from 'node:util';
import { measureAccess } from './access-part.ts';
import type { PartResult, Size } from './bench-place.ts';
import { measureClient } from './client-part.ts';
import { measureExchange } from './exchange-part.ts';
import { measureDurable, measureEncryption, measureWrites } from './journal-parts.ts';
import { measureDeadProvince } from './province-part.ts';
import { measureReloads } from './reload-part.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '5' },
    count: { type: 'string', default: '1500' },
    concurrency: { type: 'string', default: '32' },
    reloads: { type: 'string', default: '100' },
  },
});
const size: Size = {
  rounds: Number(options.rounds),
  count: Number(options.count),
  concurrency: Number(options.concurrency),
};
const PARTS: Readonly<Record<string, () => Promise<PartResult>>> = {
  exchange: () => measureExchange(size),
  durable: () => measureDurable(size),
  encryption: () => measureEncryption(size),
  writes: () => measureWrites(size),
  province: () => measureDeadProvince(size),
  access: () => measureAccess(size),
  client: () => measureClient(size),
  reload: () => measureReloads({ ...size, reloads: Number(options.reloads) }),
};

const asked = options.only ?? Object.keys(PARTS);
let ok = asked.length > 0;
let report: Readonly<Record<string, unknown>> = {};
for (const name of asked) {
  const measure = PARTS[name];
  if (measure === undefined) throw new Error(`--only: one of ${Object.keys(PARTS).join(', ')}`);
  process.stderr.write(`${name} …\n`);
  const part = await measure();
  ok &&= part.ok;
  // The figures of the exchange itself stand at the top, where readers of the report look for them.
  report = {
    ...report,
    ...(name === 'exchange' ? part.figures : { [name]: { ok: part.ok, ...part.figures } }),
  };
}
report = { ok, ...report };
process.stdout.write(`${options.json ? JSON.stringify(report) : JSON.stringify(report, null, 2)}\n`);
if (!ok && !options.json) process.stdout.write('VOID: not everything was answered and reconciled\n');
process.exitCode = ok ? 0 : 1;
