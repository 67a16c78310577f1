/** What the files of a profile beside profile.json must look like: map files, definitions, the envelope. */
import type { Form } from './form-check.ts';
import { CONFIDENCE, DECLARED, FIELD_TYPES, LENGTH, NAMES as names, TEXT as text } from './form-parts.ts';

const nameOrNames: Form = { type: ['string', 'array'], minLength: 1, items: text };
const records: Form = {
  type: 'object',
  additionalProperties: false,
  properties: { person: nameOrNames, visit: nameOrNames, settlement: nameOrNames },
};
const rules: Form = { type: 'array', items: { type: 'object' } };

const direction: Form = {
  type: 'object',
  required: ['rules'],
  additionalProperties: false,
  properties: {
    rules,
    required: names,
    same: {
      type: 'array',
      items: {
        type: 'object',
        required: ['element', 'as'],
        additionalProperties: false,
        properties: { element: text, as: text },
      },
    },
    single: names,
    lost: DECLARED,
    noEqual: DECLARED,
    unattested: DECLARED,
  },
};

/** JSON Schema of schemas/provincial/ID/maps/NAME.json; which rules there are is the business of the map language. */
export const MAP_FILE_SCHEMA: Form = {
  type: 'object',
  required: ['transaction', 'title', 'steps', 'source', 'confidence'],
  additionalProperties: false,
  properties: {
    transaction: text,
    title: { type: 'object', required: ['zh', 'en'], properties: { zh: text, en: text } },
    when: {
      type: 'array',
      items: {
        type: 'object',
        required: ['from'],
        additionalProperties: false,
        properties: { from: text, table: text },
      },
    },
    steps: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['operation', 'request', 'response'],
        additionalProperties: false,
        properties: { operation: text, request: direction, response: direction },
      },
    },
    records,
    source: text,
    confidence: CONFIDENCE,
    remark: {},
  },
};

/** Members of a file that are for people. */
function forPeople(...names: readonly string[]): Readonly<Record<string, Form>> {
  return Object.fromEntries([...names, 'remark', 'note'].map((name) => [name, {}]));
}

const field: Form = {
  type: 'object',
  required: ['name', 'label', 'type', 'required'],
  additionalProperties: false,
  properties: {
    ...forPeople('labelInferred', 'valueSetInferred', 'typeStated', 'coded', 'in', 'out'),
    name: text,
    label: { type: 'object', required: ['zh'], properties: { zh: text } },
    type: { enum: FIELD_TYPES },
    length: LENGTH,
    required: { type: 'boolean' },
    valueSet: text,
    format: text,
    condition: { type: 'object' },
    sourceCount: { type: 'integer', minimum: 0 },
  },
};
const nodes: Form = {
  type: 'array',
  items: {
    type: 'object',
    required: ['node', 'repeated', 'fields'],
    additionalProperties: false,
    properties: {
      ...forPeople('nodeInferred', 'requiredBy'),
      label: { type: 'object' },
      repeatedInferred: { const: true },
      required: { const: true },
      node: { type: 'string' },
      repeated: { type: 'boolean' },
      parent: { type: 'string' },
      fields: { type: 'array', items: field },
    },
  },
};

/** JSON Schema of a definition in schemas/provincial/ID/transactions. */
export const DEFINITION_SCHEMA: Form = {
  type: 'object',
  required: ['number', 'request', 'response'],
  additionalProperties: false,
  properties: {
    ...forPeople(
      'requiredStated',
      'typeStated',
      'senderStated',
      'section',
      'purpose',
      'nameInferred',
      'lines',
    ),
    number: text,
    name: { type: 'object', required: ['zh'], properties: { zh: text, en: text } },
    scope: { enum: ['core', 'adjacent', 'profile'] },
    answeredBy: { enum: ['care-place', 'insured-place', 'both'] },
    effect: { enum: ['read', 'write'] },
    sender: { type: 'object' },
    request: nodes,
    response: nodes,
    confidence: CONFIDENCE,
    sources: names,
  },
};

const fields: Form = { type: 'array', items: field };

/** JSON Schema of envelope.json of a form of its own. */
export const ENVELOPE_SCHEMA: Form = {
  type: 'object',
  properties: { request: fields, response: fields, requestHeader: fields, responseHeader: fields },
};

/** JSON Schema of elements.json: how the names of a form of its own are read. */
export const ELEMENTS_SCHEMA: Form = {
  type: 'object',
  properties: {
    elements: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        properties: {
          label: { type: 'object' },
          national: {
            type: 'array',
            items: { type: 'object', required: ['name'], properties: { name: text } },
          },
        },
      },
    },
  },
};
