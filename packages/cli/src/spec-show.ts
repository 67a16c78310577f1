/** `yiqiao spec show`: what is known of one transaction, and how well. */
import { createRegistry } from '@yiqiao/registry';
import type {
  FieldDefinition,
  NodeDefinition,
  OperationEntry,
  Registry,
  TransactionDefinition,
} from '@yiqiao/registry';
import type { Report } from './report.ts';

const DIRECTIONS = ['request', 'response'] as const;

/** Exit code 2 when the profile has no such transaction; the numbers it has are listed. */
export function showTransaction(
  report: Report,
  transaction: string,
  { profile: id }: { readonly profile: string },
): number {
  const registry = createRegistry();
  const profile = registry.profile(id);
  const definition = registry.definition(profile.id, transaction);
  if (definition === undefined) throw unknownTransaction(registry, profile.id, transaction);
  const entry = profile.dialect === 'national' ? registry.findOperation(transaction, profile.id) : undefined;
  const figures = {
    transaction,
    profile: profile.id,
    name: definition.name,
    scope: definition.scope,
    confidence: definition.confidence,
    sources: definition.sources,
    operation: entry ?? null,
    ...(entry === undefined &&
      profile.dialect === 'national' && {
        read: registry.isRead(registry.nationalNumber(profile.id, transaction)),
      }),
    identities:
      profile.dialect === 'national' ? registry.identitiesOf(entry?.transaction ?? transaction) : [],
    profiles: profilesWith(registry, { family: profile.dialect, transaction }),
    request: nodesOf(registry, definition.request),
    response: nodesOf(registry, definition.response),
  };
  tell(report, { figures, entry, definition });
  return report.finish(true, figures);
}

function unknownTransaction(registry: Registry, id: string, transaction: string): Error {
  const known = registry.profileTransactions(id).join(' ');
  return new Error(
    `方案 ${id} 没有交易 ${transaction}，已有的是 / the profile has no such transaction, it has: ${known}`,
  );
}

interface ShownField {
  readonly name: string;
  readonly english?: string;
  readonly label: { readonly zh: string; readonly en: string };
  readonly type: FieldDefinition['type'];
  readonly length?: number | string;
  readonly required: boolean;
  readonly unit?: string;
  readonly valueSet?: {
    readonly name: string;
    readonly open: boolean;
    readonly codes: Record<string, string>;
  };
  /** Independent public sources. */
  readonly sourceCount?: number;
  /** Profile that added or changed the field. */
  readonly changedBy?: string;
}

interface ShownNode extends Pick<NodeDefinition, 'node' | 'repeated'> {
  readonly fields: readonly ShownField[];
}

function nodesOf(registry: Registry, nodes: readonly NodeDefinition[]): readonly ShownNode[] {
  return nodes.map(({ node, repeated, fields }) => ({
    node,
    repeated,
    fields: fields.map((field) => shown(registry, field)),
  }));
}

function shown(registry: Registry, field: FieldDefinition): ShownField {
  const { name, label, type, length, required, valueSet: setName, sourceCount, overlay } = field;
  const entry = registry.findName(field.nationalName ?? name);
  const set = setName === undefined ? undefined : registry.valueSet(setName);
  const codes = [...(set?.codes ?? [])].map(([code, { zh, en }]) => [
    code,
    en === undefined ? zh : `${zh} / ${en}`,
  ]);
  return {
    name,
    ...(entry !== undefined && { english: entry.name }),
    label: { zh: label.zh, en: label.en ?? entry?.label.en ?? name },
    type,
    ...(length !== undefined && { length }),
    required,
    ...(entry?.unit !== undefined && { unit: entry.unit }),
    ...(set !== undefined && {
      valueSet: {
        name: set.name,
        open: set.open,
        codes: Object.fromEntries(codes) as Record<string, string>,
      },
    }),
    ...(sourceCount !== undefined && { sourceCount }),
    ...(overlay !== undefined && { changedBy: overlay }),
  };
}

interface ProfileUse {
  readonly profile: string;
  readonly confidence: string;
  /** `inherits`: as its baseline has it; `changes`: its overlay does; `defines`: a definition of its own. */
  readonly how: 'inherits' | 'changes' | 'defines';
}

/** Profiles of one family that carry the transaction; a broken one is left out, `map check` tells of it. */
function profilesWith(
  registry: Registry,
  { family, transaction }: { readonly family: string; readonly transaction: string },
): readonly ProfileUse[] {
  return registry.profiles().flatMap((id) => {
    try {
      const profile = registry.profile(id);
      const definition = registry.definition(id, transaction);
      if (profile.dialect !== family || definition === undefined) return [];
      return [{ profile: id, confidence: profile.confidence, how: howOf(registry, id, transaction) }];
    } catch {
      return [];
    }
  });
}

function howOf(registry: Registry, id: string, transaction: string): ProfileUse['how'] {
  const { lineage, overlay } = registry.profile(id);
  const before = lineage.at(-2);
  if (before === undefined) return 'defines';
  if (overlay.transactions !== undefined && Object.hasOwn(overlay.transactions, transaction))
    return 'changes';
  const [inherited, own] = [before, id].map((one) => JSON.stringify(registry.definition(one, transaction)));
  return inherited === own ? 'inherits' : 'defines';
}

interface Told {
  readonly figures: {
    readonly profile: string;
    readonly identities: readonly string[];
    readonly profiles: readonly ProfileUse[];
    readonly request: readonly ShownNode[];
    readonly response: readonly ShownNode[];
  };
  readonly entry: OperationEntry | undefined;
  readonly definition: TransactionDefinition;
}

function tell(report: Report, { figures, entry, definition }: Told): void {
  const { number, name, confidence, sources } = definition;
  report.line(`${number} ${name.zh} / ${name.en}, ${figures.profile}`);
  report.line(`可信度 / confidence: ${confidence}; 来源 / sources: ${sources.join(', ')}`);
  if (entry !== undefined) tellOperation(report, entry);
  report.line(`恒等式 / identities: ${figures.identities.join(', ') || '—'}`);
  for (const how of ['defines', 'changes', 'inherits'] as const) {
    const ids = figures.profiles.filter((use) => use.how === how).map(({ profile }) => profile);
    if (ids.length > 0) report.line(`${HOW[how]}: ${ids.join(', ')}`);
  }
  for (const direction of DIRECTIONS) {
    report.line(direction === 'request' ? '请求 / request' : '应答 / response');
    for (const node of figures[direction]) tellNode(report, node);
  }
}

const HOW = {
  defines: '自有定义 / defined by',
  changes: '有改动 / changed by',
  inherits: '原样沿用 / inherited by',
} as const;

function tellOperation(report: Report, entry: OperationEntry): void {
  const { operation, effect, sender, receiver, answeredBy, undoneBy, wayOut, reversible } = entry;
  report.line(
    `业务 / operation: ${operation}, ${effect}; ${sender.join(', ')} → ${receiver.join(', ')}, answered by ${answeredBy}`,
  );
  report.line(
    `撤销 / undone by: ${undoneBy ?? '—'}; 2601 ${reversible ? '可冲正 / may reverse it' : '不可冲正 / does not reverse it'}; ` +
      `应答丢失时 / when its answer is lost: ${wayOut.join(', ') || '—'} (${entry.confidence})`,
  );
}

function tellNode(report: Report, { node, repeated, fields }: ShownNode): void {
  report.line(`  ${node === '' ? '(root)' : node}${repeated ? ' []' : ''}`);
  for (const field of fields) {
    const { name, label, type, length, required, valueSet, changedBy } = field;
    const size = length === undefined ? '' : `(${length})`;
    const marks = [
      required ? '必填 required' : '',
      valueSet === undefined
        ? ''
        : `${valueSet.open ? 'open' : 'closed'} ${valueSet.name}: ${codesOf(valueSet.codes)}`,
      changedBy === undefined ? '' : `← ${changedBy}`,
    ].filter((mark) => mark !== '');
    report.line(`    ${name}  ${label.zh} / ${label.en}  ${type}${size}  ${marks.join('; ')}`.trimEnd());
  }
}

/** The first codes of a list; `--json` has them all. */
function codesOf(codes: Readonly<Record<string, string>>): string {
  const all = Object.entries(codes).map(([code, label]) => `${code} ${label}`);
  return all.length > 12 ? `${all.slice(0, 12).join(', ')}, … (${all.length})` : all.join(', ');
}
