import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createRegistry } from '@yiqiao/registry';

const root = fileURLToPath(new URL('../../..', import.meta.url));

interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly allOf?: readonly { readonly $ref: string }[];
}

const text = readFileSync(`${root}/docs/reference/openapi.json`, 'utf8');
const document = JSON.parse(text) as {
  readonly openapi: string;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};
const { schemas } = document.components;

/** Members of a message that the schema does not have, required ones that it lacks, and values of another kind. */
function misfits(schema: Schema | undefined, value: unknown, at = ''): readonly string[] {
  if (schema?.items !== undefined)
    return (value as readonly unknown[]).flatMap((item, index) =>
      misfits(schema.items, item, `${at}/${index}`),
    );
  if (schema?.properties === undefined) {
    const kinds = [schema?.type ?? []].flat();
    return kinds.includes(typeof value) ? [] : [`${at} is no ${kinds.join(' or ')}`];
  }
  const { properties, required = [] } = schema;
  const given = value as Readonly<Record<string, unknown>>;
  return [
    ...required.filter((name) => given[name] === undefined).map((name) => `${at}/${name} is missing`),
    ...Object.entries(given).flatMap(([name, member]) =>
      properties[name] === undefined
        ? [`${at}/${name} is unknown`]
        : misfits(properties[name], member, `${at}/${name}`),
    ),
  ];
}

describe('The contract of a caller as OpenAPI', () => {
  it('has the request and the answer of every operation', () => {
    const registry = createRegistry();
    for (const operation of registry.operations()) {
      const { transaction } = registry.operation(operation);
      assert(schemas[`Request${transaction}`] !== undefined, transaction);
      assert(schemas[`Answer${transaction}`] !== undefined, transaction);
    }
  });

  it('names nothing that it does not have', () => {
    const named = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name = '']) => name);
    assert.deepEqual(
      named.filter((name) => schemas[name] === undefined),
      [],
    );
  });

  for (const file of readdirSync(`${root}/docs/quickstart`).filter((name) => name.endsWith('.json'))) {
    it(`describes the message of ${file}`, () => {
      const { input, ...envelope } = JSON.parse(readFileSync(`${root}/docs/quickstart/${file}`, 'utf8')) as {
        readonly infno: string;
        readonly input: unknown;
      };
      assert.deepEqual(misfits(schemas['Envelope'], envelope), []);
      assert.deepEqual(misfits(schemas[`Request${envelope.infno}`]?.properties?.['input'], input), []);
    });
  }
});
