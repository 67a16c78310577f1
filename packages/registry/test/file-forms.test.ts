import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { formErrors } from '#internal/form-check.ts';
import type { Form } from '#internal/form-check.ts';
import {
  DEFINITION_SCHEMA,
  ELEMENTS_SCHEMA,
  ENVELOPE_SCHEMA,
  MAP_FILE_SCHEMA,
} from '#internal/file-forms.ts';
import { PROFILE_SCHEMA } from '#internal/profile-schema.ts';

const SCHEMAS = new URL('./', import.meta.resolve('@yiqiao/schemas/package.json'));

/** A form, and files that have it. */
const FILES: readonly (readonly [what: string, form: Form, paths: readonly string[]])[] = [
  [
    'a profile',
    PROFILE_SCHEMA,
    ['national/profile.json', 'provincial/guizhou-yinhai/profile.json', 'provincial/yunnan/profile.json'],
  ],
  ['a definition', DEFINITION_SCHEMA, ['provincial/guizhou-yinhai/transactions/48.json']],
  ['an envelope', ENVELOPE_SCHEMA, ['provincial/zhejiang/envelope.json']],
  ['names of elements', ELEMENTS_SCHEMA, ['provincial/jiangsu/elements.json']],
  ['a map', MAP_FILE_SCHEMA, ['provincial/predecessor-xml/maps/0301.json']],
];

const ajv = new Ajv({ allErrors: true, strictTypes: false });

/** What a compiled JSON Schema finds; that a choice of names has none is told by the choice itself. */
function expected(validate: ReturnType<Ajv['compile']>, data: unknown): string[] {
  void validate(data);
  return (validate.errors ?? [])
    .filter(({ keyword }) => keyword !== 'propertyNames')
    .map(({ instancePath, keyword, params }) => {
      const name = (params['missingProperty'] ?? params['additionalProperty'] ?? '') as string;
      return `${keyword} ${instancePath} ${name}`;
    })
    .toSorted();
}

function found(form: Form, data: unknown): string[] {
  return formErrors(form, data)
    .map(({ keyword, pointer, name = '' }) => `${keyword} ${pointer} ${name}`)
    .toSorted();
}

type Members = Record<string | number, unknown>;

/** Every object and list of a file; of a long list the first two items. */
function holders(data: unknown): Members[] {
  if (typeof data !== 'object' || data === null) return [];
  const inner = Array.isArray(data) ? data.slice(0, 2) : Object.values(data);
  return [data as Members, ...inner.flatMap(holders)];
}

/** What a value is replaced by; all but one or two of them are of another type. */
const OTHERS: readonly unknown[] = [
  '',
  'odd/~name',
  -1,
  0,
  1.5,
  99,
  true,
  null,
  [],
  [''],
  [{}],
  {},
  { a: 1 },
];

describe('the form of a data file', () => {
  for (const [what, form, paths] of FILES) {
    it(`is held by ${what} as JSON Schema has it, whatever is wrong with the file`, () => {
      const validate = ajv.compile(form);
      let wrong = 0;
      for (const path of paths) {
        const data = JSON.parse(readFileSync(new URL(path, SCHEMAS), 'utf8')) as unknown;
        assert.deepEqual(found(form, data), []);
        const compare = (): void => {
          const errors = expected(validate, data);
          wrong += errors.length;
          assert.deepEqual(found(form, data), errors);
        };
        for (const holder of holders(data)) {
          if (!Array.isArray(holder)) {
            holder['odd/~name'] = 1;
            compare();
            Reflect.deleteProperty(holder, 'odd/~name');
          }
          for (const name of Object.keys(holder).slice(0, 40)) {
            const value = holder[name];
            for (const other of OTHERS) {
              holder[name] = other;
              compare();
            }
            if (!Array.isArray(holder)) Reflect.deleteProperty(holder, name);
            compare();
            holder[name] = value;
          }
        }
      }
      assert.ok(wrong > 50, `${wrong} faults were compared`);
    });
  }
});
