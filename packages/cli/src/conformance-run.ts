/** `yiqiao conformance run` and `rerun`: a kit against a target, its results as files. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  chooseEdition,
  readInputs,
  readKit,
  readWaivers,
  runKit,
  signStatement,
  toCsv,
  toHtml,
  toJunit,
} from '@yiqiao/conformance';
import type { Level, RequirementResult, RunResults, Status } from '@yiqiao/conformance';
import { findTime, systemClock } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import { INPUTS_FILE } from './conformance-commands.ts';
import { aimRun } from './conformance-listen.ts';
import type { AimChoice } from './conformance-listen.ts';
import { EXIT } from './report.ts';
import type { Report } from './report.ts';

interface OutputOptions {
  readonly results: string;
  readonly inputs?: string;
  readonly waivers?: string;
  readonly junit?: string;
  readonly html?: string;
  readonly tester?: string;
  readonly owner?: string;
  readonly exact?: boolean;
  readonly statement?: string;
  readonly key?: string;
  /** Time at which the suite's clock stands, `yyyy-MM-dd HH:mm:ss`. */
  readonly clock?: string;
}

interface RunChoice extends AimChoice {
  readonly kit: string;
  /** `national` when absent. */
  readonly profile?: string;
  readonly signing?: string;
  readonly only?: readonly string[];
  readonly level?: Level;
  readonly rules: string;
}

/** Runs a kit; exit code 0 when all is met, 1 when something is not, 2 when there is no verdict. */
export async function runConformance(report: Report, options: OutputOptions & RunChoice): Promise<number> {
  checkChoice(options);
  const registry = createRegistry();
  const kit = readKit(registry, chooseEdition(registry, options), options.rules);
  const { only, level, clock: stands } = options;
  const clock = stands === undefined ? systemClock : clockAt(stands);
  const inputs = readInputs(kit.profile, inputsFile(report, options));
  const { close, ...aim } = await aimRun(report, options, { registry, kit, inputs, clock });
  let results: RunResults | undefined;
  try {
    results = await runKit({
      registry,
      kit,
      rules: options.rules,
      clock,
      ...aim,
      seed: Number(options.seed),
      waivers: options.waivers === undefined ? [] : readWaivers(options.waivers),
      exact: options.exact ?? false,
      keepAll: true,
      again: againOf(options),
      ...(only !== undefined && { only }),
      ...(level !== undefined && { level }),
      onScenario: ({ id, status }, { at, of }) => report.progress(`[${at}/${of}] ${status.padEnd(5)} ${id}`),
    });
  } finally {
    await close(results !== undefined);
  }
  writeAll(results, options);
  return tell(report, results, options.results);
}

/** The inputs that were asked for once, unless others are named. */
function inputsFile(report: Report, { inputs }: OutputOptions): string | undefined {
  if (inputs !== undefined || !existsSync(INPUTS_FILE)) return inputs;
  report.progress(`inputs: ${INPUTS_FILE}`);
  return INPUTS_FILE;
}

/** A clock that stands still at a time of China, so that messages are the same in each run. */
function clockAt(text: string): Clock {
  const at = findTime(text);
  if (at === undefined)
    throw new Error(`--clock ${text}: 应为 yyyy-MM-dd HH:mm:ss must be yyyy-MM-dd HH:mm:ss`);
  return { now: () => at };
}

/** Options that a run needs to be the same again, beside kit, target and seed. */
function againOf({ inputs, clock }: OutputOptions & RunChoice): string {
  return `${inputs === undefined ? '' : ` --inputs ${inputs}`}${clock === undefined ? '' : ` --clock '${clock}'`}`;
}

/** Runs what the kept results say was not met. */
export async function rerunFailed(report: Report, options: OutputOptions): Promise<number> {
  const before = JSON.parse(readFileSync(options.results, 'utf8')) as RunResults;
  const only = before.requirements.filter(({ status }) => NOT_MET.includes(status)).map(({ id }) => id);
  if (only.length === 0) {
    report.line('没有需要重测的要求 nothing is to be run again');
    return report.finish(true, { requirements: [] });
  }
  const { kit, target, seed, rules } = before;
  const choice = {
    kit,
    only,
    seed: String(seed),
    rules: rules.version,
    ...aimedAs(target),
  };
  return await runConformance(report, { ...options, ...choice });
}

/** The option that stands behind the target of kept results. */
function aimedAs(target: string): Pick<AimChoice, 'target' | 'listen' | 'from'> {
  if (target.startsWith('from:')) return { from: target.slice(5) };
  return target.startsWith('listen:') ? { listen: target.slice(7) } : { target };
}

const NOT_MET: readonly Status[] = ['fail', 'warn', 'error', 'waived'];

function checkChoice({ target, seed, statement, key }: OutputOptions & RunChoice): void {
  if (target !== undefined && (!URL.canParse(target) || !/^https?:$/.test(new URL(target).protocol)))
    throw new Error(`--target ${target}: 应为 http 或 https 地址 must be an http or https address`);
  if (!/^\d{1,9}$/.test(seed)) throw new Error(`--seed ${seed}: 应为整数 must be a whole number`);
  if (statement !== undefined && key === undefined)
    throw new Error('--statement 需要 --key，用于签名 needs --key to sign with');
}

function writeAll(
  results: RunResults,
  { results: kept, junit, html, statement, key, tester, owner }: OutputOptions,
): void {
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  write(kept, `${JSON.stringify(results, undefined, 2)}\n`);
  if (junit !== undefined) write(junit, toJunit(results));
  if (html !== undefined) {
    write(
      html,
      toHtml(results, { ...(tester !== undefined && { tester }), ...(owner !== undefined && { owner }) }),
    );
    write(html.replace(/(?:\.html?)?$/, '.csv'), toCsv(results));
  }
  if (statement !== undefined && key !== undefined)
    write(statement, `${JSON.stringify(signStatement(results, readFileSync(key, 'utf8')))}\n`);
}

function tell(report: Report, results: RunResults, kept: string): number {
  const { counts, requirements, waiverFaults, verdict, targetGone, profile } = results;
  for (const one of requirements) if (NOT_MET.includes(one.status)) tellResult(report, one);
  const skipped = new Map<string, number>();
  for (const { because, status } of requirements)
    if (status === 'skip' && because !== undefined)
      skipped.set(`${because.zh} ${because.en}`, (skipped.get(`${because.zh} ${because.en}`) ?? 0) + 1);
  for (const [because, count] of skipped) report.line(`未测 skipped ${count}: ${because}`);
  for (const { requirement, fault } of waiverFaults) report.line(`豁免 waiver ${requirement}: ${fault}`);
  if (targetGone !== undefined)
    report.line(`目标无应答 the target is gone: ${targetGone.zh} ${targetGone.en}`);
  const all = Object.entries(counts).map(([status, count]) => `${status} ${count}`);
  report.line(`${VERDICT[verdict]}  ${all.join(', ')}`);
  report.line(`方案 profile ${profile.id}; ${profile.remark.zh} ${profile.remark.en}`);
  report.line(`结果 results: ${kept}`);
  const notMet = requirements.filter(({ status }) => NOT_MET.includes(status));
  const code = report.finish(verdict === 'pass', {
    verdict,
    kit: results.kit,
    counts,
    rules: results.rules,
    seed: results.seed,
    notMet: notMet.map(({ id, status, findings, again }) => ({ id, status, why: findings[0]?.why, again })),
    waiverFaults,
    results: kept,
    ...(targetGone !== undefined && { targetGone }),
  });
  return verdict === 'error' ? EXIT.unusable : code;
}

const VERDICT: Readonly<Record<RunResults['verdict'], string>> = {
  pass: '通过 passed',
  fail: '不通过 not passed',
  error: '未能得出结论 no verdict',
};

function tellResult(report: Report, { id, status, level, text, findings, again }: RequirementResult): void {
  report.line(`${status.toUpperCase()} ${id} (${level})`);
  report.line(`  ${text.zh}\n  ${text.en}`);
  for (const { scenario, why, cause, exchange } of findings) {
    report.line(`  - ${scenario}${exchange === undefined ? '' : ` ${exchange.infno} ${exchange.msgid}`}`);
    report.line(`    ${why.zh}\n    ${why.en}`);
    if (cause !== undefined) report.line(`    可能原因 likely cause: ${cause.zh} ${cause.en}`);
  }
  const shown = findings.find(({ exchange }) => exchange !== undefined)?.exchange;
  if (shown !== undefined) report.line(`    → ${cut(shown.sent)}\n    ← ${cut(shown.received)}`);
  report.line(`  ${again}`);
}

function cut(text: string): string {
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
