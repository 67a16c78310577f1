/** The run: targets in turn, each reaction judged, nothing counted that does not happen again. */
import type { FindIdentifiers } from '@yiqiao/model';
import type { Finding } from './finding.ts';
import { createRandom } from './random.ts';
import type { FuzzInput, Reaction, Target } from './target.ts';

/** Longer than this no input may keep the event loop. */
const LONGEST_MS = 100;

/** When a run ends: whichever comes first. */
export interface RunLimits {
  readonly inputs: number;
  /** Reading of `performance.now()`. */
  readonly until: number;
}

/** What a run has seen. */
export interface RunResult {
  readonly inputs: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}

/** More of one kind add nothing. */
const MOST_FINDINGS = 200;

/** Runs until a limit is reached. The inputs follow from the seed; how many there are in a time does not. */
export async function run(
  targets: readonly Target[],
  options: { readonly seed: number; readonly limits: RunLimits; readonly find: FindIdentifiers },
): Promise<RunResult> {
  const turns = targets.flatMap((target) => Array.from({ length: target.weight }, () => target));
  const inputs: Record<string, number> = Object.fromEntries(targets.map(({ name }) => [name, 0]));
  const findings: Finding[] = [];
  const { limits, find } = options;
  for (let index = 0; index < limits.inputs && performance.now() < limits.until; index += 1) {
    const target = turns[index % turns.length];
    if (target === undefined) break;
    const made = target.make(createRandom(`${options.seed} ${target.name} ${index}`));
    inputs[target.name] = (inputs[target.name] ?? 0) + 1;
    findings.push(...(await judge(target, { target: target.name, ...made }, find)));
    if (findings.length >= MOST_FINDINGS) break;
  }
  return { inputs, findings };
}

/** What is wrong about the reaction to one input. */
export async function judge(target: Target, input: FuzzInput, find: FindIdentifiers): Promise<Finding[]> {
  const reaction = await target.react(input);
  const findings: Finding[] = [];
  if (reaction.crash !== undefined) findings.push({ kind: 'crash', input, why: reaction.crash });
  const leak = leakOf(reaction, find);
  if (leak !== undefined) findings.push({ kind: 'leak', input, why: leak });
  const slow = reaction.busyMs > LONGEST_MS ? await slowness(target, input) : undefined;
  if (slow !== undefined) findings.push({ kind: 'hang', input, why: slow });
  return findings;
}

/** What is slow once was collecting memory or compiling; what is slow three times more is slow. */
async function slowness(target: Target, input: FuzzInput): Promise<string | undefined> {
  let least = Infinity;
  for (let again = 0; again < 3; again += 1) {
    const { busyMs } = await target.react(input);
    least = Math.min(least, busyMs);
  }
  return least > LONGEST_MS ? `${Math.round(least)} ms` : undefined;
}

function leakOf({ said }: Reaction, find: FindIdentifiers): string | undefined {
  for (const text of said) {
    const [found] = find(text);
    if (found === undefined) continue;
    const around = text.slice(Math.max(0, found.at - 120), found.at).replaceAll(/\d{6,}/g, '#');
    return `${found.kind} ${found.under ?? ''} ${found.shown} after: ${around}`;
  }
  return undefined;
}
