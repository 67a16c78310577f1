/** One form of a code: compiled to one expression for messages, taken part by part for people. */
import type { CodeCheck } from './code-checks.ts';
import type { Bilingual, CodeForm, CodeText } from './code-types.ts';

/** Characters that a part may have. Source: code-standards.json, `classes`. */
export interface CodeClass extends Bilingual {
  /** Expression for one character; the part's width says how many. */
  readonly each?: string;
  /** Expression for the whole part. */
  readonly whole?: string;
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
  /** Why the code has not this form; `undefined` when it has. */
  explain(code: string): Bilingual | undefined;
}

/** A part with what is told of it. */
interface CompiledPart {
  readonly name: Bilingual;
  readonly words: Bilingual;
  readonly expression: string;
  readonly width: number;
}

/** Compiles a form. @throws RangeError for a part that names no class, SyntaxError for a faulty expression. */
export function compileForm(options: {
  readonly form: CodeForm;
  readonly parts: readonly CodePart[];
  readonly classes: Readonly<Record<string, CodeClass>>;
  readonly checks: readonly CodeCheck[];
}): CompiledForm {
  const { form, checks } = options;
  const parts = options.parts.map((part) => compilePart(part, options.classes));
  const expression = parts.map((part) => part.expression).join('');
  const whole = new RegExp(`^${parts.map((part) => `(${part.expression})`).join('')}$`);
  return {
    form,
    expression,
    plain: checks.length === 0,
    fits: (code) => whole.test(code) && checks.every((check) => check.passes(code)),
    split(code) {
      const texts = whole.exec(code)?.slice(1) ?? [];
      return texts.map((text, index) => ({ name: parts[index]?.name ?? form.name, text }));
    },
    explain(code) {
      if (!whole.test(code)) return firstDifference(code, parts);
      return checks.find((check) => !check.passes(code))?.reason(code);
    },
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
  const { each, whole = '', zh, en } = found;
  return {
    name,
    words: { zh, en },
    width,
    expression: each === undefined ? whole : repeat(each, from, width),
  };
}

function repeat(each: string, from: number, width: number): string {
  return width === 1 ? each : `${each}{${from === width ? width : `${from},${width}`}}`;
}

/** Names the first part that is not as it should be. */
function firstDifference(code: string, parts: readonly CompiledPart[]): Bilingual {
  let at = 0;
  for (const part of parts) {
    const sticky = new RegExp(part.expression, 'y');
    sticky.lastIndex = at;
    const found = sticky.exec(code)?.[0];
    if (found === undefined) return wrongPart(code, at, part);
    at += found.length;
  }
  const more = code.length - at;
  return { zh: `多出 ${more} 位，应为 ${at} 位`, en: `${more} characters too long, should be ${at}` };
}

function wrongPart(code: string, at: number, { name, words, width }: CompiledPart): Bilingual {
  const [first, last] = [at + 1, at + width];
  const place = first === last ? String(first) : `${first}-${last}`;
  const characters = first === last ? 'character' : 'characters';
  const found = code.slice(at, last);
  return {
    zh: `第 ${place} 位（${name.zh}）应为${words.zh}，${found === '' ? '此处没有内容' : `现为“${found}”`}`,
    en: `${characters} ${place} (${name.en}) should be ${words.en}, ${found === '' ? 'nothing is there' : `is "${found}"`}`,
  };
}
