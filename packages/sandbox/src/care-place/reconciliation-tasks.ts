/** 3211 and 3212 at the care place: reconciliation of an uploaded file as a task, and its result. */
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import { child, leaf } from '../national-message.ts';
import { compareFile } from './reconciliation.ts';
import type { Books } from './reconciliation.ts';

/** A task that is done: the files of its result. */
interface Task {
  readonly institution: string;
  readonly files: readonly string[];
  /** 对账状态: 1 all agrees, 2 something differs. */
  readonly state: '1' | '2';
}

/** The oldest task goes when there are more. */
const MOST_TASKS = 100;

/** Submission and query; the sandbox has compared by the time the task is given its number. */
export function reconciliationTaskHandlers(books: Books): Readonly<Record<string, TransactionHandler>> {
  const tasks = new Map<string, Task>();
  return {
    3211: (request) => submit(tasks, books, request),
    3212: ({ input, envelope }) => {
      const key = leaf(child(input, 'data'), 'task_key');
      const task = tasks.get(key);
      if (task?.institution !== leaf(envelope, 'fixmedins_code')) {
        return { refusal: `未查询到对账任务：${key}` };
      }
      const [first = '', second = '', third = ''] = task.files;
      return {
        output: {
          fileinfo: {
            check_state: task.state,
            task_status: '1',
            file_qury_no1: first,
            file_qury_no2: second,
            file_qury_no3: third,
          },
        },
      };
    },
  };
}

function submit(tasks: Map<string, Task>, books: Books, request: CoreRequest): CoreAnswer {
  const lists = compareFile(books, request);
  if ('refusal' in lists) return lists;
  const institution = leaf(request.envelope, 'fixmedins_code');
  const key = `T${request.answerNumber.slice(-29)}`;
  const files = Object.entries(lists).map(
    ([name, content]: readonly [string, readonly string[]]) =>
      books.files.add({ name: `${key}_${name}.zip`, institution, content }, request.now).number,
  );
  const state = lists.differing.length + lists.missing.length === 0 ? '1' : '2';
  tasks.set(key, { institution, files, state });
  const [oldest] = tasks.keys();
  if (tasks.size > MOST_TASKS && oldest !== undefined) tasks.delete(oldest);
  return { output: { fileinfo: { task_key: key } } };
}
