import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  checkSuite,
  editionIds,
  editionPins,
  kitIds,
  readKit,
  rulesDigest,
  shownBy,
} from '@yiqiao/conformance';
import { readFaultySystems } from '#internal/faulty/read-faulty.ts';
import { matches } from '#internal/run/plan.ts';
import { CATCH_RATE_FILE } from '#internal/report/catch-rate.ts';
import type { KitCatch, SelfReport } from '#internal/self/self-check.ts';
import { createRegistry } from '@yiqiao/registry';

const RULES = '2026-11';
const registry = createRegistry();

describe('The suite, tested on systems that are wrong on purpose', () => {
  let report: SelfReport;
  before(async function () {
    this.timeout(240_000);
    report = await checkSuite({
      registry,
      rules: RULES,
      kits: kitIds(),
      shuffles: 1,
      seed: 7,
      scope: 'meant',
      every: 10,
      jobs: 2,
    });
  });

  it('passes the sound systems and catches every tenth faulty one by what is meant for it', () => {
    assert.deepEqual(report.faults, []);
    assert.equal(report.caught, report.faultySystems);
    assert.equal(report.falseFailures, 0);
    assert.equal(report.ok, true);
  });

  it('has for every requirement a system that is meant to fail it', () => {
    const systems = readFaultySystems();
    const bare = [...kitIds(), ...editionIds()].flatMap((id) => {
      const meant = systems.filter(({ kit }) => kit === id).flatMap(({ fails }) => fails);
      const all = [...readKit(registry, id, RULES).requirements.keys()];
      return all.filter((one) => !meant.some((pattern) => matches(pattern, one)));
    });
    assert.deepEqual(bare, []);
  });

  it('was tried as a whole with the present rules, every faulty system caught, every requirement seen to fail', () => {
    const { kits } = JSON.parse(readFileSync(CATCH_RATE_FILE, 'utf8')) as { kits: KitCatch[] };
    const systems = readFaultySystems();
    const present = [...kitIds(), ...editionIds()].map((id) => {
      const kit = readKit(registry, id, RULES);
      const faultySystems = systems.filter((system) => system.kit === id).length;
      const clean = { caught: faultySystems, falseFailures: 0, neverFailed: 0 };
      return {
        kit: id,
        digest: rulesDigest(kit),
        requirements: kit.requirements.size,
        faultySystems,
        ...clean,
      };
    });
    assert.deepEqual(kits, present, 'npm run conformance:self -- --keep');
  });
});

describe('A test of faulty systems of a name that none of them has', () => {
  it('is no success', async () => {
    const nobody = { registry, rules: RULES, kits: ['codes'], shuffles: 0, seed: 1, only: 'nobody-*' };
    await assert.rejects(() => checkSuite(nobody), /no faulty system nobody-\* of codes/);
  });
});

describe('The kits', () => {
  for (const id of [...kitIds(), ...editionIds()]) {
    const kit = readKit(registry, id, RULES);
    const all = [...kit.requirements.values()];

    it(`${id}: a must rests on attested facts`, () => {
      const weak = all.filter(
        ({ level, confidence }) => level === 'must' && !['two sources', 'one source'].includes(confidence),
      );
      assert.deepEqual(weak, []);
    });

    it(`${id}: every requirement is whole and has a scenario that shows it`, () => {
      const shown = new Set(kit.scenarios.flatMap((scenario) => shownBy(kit, scenario)));
      const bare = all.filter(
        ({ id: one, text, source }) => !shown.has(one) || !text.zh || !text.en || !source,
      );
      assert.deepEqual(bare, []);
    });

    it(`${id}: at least half of the requirements are failure cases`, () => {
      const failures = all.filter(({ kind }) => kind === 'failure').length;
      assert.ok(failures * 2 >= all.length, `${failures} of ${all.length}`);
    });

    it(`${id}: the rules of a version stay as they were published`, () => {
      const pins = id.includes('@') ? editionPins(id) : pinsOf(id);
      for (const [version, digest] of Object.entries(pins))
        assert.equal(rulesDigest(readKit(registry, id, version)), digest, version);
      assert.ok(Object.hasOwn(pins, RULES));
      // Rules before the first version require nothing.
      assert.equal(readKit(registry, id, '2026-10').requirements.size, 0);
    });
  }

  it('stand in docs/conformance.md with the number of their requirements', () => {
    const page = readFileSync(new URL('../../docs/conformance.md', import.meta.url), 'utf8');
    const listed = [...page.matchAll(/^\| `([a-z-]+)` +\|.*\| +(\d+) \|$/gm)].map(
      ([, id, count]) => `${id} ${count}`,
    );
    const standing = kitIds().map((id) => `${id} ${readKit(registry, id, RULES).requirements.size}`);
    assert.deepEqual(listed.toSorted(), standing.toSorted());
  });
});

/** Digest of each published version of a kit's rules. */
function pinsOf(id: string): Readonly<Record<string, string>> {
  const text = readFileSync(new URL(`../kits/${id}/pins.json`, import.meta.url), 'utf8');
  return JSON.parse(text) as Record<string, string>;
}
