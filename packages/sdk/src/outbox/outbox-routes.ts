/** What an operator sees of an outbox over HTTP, and has tried again. */
import { answerJson } from '../listener/json-body.ts';
import type { ListenerRoute } from '../listener/listener-types.ts';
import type { Outbox } from './outbox.ts';

/** `GET /waiting` lists the jobs, without their contents; `POST /waiting/:id/retry` tries one again. */
export function outboxRoutes(outbox: Outbox): readonly ListenerRoute[] {
  return [
    {
      method: 'GET',
      path: '/waiting',
      handle: () =>
        answerJson({
          jobs: outbox
            .list()
            .map(({ id, kind, state, attempt, reason }) => ({ id, kind, state, attempt, reason })),
        }),
    },
    {
      method: 'POST',
      path: '/waiting/:id/retry',
      handle: ({ params: { id = '' } }) => answerJson({ id, retried: outbox.retry(id) }),
    },
  ];
}
