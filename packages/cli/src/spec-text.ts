/** The text of `spec show`. */
import type { RegionalMaps, RegionalUse } from '@yiqiao/insurance-platform';
import type { IdentityUse, OperationEntry, Profile, TransactionDefinition } from '@yiqiao/registry';
import type { Report } from './report.ts';
import type { ShownField, ShownNode } from './spec-fields.ts';
import type { TwoPhaseNotes } from './spec-two-phase.ts';
import type { ProfileUse } from './spec-uses.ts';
import { linesOf } from './where-to-look.ts';

/** What is told of a transaction. */
export interface Told {
  readonly profile: Profile;
  /** The national number that a number of its own stands for. */
  readonly nationalNumber: string | undefined;
  readonly identities: readonly IdentityUse[];
  readonly profiles: readonly ProfileUse[];
  /** The profiles that have it in a form, or under a number, of their own. */
  readonly regional: readonly RegionalUse[];
  /** Id of each source that is named → what it is. */
  readonly sources: ReadonlyMap<string, string>;
  readonly request: readonly ShownNode[];
  readonly response: readonly ShownNode[];
  readonly entry: OperationEntry | undefined;
  readonly maps: RegionalMaps;
  readonly twoPhase: TwoPhaseNotes | undefined;
  readonly definition: TransactionDefinition;
}

/** Tells all of it, Chinese and English. */
export function tellTransaction(report: Report, told: Told): void {
  const { profile, entry, definition } = told;
  const { number, name, confidence, sources } = definition;
  report.line(`${number} ${name.zh} / ${name.en}, ${profile.id}`);
  report.line(`可信度 / confidence: ${confidence}; 来源 / sources: ${sources.join(', ') || '—'}`);
  if (told.nationalNumber !== undefined) {
    report.line(`国家编号 / stands for the national number: ${told.nationalNumber}`);
  }
  if (profile.id !== 'national') {
    report.line(`方案来源 / source of the profile: ${profile.source} (${profile.confidence})`);
  }
  if (entry !== undefined) tellOperation(report, entry);
  tellMaps(report, told.maps);
  for (const line of told.twoPhase?.does ?? []) report.line(`两阶段 / two-phase: ${line}`);
  for (const line of told.twoPhase?.words ?? []) report.line(`  ${line}`);
  tellIdentities(report, told.identities);
  for (const how of ['defines', 'changes', 'inherits'] as const) {
    const ids = told.profiles.filter((use) => use.how === how).map((use) => use.profile);
    if (ids.length > 0) report.line(`${HOW[how]}: ${ids.join(', ')}`);
  }
  tellRegional(report, told.regional);
  for (const direction of ['request', 'response'] as const) {
    report.line(direction === 'request' ? '请求 / request' : '应答 / response');
    if (told[direction].length === 0) report.line('  —');
    for (const node of told[direction]) tellNode(report, node);
  }
  if (told.sources.size > 0) report.line('来源 / sources (docs/reference/sources.md)');
  for (const [id, text] of told.sources) report.line(`  ${id}: ${text}`);
}

/** The public sources of a transaction by name; of an id that the list lacks, nothing is said. */
export function sourcesNamed(
  all: ReadonlyMap<string, string>,
  { sources }: Pick<TransactionDefinition, 'sources'>,
): ReadonlyMap<string, string> {
  return new Map(
    sources.flatMap((id) => {
      const text = all.get(id);
      return text === undefined ? [] : [[id, text] as const];
    }),
  );
}

function tellRegional(report: Report, uses: readonly RegionalUse[]): void {
  const told = (some: readonly RegionalUse[]): string => some.map(wordsOf).join('; ');
  const mapped = uses.filter(({ map }) => map !== undefined);
  const variants = uses.filter(({ map }) => map === undefined);
  if (mapped.length > 0) report.line(`映射为自有报文 / mapped by: ${told(mapped)}`);
  if (variants.length > 0) report.line(`另有编号 / under a number of its own: ${told(variants)}`);
}

function wordsOf({ profile, transaction, map, confidence, incomplete }: RegionalUse): string {
  const own = map === undefined || map === transaction ? transaction : `${transaction} (${map})`;
  return `${profile} ${own} (${confidence}${incomplete ? ', 不完整 incomplete' : ''})`;
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
  for (const line of linesOf(entry)) report.line(line);
}

function tellMaps(report: Report, { operations, notMapped }: RegionalMaps): void {
  for (const { operation, transaction, map, confidence } of operations) {
    report.line(`映射 / map ${map}: ${operation} (${transaction}), ${confidence}`);
  }
  if (notMapped !== undefined) report.line(`无映射 / no map: ${notMapped}`);
}

function tellIdentities(report: Report, uses: readonly IdentityUse[]): void {
  const checked = uses.filter(({ checkedIn }) => checkedIn.length > 0);
  report.line(`恒等式 / identities: ${checked.map(({ id }) => id).join(', ') || '—'}`);
  for (const { id, formula, confidence, checkedIn, policy, reason, notes } of uses) {
    report.line(`  ${id}: ${formula} (${confidence})`);
    for (const direction of checkedIn) report.line(`    ${consequence(direction, policy)}`);
    if (reason !== undefined)
      report.line(`    不由单份报文核对 / not shown by one message: ${reason.zh}。 / ${reason.en}.`);
    for (const note of notes) report.line(`    注 / note: ${note}`);
  }
}

function consequence(direction: IdentityUse['checkedIn'][number], policy: IdentityUse['policy']): string {
  if (policy === 'off') return `${HALVES[direction]}: 本方案不核对 / switched off by the profile`;
  if (direction === 'response') return `${HALVES.response}: 不符则标记，不拒绝 / flagged, never refused`;
  return policy === 'enforce'
    ? `${HALVES.request}: 不符则拒绝 / refused`
    : `${HALVES.request}: 不符则提示 / remarked on`;
}

const HALVES = { request: '请求 / request', response: '应答 / answer' } as const;

function tellNode(report: Report, { node, repeated, fields }: ShownNode): void {
  report.line(`  ${node === '' ? '(root)' : node}${repeated ? ' []' : ''}`);
  for (const field of fields) report.line(`    ${lineOf(field)}`);
}

function lineOf(field: ShownField): string {
  const { name, label, required, valueSet, sourceCount, changedBy, nationalName, model } = field;
  const { checkedAs, alsoFormat } = field;
  const marks = [
    checkedAs === undefined ? '' : `按 ${checkedAs} 校验 checked as ${checkedAs}`,
    alsoFormat === undefined ? '' : `${alsoFormat} 亦放行并提示 let pass with a remark`,
    required ? '必填 required' : '',
    valueSet === undefined
      ? ''
      : `${valueSet.open ? 'open' : 'closed'} ${valueSet.name}: ${firstCodes(valueSet.codes)}`,
    sourceCount === undefined ? '' : `来源数 sources ${sourceCount}`,
    changedBy === undefined ? '' : `← ${changedBy}`,
    nationalName === undefined ? '' : `国家名 national ${nationalName}`,
    model === undefined ? '' : `模型 model ${model}`,
    ...placesOf(field),
  ].filter((mark) => mark !== '');
  const labels = label.en === undefined ? label.zh : `${label.zh} / ${label.en}`;
  return `${name}  ${labels}  ${typeOf(field)}  ${marks.join('; ')}`.trimEnd();
}

function typeOf({ type, length, format }: ShownField): string {
  const size = length === undefined ? '' : `(${length})`;
  return `${type}${size}${format === undefined ? '' : ` ${format}`}`;
}

/** What a region's field becomes; where no map says it, what its label is read as. */
function placesOf({ mapped = [], counterparts = [] }: ShownField): readonly string[] {
  const places = mapped.map(({ national, model, operation, confidence }) => {
    const place = operation === '' || model.includes(':') ? model : `${operation}.${model}`;
    return `→ ${national === undefined ? place : `${national} = ${place}`} (${confidence})`;
  });
  if (counterparts.length === 0) return [...new Set(places)];
  return [...new Set(places), `≈ ${counterparts.join(', ')} (inferred, by its label)`];
}

/** The first codes of a list; `--json` has them all. */
function firstCodes(codes: Readonly<Record<string, string>>): string {
  const all = Object.entries(codes).map(([code, label]) => `${code} ${label}`);
  return all.length > 12 ? `${all.slice(0, 12).join(', ')}, … (${all.length})` : all.join(', ');
}
