/** Systems that forget with a new start what was done before it, as data. */
import type { CoreAnswer, CoreRequest, TransactionHandler } from '@yiqiao/sandbox';
import { follow } from '../../run/exchanges.ts';
import { textOf } from '../../run/own-reading.ts';
import type { SystemState } from './acts.ts';
import { isDone, outputOf } from './messages.ts';

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
    if (!by.includes(infno) || !isDone(answer)) return answer;
    const done = read(request, named, answer);
    if (done !== '') firstIn.set(done, firstIn.get(done) ?? starts());
    return answer;
  };
}

const OF_ANSWER = 'answer:';

/** The name at a place of a request, or of its answer. */
function read({ msgid, input }: CoreRequest, path: string, answer?: CoreAnswer): string {
  if (path === 'msgid') return msgid;
  if (answer === undefined || !path.startsWith(OF_ANSWER)) return textOf(follow(input, path));
  return textOf(follow(outputOf(answer), path.slice(OF_ANSWER.length)));
}
