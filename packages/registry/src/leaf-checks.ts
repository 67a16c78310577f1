/** One check per field: compiled once, run on every leaf that passes. */
import { ExactNumber } from '@yiqiao/model';
import type { Bilingual, FieldCodeRule } from './codes/code-types.ts';
import { dateCheck } from './date-format.ts';
import { remarkOn, remarkOnCode, report } from './findings.ts';
import type { FieldFacts, Finding, Run } from './findings.ts';
import type { FieldDefinition } from './types.ts';
import { effectiveType, wantedForm } from './wanted-form.ts';

/** Reports what is wrong with a leaf; whether it may be blank is asked where its node is looked at. `path` is its pointer below the body. */
export type LeafCheck = (run: Run, value: unknown, path: string) => void;

/** What a leaf is checked against, beside its definition. */
export interface LeafContext {
  readonly facts: FieldFacts;
  /** Whether the value is money in 元. */
  readonly amount: boolean;
  readonly codes: CodeList | undefined;
  /** How its codes are written, whatever stands beside it. */
  readonly structure: FieldCodeRule | undefined;
}

/** The codes a field may have. */
export interface CodeList {
  readonly name: string;
  /** Another code is reported, never refused. */
  readonly open: boolean;
  has(code: string): boolean;
  /** What is to be told of a code that an open list has not, where its structure is known. */
  remarkOn?(code: string): Bilingual | undefined;
}

type TextCheck = (run: Run, text: string, path: string) => void;

/** Reports a finding on the field at hand. */
type Spot = (run: Run, finding: Omit<Finding, 'field'>) => void;

const PLAIN = /^-?\d+(?:\.\d+)?$/;
const NEGATIVE_ZERO = /^-[0.]+$/;

/** Compiles the check of one field. */
export function leafCheck(field: FieldDefinition, context: LeafContext): LeafCheck {
  const { facts } = context;
  const spot: Spot = (run, finding) => {
    report(run, { ...finding, field: facts });
  };
  switch (effectiveType(field)) {
    case 'number':
      return scalarCheck({ spot, form: 'number', check: numberCheck(field, context, spot) });
    case 'date':
    case 'datetime':
      return scalarCheck({ spot, form: 'string', check: dateText(field, spot) });
    case 'boolean':
      return booleanCheck(spot);
    case 'array':
      return containerCheck(spot, 'array');
    case 'object':
      return containerCheck(spot, 'object');
    case 'string': {
      const form = field.type === 'number' ? 'either' : 'string';
      return scalarCheck({ spot, form, check: textCheck(field, context, spot) });
    }
    case 'binary':
      return binaryCheck(facts, spot);
  }
}

/** A file: text in base64, or its bytes as a list of numbers, signed as Java has them or not. */
function binaryCheck(facts: FieldFacts, spot: Spot): LeafCheck {
  const asText = scalarCheck({ spot, form: 'string', check: () => undefined });
  return (run, value, path) => {
    if (!Array.isArray(value)) return asText(run, value, path);
    const at = value.findIndex((one) => !(one instanceof ExactNumber && isByte(one.text)));
    if (value.length === 0 && facts.required) spot(run, { path, rule: 'required' });
    else if (at >= 0) spot(run, { path: `${path}/${at}`, found: value[at], rule: 'type', limit: 'number' });
  };
}

function isByte(text: string): boolean {
  return /^-?\d{1,3}$/.test(text) && Number(text) >= -128 && Number(text) <= 255;
}

function isBlank(value: unknown): boolean {
  return value === null || value === '';
}

interface ScalarRules {
  readonly spot: Spot;
  /** `either`: called a number, but an identifier in fact; both forms are met. */
  readonly form: 'string' | 'number' | 'either';
  readonly check: TextCheck;
}

/** Texts and numbers: either may come in the form of the other. */
function scalarCheck({ spot, form, check }: ScalarRules): LeafCheck {
  return (run, value, path) => {
    if (isBlank(value)) return;
    if (typeof value === 'string') {
      if (form === 'number') spot(run, { path, found: value, rule: 'number-form', limit: form });
      check(run, value, path);
    } else if (value instanceof ExactNumber) {
      if (form === 'string') spot(run, { path, found: value, rule: 'number-form', limit: form });
      check(run, value.text, path);
    } else spot(run, { path, found: value, rule: 'type', limit: form });
  };
}

function textCheck(field: FieldDefinition, context: LeafContext, spot: Spot): TextCheck {
  const max = textLength(field.length);
  const { facts, structure, codes } = context;
  // The documents give some codes less room than they have: a good one is never refused for it.
  const isGood = (text: string): boolean =>
    codes === undefined ? structure !== undefined && structure.remarkOn(text) === undefined : codes.has(text);
  const { format } = wantedForm(field);
  const matches = format === undefined ? undefined : dateCheck(format);
  return (run, text, path) => {
    if (text.length > max && codePoints(text) > max)
      spot(run, { path, found: text, rule: isGood(text) ? 'scant-length' : 'length', limit: String(max) });
    else {
      const message = structure?.remarkOn(text);
      if (message !== undefined) remarkOnCode(run, { path, field: facts, found: text, message });
    }
    if (matches?.(text) === false)
      spot(run, { path, found: text, rule: 'other-format', limit: `string, ${format}` });
    checkCode(run, text, { path, context, spot });
  };
}

function checkCode(
  run: Run,
  text: string,
  { path, context, spot }: { path: string; context: LeafContext; spot: Spot },
): void {
  const { codes, facts } = context;
  if (codes === undefined || codes.has(text)) return;
  const message = codes.remarkOn?.(text);
  if (message !== undefined) remarkOn(run, 'value-set', { path, field: facts, found: text, message });
  else spot(run, { path, found: text, rule: codes.open ? 'open-value-set' : 'value-set', limit: codes.name });
}

/** `1K`, `2M` stand for large texts. */
function textLength(length: number | string | undefined): number {
  if (length === undefined) return Number.POSITIVE_INFINITY;
  if (typeof length === 'number') return length;
  const [, digits = '0', unit] = /^(\d+)([KM]?)/.exec(length) ?? [];
  return Number(digits) * (unit === 'M' ? 1_048_576 : unit === 'K' ? 1024 : 1);
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function numberCheck(field: FieldDefinition, context: LeafContext, spot: Spot): TextCheck {
  const { digits, scale } = precision(field.length);
  const { amount } = context;
  return (run, text, path) => {
    if (!PLAIN.test(text) || NEGATIVE_ZERO.test(text)) {
      spot(run, { path, found: text, rule: amount ? 'amount' : 'number' });
      return;
    }
    const point = text.indexOf('.');
    const whole = (point < 0 ? text.length : point) - (text.startsWith('-') ? 1 : 0);
    const decimals = point < 0 ? 0 : significantDecimals(text, point);
    if (amount && (decimals > 2 || whole > 14)) spot(run, { path, found: text, rule: 'amount' });
    else if (whole + (scale ?? decimals) > digits || decimals > (scale ?? decimals)) {
      spot(run, { path, found: text, rule: 'precision', limit: String(field.length) });
    } else checkCode(run, text, { path, context, spot });
  };
}

function significantDecimals(text: string, point: number): number {
  let end = text.length;
  while (text.charCodeAt(end - 1) === 48) end -= 1;
  return end - point - 1;
}

/** `16,2` → 16 digits, 2 of them decimals; a single length leaves the decimals open. */
export function precision(length: number | string | undefined): {
  digits: number;
  scale: number | undefined;
} {
  const [digits, scale] = String(length ?? '').split(',');
  if (digits === undefined || digits === '') return { digits: Number.POSITIVE_INFINITY, scale: undefined };
  return { digits: Number(digits), scale: scale === undefined ? undefined : Number(scale) };
}

/** Another form than the stated one that the definition allows as well is remarked on, never refused. */
function dateText(field: FieldDefinition, spot: Spot): TextCheck {
  const { type, format = '', alsoFormat } = wantedForm(field);
  const matches = dateCheck(format);
  const alsoMatches = alsoFormat === undefined ? undefined : dateCheck(alsoFormat);
  return (run, text, path) => {
    if (matches(text)) return;
    const also = alsoMatches?.(text) === true;
    spot(run, {
      path,
      found: text,
      rule: also ? 'other-format' : 'format',
      limit: also ? `${type}, ${format}` : format,
    });
  };
}

function booleanCheck(spot: Spot): LeafCheck {
  return (run, value, path) => {
    if (typeof value !== 'boolean' && !isBlank(value))
      spot(run, { path, found: value, rule: 'type', limit: 'boolean' });
  };
}

function containerCheck(spot: Spot, form: 'array' | 'object'): LeafCheck {
  return (run, value, path) => {
    if (isBlank(value)) return;
    if (typeof value !== 'object' || value instanceof ExactNumber)
      spot(run, { path, found: value, rule: 'type', limit: form });
    else if (Array.isArray(value) !== (form === 'array'))
      spot(run, { path, found: value, rule: 'type', limit: form });
  };
}
