/** The code standards of schemas/national/code-standards.json, read and compiled when first needed. */
import { brokenFile } from '../data-files.ts';
import type { DataFiles } from '../data-files.ts';
import type { CodeList } from '../leaf-checks.ts';
import { CITIZEN_CHECK, listCheck, regionCheck } from './code-checks.ts';
import type { CodeCheck } from './code-checks.ts';
import { compileForm } from './code-form.ts';
import type { CodeClass, CodePart } from './code-form.ts';
import { codeRegions } from './code-regions.ts';
import type { CodeRegions, SyntheticRegion } from './code-regions.ts';
import type {
  Bilingual,
  CodeField,
  CodeForm,
  CodeStandard,
  CodeVerdict,
  FieldCodeRule,
} from './code-types.ts';
import { judge } from './code-verdict.ts';
import { compileRule } from './field-rules.ts';
import type { CompiledStandard, FieldData } from './field-rules.ts';

/** What is known of codes. Each member @throws GatewayError `PROFILE_BROKEN` for a faulty data file. */
export interface CodeStandards {
  /** All standards, in the order of the series. */
  list(): readonly CodeStandard[];
  /** What each standard says of a code, or the one with this id, or those whose codes a field of this name holds. */
  explain(code: string, name?: string): readonly CodeVerdict[];
  /** What is told of a text in a field that holds a region; `undefined` for a known one. */
  remarkOnRegion(text: string): Bilingual | undefined;
  /** The rules of a field, the first whose condition holds counts; empty when nothing is known. */
  findRules(wireName: string): readonly FieldCodeRule[];
}

/** Where codes are looked up. */
export interface CodeLookups {
  findCodes(valueSet: string): CodeList | undefined;
  isRegion(code: string): boolean;
}

type FormData = CodeForm & {
  readonly parts: readonly CodePart[];
  readonly check?: string;
  readonly valueSet?: string;
};

type StandardData = Omit<CodeStandard, 'forms' | 'fields'> & { readonly forms: readonly FormData[] };

interface StandardsFile {
  readonly classes: Readonly<Record<string, CodeClass>>;
  readonly syntheticRegions?: readonly SyntheticRegion[];
  readonly standards: readonly StandardData[];
  readonly fields: readonly FieldData[];
}

interface Loaded {
  readonly regionRule: FieldCodeRule | undefined;
  readonly standards: ReadonlyMap<string, CompiledStandard>;
  readonly rules: ReadonlyMap<string, readonly FieldCodeRule[]>;
}

const PATH = 'national/code-standards.json';

/** The standards of a data folder. */
export function createCodeStandards(files: DataFiles, lookups: CodeLookups): CodeStandards {
  let loaded: Loaded | undefined;
  const load = (): Loaded => (loaded ??= compileFile(files.read(PATH) as StandardsFile, lookups));
  return {
    list: () => [...load().standards.values()].map(({ standard }) => standard),
    explain: (code, name) =>
      [...load().standards.values()]
        .filter(({ standard }) => name === undefined || isCalled(standard, name))
        .map((one) => judge(code, one)),
    remarkOnRegion: (text) => load().regionRule?.remarkOn(text),
    findRules: (wireName) => load().rules.get(wireName) ?? [],
  };
}

function isCalled({ id, fields }: CodeStandard, name: string): boolean {
  return id === name || fields.some((field) => field.name === name);
}

function compileFile(file: StandardsFile, lookups: CodeLookups): Loaded {
  const { standards, fields } = file;
  if (![standards, fields].every(Array.isArray)) {
    const message = { zh: '缺少 standards 或 fields。', en: 'standards and fields are needed.' };
    throw brokenFile(PATH, '', message);
  }
  const compiled = compileStandards(file, lookups);
  const rules = new Map<string, FieldCodeRule[]>();
  for (const [index, field] of fields.entries()) {
    const rule = guarded(`/fields/${index}`, () => compileRule(field, compiled));
    if (rule === undefined) continue;
    for (const name of field.names) rules.set(name, [...(rules.get(name) ?? []), rule]);
  }
  return { standards: compiled, rules, regionRule: regionRuleOf(compiled) };
}

function compileStandards(file: StandardsFile, lookups: CodeLookups): ReadonlyMap<string, CompiledStandard> {
  const { classes, standards, fields, syntheticRegions } = file;
  const regions = codeRegions(lookups.isRegion, syntheticRegions);
  const compiled = standards.map((data, index): readonly [string, CompiledStandard] => {
    const forms = data.forms.map((form, number) =>
      guarded(`/standards/${index}/forms/${number}`, () =>
        compileForm({ form, parts: form.parts, classes, checks: checksOf(form, lookups, regions), regions }),
      ),
    );
    return [data.id, { standard: { ...data, fields: fieldsOf(data.id, fields) }, forms }];
  });
  return new Map(compiled);
}

/** The rule of a field that holds regions and nothing else. */
function regionRuleOf(standards: Loaded['standards']): FieldCodeRule | undefined {
  const rule = { names: [], as: ['region'], confidence: 'attested' } as const;
  return standards.has('region') ? guarded('/standards', () => compileRule(rule, standards)) : undefined;
}

/** The fields that hold codes of a standard; one that always does and one under a condition is told without it. */
function fieldsOf(id: string, all: readonly FieldData[]): readonly CodeField[] {
  const fields = new Map<string, CodeField>();
  for (const { names, when } of all.filter((one) => one.as.includes(id))) {
    for (const name of names) {
      if (when === undefined || !fields.has(name))
        fields.set(name, { name, ...(when !== undefined && { when }) });
    }
  }
  return [...fields.values()];
}

function guarded<T>(pointer: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = { zh: `编码规则有误：${reason}`, en: `A faulty code rule: ${reason}` };
    throw brokenFile(PATH, pointer, message, error);
  }
}

function checksOf(
  { check, valueSet }: FormData,
  { findCodes }: CodeLookups,
  regions: CodeRegions,
): readonly CodeCheck[] {
  const named = check === undefined ? [] : [namedCheck(check, regions)];
  if (valueSet === undefined) return named;
  return [...named, listCheck(valueSet, (code) => findCodes(valueSet)?.has(code) === true)];
}

function namedCheck(name: string, regions: CodeRegions): CodeCheck {
  if (name === 'mod-11-2') return CITIZEN_CHECK;
  if (name === 'known-region') return regionCheck(regions);
  throw new RangeError(`no check ${name}`);
}
