import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { createRegistry } from '@yiqiao/registry';

const registry = createRegistry();
const folder = new URL('./canonical/', import.meta.resolve('@yiqiao/schemas/package.json'));

interface Entity {
  readonly $id: string;
  readonly title: string;
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const entities = readdirSync(folder)
  .filter((name) => name.endsWith('.schema.json'))
  .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Entity);

describe('The canonical model', () => {
  it('is valid JSON Schema 2020-12 whose references resolve', () => {
    const ajv = new Ajv2020({ schemas: entities, strictTypes: false });
    ajv.addVocabulary(['x-national', 'x-label-zh', 'x-unit', 'x-value-set']);
    for (const { $id } of entities) assert.equal(typeof ajv.getSchema($id), 'function', $id);
  });

  it('has an entity for every body and item of every operation', () => {
    const titles = new Set(entities.map(({ title }) => title));
    for (const operation of registry.operations()) {
      for (const direction of ['request', 'response'] as const) {
        const { entity, items = {} } = registry.operationSide(operation, direction);
        for (const name of [entity, ...Object.values(items)]) {
          if (name !== null) assert.equal(titles.has(name), true, name);
        }
      }
    }
  });

  it('gives every leaf its labels, its national name and, for amounts, its unit', () => {
    for (const { title, properties } of entities) {
      for (const [name, property] of Object.entries(properties)) {
        if (property['$ref'] !== undefined || property['type'] === 'array') continue;
        const wireName = property['x-national'];
        const entry = registry.findName(typeof wireName === 'string' ? wireName : '');
        assert.equal(entry?.name, name, `${title}.${name}`);
        assert.equal(property['title'], entry.label.en);
        assert.match(String(property['x-label-zh']), /[一-鿿]/);
        if (entry.kind === 'amount') assert.equal(property['x-unit'], 'CNY', name);
      }
    }
  });

  it('names every field of the operations; two spellings of one name have one meaning', () => {
    const names = new Set(
      registry
        .operations()
        .map((operation) => registry.definition('national', registry.operation(operation).transaction))
        .flatMap((definition) => [...(definition?.request ?? []), ...(definition?.response ?? [])])
        .flatMap((node) => node.fields.map((field) => field.name)),
    );
    const spellings = new Map<string, Set<string>>();
    for (const wireName of names) {
      const entry = registry.findName(wireName);
      assert.notEqual(entry, undefined, wireName);
      const found = spellings.get(entry?.name ?? '') ?? new Set();
      spellings.set(entry?.name ?? '', found.add(wireName.replaceAll('_', '').toLowerCase()));
    }
    const mixed = [...spellings].filter(([, found]) => found.size > 1).map(([name]) => name);
    assert.deepEqual(mixed, []);
  });
});
