/** A till's process dies at every call it makes, before or after the far side acted; the next process ends it all. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '@yiqiao/sdk';
import type { AdapterStore } from '@yiqiao/sdk';
import { codeOf, openShop, policyOf, prescribedPurchase, purchase } from './stand-ins.ts';
import type { Shop } from './stand-ins.ts';

/** Nothing of a process that died runs any more. */
class Died extends Error {}

interface Death {
  readonly at: number;
  readonly when: 'before' | 'after';
}

/** A process, until it dies at a certain call of all it makes; afterwards it neither asks nor writes. */
function mortal({ at, when }: Death) {
  let calls = 0;
  let isDead = false;
  const die = (): never => {
    isDead = true;
    throw new Died();
  };
  const port = <T extends object>(target: T): T =>
    wrapped(target, (name, member) => {
      if (name === 'newMessageId') return member;
      return async (...args: unknown[]): Promise<unknown> => {
        calls += 1;
        if (isDead || (calls === at && when === 'before')) die();
        const answer: unknown = await Reflect.apply(member, target, args);
        return calls === at ? die() : answer;
      };
    });
  const store = (target: AdapterStore): AdapterStore =>
    wrapped(target, (_name, member) => (...args: unknown[]): unknown => {
      if (isDead) die();
      return Reflect.apply(member, target, args);
    });
  return { port, store, died: () => isDead };
}

type Method = (...args: never[]) => unknown;

function wrapped<T extends object>(target: T, wrap: (name: string | symbol, member: Method) => unknown): T {
  return new Proxy(target, {
    get(_, name) {
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? wrap(name, member as Method) : member;
    },
  });
}

/** A process that dies there, and the shop as the next one finds it. */
async function dieAt(
  death: Death,
  courses: string,
  work: (counter: Shop['counter']) => Promise<unknown>,
): Promise<{ shop: Shop; died: boolean }> {
  const policy = policyOf({ courses });
  const next = openShop({ policy });
  const process = mortal(death);
  const { clock } = next;
  const first = openShop({
    policy,
    clock,
    store: process.store(next.store),
    insurer: process.port(next.insurer),
    centre: process.port(next.centre),
  });
  await work(first.counter).catch((error: unknown) => assert(error instanceof Died, String(error)));
  for (let turn = 0; turn < 4; turn += 1) {
    clock.pass(400_000);
    await next.counter.outbox.drain();
  }
  return { shop: next, died: process.died() };
}

const DEATHS: readonly Death[] = Array.from({ length: 12 }, (_, at) =>
  (['before', 'after'] as const).map((when) => ({ at: at + 1, when })),
).flat();

for (const courses of ['national', 'visit']) {
  describe(`a process that dies on the way of a purchase (${courses})`, () => {
    it('leaves a purchase that is settled on both sides or on none, its prescription with it', async () => {
      const ends = new Set<string>();
      for (const death of DEATHS) {
        const { shop, died } = await dieAt(death, courses, (counter) =>
          counter.purchase(prescribedPurchase()),
        );
        const title = JSON.stringify(death);
        const { state } = shop.counter.find('LS0001');
        ends.add(state);
        assert.equal(shop.insurer.settled.size, state === 'settled' ? 1 : 0, title);
        assert.equal(shop.centre.holder !== undefined, state === 'settled', title);
        assert.deepEqual(shop.counter.owed(), [], title);
        assert.equal(
          shop.insurer.calls.filter(({ operation }) => operation === 'uploadSale').length,
          state === 'settled' ? 1 : 0,
          title,
        );
        const called = new Set(shop.insurer.calls.map(({ operation }) => operation));
        if (called.has('registerOutpatient') && state !== 'settled') {
          assert(called.has('cancelOutpatientRegistration'), `${title}: a visit stays open`);
        }
        if (!died) break;
      }
      assert.deepEqual([...ends].toSorted(), ['given-up', 'settled']);
    });

    it('leaves a cancellation that is done on both sides', async () => {
      for (const death of DEATHS) {
        const { shop, died } = await dieAt(death, courses, async (counter) => {
          await counter.purchase(prescribedPurchase());
          await counter.cancel('LS0001');
        });
        const title = JSON.stringify(death);
        const { state } = shop.counter.find('LS0001');
        assert.equal(shop.insurer.settled.size, state === 'settled' ? 1 : 0, title);
        assert.equal(shop.centre.holder !== undefined, state === 'settled', title);
        assert.deepEqual(shop.counter.owed(), [], title);
        if (!died) {
          assert.equal(state, 'cancelled');
          break;
        }
      }
    });
  });
}

describe('two processes of one pharmacy', () => {
  it('sell a box once, whichever comes first', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pharmacy-'));
    const first = openShop();
    const { insurer, clock, centre } = first;
    const stores = [0, 1].map(() => openStore(join(folder, 'one.sqlite'), { clock }));
    const shops = stores.map((store) => openShop({ store, insurer, clock, centre }));
    const codes = await Promise.all(
      shops.map(({ counter }, at) => codeOf(counter.purchase(purchase({ number: `LS${at}` })))),
    );
    assert.deepEqual(codes.toSorted(), ['TRACE_CODE_SOLD', 'done']);
    for (const store of stores) store.close();
    rmSync(folder, { recursive: true });
  });
});
