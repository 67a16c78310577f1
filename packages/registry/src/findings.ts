/** Collects what a validator finds and decides which of it is a fault. */
import { ExactNumber, maskIdentifiers } from '@yiqiao/model';
import type { Deviation, Fault, WireObject } from '@yiqiao/model';
import { FINDING_TEXTS } from './finding-texts.ts';
import type { Rule } from './finding-texts.ts';
import type { MayLack } from './may-lack.ts';
import type { Direction, FieldType, ValidationMode } from './types.ts';

/** What findings tell of a field. */
export interface FieldFacts {
  readonly name: string;
  readonly label: { readonly zh: string; readonly en: string };
  readonly type: FieldType;
  readonly required: boolean;
  readonly personal: boolean;
}

/** One run of a validator. */
export interface Run {
  readonly mode: ValidationMode;
  readonly direction: Direction;
  /** Whether members beyond the definition are refused. */
  readonly refuseUnknown: boolean;
  /** Whether the form knows texts only, as XML does: then a number in quotes is no departure. */
  readonly textOnly: boolean;
  /** Whether the names are the national ones, which tell how a code is written; another form may use one for its own. */
  readonly nationalNames: boolean;
  /** What a request may lack in tolerant mode. */
  readonly mayLack?: MayLack | undefined;
  /** Root members of the message, where they are known. */
  readonly envelope: WireObject | undefined;
  /** Pointer of the body. */
  readonly at: string;
  readonly faults: Fault[];
  readonly deviations: Deviation[];
}

/** One finding, before it is worded. `path` is the pointer below the body. */
export interface Finding {
  readonly rule: Rule;
  readonly path: string;
  readonly field: FieldFacts;
  readonly limit?: string;
  readonly found?: unknown;
  /** Of a required field: whether it may be missing in tolerant mode. */
  readonly dispensable?: boolean;
}

/** More of one message than anybody reads; a hostile message must not make an endless answer. */
const KEPT = 1000;

/** Whether nothing more is to be looked for: the message is refused, with as many faults as are told. */
export function isFull(run: Run): boolean {
  return run.faults.length >= KEPT;
}

/** Words a finding and files it as fault or deviation. */
export function report(run: Run, finding: Finding): void {
  const { rule, path, field, found } = finding;
  if (rule === 'number-form' && run.textOnly) return;
  const isRefused = isFault(run, finding);
  const target = isRefused ? run.faults : run.deviations;
  if (target.length >= KEPT) return;
  const name = rule === 'open-value-set' ? 'value-set' : rule;
  const text = rule === 'required' && !isRefused ? 'lacking' : rule;
  const message = FINDING_TEXTS[text](finding.limit ?? '');
  target.push(worded(run, name, { path, field, found, message }));
}

/** A finding with its own words. */
interface Remark {
  readonly path: string;
  readonly field: FieldFacts;
  readonly found: unknown;
  readonly message: Fault['message'];
}

/** Files a code that is not written as its standard has it: a deviation in either mode, never a refusal. */
export function remarkOnCode(run: Run, remark: Remark): void {
  if (run.nationalNames) remarkOn(run, 'code-structure', remark);
}

/** Files a deviation that is none of the rules here. */
export function remarkOn(run: Pick<Run, 'at' | 'deviations'>, rule: string, remark: Remark): void {
  if (run.deviations.length < KEPT) run.deviations.push(worded(run, rule, remark));
}

function worded(run: Pick<Run, 'at'>, rule: string, { path, field, found, message }: Remark): Fault {
  const name = maskIdentifiers(field.name);
  return {
    rule,
    at: maskIdentifiers(run.at + path),
    field: name,
    label: name === field.name ? field.label : { zh: name, en: name },
    ...(found === undefined ? {} : { found: shown(found, field.personal) }),
    message,
  };
}

/** What the documents leave open, or contradict themselves in. */
const NEVER_REFUSED: ReadonlySet<Rule> = new Set<Rule>([
  'open-value-set',
  'node-absent',
  'other-format',
  'scant-length',
]);

/** Which departures are refused. Amounts and structure are never carried on; lists known to be open never refuse. */
function isFault(run: Run, { rule, field, dispensable }: Finding): boolean {
  if (rule === 'amount' || rule === 'structure') return true;
  if (NEVER_REFUSED.has(rule)) return false;
  if (rule === 'unknown-member') return run.refuseUnknown;
  if (run.mode === 'strict') return true;
  if (run.direction === 'response') return false;
  if (rule === 'type') return field.required;
  if (rule === 'required') return dispensable !== true;
  return rule === 'number' && field.type === 'number';
}

/**
 * A value for people: short, and only first and last character when it is personal. Numbers of persons may stand in a
 * field that is not meant for them.
 */
function shown(value: unknown, personal: boolean): string {
  const text = asText(value);
  if (!personal || value === null) return maskIdentifiers(text.length > 60 ? `${text.slice(0, 57)}…` : text);
  const points = Array.from(text);
  if (points.length < 3) return '*'.repeat(points.length);
  return `${points[0] ?? ''}${'*'.repeat(Math.min(points.length - 2, 20))}${points.at(-1) ?? ''}`;
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof ExactNumber) return value.text;
  if (Array.isArray(value)) return '[…]';
  return typeof value === 'object' && value !== null ? '{…}' : String(value);
}
