/** Rules of a map file compiled to a plan. What the language does not know becomes a fault of the file. */
import type { Fault } from '@yiqiao/model';
import { createTableCodec } from './code-table.ts';
import { findChooser, findValueFunction, type ValueFunction } from './functions.ts';
import { findCodec, type LeafCodec } from './leaf-codec.ts';
import type {
  AddRule,
  CodeTable,
  DirectionRules,
  EmitRule,
  FillRule,
  LeafRule,
  ListRule,
  MapFile,
  NodeRule,
  Rule,
  SumRule,
} from './map-file.ts';
import { compilePath } from './model-path.ts';
import type {
  AddMember,
  Agreement,
  BranchMember,
  EmitMember,
  Fill,
  LeafMember,
  Member,
  Plan,
  SumMember,
} from './plan.ts';
import { findEmitSource, findFillSource, isStrangeHeader, splitSource } from './source.ts';

/** What rules are compiled with. */
export interface RuleCompiler {
  readonly tables: Readonly<Record<string, CodeTable>>;
  /** Where the rule at hand stands, or what holds the rules, for faults. */
  readonly at: string;
  /** Where a rule of the list stands that is not at its own index below `rules`. */
  readonly placeOf?: (rule: Rule, index: number) => string;
  /** Filled while compiling. */
  readonly faults: Fault[];
}

/** Makes a fault of a map file. */
export function fileFault(fault: Omit<Fault, 'label' | 'found'>): Fault {
  return { ...fault, label: { zh: fault.field, en: fault.field } };
}

/** Makes a fault of a word that the language does not know. */
export function unknownWord(word: string, compiler: RuleCompiler): undefined {
  compiler.faults.push(
    fileFault({
      rule: 'map-word',
      at: compiler.at,
      field: word,
      message: {
        zh: `映射文件中的“${word}”不是已知的编解码、代码表、函数、来源或报文头成员，请改正。`,
        en: `“${word}” is no known codec, table, function, source or header member of the map language; correct it.`,
      },
    }),
  );
  return undefined;
}

const TEXT = findCodec('text', { bare: false }) as LeafCodec;

interface Conversion {
  readonly as?: string;
  readonly table?: string;
  readonly bare?: boolean;
}

function codecOf(rule: Conversion, compiler: RuleCompiler): LeafCodec {
  if (rule.table !== undefined) {
    const table = compiler.tables[rule.table];
    return table === undefined ? (unknownWord(rule.table, compiler) ?? TEXT) : createTableCodec(table);
  }
  const { as = 'text', bare = false } = rule;
  return findCodec(as, { bare }) ?? unknownWord(as, compiler) ?? TEXT;
}

function functionOf(name: string | undefined, compiler: RuleCompiler): ValueFunction {
  const same: ValueFunction = (value) => value;
  if (name === undefined) return same;
  return findValueFunction(name) ?? unknownWord(name, compiler) ?? same;
}

function leafOf(rule: LeafRule, compiler: RuleCompiler): LeafMember {
  if (isStrangeHeader(rule.to)) unknownWord(rule.to, compiler);
  return {
    kind: 'leaf',
    wire: rule.from,
    place: compilePath(rule.to, { create: true }),
    codec: codecOf(rule, compiler),
    limit: rule.maxLength,
  };
}

function sumOf(rule: SumRule, compiler: RuleCompiler): SumMember {
  const { choose, of } = findChooser(rule.fn) ?? unknownWord(rule.fn, compiler) ?? { choose: () => 0 };
  if (of !== undefined && rule.sum.length !== of) compiler.faults.push(wrongCount(rule, of, compiler.at));
  return {
    kind: 'sum',
    wire: rule.from,
    places: rule.sum.map((path) => compilePath(path, { create: true })),
    codec: codecOf(rule, compiler),
    choose,
  };
}

function wrongCount({ fn, sum }: SumRule, of: number, at: string): Fault {
  return fileFault({
    rule: 'map-arguments',
    at,
    field: 'sum',
    message: {
      zh: `函数 ${fn} 在 ${of} 项之间选择，此处 sum 有 ${sum.length} 项；请改正。`,
      en: `The function ${fn} chooses among ${of}, and sum names ${sum.length} here; correct it.`,
    },
  });
}

function addOf(rule: AddRule, compiler: RuleCompiler): AddMember {
  return {
    kind: 'add',
    wire: rule.into,
    parts: rule.add,
    place: compilePath(rule.to, { create: true }),
    codec: codecOf(rule, compiler),
  };
}

function nodeOf(rule: NodeRule, compiler: RuleCompiler): BranchMember {
  return {
    kind: 'branch',
    wire: rule.node,
    repeated: false,
    row: rule.row === true,
    place: undefined,
    plan: compileRules(rule, NOTHING, compiler),
  };
}

function emitOf(rule: EmitRule, compiler: RuleCompiler): EmitMember {
  const codec = codecOf(rule, compiler);
  const { constant, from = 'constant' } = rule;
  if (constant !== undefined)
    return { kind: 'emit', wire: rule.emit, from: 'constant', write: () => constant };
  const source = findEmitSource(from) ?? unknownWord(from, compiler) ?? (() => undefined);
  const change = functionOf(rule.fn, compiler);
  return {
    kind: 'emit',
    wire: rule.emit,
    from,
    write: (view) => {
      const value = source(view);
      const changed = value === undefined ? undefined : change(value);
      return changed === undefined ? undefined : codec.write(changed);
    },
  };
}

const REQUIRED: Readonly<Record<string, Fill['required']>> = { record: 'always', answer: 'after-answers' };

function fillOf(rule: FillRule, compiler: RuleCompiler): Fill {
  if (isStrangeHeader(rule.fill)) unknownWord(rule.fill, compiler);
  const place = compilePath(rule.fill, { create: false });
  const { constant, from = 'constant' } = rule;
  if (constant !== undefined) {
    return { place, read: () => constant, from: 'constant', required: 'never', constant };
  }
  const source = findFillSource(from, codecOf(rule, compiler)) ?? unknownWord(from, compiler);
  const change = functionOf(rule.fn, compiler);
  return {
    place,
    from,
    constant: undefined,
    required: rule.optional === true ? 'never' : (REQUIRED[splitSource(from).scheme] ?? 'never'),
    read: (view) => {
      const value = source?.(view);
      return value === undefined ? undefined : change(value);
    },
  };
}

function branchOf(rule: ListRule, compiler: RuleCompiler): BranchMember {
  const [first = '', ...rest] = rule.list.split('.').reverse();
  let branch: BranchMember = {
    kind: 'branch',
    wire: first,
    repeated: true,
    place: compilePath(rule.to, { create: true }),
    plan: { ...compileRules(rule, NOTHING, compiler), records: rule.records },
  };
  for (const wire of rest) {
    const plan = { ...compileRules({ rules: [] }, NOTHING, compiler), members: [branch] };
    branch = { kind: 'branch', wire, repeated: false, place: undefined, plan };
  }
  return branch;
}

function memberOf(rule: Rule, compiler: RuleCompiler): Member | undefined {
  if ('list' in rule) return branchOf(rule, compiler);
  if ('node' in rule) return nodeOf(rule, compiler);
  if ('add' in rule) return addOf(rule, compiler);
  if ('sum' in rule) return sumOf(rule, compiler);
  if ('emit' in rule) return emitOf(rule, compiler);
  return 'to' in rule ? leafOf(rule, compiler) : undefined;
}

/** Elements that rules read through fills, at this node (`wire:`) or from a list below (`root:`). */
export function usedElements(rules: readonly Rule[], scheme: 'wire' | 'root'): string[] {
  return rules.flatMap((rule) => {
    if (holdsRules(rule)) return scheme === 'root' ? usedElements(rule.rules, 'root') : [];
    if (!('fill' in rule) || rule.from === undefined) return [];
    const source = splitSource(rule.from);
    return source.scheme === scheme ? [source.path] : [];
  });
}

/** Elements of the request that the conditions of a file ask. */
export function elementsAsked({ when = [] }: Pick<MapFile, 'when'>): string[] {
  return when
    .map(({ from }) => splitSource(from))
    .flatMap(({ scheme, path }) => (scheme === 'wire' ? [path] : []));
}

/** Whether a rule has rules below it: a list, or a node. */
export function holdsRules(rule: Rule): rule is Rule & (ListRule | NodeRule) {
  return 'list' in rule || 'node' in rule;
}

/** Top elements that a rule reads or writes as its own. */
export function elementsOf(rule: Rule): readonly string[] {
  if ('add' in rule) return rule.add;
  if ('list' in rule) return rule.list.split('.').slice(0, 1);
  if ('node' in rule) return [rule.node];
  if ('emit' in rule) return [rule.emit];
  return 'fill' in rule ? [] : [rule.from];
}

/** What the other steps of the same message take care of: elements mapped there, elements used there. */
export interface OtherSteps {
  readonly mapped: readonly string[];
  readonly used: readonly string[];
}

const NOTHING: OtherSteps = { mapped: [], used: [] };

function sameOf(direction: DirectionRules, compiler: RuleCompiler): Agreement[] {
  return (direction.same ?? []).map(({ element, as }, index) => ({
    wire: element,
    with:
      findFillSource(as, TEXT) ??
      unknownWord(as, { ...compiler, at: `${compiler.at}/same/${index}/as` }) ??
      (() => undefined),
  }));
}

/** Compiles the rules of one kind of node. */
export function compileRules(direction: DirectionRules, others: OtherSteps, compiler: RuleCompiler): Plan {
  const { rules, required = [] } = direction;
  const { tables, faults, at, placeOf = (_, index) => `${at}/rules/${index}` } = compiler;
  const within = (rule: Rule, index: number): RuleCompiler => ({ tables, faults, at: placeOf(rule, index) });
  return {
    members: rules
      .map((rule, index) => memberOf(rule, within(rule, index)))
      .filter((member) => member !== undefined),
    fills: rules.flatMap((rule, index) => ('fill' in rule ? [fillOf(rule, within(rule, index))] : [])),
    used: new Set([...usedElements(rules, 'wire'), ...usedElements(rules, 'root'), ...others.used]),
    elsewhere: new Set([...others.mapped, ...rules.flatMap((rule) => ('add' in rule ? rule.add : []))]),
    required,
    same: sameOf(direction, compiler),
  };
}
