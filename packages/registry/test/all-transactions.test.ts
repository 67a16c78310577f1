import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ExactNumber } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import { places } from './messages.ts';

const registry = createRegistry();
const DIRECTIONS = ['request', 'response'] as const;

/** A body that holds a value for every field of a transaction. */
function filled(number: string, direction: (typeof DIRECTIONS)[number], value: WireValue): WireObject {
  const body: Record<string, WireValue> = {};
  for (const node of registry.definition('national', number)?.[direction] ?? []) {
    if (node.parent !== undefined) continue;
    const members = Object.fromEntries(node.fields.map((field) => [field.name, value]));
    if (node.node === '' && !node.repeated) Object.assign(body, members);
    else body[node.node] = node.repeated ? [members] : members;
  }
  return body;
}

describe('The 218 transactions', () => {
  it('compile to validators in both directions, which know every field of their definition', () => {
    const numbers = registry.transactions();
    assert.equal(numbers.length, 218);
    for (const number of numbers) {
      for (const direction of DIRECTIONS) {
        const { faults, deviations } = registry.validator(
          'national',
          number,
          direction,
          'strict',
        )(filled(number, direction, '1'), '');
        const unknown = places([...faults, ...deviations]).filter((place) =>
          place.startsWith('unknown-member'),
        );
        assert.deepEqual(unknown, [], `${number} ${direction}`);
      }
    }
  }).timeout(20_000);

  it('have value sets that exist', () => {
    for (const number of registry.transactions()) {
      const definition = registry.definition('national', number);
      for (const node of [...(definition?.request ?? []), ...(definition?.response ?? [])]) {
        for (const { valueSet } of node.fields) {
          if (valueSet !== undefined) assert.notEqual(registry.valueSet(valueSet), undefined, valueSet);
        }
      }
    }
  });
});

const leaf = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constant(null),
  fc.boolean(),
  fc.double().map((number) => new ExactNumber(String(number))),
);
const { tree } = fc.letrec<{ tree: WireValue }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(
      fc.oneof(fc.constantFrom('feedetail', 'cnt', 'pric', 'memo'), fc.string({ maxLength: 5 })),
      tie('tree'),
      {
        maxKeys: 5,
      },
    ),
  ),
}));

describe('Any body', () => {
  const strict = registry.validator('national', '2204', 'request', 'strict');
  const tolerant = registry.validator('national', '2204', 'request', 'tolerant');

  it('is validated without crash, and tolerance refuses nothing that strictness accepts', () => {
    const body = fc.dictionary(fc.constantFrom('feedetail', 'data', 'x'), tree, { maxKeys: 3 });
    fc.assert(
      fc.property(body, (message) => {
        const refused = new Set(places(strict(message, '/input').faults));
        for (const place of places(tolerant(message, '/input').faults))
          assert.equal(refused.has(place), true, place);
      }),
      { numRuns: 200 },
    );
  });
});
