/** What a profile file must look like. */
import { PROFILE_PARTS } from './profile-parts.ts';
import type { Form } from './form-check.ts';
import { CONFIDENCE, DECLARED, FIELD_TYPES, LENGTH, NAMES as names, TEXT as text } from './form-parts.ts';

const fields: Form = {
  type: 'array',
  items: {
    type: 'object',
    required: ['name', 'label', 'type', 'required'],
    properties: {
      name: text,
      label: { type: 'object', required: ['zh'] },
      type: { enum: FIELD_TYPES },
      length: LENGTH,
      required: { type: 'boolean' },
      valueSet: text,
    },
  },
};
const node: Form = {
  type: 'object',
  additionalProperties: false,
  properties: {
    add: fields,
    relax: names,
    rename: { type: 'object', additionalProperties: text },
    measure: { type: 'object', additionalProperties: LENGTH },
    repeated: { type: 'boolean' },
  },
};
const codeLabel: Form = {
  type: 'object',
  required: ['zh'],
  additionalProperties: false,
  properties: { zh: text, en: text },
};
const direction: Form = { type: 'object', additionalProperties: node };

/** Members that other rooms read, each its own part. */
const READ_ELSEWHERE = [
  'answerEnvelope',
  'encryption',
  'messageId',
  'notNow',
  'originalNotFound',
  'transport',
];

/** Members for people: what is known of a region and of no use to a program. */
const FOR_PEOPLE = [
  'channels',
  'codeLists',
  'crossRegion',
  'dates',
  'deviations',
  'errors',
  'fileDownload',
  'gatewayHeaders',
  'handshake',
  'itemProtocol',
  'lists',
  'localTransactions',
  'numberRule',
  'olderCrossRegion',
  'procedures',
  'quirk',
  'quirks',
  'recerSysCodes',
  'refundRule',
  'remark',
  'session',
  'settlement',
  'signIn',
  'unknown',
  'variants',
];

const texts: Form = { type: 'object', additionalProperties: { type: 'string' } };

const words = (...meanings: readonly string[]): Form => ({
  type: 'object',
  additionalProperties: false,
  properties: { at: text, ...Object.fromEntries(meanings.map((meaning) => [meaning, names])) },
});
/** Calls of a two-phase form; what else stands in `twoPhase` is for people. */
const twoPhase: Form = {
  type: 'object',
  properties: {
    operations: names,
    key: { anyOf: [text, names] },
    told: names,
    own: names,
    calls: {
      type: 'array',
      items: {
        type: 'object',
        required: ['transaction', 'does', 'original'],
        additionalProperties: false,
        properties: {
          transaction: text,
          does: { enum: ['begin', 'confirm', 'cancel', 'query'] },
          original: { anyOf: [text, { ...names, minItems: 1 }] },
          bare: { type: 'boolean' },
          reads: { type: 'boolean' },
          when: { type: 'object', additionalProperties: names },
          answer: texts,
          states: texts,
          standing: texts,
          digits: { type: 'integer', minimum: 1, maximum: 60 },
          fill: { type: 'object', additionalProperties: { anyOf: [text, texts] } },
          results: words('done', 'nothing-there', 'refused', 'unknown'),
          tells: words('done', 'staged', 'not-done'),
        },
      },
    },
  },
};

/** Rules that fill what a region leaves out: transaction → rules. */
const fills: Form = {
  type: 'object',
  additionalProperties: {
    type: 'array',
    items: {
      type: 'object',
      required: ['to', 'record', 'key', 'from'],
      additionalProperties: false,
      properties: {
        to: text,
        record: { enum: ['person', 'visit', 'settlement'] },
        key: text,
        from: text,
        because: text,
      },
    },
  },
};

/** A code table of the map language. */
const table: Form = {
  type: 'object',
  required: ['pairs', 'otherwise', 'because'],
  additionalProperties: false,
  properties: {
    pairs: {
      type: 'array',
      items: {
        type: 'object',
        required: ['wire', 'model'],
        additionalProperties: false,
        properties: { wire: text, model: text, because: text },
      },
    },
    otherwise: { enum: ['same', 'none'] },
    codes: names,
    own: names,
    gaps: DECLARED,
    because: text,
    confidence: CONFIDENCE,
    remark: {},
  },
};

/** What the map files of a profile have in common. */
const maps: Form = {
  type: 'object',
  required: ['envelope', 'header', 'tables'],
  additionalProperties: false,
  properties: {
    envelope: names,
    header: { type: 'array', items: { type: 'object' } },
    headerDefaults: {},
    tables: { type: 'object', additionalProperties: table },
    notMapped: { type: 'object', additionalProperties: text },
    source: text,
    confidence: CONFIDENCE,
    remark: {},
  },
};

const besides: Form = { type: 'object', additionalProperties: names };
/** What messages of regions may lack, see may-lack.ts. */
const regionsMayLack: Form = {
  type: 'object',
  required: ['beside', 'inEnvelope', 'attestedOnce', 'transactions'],
  additionalProperties: false,
  properties: {
    beside: besides,
    inEnvelope: names,
    attestedOnce: {
      type: 'object',
      required: ['kinds', 'beside'],
      additionalProperties: false,
      properties: { kinds: names, beside: besides },
    },
    transactions: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        required: ['beside', 'fields', 'source'],
        additionalProperties: false,
        properties: { beside: text, values: names, fields: names, source: text },
      },
    },
  },
};

/** JSON Schema of schemas/national/profile.json and schemas/provincial/ID/profile.json. */
export const PROFILE_SCHEMA: Form = {
  type: 'object',
  required: ['id', 'version', 'title', 'source', 'confidence'],
  additionalProperties: false,
  properties: {
    ...Object.fromEntries([...READ_ELSEWHERE, ...FOR_PEOPLE].map((name) => [name, {}])),
    unknownParts: {
      type: 'object',
      propertyNames: { enum: [...PROFILE_PARTS, 'answer'] },
      additionalProperties: text,
    },
    twoPhase,
    fills,
    regionsMayLack,
    otherForms: texts,
    maps,
    id: text,
    extends: text,
    version: text,
    title: { type: 'object', required: ['zh', 'en'], properties: { zh: text, en: text } },
    codec: text,
    dialect: text,
    textOnly: { type: 'boolean' },
    errorStatus: { enum: ['always-200', 'by-code'] },
    clockToleranceMinutes: { type: 'number', minimum: 0 },
    envelope: { type: 'object' },
    keepsRecords: { type: 'boolean' },
    unknownMembers: { enum: ['report', 'refuse'] },
    identities: { type: 'object', additionalProperties: { enum: ['enforce', 'warn', 'off'] } },
    overlay: {
      type: 'object',
      additionalProperties: false,
      properties: {
        transactions: {
          type: 'object',
          additionalProperties: {
            type: 'object',
            additionalProperties: false,
            properties: { like: text, request: direction, response: direction },
          },
        },
        envelope: {
          type: 'object',
          additionalProperties: false,
          properties: { request: node, response: node },
        },
        valueSets: {
          type: 'object',
          additionalProperties: { type: 'object', minProperties: 1, additionalProperties: codeLabel },
        },
      },
    },
    source: text,
    confidence: CONFIDENCE,
  },
};
