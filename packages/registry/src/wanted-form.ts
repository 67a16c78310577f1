/** What a leaf is held against: its type and format as published, with what the documents contradict themselves in. */
import type { FieldDefinition } from './types.ts';

/** The form of a leaf. */
export interface WantedForm {
  /** Its type in fact, where that in the documents is a misprint. */
  readonly type: FieldDefinition['type'];
  /** How a date or time is written; of a text, as far as the documents say. */
  readonly format?: string;
  /** What the documents' other word for it allows as well: a day where the type says so and the format is a time. */
  readonly alsoFormat?: string;
}

/** No amount and no count has more digits; a longer "number" such as `feedetl_sn` is an identifier. */
const MOST_DIGITS = 18;

const DEFAULT_FORMATS = { date: 'yyyy-MM-dd', datetime: 'yyyy-MM-dd HH:mm:ss' } as const;

/** The form that a validator wants. A text's format counts when it is that of the whole text. */
export function wantedForm(field: FieldDefinition): WantedForm {
  const type = effectiveType(field);
  const { format, length } = field;
  if (type === 'string') {
    const whole = format !== undefined && (length === undefined || length === format.length);
    return whole ? { type, format } : { type };
  }
  if (type !== 'date' && type !== 'datetime') return { type };
  const usual = DEFAULT_FORMATS[type];
  if (format === undefined || hasTime(format) === (type === 'datetime'))
    return { type, format: format ?? usual };
  return { type, format, alsoFormat: usual };
}

/** Misprints of the documents: a date or text with `precision,scale` is a number, a very long number an identifier. */
export function effectiveType({ type, length }: FieldDefinition): FieldDefinition['type'] {
  if (type === 'number' && typeof length === 'number' && length > MOST_DIGITS) return 'string';
  return typeof length === 'string' && /^\d+,\d+$/.test(length) ? 'number' : type;
}

function hasTime(format: string): boolean {
  return /h/i.test(format);
}
