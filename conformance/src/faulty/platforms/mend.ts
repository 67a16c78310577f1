/** A platform that takes what it should refuse, with the usual value in place of what is missing or wrong. */
import { formatTime } from '@yiqiao/model';
import type { PlatformHandler, PlatformRequest } from '@yiqiao/sandbox';
import type { MessageTemplate, Step, Template } from '../../kits/types.ts';
import { fill, withMember } from '../../run/fill.ts';
import { asTemplate, follow } from '../../run/exchanges.ts';
import type { OwnObject, OwnValue } from '../../run/own-reading.ts';
import { platformObjections, withPlatformEntrance } from '../../systems/platforms-entrance.ts';
import type { PlatformObjection, PlatformRules } from '../../systems/platforms-entrance.ts';

const DAY_MS = 86_400_000;

/** What the usual values are taken from. */
export interface PlatformUsual {
  readonly rules: PlatformRules;
  readonly messages: Readonly<Record<string, MessageTemplate>>;
  readonly values: Readonly<Record<string, Template>>;
}

/** An entrance that mends what `overlooks` names. */
export function withPlatformMending(
  usual: PlatformUsual,
  overlooks: (objection: PlatformObjection) => boolean,
): (handler: PlatformHandler) => PlatformHandler {
  const memory = createMemory(usual);
  return (handler) => {
    const entered = withPlatformEntrance(usual.rules, overlooks);
    return entered((request) => {
      const answer = handler(mended(request));
      if ('body' in answer) memory.note(request, answer.body);
      return answer;
    });
  };

  function mended(request: PlatformRequest): PlatformRequest {
    // What is wrong as a whole has no usual value: it is taken as it is.
    const wrong = platformObjections(usual.rules, request).filter(
      (one) => one.rule !== 'sign' && overlooks(one),
    );
    const template = usual.messages[request.operation]?.input;
    if (wrong.length === 0 || template === undefined) return request;
    let body = request.body as { readonly [name: string]: Template };
    for (const { path } of wrong) {
      const good = fill(at(template, path), (name) => memory.value(name, request));
      body = withMember(body, path.split('.'), good);
    }
    return { ...request, body: body as OwnObject };
  }
}

interface Memory {
  note(request: PlatformRequest, answer: OwnObject): void;
  value(name: string, request: PlatformRequest): Template;
}

/** The last answer and request of each operation, for messages that name them by what their setup calls them. */
function createMemory({ messages, values }: PlatformUsual): Memory {
  const answers = new Map<string, OwnObject>();
  const asked = new Map<string, OwnObject>();
  let serial = 0;
  const operationOf = (name: string, operation: string): string =>
    sending(messages[operation]?.setup ?? []).find(({ as, send }) => (as ?? send) === name)?.send ?? name;
  return {
    note({ operation, body }, answer) {
      answers.set(operation, answer);
      asked.set(operation, body);
    },
    value(name, { operation, now }) {
      if (name.startsWith('fresh.')) return `M${now}${(serial += 1)}`;
      if (name === 'clock.now') return formatTime(now);
      if (name === 'clock.today') return formatTime(now).slice(0, 10);
      if (name === 'clock.tomorrow') return formatTime(now + DAY_MS).slice(0, 10);
      const known = at(values, name);
      if (known !== '') return known;
      const [, sent, exchange = '', path = ''] = /^(sent:)?([^.]+)\.(.*)$/.exec(name) ?? [];
      return at((sent === undefined ? answers : asked).get(operationOf(exchange, operation)), path);
    },
  };
}

function sending(steps: readonly Step[]): readonly { readonly send: string; readonly as?: string }[] {
  return steps.filter((step) => 'send' in step);
}

/** What stands at a path; an empty text where nothing does. */
function at(value: unknown, path: string): Template {
  return asTemplate(follow(value as OwnValue | undefined, path)) ?? '';
}
