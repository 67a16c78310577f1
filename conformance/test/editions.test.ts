import assert from 'node:assert/strict';
import {
  chooseEdition,
  checkSuite,
  editionIds,
  editionPins,
  readKit,
  rulesDigest,
  shownBy,
} from '@yiqiao/conformance';
import type { SelfReport } from '#internal/self/self-check.ts';
import { createRegistry } from '@yiqiao/registry';

const RULES = '2026-11';
const registry = createRegistry();

describe('The editions of kits, tested on systems that are wrong on purpose', () => {
  let report: SelfReport;
  before(async function () {
    this.timeout(180_000);
    report = await checkSuite({
      registry,
      rules: RULES,
      kits: editionIds(),
      shuffles: 1,
      seed: 7,
      scope: 'meant',
      every: 3,
      jobs: 2,
    });
  });

  it('pass the sound systems and catch every third faulty one', () => {
    assert.deepEqual(report.faults, []);
    assert.equal(report.falseFailures, 0);
  });
});

describe('An edition', () => {
  for (const id of editionIds()) {
    const kit = readKit(registry, id, RULES);
    const all = [...kit.requirements.values()];

    it(`${id}: a must rests on attested facts`, () => {
      const weak = all.filter(
        ({ level, confidence }) => level === 'must' && !['two sources', 'one source'].includes(confidence),
      );
      assert.deepEqual(weak, []);
    });

    it(`${id}: every requirement has a scenario that shows it, and half of them are failure cases`, () => {
      const shown = new Set(kit.scenarios.flatMap((scenario) => shownBy(kit, scenario)));
      assert.deepEqual(
        all.filter((one) => !shown.has(one.id)),
        [],
      );
      assert.ok(all.filter(({ kind }) => kind === 'failure').length * 2 >= all.length);
    });

    it(`${id}: the rules of a version stay as they were published`, () => {
      const pins = editionPins(id);
      for (const [version, digest] of Object.entries(pins))
        assert.equal(rulesDigest(readKit(registry, id, version)), digest, version);
      assert.ok(Object.hasOwn(pins, RULES));
      assert.equal(readKit(registry, id, '2026-10').requirements.size, 0);
    });
  }

  it('is chosen by profile, or by signing profile', () => {
    const chosen = [
      { kit: 'signature' },
      { kit: 'signature', signing: 'fsi-main-cainfo' },
      { kit: 'signature', signing: 'tif' },
      { kit: 'signature@csb' },
      { kit: 'insured-place', profile: 'national' },
    ].map((choice) => chooseEdition(registry, choice));
    assert.deepEqual(chosen, ['signature', 'signature', 'signature@tif', 'signature@csb', 'insured-place']);
  });

  it('that is not there is refused, and those that are stand in the message', () => {
    assert.throws(
      () => readKit(registry, 'signature@sm9', RULES),
      /no edition signature@sm9; .*signature@tif/,
    );
    assert.throws(
      () => chooseEdition(registry, { kit: 'care-place', signing: 'tif' }),
      /for the kit signature only/,
    );
  });
});
