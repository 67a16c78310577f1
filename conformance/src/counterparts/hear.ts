/** Looks at what a counterpart of the suite has heard from the target. */
import { formatTime } from '@yiqiao/model';
import type { Bilingual, HeardStep } from '../kits/types.ts';
import type { Exchange } from '../run/exchanges.ts';
import { fill } from '../run/fill.ts';
import type { Lookup } from '../run/fill.ts';
import { isNode, textOf } from '../run/own-reading.ts';
import type { OwnValue } from '../run/own-reading.ts';
import type { Reply } from '../run/post.ts';
import type { Bench } from '../run/run-scenario.ts';
import { findMessage } from './edit-message.ts';
import type { Heard } from './open-counterparts.ts';

/** The last message that was looked for, and why it is not enough. */
export interface Hearing {
  readonly last: Exchange | undefined;
  readonly missing: Bilingual | undefined;
}

/** What a step is looked up with. */
interface Listening {
  readonly bench: Bench;
  readonly lookup: Lookup;
  /** Messages heard before the scenario began. */
  readonly since: number;
}

/** Finds the messages of a step that came after the first `since`; waits for them unless a number is wanted. */
export async function hear(step: HeardStep, listening: Listening): Promise<Hearing> {
  const found = await awaitHeard(step, listening);
  const last = found.at(-1);
  const enough = step.times === undefined ? found.length >= leastOf(step) : found.length === step.times;
  return {
    last: last === undefined ? undefined : heardExchange(step, last, listening.bench),
    missing: enough ? undefined : missingText(step, found.length),
  };
}

function leastOf({ least = 1 }: HeardStep): number {
  return least;
}

async function awaitHeard(step: HeardStep, { bench, lookup, since }: Listening): Promise<readonly Heard[]> {
  const { heard: name, infno, times, where = {} } = step;
  const counterpart = bench.counterparts[name];
  if (counterpart === undefined) throw new Error(`there is no counterpart ${name}`);
  const wanted = Object.entries(where).map(
    ([path, text]) => [path.split('.'), textOf(fill(text, lookup) as OwnValue)] as const,
  );
  const { listening, limits } = bench.inputs;
  const until = performance.now() + (listening?.waitMs ?? limits.timeoutMs);
  const find = (): readonly Heard[] =>
    counterpart.heard
      .slice(since)
      .filter((one) => one.infno === infno && wanted.every(([path, text]) => textBelow(one, path) === text));
  while (find().length < leastOf(step) && times === undefined && performance.now() < until)
    await counterpart.more(until - performance.now());
  return find();
}

function textBelow({ bytes }: Heard, path: readonly string[]): string {
  let found: OwnValue | undefined = findMessage(bytes)?.['input'];
  for (const step of path) {
    if (Array.isArray(found)) found = (found as readonly OwnValue[])[Number(step)];
    else found = isNode(found) ? found[step] : undefined;
  }
  return textOf(found);
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
  if (times === undefined && found > 0)
    return { zh: `${name} 只收到 ${found} 次 ${infno}`, en: `${name} got ${infno} only ${found} times` };
  return times === undefined
    ? { zh: `${name} 未收到 ${infno}`, en: `${name} got no ${infno}` }
    : {
        zh: `${name} 应收到 ${times} 次 ${infno}，实为 ${found} 次`,
        en: `${name} should have got ${infno} ${times} times, it got it ${found} times`,
      };
}
