/** What the files of a profile beside profile.json must look like: map files, definitions, the envelope. */
import { DECLARED, FIELD_TYPES, LENGTH, NAMES as names, TEXT as text } from './form-parts.ts';

const nameOrNames = { type: ['string', 'array'], minLength: 1, items: text };
const records = {
  type: 'object',
  additionalProperties: false,
  properties: { person: nameOrNames, visit: nameOrNames, settlement: nameOrNames },
};
const rules = { type: 'array', items: { type: 'object' } };

const direction = {
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
export const MAP_FILE_SCHEMA = {
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
    confidence: text,
    remark: {},
  },
} as const;

const field = {
  type: 'object',
  required: ['name', 'label', 'type', 'required'],
  properties: {
    name: text,
    label: { type: 'object', required: ['zh'], properties: { zh: text } },
    type: { enum: FIELD_TYPES },
    length: LENGTH,
    required: { type: 'boolean' },
    valueSet: text,
  },
};
const nodes = {
  type: 'array',
  items: {
    type: 'object',
    required: ['node', 'repeated', 'fields'],
    properties: {
      node: { type: 'string' },
      repeated: { type: 'boolean' },
      parent: { type: 'string' },
      fields: { type: 'array', items: field },
    },
  },
};

/** JSON Schema of a definition in schemas/provincial/ID/transactions. */
export const DEFINITION_SCHEMA = {
  type: 'object',
  required: ['number', 'request', 'response'],
  properties: { number: text, request: nodes, response: nodes, effect: { enum: ['read', 'write'] } },
} as const;

const fields = { type: 'array', items: field };

/** JSON Schema of envelope.json of a form of its own. */
export const ENVELOPE_SCHEMA = {
  type: 'object',
  properties: { request: fields, response: fields, requestHeader: fields, responseHeader: fields },
} as const;
