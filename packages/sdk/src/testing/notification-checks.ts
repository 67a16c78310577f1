/** What a far side tells unasked: twice, altered, broken or before its cause. */
import assert from 'node:assert/strict';
import type { WireObject } from '@yiqiao/model';
import { createNotificationDesk } from '../adapter/notification-desk.ts';
import type { NotificationVerdict } from '../adapter/notification-desk.ts';
import type { NotificationResult } from '../adapter/definition-types.ts';
import { createOutbox } from '../outbox/outbox.ts';
import { openStore } from '../store/open-store.ts';
import { SAMPLE_PARTS } from './contract-types.ts';
import type { AnyDefinition, ContractCheck, NotificationSample } from './contract-types.ts';

interface SampledNotification {
  readonly definition: AnyDefinition;
  readonly name: string;
  readonly sample: NotificationSample<unknown>;
}

/** The checks of one notification. */
export function notificationChecks(one: SampledNotification): ContractCheck[] {
  const { definition, name, sample } = one;
  const check = (title: string, run: () => Promise<void> | void): ContractCheck => ({
    title: `${name}: ${title}`,
    run: async () => run(),
  });
  const expected = (state: 'accepted' | 'duplicate' | 'parked'): WireObject => answerOf(one, { state });
  return [
    check('is read as what it tells', () => {
      assert.deepEqual(definition.notifications?.[name]?.read(sample.message), {
        id: sample.id,
        event: sample.event,
      });
    }),
    check('is acted on once, however often it comes', () =>
      withDesk(one, async ({ tell, seen }) => {
        assert.deepEqual(await tell(sample.message), expected('accepted'));
        assert.deepEqual(await tell(sample.message), expected('duplicate'));
        assert.deepEqual(seen, [sample.event]);
      }),
    ),
    check('is not acted on when it comes again with another content, nor when it is broken', () =>
      withDesk(one, async ({ tell, seen }) => {
        await tell(sample.message);
        const good = [expected('accepted'), expected('duplicate')].map((answer) => JSON.stringify(answer));
        for (const wrong of [sample.altered, {}]) {
          assert(
            !good.includes(JSON.stringify(await tell(wrong))),
            'it must not be told that it was accepted',
          );
        }
        assert.equal(seen.length, 1);
      }),
    ),
    check('is kept when it comes before its cause, and acted on afterwards', () =>
      withDesk(one, async ({ tell, seen, outbox, retry, park }) => {
        park(true);
        assert.deepEqual(await tell(sample.message), expected('parked'));
        park(false);
        retry();
        await outbox.drain();
        assert.deepEqual(seen, [sample.event]);
        assert.deepEqual(outbox.list(), []);
      }),
    ),
  ];
}

interface Parts {
  readonly tell: (message: WireObject) => Promise<WireObject>;
  readonly seen: readonly unknown[];
  readonly outbox: ReturnType<typeof createOutbox>;
  readonly retry: () => void;
  readonly park: (isParked: boolean) => void;
}

async function withDesk(
  { definition, name }: SampledNotification,
  run: (parts: Parts) => Promise<void>,
): Promise<void> {
  const store = openStore(':memory:');
  const seen: unknown[] = [];
  let isParked = false;
  const handle = (event: unknown): NotificationVerdict => {
    if (isParked) return { park: 'not known yet' };
    seen.push(event);
    return 'done';
  };
  const names = Object.keys(definition.notifications ?? {});
  const desk = createNotificationDesk({
    definition,
    store,
    clock: { now: () => SAMPLE_PARTS.now },
    handlers: Object.fromEntries(names.map((one) => [one, handle])),
  });
  const path = definition.notifications?.[name]?.path;
  const route = desk.routes.find((one) => one.path === path);
  assert(route !== undefined);
  const tell = async (message: WireObject): Promise<WireObject> => {
    const body = Buffer.from(definition.codec.formatRequest(message));
    const { signal } = new AbortController();
    const request = {
      method: 'POST',
      path: route.path,
      params: {},
      query: new URLSearchParams(),
      headers: {},
      body,
      signal,
    };
    const answer = await route.handle(request);
    return definition.codec.parseResponse(Buffer.from(answer.body)).members;
  };
  try {
    await run({
      tell,
      seen,
      outbox: createOutbox({ store, handlers: desk.jobs }),
      retry: () => desk.retryParked(),
      park: (parked) => {
        isParked = parked;
      },
    });
  } finally {
    store.close();
  }
}

/** What the definition answers, as it comes out of its codec. */
function answerOf({ definition, name, sample }: SampledNotification, result: NotificationResult): WireObject {
  const made =
    definition.notifications?.[name]?.answer(result, { messageId: sample.id, now: SAMPLE_PARTS.now }) ?? {};
  return definition.codec.parseResponse(definition.codec.formatResponse(made)).members;
}
