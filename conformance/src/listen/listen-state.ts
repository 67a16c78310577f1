/** What a run that listens keeps for the time after a break: the scenarios that are done, with everything heard in them. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Kit } from '../kits/types.ts';
import type { Exchange } from '../run/exchanges.ts';
import type { Played } from '../run/judge-run.ts';
import { rulesDigest } from '../run/results.ts';
import type { ScenarioRun } from '../run/run-scenario.ts';
import type { Reply } from '../run/post.ts';
import type { Tongue } from '../tongues/tongue.ts';

/** A place for the state of one run. */
export interface ListenState {
  /** Scenarios that are done, by id. */
  readonly done: ReadonlyMap<string, ScenarioRun>;
  /** Adds a scenario; the file is whole at any time. */
  keep(played: Played): void;
  /** The run has ended. */
  forget(): void;
}

/** What it stands for. */
export interface ListenStateOptions {
  readonly file: string;
  readonly kit: Kit;
  readonly tongue: Tongue;
  readonly seed: number;
  /** Go on where the file stands; otherwise it begins anew. */
  readonly resume: boolean;
}

type KeptReply = { readonly status: number; readonly bytes: string } | { readonly text: Reply & object };

interface KeptRun extends Omit<ScenarioRun, 'exchanges'> {
  readonly exchanges: readonly (Pick<Exchange, 'name' | 'infno' | 'msgid' | 'at'> & {
    readonly sent: string;
    readonly reply: KeptReply;
  })[];
}

interface StateFile {
  readonly kit: string;
  readonly rules: string;
  readonly seed: number;
  readonly done: readonly { readonly scenario: string; readonly run: KeptRun }[];
}

/** Opens it. @throws Error when the file is of another kit, of other rules or of another order of scenarios */
export function openListenState({ file, kit, tongue, seed, resume }: ListenStateOptions): ListenState {
  const rules = rulesDigest(kit);
  const kept = resume && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as StateFile) : undefined;
  if (kept !== undefined && (kept.kit !== kit.id || kept.rules !== rules || kept.seed !== seed))
    throw new Error(
      `${file}: 属于另一测试套、另一版规则或另一 --seed，不能续测 it is of another kit, other rules or another --seed`,
    );
  const scenarios = [...(kept?.done ?? [])];
  return {
    done: new Map(scenarios.map((one) => [one.scenario, restore(one.run, tongue)])),
    keep({ scenario, run }) {
      if (run === undefined) return;
      scenarios.push({
        scenario: scenario.id,
        run: {
          ...run,
          exchanges: run.exchanges.map(({ name, infno, msgid, at, sent, reply }) => ({
            name,
            infno,
            msgid,
            at,
            sent: sent.toString('base64'),
            reply: reply.came
              ? { status: reply.status, bytes: reply.bytes.toString('base64') }
              : { text: reply },
          })),
        },
      });
      const state: StateFile = { kit: kit.id, rules, seed, done: scenarios };
      mkdirSync(dirname(file), { recursive: true });
      // What was heard is not masked: only the tester reads it.
      writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
    forget: () => rmSync(file, { force: true }),
  };
}

function restore({ exchanges, ...run }: KeptRun, tongue: Tongue): ScenarioRun {
  return {
    ...run,
    exchanges: exchanges.map(({ sent, reply: kept, ...names }) => {
      const reply: Reply =
        'text' in kept
          ? kept.text
          : {
              came: true,
              status: kept.status,
              bytes: Buffer.from(kept.bytes, 'base64'),
              ms: 0,
              headers: {},
            };
      return {
        ...names,
        sent: Buffer.from(sent, 'base64'),
        reply,
        ...(reply.came && { read: tongue.read(reply, names) }),
      };
    }),
  };
}
