/** What tills call: a small JSON entry, names as in the model, amounts and quantities as text. */
import { GatewayError } from '@yiqiao/model';
import { answerJson, readJsonBody } from '@yiqiao/sdk';
import type { ListenerAnswer, ListenerRoute } from '@yiqiao/sdk';
import type { Counter } from './counter.ts';
import { readDay, readQuestion } from './goods/goods-form.ts';
import type { Stock } from './goods/stock.ts';
import type { Receipt } from './purchase/record.ts';

/** An order that waits for its payment is no receipt yet. */
const ACCEPTED = 202;

/** The routes of a pharmacy. Errors are answered by the listener with code, texts and places. */
export function entryRoutes(counter: Counter, stock: Stock): readonly ListenerRoute[] {
  const { outbox } = counter;
  const numberOf = (params: Readonly<Record<string, string>>): string => params['number'] ?? '';
  return [
    {
      method: 'POST',
      path: '/purchases',
      handle: async (request) => told(await counter.purchase(readJsonBody(request))),
    },
    {
      method: 'GET',
      path: '/purchases/:number',
      handle: ({ params }) => told(counter.find(numberOf(params))),
    },
    {
      method: 'POST',
      path: '/purchases/:number/cancel',
      handle: async ({ params }) => told(await counter.cancel(numberOf(params))),
    },
    {
      method: 'POST',
      path: '/goods',
      handle: (request) => answerJson({ records: stock.take(readJsonBody(request)) }, ACCEPTED),
    },
    {
      method: 'GET',
      path: '/goods/comparison',
      handle: async ({ query }) => {
        const read = readQuestion(Object.fromEntries(query));
        if ('faults' in read) throw new GatewayError('MESSAGE_INVALID', { faults: read.faults });
        return answerJson({ differences: await stock.compare(read.body) });
      },
    },
    {
      method: 'GET',
      path: '/off-site/days/:day',
      handle: async ({ params }) => {
        const read = readDay(params);
        if ('faults' in read) throw new GatewayError('MESSAGE_INVALID', { faults: read.faults });
        return answerJson(await stock.compareOffSiteDay(read.body.day));
      },
    },
    {
      method: 'GET',
      path: '/goods/:id',
      handle: ({ params }) => answerJson(stock.find(params['id'] ?? '')),
    },
    {
      method: 'GET',
      path: '/owed',
      handle: () =>
        answerJson({
          jobs: counter
            .owed()
            .map(({ id, kind, state, attempt, reason }) => ({ id, kind, state, attempt, reason })),
        }),
    },
    {
      method: 'POST',
      path: '/owed/:id/retry',
      handle: ({ params }) => answerJson({ retried: outbox.retry(params['id'] ?? '') }),
    },
  ];
}

function told(receipt: Receipt): ListenerAnswer {
  return answerJson(receipt, receipt.state === 'ordered' ? ACCEPTED : 200);
}
