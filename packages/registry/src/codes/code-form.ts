/** One form of a code: compiled to one expression for messages, taken part by part for people. */
import type { CodeCheck } from './code-checks.ts';
import type { CodeRegions } from './code-regions.ts';
import { unknownRegion } from './code-regions.ts';
import type { Bilingual, CodeDifference, CodeForm, CodeText } from './code-types.ts';

/** Characters that a part may have. Source: code-standards.json, `classes`. */
export interface CodeClass extends Bilingual {
  /** Expression for one character; the part's width says how many. */
  readonly each?: string;
  /** Expression for the whole part. */
  readonly whole?: string;
  /** The part is a region: to be among the known ones, or any. */
  readonly region?: 'known' | 'any';
}

/** A part of a code: a fixed text, or characters of a class. */
export interface CodePart {
  readonly name: Bilingual;
  readonly text?: string;
  readonly is?: string;
  /** Characters, at most when `from` says how many at least. */
  readonly width?: number;
  readonly from?: number;
}

/** A form that can be asked. */
export interface CompiledForm {
  readonly form: CodeForm;
  /** Expression of the whole code, without anchors. */
  readonly expression: string;
  /** Whether the expression says all that there is to say. */
  readonly plain: boolean;
  fits(code: string): boolean;
  /** The parts of a code that has this form. */
  split(code: string): readonly CodeText[];
  /** Where the code leaves this form; `undefined` when it has it. */
  difference(code: string): CodeDifference | undefined;
  /**
   * That nobody knows the region in a code of this form, or that it is one of synthetic data where the code is nothing
   * but a region: persons and institutions of synthetic data are at home there, but no fund is.
   */
  oddRegion(code: string): Bilingual | undefined;
  /** What the region in a code of this form is, if it is one of synthetic data. */
  syntheticRegion(code: string): Bilingual | undefined;
}

/** A part with what is told of it. */
interface CompiledPart {
  readonly name: Bilingual;
  readonly words: Bilingual;
  readonly expression: string;
  readonly width: number;
  readonly region?: CodeClass['region'];
}

/** What a form is compiled from. */
export interface FormSource {
  readonly form: CodeForm;
  readonly parts: readonly CodePart[];
  readonly classes: Readonly<Record<string, CodeClass>>;
  readonly checks: readonly CodeCheck[];
  readonly regions: CodeRegions;
}

/** Compiles a form. @throws RangeError for a part that names no class, SyntaxError for a faulty expression. */
export function compileForm(source: FormSource): CompiledForm {
  const { form, checks } = source;
  const parts = source.parts.map((part) => compilePart(part, source.classes));
  const expression = parts.map((part) => part.expression).join('');
  const whole = new RegExp(`^(?:${expression})$`);
  const apart = new RegExp(`^${parts.map((part) => `(${part.expression})`).join('')}$`);
  const fails = (code: string): CodeCheck | undefined => checks.find((check) => !check.passes(code));
  return {
    form,
    expression,
    plain: checks.length === 0 && parts.every(({ region }) => region !== 'known'),
    fits: (code) => whole.test(code) && fails(code) === undefined,
    split(code) {
      const texts = apart.exec(code)?.slice(1) ?? [];
      return texts.map((text, index) => ({ name: parts[index]?.name ?? form.name, text }));
    },
    difference(code) {
      if (!whole.test(code)) return firstDifference(code, parts);
      const check = fails(code);
      if (check === undefined) return undefined;
      return { at: code.length, expected: check.expected, told: check.told?.(code) ?? check.expected };
    },
    ...regionRemarks(parts, source.regions),
  };
}

function compilePart(part: CodePart, classes: Readonly<Record<string, CodeClass>>): CompiledPart {
  const { name, text, is = '', width = 0, from = width } = part;
  if (text !== undefined) {
    const expression = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return { name, words: { zh: `“${text}”`, en: `"${text}"` }, expression, width: text.length };
  }
  const found = Object.hasOwn(classes, is) ? classes[is] : undefined;
  if (found === undefined || width < 1) throw new RangeError(`no class ${is}, or no width`);
  const { each, whole = '', zh, en, region } = found;
  return {
    name,
    words: each === undefined || width === 1 ? { zh, en } : counted({ zh, en }, from, width),
    width,
    expression: each === undefined ? whole : repeat(each, from, width),
    ...(region !== undefined && { region }),
  };
}

/** So many characters, for a code may be wrong in their number alone. */
function counted({ zh, en }: Bilingual, from: number, width: number): Bilingual {
  const count = from === width ? String(width) : `${from}-${width}`;
  return { zh: ` ${count} 位${zh}`, en: `${count} ${en}` };
}

function repeat(each: string, from: number, width: number): string {
  return width === 1 ? each : `${each}{${from === width ? width : `${from},${width}`}}`;
}

/** What is told of the region in a code; the parts before it have one width each. */
function regionRemarks(
  parts: readonly CompiledPart[],
  { isKnown, synthetic }: CodeRegions,
): Pick<CompiledForm, 'oddRegion' | 'syntheticRegion'> {
  const index = parts.findIndex(({ region }) => region !== undefined);
  const part = parts[index];
  if (part === undefined) return { oddRegion: () => undefined, syntheticRegion: () => undefined };
  const at = parts.slice(0, index).reduce((sum, { width }) => sum + width, 0);
  const regionOf = (code: string): string => code.slice(at, at + part.width);
  return {
    oddRegion(code) {
      const region = regionOf(code);
      if (part.region !== 'known' || isKnown(region)) return undefined;
      const told = synthetic(region);
      if (told !== undefined) return parts.length === 1 ? told : undefined;
      return unknownRegion(region, placeOf(at, part.width));
    },
    syntheticRegion: (code) => synthetic(regionOf(code)),
  };
}

/** Names the first part that is not as it should be. */
function firstDifference(code: string, parts: readonly CompiledPart[]): CodeDifference {
  let at = 0;
  for (const part of parts) {
    const sticky = new RegExp(part.expression, 'y');
    sticky.lastIndex = at;
    const found = sticky.exec(code)?.[0];
    if (found === undefined) return wrongPart(code, at, part);
    at += found.length;
  }
  const more = Array.from(code.slice(at)).length;
  const expected = {
    zh: `多出 ${more} 位，应为 ${at} 位`,
    en: `${more} ${more === 1 ? 'character' : 'characters'} too long, should be ${at}`,
  };
  return { at, expected, told: expected };
}

function wrongPart(code: string, at: number, { name, words, width }: CompiledPart): CodeDifference {
  const characters = width === 1 ? 'character' : 'characters';
  const place = placeOf(at, width);
  const expected = {
    zh: `第 ${place} 位（${name.zh}）应为${words.zh}`,
    en: `${characters} ${place} (${name.en}) should be ${words.en}`,
  };
  const found = Array.from(code.slice(at)).slice(0, width).join('');
  const told = {
    zh: `${expected.zh}，${found === '' ? '此处没有内容' : `现为“${found}”`}`,
    en: `${expected.en}, ${found === '' ? 'nothing is there' : `is "${found}"`}`,
  };
  return { at, expected, told };
}

function placeOf(at: number, width: number): string {
  return width === 1 ? String(at + 1) : `${at + 1}-${at + width}`;
}
