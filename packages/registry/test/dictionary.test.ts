import assert from 'node:assert/strict';
import type { FieldDefinition } from '@yiqiao/registry';
import { createRegistry } from '@yiqiao/registry';

const registry = createRegistry();
const DIRECTIONS = ['request', 'response'] as const;

/** The nodes of every national transaction, with where they stand. */
const nodes = registry.transactions().flatMap((number) =>
  DIRECTIONS.flatMap((direction) =>
    (registry.definition('national', number)?.[direction] ?? []).map(({ node, fields }) => ({
      place: `${number} ${direction} ${node}`,
      fields,
    })),
  ),
);
const fields: readonly FieldDefinition[] = nodes.flatMap((node) => node.fields);

/** English name of a field, which the first test has seen to be there. */
function englishName({ name }: FieldDefinition): string {
  return registry.findName(name)?.name ?? '';
}

describe('The dictionary', () => {
  it('names every field of every national transaction in English and Chinese', () => {
    for (const { name } of fields) {
      const entry = registry.findName(name);
      assert.match(entry?.name ?? '', /^[a-z][A-Za-z0-9]*$/, name);
      assert.match(entry?.label.en ?? '', /[A-Za-z]/, name);
      assert.notEqual(entry?.label.zh.trim(), '', name);
    }
  });

  it('gives one English name to one thing', () => {
    const things = new Map<string, unknown>();
    for (const { name } of fields) {
      const entry = registry.findName(name);
      if (entry === undefined) continue;
      assert.equal(things.get(entry.name) ?? entry, entry, `${name}: ${entry.name}`);
      things.set(entry.name, entry);
    }
    assert.equal(things.size > 1700, true);
  });

  it('gives no two fields of a node the same English name', () => {
    for (const { place, fields: members } of nodes) {
      const names = members.map(englishName);
      assert.deepEqual(
        names.filter((name, index) => names.indexOf(name) !== index),
        [],
        place,
      );
    }
  });

  it('tells the unit of every amount', () => {
    for (const { name } of fields) {
      const { kind, unit } = registry.findName(name) ?? {};
      if (kind === 'amount') assert.equal(unit, 'CNY', name);
    }
  });

  const PERSONAL = [
    'chfcomp',
    'fmhis',
    'hiv-ab',
    'palg_diag',
    'resd_addr',
    'patnIdcard',
    'psnUserName',
    'recog_pic',
  ];
  for (const name of PERSONAL) {
    it(`calls ${name} personal`, () => assert.equal(registry.findName(name)?.personal, true));
  }
});
