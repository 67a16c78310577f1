/** The code standards of schemas/national/code-standards.json, read and compiled when first needed. */
import { brokenFile } from '../data-files.ts';
import type { DataFiles } from '../data-files.ts';
import type { CodeList } from '../leaf-checks.ts';
import { CITIZEN_CHECK, listCheck, regionCheck } from './code-checks.ts';
import type { CodeCheck } from './code-checks.ts';
import { compileForm } from './code-form.ts';
import type { CodeClass, CodePart } from './code-form.ts';
import type { CodeForm, CodeStandard, CodeVerdict, FieldCodeRule } from './code-types.ts';
import { compileRule } from './field-rules.ts';
import type { CompiledStandard, FieldData } from './field-rules.ts';

/** What is known of codes. Each member @throws GatewayError `PROFILE_BROKEN` for a faulty data file. */
export interface CodeStandards {
  /** All standards, in the order of the series. */
  list(): readonly CodeStandard[];
  /** What each standard says of a code, or the one with this id. */
  explain(code: string, id?: string): readonly CodeVerdict[];
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

interface StandardsFile {
  readonly classes: Readonly<Record<string, CodeClass>>;
  readonly standards: readonly (Omit<CodeStandard, 'forms'> & { readonly forms: readonly FormData[] })[];
  readonly fields: readonly FieldData[];
}

interface Loaded {
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
    explain: (code, id) =>
      [...load().standards.values()]
        .filter(({ standard }) => id === undefined || standard.id === id)
        .map((one) => judge(code, one)),
    findRules: (wireName) => load().rules.get(wireName) ?? [],
  };
}

function compileFile({ classes, standards, fields }: StandardsFile, lookups: CodeLookups): Loaded {
  if (![standards, fields].every(Array.isArray)) {
    const message = { zh: '缺少 standards 或 fields。', en: 'standards and fields are needed.' };
    throw brokenFile(PATH, '', message);
  }
  const compiled = new Map<string, CompiledStandard>();
  for (const [index, standard] of standards.entries()) {
    const forms = standard.forms.map((form, number) =>
      guarded(`/standards/${index}/forms/${number}`, () =>
        compileForm({ form, parts: form.parts, classes, checks: checksOf(form, lookups) }),
      ),
    );
    compiled.set(standard.id, { standard, forms });
  }
  const rules = new Map<string, FieldCodeRule[]>();
  for (const [index, field] of fields.entries()) {
    const rule = guarded(`/fields/${index}`, () => compileRule(field, compiled));
    for (const name of field.names) rules.set(name, [...(rules.get(name) ?? []), rule]);
  }
  return { standards: compiled, rules };
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

function checksOf({ check, valueSet }: FormData, { isRegion, findCodes }: CodeLookups): readonly CodeCheck[] {
  const named = check === undefined ? [] : [namedCheck(check, isRegion)];
  if (valueSet === undefined) return named;
  return [...named, listCheck(valueSet, (code) => findCodes(valueSet)?.has(code) === true)];
}

function namedCheck(name: string, isRegion: CodeLookups['isRegion']): CodeCheck {
  if (name === 'mod-11-2') return CITIZEN_CHECK;
  if (name === 'known-region') return regionCheck(isRegion);
  throw new RangeError(`no check ${name}`);
}

function judge(code: string, { standard, forms }: CompiledStandard): CodeVerdict {
  const fitting = forms.find((form) => form.fits(code));
  if (fitting !== undefined) {
    return { standard, outcome: 'fits', form: fitting.form, parts: fitting.split(code), reasons: [] };
  }
  const reasons = forms.flatMap(({ form, explain }) => {
    const reason = explain(code);
    return reason === undefined ? [] : [{ form: form.name, reason }];
  });
  const undecided = forms.length === 0 || standard.otherForms === true;
  return { standard, outcome: undecided ? 'undecided' : 'differs', parts: [], reasons };
}
