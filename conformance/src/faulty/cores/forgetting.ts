/** Systems that forget with a new start what was done before it, as data. */
import type { CoreAnswer, CoreRequest, TransactionHandler } from '@yiqiao/sandbox';
import { isNode, textOf } from '../../run/own-reading.ts';
import type { OwnObject, OwnValue } from '../../run/own-reading.ts';
import type { SystemState } from './behaviours.ts';

/** A name by which something done is known, and what becomes of a message that names it after a new start. */
export interface Forgetting {
  /** Transactions that do it, and where it is named: `data.mdtrt_id` of the request, `answer:data.mdtrt_id`, `msgid`. */
  readonly by: readonly string[];
  readonly named: string;
  /** Transactions that name it later, and where. */
  readonly of: readonly string[];
  readonly at: string;
  /** `refused`: not known any more; `done`: not known to be done, so it is said to be done now. */
  readonly says: 'refused' | 'done';
}

/** Stands around the handlers of a system that forgets. */
export function withForgetting(
  { by, named, of, at, says }: Forgetting,
  { starts }: SystemState,
): (handler: TransactionHandler) => TransactionHandler {
  const firstIn = new Map<string, number>();
  return (go) => (request) => {
    const { infno } = request;
    const name = read(request, at);
    if (of.includes(infno) && (firstIn.get(name) ?? starts()) < starts())
      return says === 'done' ? { output: {} } : { refusal: '未查询到相关记录' };
    const answer = go(request);
    if (!by.includes(infno) || !('output' in answer)) return answer;
    const done = named.startsWith('answer:') ? readIn(answer, named.slice(7)) : read(request, named);
    if (done !== '') firstIn.set(done, firstIn.get(done) ?? starts());
    return answer;
  };
}

function read({ msgid, input }: CoreRequest, path: string): string {
  return path === 'msgid' ? msgid : follow(input, path);
}

function readIn(answer: CoreAnswer, path: string): string {
  const output = 'output' in answer ? (answer.output as OwnValue) : null;
  return isNode(output) ? follow(output, path) : '';
}

function follow(object: OwnObject, path: string): string {
  let found: OwnValue | undefined = object;
  for (const step of path.split('.')) {
    if (Array.isArray(found)) found = (found as readonly OwnValue[])[Number(step)];
    else found = isNode(found) ? found[step] : undefined;
  }
  return textOf(found);
}
