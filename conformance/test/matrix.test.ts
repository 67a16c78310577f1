import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { kitIds, readInputs, readKit } from '@yiqiao/conformance';
import { buildMatrix, requiredSpaceOf, spaceOf } from '#internal/kits/matrix.ts';
import type { MatrixFile } from '#internal/kits/matrix.ts';
import { coverPairs, uncoveredPairs } from '#internal/kits/pairwise.ts';
import type { PairSpace } from '#internal/kits/pairwise.ts';
import { sandboxPersons } from '@yiqiao/sandbox';
import { createRegistry } from '@yiqiao/registry';

const RULES = '2026-11';
const registry = createRegistry();

/** Up to five factors of up to four values, with pairs that may not stand together. */
const SPACES = fc
  .record({
    sizes: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 5 }),
    never: fc.array(fc.tuple(fc.nat(4), fc.nat(3), fc.nat(4), fc.nat(3)), { maxLength: 6 }),
  })
  .map(({ sizes, never }): PairSpace => {
    const factors = sizes.map((size, at) => ({
      id: String(at),
      values: Array.from({ length: size }, (_none, value) => `${at}${value}`),
    }));
    const allows = (one: readonly string[]): boolean =>
      never.every(([a, x, b, y]) => one[a] !== `${a}${x}` || one[b] !== `${b}${y}`);
    return { factors, allows };
  });

describe('A choice of combinations', () => {
  it('has every pair of values that may stand together, and nothing that may not', () => {
    fc.assert(
      fc.property(SPACES, (space) => {
        const chosen = coverPairs(space);
        assert.deepEqual(uncoveredPairs(space, chosen), []);
        assert.ok(chosen.every((one) => space.allows(one)));
        assert.deepEqual(coverPairs(space), chosen);
      }),
    );
  });

  it('keeps what was chosen when a value is added', () => {
    fc.assert(
      fc.property(SPACES, (space) => {
        const before = coverPairs(space);
        const [first, ...others] = space.factors;
        assert.ok(first !== undefined);
        const wider = { ...space, factors: [{ ...first, values: [...first.values, 'new'] }, ...others] };
        const after = coverPairs(wider, before);
        assert.deepEqual(after.slice(0, before.length), before);
        assert.deepEqual(uncoveredPairs(wider, after), []);
      }),
    );
  });

  it('is far smaller than all combinations', () => {
    const factors = Array.from({ length: 5 }, (_none, at) => ({
      id: String(at),
      values: ['a', 'b', 'c', 'd'].map((value) => `${at}${value}`),
    }));
    assert.ok(coverPairs({ factors, allows: () => true }).length <= 32);
  });
});

describe('The matrix of a kit', () => {
  for (const id of kitIds()) {
    const kit = readKit(registry, id, RULES);
    if (kit.matrix.length === 0) continue;
    const file = JSON.parse(
      readFileSync(new URL(`../kits/${id}/matrix.json`, import.meta.url), 'utf8'),
    ) as MatrixFile;
    const chosen = file.combinations.map((text) => text.split('/'));

    it(`${id}: has every pair that may stand together (else: node conformance/src/renew-matrix.ts ${id})`, () => {
      const space = spaceOf(file);
      assert.deepEqual(uncoveredPairs(space, chosen), []);
      assert.deepEqual(
        chosen.filter((one) => !space.allows(one)),
        [],
      );
      const required = requiredSpaceOf(file);
      assert.deepEqual(
        uncoveredPairs(
          required,
          chosen.filter((one) => one.every((value, at) => required.factors[at]?.values.includes(value))),
        ),
        [],
      );
      assert.equal(new Set(file.combinations).size, file.combinations.length);
    });

    it(`${id}: names a requirement and a scenario for each combination, required or optional`, () => {
      for (const { requirement, test, values } of kit.matrix) {
        assert.ok(kit.requirements.has(requirement), requirement);
        assert.equal(requirement, `${file.prefix}/${values.map((value) => value.id).join('/')}`);
        assert.ok(kit.scenarios.some((scenario) => scenario.id === requirement.replaceAll('/', '.')));
        const level = kit.requirements.get(requirement)?.level;
        assert.ok(
          test === 'optional' || level === 'must',
          `${requirement} is asked of everybody and a ${level}`,
        );
      }
      assert.deepEqual(new Set(kit.matrix.map(({ test }) => test)), new Set(['required', 'optional']));
    });

    it(`${id}: has each constraint with its reason`, () => {
      assert.ok(file.constraints.every(({ because }) => because.length > 10));
    });
  }

  it('refuses a combination that its file does not describe', () => {
    const file = JSON.parse(
      readFileSync(new URL('../kits/insured-place/matrix.json', import.meta.url), 'utf8'),
    ) as MatrixFile;
    assert.throws(() => buildMatrix({ ...file, combinations: ['310/01/11'] }), /is no combination/);
    assert.throws(() => buildMatrix({ ...file, combinations: ['310/09/11/filed'] }), /is no combination/);
  });
});

describe('The test persons', () => {
  it('are those of the sandbox, all in one file', () => {
    const { values } = readInputs('national');
    const told = Object.values(values)
      .filter((value) => typeof value === 'object' && value !== null && Object.hasOwn(value, 'psn_no'))
      .map((value) => value as Readonly<Record<string, string>>);
    const persons = sandboxPersons('330000');
    assert.equal(told.length, persons.length);
    for (const person of told) {
      const known = persons.find(({ psnNo }) => psnNo === person['psn_no']);
      assert.ok(known !== undefined);
      const { name, certno, scheme, token, card, filing, openedDiseases } = known;
      const day = '2026-11-20';
      assert.deepEqual(
        [name, certno, scheme, token, card.number, card.serial],
        ['psn_name', 'certno', 'insutype', 'token', 'card_no', 'card_sn'].map((member) => person[member]),
      );
      assert.equal(
        person['filing'],
        filing === undefined ? 'unfiled' : filing.to < day ? 'expired' : 'filed',
      );
      assert.equal(person['dise_codg'], openedDiseases[0]);
    }
  });
});
