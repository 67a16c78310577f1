/** Which required members a request may lack in tolerant mode: data of the envelope and of the profiles. */
import { leafText } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import type { Profile } from './profile-types.ts';
import type { DictionaryEntry, FieldDefinition, TransactionDefinition } from './types.ts';
import type { Vocabulary } from './field-facts.ts';

/** What stands in a message around a field that is missing. */
interface Around {
  /** The object that should have the field. */
  readonly node: WireObject;
  /** Root members of the message, where they are known. */
  readonly envelope: WireObject | undefined;
}

/** Whether a required field may be missing: it is told then, and the message goes on. */
export type MayLack = (field: FieldDefinition, around: Around) => boolean;

/** Name of a field → fields that tell nothing more where it is filled. */
type Beside = Readonly<Record<string, readonly string[]>>;

/** Fields of one transaction that a filled member makes dispensable. */
interface OwnRule {
  readonly beside: string;
  /** Of the filled member; any where none are listed. */
  readonly values?: readonly string[];
  readonly fields: readonly string[];
}

/** What messages of regions may lack. Source: `regionsMayLack` of a profile. */
interface LackRules {
  readonly beside: Beside;
  /** Fields that a root member of the same name tells as well. */
  readonly inEnvelope: readonly string[];
  /** Fields that one source alone has, in a transaction that several have. */
  readonly attestedOnce: { readonly kinds: readonly DictionaryEntry['kind'][]; readonly beside: Beside };
  readonly transactions: Readonly<Record<string, OwnRule>>;
}

/** Of an envelope in which some members are marked as needed, all others may be missing. */
export function envelopeLacks(fields: readonly FieldDefinition[]): MayLack | undefined {
  return fields.some(({ needed }) => needed === true) ? ({ needed }) => needed !== true : undefined;
}

/** What a profile says of those that extend it; its own messages may lack nothing. */
export function bodyLacks(
  { lineage, data }: Profile,
  { number, confidence }: TransactionDefinition,
  vocabulary: Vocabulary,
): MayLack | undefined {
  const rules = data['regionsMayLack'] as LackRules | undefined;
  if (rules === undefined || lineage.length === 1) return undefined;
  const { beside, inEnvelope, attestedOnce, transactions } = rules;
  const own = Object.hasOwn(transactions, number) ? transactions[number] : undefined;
  return (field, { node, envelope }) => {
    const name = field.nationalName ?? field.name;
    if (isTold(name, beside, node)) return true;
    if (own?.fields.includes(name) === true && holds(own, node)) return true;
    if (inEnvelope.includes(name) && isFilled(envelope, name)) return true;
    if (field.sourceCount !== 1 || confidence !== 'two sources') return false;
    const kind = vocabulary.findName(name)?.kind;
    return (
      (kind !== undefined && attestedOnce.kinds.includes(kind)) || isTold(name, attestedOnce.beside, node)
    );
  };
}

/** Whether a text that is not empty stands for nothing, as some systems write it: blanks, or `null`. */
export function isNothing(text: string): boolean {
  return /^(?:\s+|null)$/i.test(text);
}

function isTold(name: string, beside: Beside, node: WireObject): boolean {
  return Object.entries(beside).some(([told, names]) => names.includes(name) && isFilled(node, told));
}

function holds({ beside, values }: OwnRule, node: WireObject): boolean {
  return isFilled(node, beside) && values?.includes(textOf(node, beside) ?? '') !== false;
}

/** Blanks name nobody. */
function isFilled(members: WireObject | undefined, name: string): boolean {
  const text = textOf(members, name);
  return text !== undefined && text !== '' && !isNothing(text);
}

function textOf(members: WireObject | undefined, name: string): string | undefined {
  return members !== undefined && Object.hasOwn(members, name) ? leafText(members[name]) : undefined;
}
