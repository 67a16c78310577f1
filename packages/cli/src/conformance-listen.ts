/** Runs of the suite without an address to call: `--listen` plays the platform for a cashier, `--from` judges recordings. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createTongue, openCounterparts, openListenState, parseRecordings } from '@yiqiao/conformance';
import type { Cashier, Inputs, Kit, Prompt, Reaction, RunOptions } from '@yiqiao/conformance';
import type { Clock } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import { isEvidence, recordingsOfEvidence } from './conformance-evidence.ts';
import type { Report } from './report.ts';
import { openTerminal } from './terminal.ts';

/** Which way of running was chosen; exactly one. */
export interface AimChoice {
  readonly target?: string;
  /** Port, or `true` for the one of the inputs. */
  readonly listen?: string | true;
  readonly from?: string;
  readonly resume?: boolean;
  readonly answers?: string;
  readonly seed: string;
  /** Where the results are kept; what a break needs stands beside them. */
  readonly results: string;
}

/** What a run is aimed at, as options of it. */
export interface Aim extends Pick<
  RunOptions,
  'target' | 'aimed' | 'cashier' | 'recordings' | 'resumed' | 'onPlayed' | 'counterparts' | 'inputs'
> {
  /** After the run: closes what was opened; `ended`: it came to its end. */
  close(ended: boolean): Promise<void>;
}

interface AimParts {
  readonly registry: Registry;
  readonly kit: Kit;
  readonly inputs: Inputs;
  readonly clock: Clock;
}

/** How long a message is waited for when a person drives the target. */
const WAIT_MS = 300_000;

/** Aims a run. @throws Error for a choice that is none, or that the kit does not allow */
export async function aimRun(report: Report, choice: AimChoice, parts: AimParts): Promise<Aim> {
  const { target, listen, from } = choice;
  const ways = [target, listen, from].filter((way) => way !== undefined);
  if (ways.length !== 1)
    throw new Error('须给出 --target、--listen、--from 之一 give one of --target, --listen and --from');
  if (from !== undefined) return aimAtRecordings(from, parts);
  if (listen !== undefined) return await aimAtCashier(report, choice, parts);
  return { target: target ?? '', inputs: parts.inputs, close: () => Promise.resolve() };
}

function aimAtRecordings(from: string, { kit, inputs }: AimParts): Aim {
  if (kit.series.length === 0)
    throw new Error(
      `--from: 测试套 ${kit.id} 没有针对录制报文的规则 the kit ${kit.id} has no rules over recorded messages`,
    );
  const files = statSync(from).isDirectory()
    ? readdirSync(from)
        .toSorted()
        .map((name) => join(from, name))
    : [from];
  const recordings = files.flatMap((file) => {
    const bytes = readFileSync(file);
    try {
      return isEvidence(bytes) ? recordingsOfEvidence(bytes) : parseRecordings(bytes.toString('utf8'));
    } catch (error) {
      throw new Error(`${file}\n${error instanceof Error ? error.message : ''}`, { cause: error });
    }
  });
  return {
    target: `from:${from}`,
    aimed: `--from ${from}`,
    inputs,
    recordings: recordings.toSorted((one, other) => one.at.localeCompare(other.at)),
    counterparts: { of: {}, close: () => Promise.resolve() },
    close: () => Promise.resolve(),
  };
}

async function aimAtCashier(
  report: Report,
  { listen, resume = false, answers, seed, results }: AimChoice,
  { registry, kit, inputs: given, clock }: AimParts,
): Promise<Aim> {
  const [name] = Object.keys(kit.counterparts);
  if (kit.series.length === 0 || name === undefined)
    throw new Error(
      `--listen: 测试套 ${kit.id} 不是针对客户端的 the kit ${kit.id} is not for targets that are clients`,
    );
  const port = listen === true ? given.ports?.[name] : Number(listen);
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535))
    throw new Error(`--listen ${listen}: 应为端口号 must be a port`);
  const inputs: Inputs = { listening: { waitMs: WAIT_MS }, ...given };
  const { signing, host } = inputs;
  const counterparts = await openCounterparts(kit, {
    clock,
    ...(port !== undefined && { ports: { [name]: port } }),
    ...(host !== undefined && { host }),
    ...(signing !== undefined && { signing }),
  });
  const address = counterparts.of[name]?.url ?? '';
  report.progress(
    `测试端扮演平台，地址 ${address}：请把被测系统的医保接口地址改为它\n` +
      `the suite plays the platform at ${address}: let the system under test send its messages there`,
  );
  const state = openListenState({
    file: join(dirname(results), `listen-${kit.id}.json`),
    kit,
    tongue: createTongue({ registry, kit, inputs, clock }),
    seed: Number(seed),
    resume,
  });
  if (state.done.size > 0)
    report.progress(`续测：已完成 ${state.done.size} 个场景 going on: ${state.done.size} scenarios are done`);
  const cashier = answers === undefined ? askAtTerminal(report) : answerFrom(answers);
  return {
    target: `listen:${port ?? new URL(address).port}`,
    aimed: `--listen ${port ?? ''}`.trimEnd(),
    inputs,
    counterparts,
    cashier,
    resumed: state.done,
    // What is skipped because nobody answers any more is still to be done.
    onPlayed(played) {
      if (!cashier.isGone()) state.keep(played);
    },
    async close(ended) {
      if (ended && !cashier.isGone()) state.forget();
      else report.progress('可用 --resume 续测 --resume goes on from here');
      cashier.close();
      await counterparts.close();
    },
  };
}

interface ClosingCashier extends Cashier {
  /** Nobody answers any more. */
  isGone(): boolean;
  close(): void;
}

const WORDS: Readonly<Record<string, Reaction>> = {
  '': 'done',
  d: 'done',
  y: 'yes',
  n: 'no',
  s: 'skip',
  是: 'yes',
  否: 'no',
  跳过: 'skip',
};

/** A person at the keyboard; the end of the input skips what is left. */
function askAtTerminal(report: Report): ClosingCashier {
  const terminal = openTerminal();
  let gone = false;
  const read = async (said: string): Promise<string | undefined> => {
    report.progress(said);
    const line = await terminal.read();
    gone = line === undefined;
    return line?.toLowerCase();
  };
  return {
    async ask({ scenario, text, kind }) {
      const how =
        kind === 'deed'
          ? '做完按回车；s 跳过本场景 press Enter when done; s leaves the scenario out'
          : 'y 是 yes / n 否 no / s 跳过 skip';
      for (;;) {
        const line = await read(`[${scenario}] ${text.zh}\n  ${text.en}\n  ${how}`);
        if (line === undefined) return 'skip';
        const word = WORDS[line];
        const fits = kind === 'deed' ? word === 'done' : word === 'yes' || word === 'no';
        if (word !== undefined && (fits || word === 'skip')) return word;
      }
    },
    async ended({ id, status, because }) {
      if (status === 'pass') return 'next';
      const why = because === undefined ? '' : `\n  ${because.zh}\n  ${because.en}`;
      const line = await read(
        `[${id}] ${status}${why}\n  回车继续；r 重做本场景 Enter goes on; r does it again`,
      );
      return line === 'r' ? 'again' : 'next';
    },
    isGone: () => gone,
    close: () => terminal.close(),
  };
}

interface AnswerFile {
  /** `SCENARIO/ACT` or `ACT` → `done`, `yes`, `no`, `skip`. */
  readonly answers?: Readonly<Record<string, Reaction>>;
  /** A command that is given each prompt as JSON on its input and prints the answer. */
  readonly drive?: string;
}

/** A file in place of a person: answers by name, else a command that drives the target; what neither knows is skipped. */
function answerFrom(file: string): ClosingCashier {
  const { answers = {}, drive } = JSON.parse(readFileSync(file, 'utf8')) as AnswerFile;
  return {
    async ask(prompt) {
      const { scenario, act } = prompt;
      const known = answers[`${scenario}/${act}`] ?? answers[act];
      if (known !== undefined) return known;
      return drive === undefined ? 'skip' : await askCommand(drive, prompt);
    },
    isGone: () => false,
    close: () => undefined,
  };
}

async function askCommand(command: string, prompt: Prompt): Promise<Reaction> {
  const said = await new Promise<string>((resolve, reject) => {
    const child = execFile('/bin/sh', ['-c', command], (error, out) =>
      error === null ? resolve(out.trim()) : reject(error),
    );
    child.stdin?.end(JSON.stringify(prompt));
  });
  if (said === 'done' || said === 'yes' || said === 'no' || said === 'skip') return said;
  throw new Error(`drive: done, yes, no, skip; ${said.slice(0, 40)}`);
}
