/** Sends the messages of steps and takes what comes: one after the other, or several at once. */
import { formatTime } from '@yiqiao/model';
import type { SendStep } from '../kits/types.ts';
import type { Writing, Written } from '../tongues/tongue.ts';
import type { Exchange, Exchanges } from './exchanges.ts';
import type { Lookup } from './fill.ts';
import type { Speaking } from './judge-step.ts';
import { textOf } from './own-reading.ts';
import type { OwnValue } from './own-reading.ts';
import { post } from './post.ts';
import type { Bench } from './run-scenario.ts';

/** What a scenario says. */
export interface Speech {
  /** Sends the message of a step. */
  say(step: Speaking): Promise<Exchange>;
  /** Sends all at once, a step with `copies` so many times; everything is written before the first byte leaves. */
  sayAtOnce(steps: readonly SendStep[]): Promise<readonly (readonly [SendStep, Exchange])[]>;
}

/** Makes the speech of a scenario; nothing is kept here. */
export function createSpeech(
  bench: Bench,
  { exchanges, lookup }: { readonly exchanges: Exchanges; readonly lookup: Lookup },
): Speech {
  const { inputs, clock, tongue } = bench;
  const writing: Writing = { lookup, nextMsgid: () => mintMsgid(bench, lookup) };

  async function converse(step: Speaking, written: Written): Promise<Exchange> {
    const { path = '', headers = {} } = written;
    const abandon = 'abandon' in step && step.abandon === true;
    const url = path === '' ? addressOf(step, bench) : new URL(path, addressOf(step, bench)).href;
    const reply = await post(url, written.bytes, { ...inputs.limits, abandon, headers });
    return {
      name: step.as ?? written.infno,
      ...written,
      at: formatTime(clock.now()),
      sent: written.bytes,
      reply,
      ...(reply.came && { read: tongue.read(reply, written) }),
    };
  }

  return {
    say: (step) => converse(step, write(step, { tongue, writing, exchanges })),
    async sayAtOnce(steps) {
      const written = steps.flatMap((step) => {
        const message = write(step, { tongue, writing, exchanges });
        return Array.from({ length: step.copies ?? 1 }, (_copy, at) => ({
          step: at === 0 ? step : { ...step, as: `${step.as ?? step.send}#${at + 1}` },
          message,
        }));
      });
      return await Promise.all(
        written.map(async ({ step, message }) => [step, await converse(step, message)] as const),
      );
    },
  };
}

/** 发送方报文ID: institution, time of the suite's clock, four digits. */
function mintMsgid({ clock, next }: Bench, lookup: Lookup): string {
  const digits = formatTime(clock.now()).replaceAll(/\D/g, '');
  return `${textOf(lookup('institution.code') as OwnValue)}${digits}${String(next() % 10_000).padStart(4, '0')}`;
}

function write(
  step: Speaking,
  { tongue, writing, exchanges }: { tongue: Bench['tongue']; writing: Writing; exchanges: Exchanges },
): Written {
  if ('send' in step) return tongue.write(step, writing);
  if ('raw' in step) return tongue.writeRaw(step, writing);
  const first = exchanges.find(step.replay);
  if (first === undefined) throw new Error(`there is no exchange ${step.replay} to repeat`);
  const { infno, msgid, sent, clear, path, headers } = first;
  return {
    infno,
    msgid,
    bytes: sent,
    ...(clear !== undefined && { clear }),
    ...(path !== undefined && { path }),
    ...(headers !== undefined && { headers }),
  };
}

/** Address of a step's target. @throws Error for a name that the inputs do not have */
function addressOf({ to }: Speaking, { target, inputs }: Bench): string {
  if (to === undefined) return target;
  const found = inputs.targets?.[to];
  if (found === undefined) throw new Error(`the inputs have no target ${to}`);
  return found;
}
