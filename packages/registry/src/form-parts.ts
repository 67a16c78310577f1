/** Parts that the forms of several files of a profile have in common. */
import type { Form } from './form-check.ts';

/** A text that says something. */
export const TEXT: Form = { type: 'string', minLength: 1 };

/** A list of texts. */
export const NAMES: Form = { type: 'array', items: TEXT };

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
export const LENGTH: Form = {
  type: ['integer', 'string'],
  minimum: 1,
  pattern: '^\\d+([KM]|,\\d+)?$',
};

/** What is deliberately without rule or equal, and why. */
export const DECLARED: Form = {
  type: 'array',
  items: {
    type: 'object',
    required: ['because'],
    additionalProperties: false,
    properties: { wire: NAMES, model: NAMES, because: TEXT, report: { type: 'boolean' } },
  },
};

/** How well a fact is attested. */
export const CONFIDENCE: Form = { enum: ['two sources', 'one source', 'inferred', 'project design'] };
