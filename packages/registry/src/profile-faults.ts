/** What is wrong with a profile file, each fault with its place and what to do. */
import type { Fault } from '@yiqiao/model';
import { fileFault } from './data-files.ts';
import type { FormError } from './form-check.ts';

type Text = Fault['message'];

/** A fault of what the form of a file refuses. `path` is that of the file below schemas/. */
export function schemaFault(path: string, error: FormError): Fault {
  const { pointer, message } = explain(error);
  return fileFault({ path, pointer, message });
}

/** Identity ids that no rule has: they would change nothing unnoticed. */
export function unknownIdentities(
  path: string,
  ids: readonly string[],
  known: readonly string[],
): readonly Fault[] {
  return ids
    .filter((id) => !known.includes(id))
    .map((id) =>
      fileFault({
        path,
        pointer: `/identities/${id}`,
        message: {
          zh: `没有名为 ${id} 的恒等式，现有：${known.join('、')}。请改正名称。`,
          en: `There is no identity ${id}; known: ${known.join(', ')}. Correct the name.`,
        },
      }),
    );
}

function explain(error: FormError): { pointer: string; message: Text } {
  const { pointer, keyword, form, data, name = '' } = error;
  switch (keyword) {
    case 'required':
      return at(`${pointer}/${name}`, {
        zh: '缺少此成员，请补上。',
        en: 'This member is missing; add it.',
      });
    case 'additionalProperties':
      return unknownMember(error, name);
    case 'const':
      return at(pointer, notAmong([form.const], data));
    case 'enum':
      return at(pointer, notAmong(form.enum ?? [], data));
    case 'type':
      return at(pointer, {
        zh: `类型不对，应为 ${String(form.type)}。请改正。`,
        en: `It has another type than ${String(form.type)}; correct it.`,
      });
    case 'pattern':
    case 'minimum':
      if (form.pattern === undefined) return at(pointer, outOfRange(`must be >= ${form.minimum}`, data));
      return at(pointer, {
        zh: `长度 ${told(data)} 不可用：应为正整数，或“总位数,小数位数”，如 16,2。请改正。`,
        en: `The length ${told(data)} cannot be used: it is a whole number above 0, or precision,scale as in 16,2. Correct it.`,
      });
    case 'maximum':
      return at(pointer, outOfRange(`must be <= ${form.maximum}`, data));
    case 'minLength':
    case 'minItems':
    case 'minProperties':
      return at(pointer, { zh: '不可为空，请填写。', en: 'It is empty; fill it in.' });
    case 'anyOf':
      return at(pointer, {
        zh: '不符合任何一种可用的写法，请按其中一种改正。',
        en: 'It has none of the forms that it may have; give it one of them.',
      });
  }
}

function at(pointer: string, message: Text): { pointer: string; message: Text } {
  return { pointer, message };
}

function notAmong(allowed: readonly unknown[], found: unknown): Text {
  return {
    zh: `不允许的取值 ${told(found)}，可用：${allowed.join('、')}。请改正。`,
    en: `The value ${told(found)} is not allowed; possible: ${allowed.join(', ')}. Correct it.`,
  };
}

function outOfRange(rule: string, found: unknown): Text {
  return {
    zh: `取值 ${told(found)} 超出范围（${rule}）。请改正。`,
    en: `The value ${told(found)} is out of range: it ${rule}. Correct it.`,
  };
}

function told(found: unknown): string {
  return typeof found === 'string' ? found : JSON.stringify(found);
}

function unknownMember({ pointer, form }: FormError, name: string): { pointer: string; message: Text } {
  const known = Object.keys(form.properties ?? {});
  const near = nearest(name, known);
  const remedy =
    near === undefined
      ? {
          zh: `可用：${known.join('、')}；给人看的说明写在 remark。`,
          en: `possible: ${known.join(', ')}; remarks for people go into remark.`,
        }
      : { zh: `是否应为 ${near}？请改正。`, en: `should it be ${near}? Correct the name.` };
  return at(`${pointer}/${name}`, {
    zh: `没有成员 ${name}，写了也不起作用；${remedy.zh}`,
    en: `There is no member ${name}, so it would have no effect; ${remedy.en}`,
  });
}

/** The one of some names that was probably meant. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  return known.find((one) => distance(one.toLowerCase(), name.toLowerCase()) <= 2);
}

/** How many letters differ: Levenshtein distance of two short names. */
export function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [line, letter] of one.split('').entries()) {
    const next = [line + 1];
    for (const [column, sign] of other.split('').entries()) {
      const swapped = (row[column] ?? 0) + (letter === sign ? 0 : 1);
      next.push(Math.min(swapped, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
