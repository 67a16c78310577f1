/** A system that takes what it should refuse, with the usual value in place of what is missing or wrong. */
import { formatTime } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import type { CoreAnswer, CoreRequest, TransactionHandler } from '@yiqiao/sandbox';
import type { MessageTemplate, Template } from '../../kits/types.ts';
import { asTemplate, follow } from '../../run/exchanges.ts';
import { fill } from '../../run/fill.ts';
import { child, isNode } from '../../run/own-reading.ts';
import type { OwnObject, OwnValue } from '../../run/own-reading.ts';
import { objections, withEntrance } from '../../sound/entrance.ts';
import type { Objection } from '../../sound/entrance.ts';
import { isDone } from './messages.ts';

/** What the usual values are taken from. */
export interface Usual {
  readonly registry: Registry;
  readonly messages: Readonly<Record<string, MessageTemplate>>;
  readonly values: Readonly<Record<string, Template>>;
  /** How often the system was started; once when absent. */
  readonly starts?: () => number;
}

/** An entrance that mends what `overlooks` names. */
export function withMending(
  usual: Usual,
  overlooks: (objection: Objection) => boolean,
): (handler: TransactionHandler) => TransactionHandler {
  const memory = createMemory(usual.messages);
  return (handler) => {
    const entered = withEntrance(usual.registry, overlooks)((request) => handler(mended(request)));
    return (request) => {
      const answer = entered(request);
      memory.note(request, answer);
      return answer;
    };
  };

  function mended(request: CoreRequest): CoreRequest {
    const wrong = objections(usual.registry, request).filter((one) => overlooks(one));
    if (wrong.length === 0) return request;
    const template = usual.messages[request.infno]?.input ?? {};
    const good = fill(
      template,
      (name) => memory.value(name, request) ?? asTemplate(follow(usual.values as OwnObject, name)) ?? '',
    ) as OwnObject;
    let { input } = request;
    for (const { place, rule } of wrong) {
      const [node = '', member = ''] = place.split('.');
      if (rule === 'envelope') input = isNode(request.envelope['input']) ? input : good;
      else {
        // An amount is mended with what it is a sum or a part of.
        const whole = rule === 'amount' ? numbersOf(child(good, node)) : {};
        const mending = { ...whole, [member]: child(good, node)[member] ?? '' };
        input = { ...input, [node]: { ...child(input, node), ...mending } };
      }
    }
    return { ...request, input };
  }
}

function numbersOf(node: OwnObject): OwnObject {
  return Object.fromEntries(Object.entries(node).filter(([, value]) => typeof value === 'number'));
}

interface Memory {
  note(request: CoreRequest, answer: CoreAnswer): void;
  value(name: string, request: CoreRequest): Template | undefined;
}

/** The last accepted exchanges, under the names that setups of the kit's messages have for them. */
function createMemory(messages: Usual['messages']): Memory {
  const names = namesInSetups(messages);
  const known = new Map<string, OwnObject>();
  return {
    note({ infno, msgid, input, answerNumber }, answer) {
      if (!isDone(answer)) return;
      for (const name of names.get(infno) ?? []) {
        known.set(name, { output: answer.output as OwnValue, inf_refmsgid: answerNumber });
        known.set(`sent:${name}`, { input, msgid });
      }
    },
    value(name, { msgid, now }) {
      if (name.startsWith('fresh.')) return `M${msgid.slice(-18)}`;
      if (name === 'clock.now') return formatTime(now);
      if (name === 'clock.today') return formatTime(now).slice(0, 10);
      if (name.startsWith('record.')) return 0;
      if (name === 'clock.year') return formatTime(now).slice(0, 4);
      if (name === 'clock.month-number') return formatTime(now).slice(5, 7);
      if (name === 'clock.month') return formatTime(now).slice(0, 7).replace('-', '');
      const [, exchange = '', mark = '', path = ''] = /^((?:sent:)?[^.:]+)([.:])(.*)$/.exec(name) ?? [];
      const body = exchange.startsWith('sent:') ? 'input' : 'output';
      return asTemplate(follow(known.get(exchange), mark === '.' ? `${body}.${path}` : path));
    },
  };
}

function namesInSetups(messages: Usual['messages']): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>();
  for (const { setup = [] } of Object.values(messages))
    for (const step of setup) {
      if (!('send' in step) || step.as === undefined) continue;
      names.set(step.send, (names.get(step.send) ?? new Set()).add(step.as));
    }
  return names;
}
