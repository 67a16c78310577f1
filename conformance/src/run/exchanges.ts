/** The exchanges of one scenario, and values by their place in them. */
import type { Template } from '../kits/types.ts';
import type { Answer, ReadAnswer } from './read-answer.ts';
import { isNode, parseMessage } from './own-reading.ts';
import type { OwnObject, OwnValue } from './own-reading.ts';
import type { Reply } from './post.ts';

/** One exchange with everything that was seen of it. */
export interface Exchange {
  readonly name: string;
  readonly infno: string;
  readonly msgid: string;
  /** `yyyy-MM-dd HH:mm:ss` by the suite's clock. */
  readonly at: string;
  readonly sent: Buffer;
  /** What the bytes say, where they hide it. */
  readonly clear?: Buffer;
  /** Path and headers of its own, as the tongue wrote them. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly reply: Reply;
  /** Absent when nothing came. */
  readonly read?: ReadAnswer;
}

/** The exchanges of a scenario by name; a later one of the same name stands in place of the earlier. */
export interface Exchanges {
  add(exchange: Exchange): void;
  find(name: string): Exchange | undefined;
  /** The answer of an exchange, when it was read. */
  answer(name: string): Answer | undefined;
  /** A value by its place; `undefined` when there is none. */
  value(place: string): OwnValue | undefined;
}

/** Opens an empty list. */
export function createExchanges(): Exchanges {
  const all = new Map<string, Exchange>();
  const answer = (name: string): Answer | undefined => {
    const read = all.get(name)?.read;
    return read?.state === 'read' ? read.answer : undefined;
  };
  return {
    add: (exchange) => void all.set(exchange.name, exchange),
    find: (name) => all.get(name),
    answer,
    value(place) {
      const sent = place.startsWith('sent:');
      const [, name = '', mark = '', path = ''] =
        /^([^.:]+)([.:])(.*)$/.exec(sent ? place.slice(5) : place) ?? [];
      const root = sent ? sentMessage(all.get(name)) : answer(name)?.envelope;
      if (root === undefined) return undefined;
      return follow(mark === ':' ? root : root[sent ? 'input' : 'output'], path);
    },
  };
}

/** A leaf as it goes into another message: bare numbers stay numbers of the same text. */
export function asTemplate(value: OwnValue | undefined): Template | undefined {
  if (value === undefined) return undefined;
  return value as Template;
}

function sentMessage(exchange: Exchange | undefined): OwnObject | undefined {
  if (exchange === undefined) return undefined;
  try {
    return parseMessage((exchange.clear ?? exchange.sent).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The value at a path below a value, `data.0.psn_no`; `undefined` when there is none. */
export function follow(value: OwnValue | undefined, path: string): OwnValue | undefined {
  let found = value;
  for (const step of path.split('.')) {
    if (Array.isArray(found)) found = (found as readonly OwnValue[])[Number(step)];
    else found = isNode(found) && Object.hasOwn(found, step) ? found[step] : undefined;
  }
  return found;
}
