/** What a profile file must look like. */
const text = { type: 'string', minLength: 1 };
const names = { type: 'array', items: text };
const fields = {
  type: 'array',
  items: {
    type: 'object',
    required: ['name', 'label', 'type', 'required'],
    properties: {
      name: text,
      label: { type: 'object', required: ['zh'] },
      type: { enum: ['string', 'number', 'date', 'datetime', 'boolean', 'array', 'object', 'binary'] },
      required: { type: 'boolean' },
    },
  },
};
const node = {
  type: 'object',
  additionalProperties: false,
  properties: {
    add: fields,
    relax: names,
    rename: { type: 'object', additionalProperties: text },
    measure: { type: 'object', additionalProperties: { type: ['integer', 'string'] } },
    repeated: { type: 'boolean' },
  },
};
const direction = { type: 'object', additionalProperties: node };

/** JSON Schema of schemas/national/profile.json and schemas/provincial/ID/profile.json; further members are free. */
export const PROFILE_SCHEMA = {
  type: 'object',
  required: ['id', 'version', 'title', 'source', 'confidence'],
  properties: {
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
      },
    },
    source: text,
    confidence: { enum: ['two sources', 'one source', 'inferred', 'project design'] },
  },
} as const;
