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

/** Members that other rooms read, each its own part. */
const READ_ELSEWHERE = [
  'answerEnvelope',
  'encryption',
  'fills',
  'maps',
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

const texts = { type: 'object', additionalProperties: { type: 'string' } };

/** Calls of a two-phase form; what else stands in `twoPhase` is for people. */
const twoPhase = {
  type: 'object',
  properties: {
    calls: {
      type: 'array',
      items: {
        type: 'object',
        required: ['transaction', 'does', 'original'],
        additionalProperties: false,
        properties: {
          transaction: text,
          does: { enum: ['confirm', 'cancel', 'query'] },
          original: text,
          bare: { type: 'boolean' },
          reads: { type: 'boolean' },
          when: { type: 'object', additionalProperties: names },
          answer: texts,
          states: texts,
        },
      },
    },
  },
};

/** JSON Schema of schemas/national/profile.json and schemas/provincial/ID/profile.json. */
export const PROFILE_SCHEMA = {
  type: 'object',
  required: ['id', 'version', 'title', 'source', 'confidence'],
  additionalProperties: false,
  properties: {
    ...Object.fromEntries([...READ_ELSEWHERE, ...FOR_PEOPLE].map((name) => [name, {}])),
    twoPhase,
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
