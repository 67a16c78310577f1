/** Looks at what a counterpart of the suite has heard from the target. */
import { formatTime } from '@yiqiao/model';
import type { Bilingual, HeardStep } from '../kits/types.ts';
import type { Exchange } from '../run/exchanges.ts';
import type { Reply } from '../run/post.ts';
import type { Bench } from '../run/run-scenario.ts';
import type { Heard } from './open-counterparts.ts';

/** The last message that was looked for, and why it is not enough. */
export interface Hearing {
  readonly last: Exchange | undefined;
  readonly missing: Bilingual | undefined;
}

/** Finds the messages of a step that came after the first `since`; waits for one unless a number is wanted. */
export async function hear(
  step: HeardStep,
  { bench, since }: { readonly bench: Bench; readonly since: number },
): Promise<Hearing> {
  const found = await awaitHeard(step, { bench, since });
  const last = found.at(-1);
  const enough = step.times === undefined ? last !== undefined : found.length === step.times;
  return {
    last: last === undefined ? undefined : heardExchange(step, last, bench),
    missing: enough ? undefined : missingText(step, found.length),
  };
}

/** Messages of a transaction that a counterpart has heard; waits for one unless a number is wanted. */
async function awaitHeard(
  { heard: name, infno, times }: HeardStep,
  { bench, since }: { readonly bench: Bench; readonly since: number },
): Promise<readonly Heard[]> {
  const counterpart = bench.counterparts[name];
  if (counterpart === undefined) throw new Error(`there is no counterpart ${name}`);
  const until = performance.now() + bench.inputs.limits.timeoutMs;
  const find = (): readonly Heard[] => counterpart.heard.slice(since).filter((one) => one.infno === infno);
  while (find().length === 0 && times === undefined && performance.now() < until)
    await counterpart.more(until - performance.now());
  return find();
}

function heardExchange(
  { as, heard: name }: HeardStep,
  { infno, msgid, bytes, answer }: Heard,
  { tongue, clock }: Bench,
): Exchange {
  const reply: Reply =
    answer === undefined
      ? { came: false, failure: 'abandoned', text: NOT_ANSWERED, ms: 0 }
      : { came: true, status: 200, bytes: answer, ms: 0, headers: {} };
  const read = reply.came ? { read: tongue.read(reply, { infno, msgid }) } : {};
  const at = formatTime(clock.now());
  return { name: as ?? `${name}-${infno}`, infno, msgid, at, sent: bytes, reply, ...read };
}

const NOT_ANSWERED: Bilingual = { zh: '测试端未应答', en: 'the suite did not answer' };

function missingText({ heard: name, infno, times }: HeardStep, found: number): Bilingual {
  return times === undefined
    ? { zh: `${name} 未收到 ${infno}`, en: `${name} got no ${infno}` }
    : {
        zh: `${name} 应收到 ${times} 次 ${infno}，实为 ${found} 次`,
        en: `${name} should have got ${infno} ${times} times, it got it ${found} times`,
      };
}
