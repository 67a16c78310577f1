/** What a sound system refuses before it does anything: reckoned from the definitions, without the product's validators. */
import type { FieldDefinition, NodeDefinition, Registry } from '@yiqiao/registry';
import type { CoreAnswer, CoreRequest, TransactionHandler } from '@yiqiao/sandbox';
import { characters, children, findFen, isNode, leaf } from '../run/own-reading.ts';
import type { OwnObject, OwnValue } from '../run/own-reading.ts';

/** A reason to refuse: rule and place, `required data.psn_no`. */
export interface Objection {
  readonly rule: 'required' | 'required-when' | 'length' | 'value-set' | 'format' | 'amount' | 'envelope';
  readonly transaction: string;
  readonly place: string;
}

/** Puts the check of definitions before a handler; `overlooks` says what a faulty system lets pass. */
export function withEntrance(
  registry: Registry,
  overlooks: (objection: Objection) => boolean = () => false,
): (handler: TransactionHandler) => TransactionHandler {
  return (handler) => (request) => {
    const found = objections(registry, request).filter((one) => !overlooks(one));
    return found.length === 0 ? handler(request) : refusal(found);
  };
}

function refusal(found: readonly Objection[]): CoreAnswer {
  const text = `报文不符合接口规范：${found.map(({ rule, place }) => `${place}(${rule})`).join('、')}`;
  return { refusal: text.slice(0, 200) };
}

/** Everything in a request that the national definitions do not allow. */
export function objections(
  registry: Registry,
  { infno, envelope, input }: CoreRequest,
): readonly Objection[] {
  const transaction = infno;
  const head = registry
    .envelope('national', 'request')
    .filter(
      ({ name, required }) =>
        required && (name === 'input' ? !isNode(envelope['input']) : leaf(envelope, name) === ''),
    )
    .map(({ name }): Objection => ({ rule: 'envelope', transaction, place: name }));
  const nodes = registry.definition('national', infno)?.request ?? [];
  return [...head, ...nodes.flatMap((node) => inNode(registry, { transaction, node, input }))];
}

function inNode(
  registry: Registry,
  {
    transaction,
    node,
    input,
  }: { readonly transaction: string; readonly node: NodeDefinition; readonly input: OwnObject },
): readonly Objection[] {
  if (node.node === '' || node.parent !== undefined) return [];
  return children(input, node.node).flatMap((row) =>
    node.fields.flatMap((field) => {
      const rule = findBroken(registry, field, row);
      return rule === undefined ? [] : [{ rule, transaction, place: `${node.node}.${field.name}` }];
    }),
  );
}

function findBroken(
  registry: Registry,
  field: FieldDefinition,
  row: OwnObject,
): Objection['rule'] | undefined {
  const text = leaf(row, field.name);
  if (text === '') return isFilled(row[field.name]) ? undefined : lacks(field, row);
  const { type, length, valueSet } = field;
  if (type === 'string' && typeof length === 'number' && characters(text) > length) return 'length';
  const set = valueSet === undefined ? undefined : registry.valueSet(valueSet);
  if (set?.open === false && !set.codes.has(text)) return 'value-set';
  if ((type === 'date' || type === 'datetime') && !isDay(text.slice(0, 10))) return 'format';
  return type === 'number' && length === '16,2' && findFen(text) === undefined ? 'amount' : undefined;
}

function lacks({ required, condition }: FieldDefinition, row: OwnObject): Objection['rule'] | undefined {
  if (required) return 'required';
  const when = condition?.requiredWhen;
  if (typeof when !== 'object') return undefined;
  return Object.entries(when).every(([name, value]) => leaf(row, name) === value)
    ? 'required-when'
    : undefined;
}

/** A list or node in place of a leaf. */
function isFilled(value: OwnValue | undefined): boolean {
  return isNode(value) || Array.isArray(value);
}

/** Whether a text is a day of the calendar, `yyyy-MM-dd`. */
export function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}
