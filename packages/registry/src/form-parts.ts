/** Parts that the forms of several files of a profile have in common. */

/** A text that says something. */
export const TEXT = { type: 'string', minLength: 1 } as const;

/** A list of texts. */
export const NAMES = { type: 'array', items: TEXT } as const;

/** Types that a field may have. */
export const FIELD_TYPES = [
  'string',
  'number',
  'date',
  'datetime',
  'boolean',
  'array',
  'object',
  'binary',
] as const;

/** Length of a field: characters (`200K` and `10M` too), or `precision,scale`. */
export const LENGTH = {
  type: ['integer', 'string'],
  minimum: 1,
  pattern: '^\\d+([KM]|,\\d+)?$',
} as const;

/** What is deliberately without rule or equal, and why. */
export const DECLARED = {
  type: 'array',
  items: {
    type: 'object',
    required: ['because'],
    additionalProperties: false,
    properties: { wire: NAMES, model: NAMES, because: TEXT, report: { type: 'boolean' } },
  },
} as const;

/** How well a fact is attested. */
export const CONFIDENCE = { enum: ['two sources', 'one source', 'inferred', 'project design'] } as const;
