/** What the platforms around the settlement take and tell, field by field. Source: schemas/peripheral, and for prescriptions and payments the transactions they name. */
import type { Confidence, FieldDefinition, NodeDefinition, Registry } from '@yiqiao/registry';
import type { Bilingual } from './types.ts';

/** One field. */
export interface PlatformField {
  readonly name: string;
  /** Member of the body that holds it, a list or an object; empty at the root. */
  readonly node: string;
  readonly label: string;
  readonly kind: 'text' | 'number' | 'amount' | 'list';
  /** Characters. */
  readonly length?: number;
  readonly required: boolean;
  /** Codes of a closed list. */
  readonly codes?: ReadonlySet<string>;
  /** `compact`: yyyyMMddHHmmssSSS. */
  readonly form?: 'date' | 'datetime' | 'compact';
  readonly confidence: Confidence;
}

/** One operation. */
export interface PlatformOperation {
  readonly id: string;
  readonly name: Bilingual;
  /** File that says so. */
  readonly source: string;
  readonly confidence: Confidence;
  readonly request: readonly PlatformField[];
  readonly response: readonly PlatformField[];
}

/** The operations of a platform by id. @throws RangeError for a platform that is not known here */
export function readPlatform(
  registry: Registry,
  platform: string,
): Readonly<Record<string, PlatformOperation>> {
  const read = PLATFORMS[platform];
  if (read === undefined) throw new RangeError(`no definitions of the platform ${platform}`);
  return Object.fromEntries(read(registry).map((one) => [one.id, one]));
}

const PLATFORMS: Readonly<Record<string, (registry: Registry) => readonly PlatformOperation[]>> = {
  'e-invoice': readEInvoice,
  prescription: (registry) => {
    const { operations } = registry.peripheral('prescription', 'operations') as {
      readonly operations: Readonly<
        Record<string, { readonly transaction: string; readonly relaxed?: readonly string[] }>
      >;
    };
    return Object.values(operations).map(({ transaction, relaxed = [] }) =>
      readTransaction(registry, { transaction, relaxed }),
    );
  },
  'mobile-payment': (registry) => {
    const { operations } = registry.peripheral('mobile-payment', 'operations') as {
      readonly operations: Readonly<Record<string, unknown>>;
    };
    return Object.keys(operations)
      .filter((transaction) => !isNotification(registry, transaction))
      .map((transaction) => readTransaction(registry, { transaction, relaxed: ['extData'] }));
  },
};

/** The platform itself sends it. */
function isNotification(registry: Registry, transaction: string): boolean {
  return registry.findOperation(transaction)?.sender.includes('payment-centre') === true;
}

interface BillField {
  readonly name: string;
  readonly label: { readonly zh: string };
  readonly type: string;
  readonly length?: string;
  readonly required: boolean | 'unknown';
  readonly codes?: Readonly<Record<string, string>>;
  readonly format?: string;
  readonly items?: string;
  readonly confidence: Confidence;
}

interface BillOperation {
  readonly name: Bilingual;
  readonly confidence: Confidence;
  readonly request: { readonly like?: string; readonly fields?: readonly BillField[] | null };
  readonly response: { readonly fields?: readonly BillField[] | null };
}

function readEInvoice(registry: Registry): readonly PlatformOperation[] {
  const { operations, nodes } = registry.peripheral('e-invoice', 'operations') as {
    readonly operations: Readonly<Record<string, BillOperation>>;
    readonly nodes: Readonly<Record<string, readonly BillField[]>>;
  };
  const fieldsOf = ({ request: { like, fields } }: BillOperation): readonly BillField[] =>
    (like === undefined ? fields : operations[like]?.request.fields) ?? [];
  return Object.entries(operations).map(([id, operation]) => {
    const roots = fieldsOf(operation);
    const inner = roots.flatMap(({ name, items }) =>
      (nodes[items ?? ''] ?? []).map((field) => billField(field, name)),
    );
    return {
      id,
      name: operation.name,
      source: 'schemas/peripheral/e-invoice/operations.json',
      confidence: operation.confidence,
      request: [...roots.map((field) => billField(field, '')), ...inner],
      response: (operation.response.fields ?? []).map((field) => billField(field, '')),
    };
  });
}

/** A field of which no source says that it must be there need not be there. */
function billField(field: BillField, node: string): PlatformField {
  const { name, label, type, length = '', required, codes, format, items, confidence } = field;
  const isAmount = length === '14,2';
  return {
    name,
    node,
    label: label.zh,
    kind: items !== undefined ? 'list' : isAmount ? 'amount' : type === 'string' ? 'text' : 'number',
    required: required === true,
    confidence,
    ...(/^\d+$/.test(length) && { length: Number(length) }),
    ...(codes !== undefined && name !== 'busType' && { codes: new Set(Object.keys(codes)) }),
    ...((format === 'yyyyMMddHHmmssSSS' || name === 'busDateTime') && { form: 'compact' as const }),
  };
}

/** Nodes whose members stand at the root. */
const ROOTS: ReadonlySet<string> = new Set(['', 'data', 'InData', 'OutData']);

/** A national transaction as the platforms have it: members of `data` at the root, the other nodes beside them. */
function readTransaction(
  registry: Registry,
  { transaction, relaxed }: { readonly transaction: string; readonly relaxed: readonly string[] },
): PlatformOperation {
  const definition = registry.definition('national', transaction);
  if (definition === undefined) throw new RangeError(`no transaction ${transaction}`);
  const { name, confidence } = definition;
  const fieldsOf = (nodes: readonly NodeDefinition[]): readonly PlatformField[] =>
    nodes.flatMap(({ node, fields }) =>
      fields.map((field) => {
        const isNode = nodes.some((one) => one.node === field.name);
        return nationalField(registry, {
          field,
          node: ROOTS.has(node) ? '' : node,
          confidence,
          isNode,
          relaxed,
        });
      }),
    );
  return {
    id: transaction,
    name,
    source: `schemas/national/transactions/${transaction}.json`,
    confidence,
    request: fieldsOf(definition.request),
    response: fieldsOf(definition.response),
  };
}

function nationalField(
  registry: Registry,
  {
    field,
    node,
    confidence,
    isNode,
    relaxed,
  }: {
    readonly field: FieldDefinition;
    readonly node: string;
    readonly confidence: Confidence;
    readonly isNode: boolean;
    readonly relaxed: readonly string[];
  },
): PlatformField {
  const { name, label, type, length, required, valueSet } = field;
  const set = valueSet === undefined ? undefined : registry.valueSet(valueSet);
  const isAmount = type === 'number' && /^\d\d,2$/.test(String(length));
  return {
    name,
    node,
    label: label.zh,
    kind: isNode ? 'list' : isAmount ? 'amount' : type === 'number' ? 'number' : 'text',
    required: required && !relaxed.includes(name),
    confidence,
    ...(type === 'string' && typeof length === 'number' && { length }),
    ...(set?.open === false && { codes: new Set(set.codes.keys()) }),
    ...((type === 'date' || type === 'datetime') && { form: type }),
  };
}
