import assert from 'node:assert/strict';
import { chooseEdition, checkSuite, editionIds, readKit } from '@yiqiao/conformance';
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
