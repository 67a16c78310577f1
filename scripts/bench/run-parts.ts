/** What the benchmarks have in common: parts that are asked for by name, measured one after the other, told as one report. */
import { parseArgs } from 'node:util';
import type { PartResult, Size } from './bench-place.ts';

/** A benchmark. `Extra`: names of options that it has beside the common ones. */
export interface Bench<Extra extends string> {
  /** Defaults of its own options, whole numbers. */
  readonly extras: Readonly<Record<Extra, number>>;
  parts(
    size: Size,
    extras: Readonly<Record<Extra, number>>,
  ): Readonly<Record<string, () => Promise<PartResult>>>;
  /** The part whose figures stand at the top of the report, where its readers look for them; the others' stand below their name. */
  readonly first?: string;
}

/**
 * Measures what the command line asks for and prints the report. Exit code 1 when a part is void.
 * @throws Error for a part that is not there, TypeError for an option that is not there
 */
export async function runParts<Extra extends string>({ extras, parts, first }: Bench<Extra>): Promise<void> {
  const defaults = { rounds: 5, count: 1500, concurrency: 32, ...extras };
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      ...Object.fromEntries(Object.keys(defaults).map((name) => [name, { type: 'string' } as const])),
    },
  });
  const given = Object.entries(values).filter(([name]) => Object.hasOwn(defaults, name));
  const numbers = { ...defaults, ...Object.fromEntries(given.map(([name, text]) => [name, Number(text)])) };
  const all = parts(numbers, numbers);
  let ok = true;
  let report: Readonly<Record<string, unknown>> = {};
  for (const name of values.only ?? Object.keys(all)) {
    const measure = all[name];
    if (measure === undefined) throw new Error(`--only: one of ${Object.keys(all).join(', ')}`);
    process.stderr.write(`${name} …\n`);
    const part = await measure();
    ok &&= part.ok;
    report = { ...report, ...(name === first ? part.figures : { [name]: { ok: part.ok, ...part.figures } }) };
  }
  report = { ok, ...report };
  process.stdout.write(`${values.json ? JSON.stringify(report) : JSON.stringify(report, null, 2)}\n`);
  if (!ok && !values.json) process.stdout.write('VOID: not everything was answered and reconciled\n');
  process.exitCode = ok ? 0 : 1;
}
