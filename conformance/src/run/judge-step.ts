/** Whether an exchange was as its step has it. */
import type { Clock } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import type { Bilingual, Expectation, HeardStep, Kit, RawStep, ReplayStep, SendStep } from '../kits/types.ts';
import type { Tongue } from '../tongues/tongue.ts';
import { check } from './checks.ts';
import type { Exchange, Exchanges } from './exchanges.ts';
import { fill } from './fill.ts';
import type { Lookup } from './fill.ts';
import type { Inputs } from './inputs.ts';
import type { Answer } from './read-answer.ts';
import { findFen, textOf } from './own-reading.ts';
import type { Observation } from './run-scenario.ts';

/** A step that sends something. */
export type Speaking = SendStep | ReplayStep | RawStep;

/** What judging a step needs. */
export interface Court {
  readonly kit: Kit;
  readonly tongue: Pick<Tongue, 'personal'>;
  readonly registry: Registry;
  readonly exchanges: Exchanges;
  readonly lookup: Lookup;
  readonly clock: Clock;
  readonly inputs: Inputs;
  /** `of`: the exchange that showed it; the last one when absent. */
  readonly note: (requirement: string, shown: Verdict, of?: Exchange) => void;
}

/**
 * Notes what an exchange shows of the requirements of its step.
 * @returns the requirement at which the scenario ends, when it does
 */
export function judgeStep(step: Speaking, seen: Exchange, court: Court): string | undefined {
  const { kit, note } = court;
  const wanted = step.outcome ?? 'accepted';
  const usual = kit.messages[seen.infno]?.accepted ?? '';
  const requirement = step.requirement ?? (wanted === 'accepted' ? usual : '');
  const named = requirement === '' ? (step.expect?.[0]?.requirement ?? usual) : requirement;
  if ('abandon' in step) return undefined;
  const verdict = wanted === 'file' ? judgeFile(step, seen, court) : judgeOutcome(wanted, seen);
  if (verdict.outcome !== 'pass') {
    note(named, verdict);
    return named;
  }
  if (requirement !== '') note(requirement, verdict);
  const { read } = seen;
  if (read?.state !== 'read') return undefined;
  judgeExpectations(step.expect ?? [], { seen, answer: read.answer }, court);
  return undefined;
}

/**
 * Notes what a message that a counterpart heard shows; `seen` is the last of its kind, `missing` why that is not enough.
 * @returns the requirement at which the scenario ends, when it does
 */
export function judgeHeard(
  step: HeardStep,
  { seen, missing }: { readonly seen: Exchange | undefined; readonly missing: Bilingual | undefined },
  court: Court,
): string | undefined {
  const { requirement } = step;
  if (missing !== undefined) {
    if (requirement !== undefined) court.note(requirement, { outcome: 'fail', why: missing });
    return requirement ?? `${step.heard} ${step.infno}`;
  }
  if (requirement !== undefined) court.note(requirement, { outcome: 'pass' });
  if (seen === undefined) return undefined;
  const answer = seen.read?.state === 'read' ? seen.read.answer : NO_ANSWER;
  judgeExpectations(step.expect ?? [], { seen, answer }, court);
  return undefined;
}

const NO_ANSWER: Answer = { success: false, code: '', text: '', envelope: {}, output: {}, body: null };

function judgeExpectations(
  expectations: readonly Expectation[],
  { seen, answer }: { readonly seen: Exchange; readonly answer: Answer },
  { kit, tongue, registry, exchanges, lookup, clock, inputs, note }: Court,
): void {
  for (const expected of expectations) {
    if (expected.given !== undefined && !isAmount(exchanges.value(expected.given))) continue;
    const matter = {
      registry,
      profile: kit.profile,
      exchange: seen,
      exchanges,
      lookup,
      now: clock.now(),
      signing: inputs.signing,
      ...(tongue.personal !== undefined && { personal: tongue.personal }),
    };
    note(expected.requirement, check(expected, matter, answer));
  }
}

function isAmount(value: Parameters<typeof textOf>[0]): boolean {
  return (findFen(textOf(value)) ?? 0n) !== 0n;
}

type Verdict = Pick<Observation, 'outcome' | 'why'>;

function judgeOutcome(wanted: NonNullable<SendStep['outcome']>, { reply, read }: Exchange): Verdict {
  if (!reply.came) return { outcome: 'fail', why: reply.text };
  if (wanted === 'told') return { outcome: 'pass' };
  if (wanted === 'answered' && reply.status < 500) return { outcome: 'pass' };
  if (read?.state === 'disagreement') return { outcome: 'error', why: read.why };
  if (read?.state !== 'read') return judgeUnreadable(wanted, reply.status, read?.why);
  const { success, code, text } = read.answer;
  if (wanted === 'any' || success === (wanted === 'accepted')) return { outcome: 'pass' };
  const why = success
    ? {
        zh: '报文应被拒绝，却被受理（infcode 0）',
        en: 'the message should be refused and was accepted (infcode 0)',
      }
    : {
        zh: `正确的报文被拒绝：infcode ${code}，${text}`,
        en: `a correct message was refused: infcode ${code}, ${text}`,
      };
  return { outcome: 'fail', why };
}

/** A file comes as it is, without envelope, whether it can be opened or not. */
function judgeFile(step: Speaking, { reply }: Exchange, { lookup }: Court): Verdict {
  if (!reply.came) return { outcome: 'fail', why: reply.text };
  const file = 'file' in step && step.file !== undefined ? fill(step.file, lookup) : undefined;
  const good = file === undefined ? reply.bytes[0] !== BRACE : reply.bytes.toString('base64') === file;
  if (reply.status < 300 && good) return { outcome: 'pass' };
  return {
    outcome: 'fail',
    why: {
      zh: `HTTP ${reply.status}，应答的 ${reply.bytes.length} 字节不是所要的文件`,
      en: `HTTP ${reply.status}, the ${reply.bytes.length} bytes of the answer are not the file`,
    },
  };
}

const BRACE = 0x7b;

/** What cannot be read is no acceptance; an HTTP error of the 400s without envelope is a refusal. */
function judgeUnreadable(wanted: string, status: number, why: Bilingual | undefined): Verdict {
  if (wanted === 'refused' && status >= 400 && status < 500) return { outcome: 'pass' };
  if (wanted === 'not-accepted' && status >= 400) return { outcome: 'pass' };
  const { zh = '', en = '' } = why ?? {};
  return {
    outcome: 'fail',
    why: {
      zh: `HTTP ${status}，应答无法识别：${zh}`,
      en: `HTTP ${status}, the answer cannot be read: ${en}`,
    },
  };
}
