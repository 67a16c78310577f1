import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import { wellBehaved } from './far-side.ts';
import { settlement, UNSIGNED } from './messages.ts';
import { assertDone, assertRefused, post } from './posts.ts';
import { endAll, openFarSide, startRig } from './rig.ts';
import type { Rig } from './rig.ts';

/** Faults of the configuration that is on disk, as a reload tells them: `rule place`. */
function reloadFaults({ gateway }: Rig): string[] {
  try {
    gateway.reload();
  } catch (error) {
    assert(error instanceof GatewayError && error.code === 'CONFIG_INVALID');
    return (error.details.faults ?? []).map(({ rule, at }) => `${rule} ${at}`);
  }
  return [];
}

describe('A reload', () => {
  afterEach(endAll);

  it('brings a new configuration into force', async () => {
    const rig = await startRig();
    const from = { fixmedins_code: '"H53010000777"' };
    assertRefused(await post(rig.gateway.url, settlement({}, from)), 'OPERATION_NOT_ALLOWED');
    rig.rewrite((yaml) => yaml.replace(UNSIGNED, `${UNSIGNED}, H53010000777`));
    rig.gateway.reload();
    assertDone(await post(rig.gateway.url, settlement({}, from)));
  });

  it('moves a line to another address; what is on its way ends on the old one', async () => {
    const rig = await startRig();
    const other = await openFarSide();
    const held = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    rig.far.behave(async (message) => {
      arrived.resolve();
      await held.promise;
      return wellBehaved(message);
    });
    const before = post(rig.gateway.url, settlement());
    await arrived.promise;
    rig.rewrite((yaml) => yaml.replace(rig.far.url, other.url));
    rig.gateway.reload();
    assertDone(await post(rig.gateway.url, settlement()));
    held.resolve();
    assertDone(await before);
    assert.deepEqual([rig.far.numbers(), other.numbers()], [['2207'], ['2207']]);
  });

  it('drops nothing under load', async () => {
    const rig = await startRig();
    let running = true;
    const answers: Promise<unknown>[] = [];
    const callers = Array.from({ length: 8 }, async () => {
      while (running) {
        const answer = post(rig.gateway.url, settlement());
        answers.push(answer);
        assertDone(await answer);
      }
    });
    for (let times = 0; times < 20; times += 1) {
      rig.gateway.reload();
      await new Promise((next) => rig.far.behave((message) => (next(undefined), wellBehaved(message))));
    }
    running = false;
    await Promise.all(callers);
    assert.deepEqual(new Set(rig.far.numbers()), new Set(['2207']));
    assert.equal(rig.far.arrived.length, answers.length);
    const exchanges = await rig.journal();
    assert.equal(exchanges.filter(({ state }) => state === 'answered').length, answers.length);
  });

  it('of a faulty configuration tells its faults and leaves the old one in force', async () => {
    const rig = await startRig();
    rig.rewrite((yaml) => yaml.replace('"530000"', '530000').replace('peer: hub', 'peer: nobody'));
    assert.deepEqual(reloadFaults(rig), ['type /region', 'reference /routes']);
    rig.rewrite((yaml) => yaml.replace('profile: cross-province', 'profile: nowhere'));
    assert.deepEqual(reloadFaults(rig), ['CONFIG_INVALID /peers/3']);
    assertDone(await post(rig.gateway.url, settlement()));
  });

  const fixed = [
    ['role', 'role: care-place', 'role: hub', '/role'],
    ['region', '"530000"', '"440000"', '/region'],
    ['name', 'name: 测试网关', 'name: 另一网关', '/name'],
    ['address', 'port: 0', 'port: 9', '/listen'],
    ['journal', 'journal.sqlite', 'other.sqlite', '/journal'],
    ['largest message', 'limits: {}', 'limits: { messageBytes: 4096 }', '/limits/messageBytes'],
    ['time for a request', 'limits: {}', 'limits: { bodyTimeoutMs: 4096 }', '/limits/bodyTimeoutMs'],
  ] as const;
  for (const [title, from, to, at] of fixed) {
    it(`tells that another ${title} needs a restart, and changes nothing else`, async () => {
      const rig = await startRig();
      rig.rewrite((yaml) => yaml.replace(from, to).replace(UNSIGNED, 'H53010000777'));
      assert.deepEqual(reloadFaults(rig), [`restart ${at}`]);
      assertDone(await post(rig.gateway.url, settlement()));
    });
  }

  it('keeps open exchanges going: a lost answer is taken back over the new line', async () => {
    const rig = await startRig();
    const other = await openFarSide();
    rig.far.behave(() => 'lost');
    const arrived = Promise.withResolvers<void>();
    rig.far.behave(({ infno }) => {
      if (infno === '2601') arrived.resolve();
      return 'lost';
    });
    const answer = post(rig.gateway.url, settlement());
    await arrived.promise;
    rig.rewrite((yaml) => yaml.replace(rig.far.url, other.url));
    rig.gateway.reload();
    assertRefused(await answer, 'REVERSED');
    assert.deepEqual(other.numbers(), ['2601']);
  });
});
