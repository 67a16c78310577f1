/** Notifications: signed, once, on record before they are acknowledged, parked while their cause is missing. */
import assert from 'node:assert/strict';
import { createKeyPair } from '@yiqiao/signer';
import {
  connectAdapter,
  createNotificationDesk,
  createOutbox,
  defineAdapter,
  GatewayError,
  jsonCodec,
  leafText,
  openStore,
  readMembers,
  startListener,
} from '@yiqiao/sdk';
import type {
  AdapterSigning,
  AdapterStore,
  Listener,
  NotificationDesk,
  NotificationVerdict,
  Outbox,
  WireObject,
} from '@yiqiao/sdk';

interface Audited {
  readonly prescription: string;
  readonly passed: boolean;
}

const centre = defineAdapter<Record<never, never>, { audited: Audited }>({
  id: 'centre',
  codec: jsonCodec(),
  calls: {},
  notifications: {
    audited: {
      path: '/notify/audited',
      read: (message) =>
        readMembers(message, (from) =>
          from.node('data', (data) => ({
            id: data.text('serial'),
            event: { prescription: data.text('rxNo'), passed: data.code('state', { '1': true, '0': false }) },
          })),
        ),
      answer: (result) => ({
        data:
          result.state === 'refused'
            ? { ok: '0', code: result.refusal.code }
            : { ok: '1', state: result.state },
      }),
      status: ({ state }) => (state === 'refused' ? 422 : 200),
    },
  },
});

/** How the centre tells us: the same messages seen from its side. */
const teller = defineAdapter<{ tell: { request: WireObject; response: WireObject } }>({
  id: 'teller',
  codec: jsonCodec(),
  calls: {
    tell: {
      effect: 'write',
      wayOut: 'repeat',
      path: 'notify/audited',
      toWire: (data) => ({ data }),
      toModel: ({ data }) => data as WireObject,
    },
  },
  refusal({ data }) {
    const { ok, code } = data as WireObject;
    return ok === '1' ? undefined : { code: leafText(code) ?? '', text: '' };
  },
});

const [ours, theirs, stranger] = [createKeyPair(), createKeyPair(), createKeyPair()];
const credentials = { appId: 'A'.repeat(32), appSecret: '0123456789abcdef' };
const envelope = (own: typeof ours, other: typeof ours): readonly AdapterSigning[] => [
  { profile: 'gm-envelope', credentials, privateKey: own.privateKey, publicKeys: [other.publicKey] },
];
const GOOD = { serial: 'N1', rxNo: 'R1', state: '1' };

describe('A notification', () => {
  let now: number;
  const clock = { now: (): number => now };
  let store: AdapterStore;
  let desk: NotificationDesk;
  let listener: Listener;
  let outbox: Outbox;
  let seen: Audited[];
  let verdict: NotificationVerdict;
  beforeEach(async () => {
    now = 1_767_225_600_000;
    seen = [];
    verdict = 'done';
    store = openStore(':memory:', { clock });
    desk = createNotificationDesk({
      definition: centre,
      store,
      clock,
      signing: envelope(ours, theirs),
      parked: { attempts: 3, everyMs: 1_000 },
      handlers: {
        audited(event, tx) {
          if (verdict !== 'done') return verdict;
          seen.push(event);
          tx.put('audit', event.prescription, event);
          return 'done';
        },
      },
    });
    outbox = createOutbox({ store, clock, handlers: desk.jobs });
    listener = await startListener({ port: 0, routes: desk.routes });
  });
  afterEach(async () => {
    await listener.close();
    store.close();
  });

  const tell = async (data: WireObject, signing = envelope(theirs, ours)): Promise<WireObject> => {
    const connected = connectAdapter(teller, { url: listener.url, signing, clock });
    try {
      return await connected.call('tell', data);
    } finally {
      await connected.close();
    }
  };

  it('is opened, verified and acted on, and its answer is sealed', async () => {
    assert.deepEqual(await tell(GOOD), { ok: '1', state: 'accepted' });
    assert.deepEqual(seen, [{ prescription: 'R1', passed: true }]);
    assert.deepEqual(store.get('audit', 'R1'), { prescription: 'R1', passed: true });
  });

  it('is acted on once when its sender never heard the answer, though it is signed anew', async () => {
    await tell(GOOD);
    now += 60_000;
    assert.deepEqual(await tell(GOOD), { ok: '1', state: 'duplicate' });
    assert.equal(seen.length, 1);
  });

  it('is not acted on when a stranger has signed it, or nobody', async () => {
    await assert.rejects(tell(GOOD, envelope(stranger, ours)));
    await assert.rejects(tell(GOOD, []));
    assert.deepEqual(seen, []);
    assert.deepEqual(store.list('notification'), []);
  });

  it('is refused with places when it is broken, and with its code when its number was used for something else', async () => {
    assert.equal(await refusalOf(tell({ serial: 'N1', state: '9' })), 'MESSAGE_INVALID');
    await tell(GOOD);
    assert.equal(await refusalOf(tell({ ...GOOD, state: '0' })), 'NOTIFICATION_ALTERED');
    assert.equal(seen.length, 1);
  });

  it('is refused as its handler says, each time alike', async () => {
    verdict = { refuse: { code: 'E7', text: '处方不属于本院' } };
    assert.equal(await refusalOf(tell(GOOD)), 'E7');
    assert.equal(await refusalOf(tell(GOOD)), 'E7');
  });

  it('waits for its cause, is acted on when that comes, and lies with a person when it never does', async () => {
    verdict = { park: 'no such prescription yet' };
    assert.deepEqual(await tell(GOOD), { ok: '1', state: 'parked' });
    assert.deepEqual(await tell(GOOD), { ok: '1', state: 'parked' });
    await tell({ ...GOOD, serial: 'N2', rxNo: 'R2' });
    verdict = 'done';
    desk.retryParked('N1');
    await outbox.drain();
    assert.deepEqual(seen, [{ prescription: 'R1', passed: true }]);
    assert.deepEqual(await tell(GOOD), { ok: '1', state: 'duplicate' });

    verdict = { park: 'no such prescription yet' };
    for (let round = 0; round < 5; round += 1) {
      now += 1_000;
      await outbox.drain();
    }
    assert.deepEqual(
      outbox.list().map(({ state, reason }) => [state, reason]),
      [['person', 'no such prescription yet']],
    );
  });

  it('is not acknowledged when it cannot be put on record', async () => {
    store.close();
    const answer = await fetch(new URL('notify/audited', listener.url), { method: 'POST', body: '{}' });
    assert.ok(answer.status >= 400);
    store = openStore(':memory:');
  });
});

async function refusalOf(asked: Promise<unknown>): Promise<string | undefined> {
  try {
    await asked;
  } catch (error) {
    assert(error instanceof GatewayError);
    return error.details.upstream?.code ?? error.code;
  }
  return undefined;
}
