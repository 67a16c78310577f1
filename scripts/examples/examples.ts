/**
 * `npm run examples`: runs the programs of docs/clients against a sandbox, as far as this machine has their tools, and
 * says which were not tried and what they lack. Names of examples as arguments run those alone. With `--json` the last
 * line is an object: `ok`, `examples`. Exit code 1 when one failed.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runExamples } from './run.ts';

const { values: options, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const root = fileURLToPath(new URL('../..', import.meta.url));
const examples = await runExamples(root, positionals);
const ok = examples.length > 0 && examples.every(({ state }) => state !== 'failed');
if (options.json) process.stdout.write(`${JSON.stringify({ ok, examples })}\n`);
else
  for (const one of examples) {
    const more =
      one.state === 'not tried' ? `: needs ${one.missing}` : one.state === 'failed' ? `\n${one.said}` : '';
    process.stdout.write(`${one.name}: ${one.state}${more}\n`);
  }
process.exitCode = ok ? 0 : 1;
