/** What is put right in a field: numbers, yes and no, words that stand for nothing. */
import { ExactNumber, leafText } from '@yiqiao/model';
import type { Deviation, WireValue } from '@yiqiao/model';
import { putNumberRight } from './exact-number.ts';
import type { NumberRoom } from './exact-number.ts';
import { isAmount } from './field-facts.ts';
import type { Vocabulary } from './field-facts.ts';
import { remarkOn } from './findings.ts';
import type { FieldFacts } from './findings.ts';
import { precision } from './leaf-checks.ts';
import { isNothing } from './may-lack.ts';
import { PUT_RIGHT_TEXTS } from './put-right-texts.ts';
import type { PutRightRule } from './put-right-texts.ts';
import { effectiveType } from './wanted-form.ts';
import type { Direction, FieldDefinition, ValueSet } from './types.ts';

/** What has to be known of the message. */
export interface PutRightRules {
  readonly direction: Direction;
  /** Whether the names are the national ones: those of other families keep their shapes and spellings. */
  readonly nationalNames: boolean;
  findValueSet(name: string): ValueSet | undefined;
}

/** One message that is put right. */
export interface PutRun {
  readonly at: string;
  readonly deviations: Deviation[];
}

/** Reads a member; the very same value when it is as it should be. */
export type PutMember = (value: WireValue, path: string, run: PutRun) => WireValue;

/** A field, and what has to be known of it. */
interface Leaf {
  readonly facts: FieldFacts;
  readonly rules: PutRightRules;
  readonly vocabulary: Vocabulary;
}

const UNTOUCHED: PutMember = (value) => value;

/** Compiles what can be put right in a field. */
export function compileLeaf(field: FieldDefinition, leaf: Leaf): PutMember {
  const type = effectiveType(field);
  if (type === 'boolean') return putBoolean(leaf.facts);
  if (type !== 'number') {
    const isNeeded = leaf.rules.direction === 'response' && field.required;
    const text = isNeeded ? putText(leaf.facts) : UNTOUCHED;
    return type === 'string' && tellsYesOrNo(field, leaf) ? putFlag(leaf.facts, text) : text;
  }
  // A serial number is a name made of digits, whose zeros count.
  if (leaf.facts.type !== 'number') return UNTOUCHED;
  const { digits, scale } = precision(field.length);
  const amount = isAmount(field, leaf.vocabulary);
  const room = amount ? { scale: 2, whole: 14 } : { scale, whole: digits - (scale ?? 0) };
  return putNumber(leaf.facts, room, leaf.rules.direction === 'response');
}

/** A flag whose codes are 0 for no and 1 for yes, and no others. */
function tellsYesOrNo(field: FieldDefinition, { rules, vocabulary }: Leaf): boolean {
  const set = field.valueSet === undefined ? undefined : rules.findValueSet(field.valueSet);
  if (set !== undefined) return set.codes.size === 2 && set.codes.has('0') && set.codes.has('1');
  return vocabulary.findName(field.nationalName ?? field.name)?.kind === 'flag';
}

function putFlag(field: FieldFacts, text: PutMember): PutMember {
  return (value, path, run) => {
    if (typeof value !== 'boolean') return text(value, path, run);
    const used = value ? '1' : '0';
    remark(run, 'flag-form', { path, field, found: value, used });
    return used;
  };
}

/** Yes and no as text, in any case, as platforms write them that keep no types. */
function putBoolean(field: FieldFacts): PutMember {
  return (value, path, run) => {
    const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
    if (text !== 'true' && text !== 'false') return value;
    remark(run, 'boolean-form', { path, field, found: value, used: text });
    return text === 'true';
  };
}

/** A required text of an answer that stands for nothing is missing; of others nobody needs to know. */
function putText(field: FieldFacts): PutMember {
  return (value, path, run) => {
    if (typeof value !== 'string' || !isNothing(value)) return value;
    remark(run, 'no-value', { path, field, found: value });
    return null;
  };
}

function putNumber(field: FieldFacts, room: NumberRoom, blank: boolean): PutMember {
  return (value, path, run) => {
    const text = leafText(value);
    if (text === undefined || text === '') return value;
    if (blank && typeof value === 'string' && (text === '-' || isNothing(text))) {
      remark(run, 'no-value', { path, field, found: value });
      return null;
    }
    const right = putNumberRight(text, room);
    if (right === undefined) return value;
    remark(run, right.slip, { path, field, found: value, used: right.text });
    return typeof value === 'string' ? right.text : new ExactNumber(right.text);
  };
}

/** Files what was put right; a personal value is not repeated as it was read. */
export function remark(
  run: PutRun,
  rule: PutRightRule,
  told: { path: string; field: FieldFacts; found?: WireValue; used?: string },
): void {
  const { path, field, found, used = '' } = told;
  const hidden = field.personal && found !== undefined;
  const message = PUT_RIGHT_TEXTS[rule](hidden ? '…' : used);
  remarkOn(run, rule, { path, field, found, message });
}
