/** Reads what a till sends: plain JSON against a form, every fault at once with its place. */
import { findDecimal, findFen, findTime } from '@yiqiao/model';
import type { Decimal, Fault, Fen } from '@yiqiao/model';

/** What a member is called. */
export interface Label {
  readonly zh: string;
  readonly en: string;
}

interface Place {
  readonly at: string;
  readonly name: string;
  readonly faults: Fault[];
}

/** How one member is read; `undefined` after a fault was noted. */
export interface Member<T> {
  readonly label: Label;
  readonly optional?: boolean;
  read(raw: unknown, place: Place): T | undefined;
}

/** What a form reads into. */
export type Read<M> = M extends Member<infer T> ? T : never;

type Form = Readonly<Record<string, Member<unknown>>>;
type Needed<F extends Form> = { [K in keyof F]: F[K] extends { optional: true } ? never : K }[keyof F];
type Body<F extends Form> = { readonly [K in Needed<F>]: Read<F[K]> } & {
  readonly [K in Exclude<keyof F, Needed<F>>]?: Read<F[K]>;
};

/** Reads a whole body. Nothing is returned beside faults. */
export function readForm<T>(
  form: Member<T>,
  raw: unknown,
): { readonly body: T } | { readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const body = form.read(raw, { at: '', name: '', faults });
  return body === undefined || faults.length > 0 ? { faults } : { body };
}

/** An object with these members and no others. */
export function object<F extends Form>(label: Label, form: F): Member<Body<F>> {
  return {
    label,
    read(raw, place) {
      if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
        return fault(place, { label, rule: 'type', zh: '须为对象', en: 'must be an object' });
      }
      const told = raw as Readonly<Record<string, unknown>>;
      noteUnknown(told, form, place);
      const before = place.faults.length;
      const found: Record<string, unknown> = {};
      for (const [name, member] of Object.entries(form)) {
        const value = readMember(member, {
          raw: Object.hasOwn(told, name) ? told[name] : undefined,
          name,
          place,
        });
        if (value !== undefined) found[name] = value;
      }
      return place.faults.length > before ? undefined : (found as Body<F>);
    },
  };
}

function readMember(
  member: Member<unknown>,
  { raw, name, place }: { readonly raw: unknown; readonly name: string; readonly place: Place },
): unknown {
  const inside = { at: `${place.at}/${name}`, name, faults: place.faults };
  if (raw !== undefined && raw !== null && raw !== '') return member.read(raw, inside);
  if (member.optional !== true) {
    fault(inside, { label: member.label, rule: 'required', zh: '缺少必填项', en: 'is required' });
  }
  return undefined;
}

function noteUnknown(told: Readonly<Record<string, unknown>>, form: Form, place: Place): void {
  for (const name of Object.keys(told)) {
    if (Object.hasOwn(form, name)) continue;
    fault(
      { ...place, at: `${place.at}/${name}`, name },
      {
        label: { zh: name, en: name },
        rule: 'unknown',
        zh: '不是约定的成员',
        en: 'is no member of this form',
      },
    );
  }
}

/** A list, empty only when `least` is 0; at most `most` entries. */
export function list<T>(
  item: Member<T>,
  { least = 1, most }: { least?: number; most: number },
): Member<readonly T[]> {
  const { label } = item;
  return {
    label,
    read(raw, place) {
      if (!Array.isArray(raw))
        return fault(place, { label, rule: 'type', zh: '须为列表', en: 'must be a list' });
      if (raw.length < least || raw.length > most) {
        return fault(place, {
          label,
          rule: 'count',
          zh: `须有 ${least} 至 ${most} 条`,
          en: `must have ${least} to ${most} entries`,
        });
      }
      const before = place.faults.length;
      const items = raw.map((one: unknown, index) =>
        item.read(one, { at: `${place.at}/${index}`, name: place.name, faults: place.faults }),
      );
      return place.faults.length > before ? undefined : (items as readonly T[]);
    },
  };
}

/** The same member, which may be absent. */
export function optional<T>(member: Member<T>): Member<T> & { readonly optional: true } {
  return { ...member, optional: true };
}

/** Text of at most so many characters, of this pattern. */
export function text(label: Label, most: number, pattern?: RegExp): Member<string> {
  return leaf(label, {
    rule: 'format',
    zh: pattern === undefined ? `须为文本，不超过 ${most} 个字符` : `格式不合法或超过 ${most} 个字符`,
    en:
      pattern === undefined
        ? `must be text of at most ${most} characters`
        : `has a wrong form or more than ${most} characters`,
    find: (raw) =>
      typeof raw === 'string' && raw.length <= most && pattern?.test(raw) !== false ? raw : undefined,
  });
}

/** One of these words. */
export function choice<const T extends string>(label: Label, words: readonly T[]): Member<T> {
  return leaf(label, {
    rule: 'value-set',
    zh: `须为 ${words.join('、')} 之一`,
    en: `must be one of ${words.join(', ')}`,
    find: (raw) => words.find((word) => word === raw),
  });
}

/** `true` or `false`. */
export function flag(label: Label): Member<boolean> {
  return leaf(label, {
    rule: 'type',
    zh: '须为 true 或 false',
    en: 'must be true or false',
    find: (raw) => (typeof raw === 'boolean' ? raw : undefined),
  });
}

/** An amount in 元 as decimal text, above zero. */
export function amount(label: Label): Member<Fen> {
  return leaf(label, {
    rule: 'amount',
    zh: '须为文本形式的金额（元，至多两位小数，大于零）',
    en: 'must be an amount in 元 as text, at most two decimals, above zero',
    find: (raw) => {
      const found = typeof raw === 'string' ? findFen(raw) : undefined;
      return found !== undefined && found > 0n ? found : undefined;
    },
  });
}

/** A decimal number as text, above zero, with at most so many decimals. */
export function decimal(label: Label, scale: number): Member<Decimal> {
  return leaf(label, {
    rule: 'decimal',
    zh: `须为文本形式的数值，大于零，至多 ${scale} 位小数`,
    en: `must be a number as text, above zero, at most ${scale} decimals`,
    find: (raw) => {
      const found = typeof raw === 'string' ? findDecimal(raw) : undefined;
      if (found === undefined || found === '0' || found.startsWith('-')) return undefined;
      return (found.split('.')[1] ?? '').length <= scale ? found : undefined;
    },
  });
}

/** `yyyy-MM-dd`, a day that exists. */
export function day(label: Label): Member<string> {
  return leaf(label, {
    rule: 'date',
    zh: '须为 yyyy-MM-dd 形式且存在的日期',
    en: 'must be an existing day yyyy-MM-dd',
    find: (raw) => (typeof raw === 'string' && findTime(`${raw} 00:00:00`) !== undefined ? raw : undefined),
  });
}

/** `yyyy-MM-dd HH:mm:ss`, China's time. */
export function time(label: Label): Member<string> {
  return leaf(label, {
    rule: 'datetime',
    zh: '须为 yyyy-MM-dd HH:mm:ss 形式的时间',
    en: 'must be a time yyyy-MM-dd HH:mm:ss',
    find: (raw) => (typeof raw === 'string' && findTime(raw) !== undefined ? raw : undefined),
  });
}

interface Rule<T> {
  readonly rule: string;
  readonly zh: string;
  readonly en: string;
  find(raw: unknown): T | undefined;
}

function leaf<T>(label: Label, { find, ...said }: Rule<T>): Member<T> {
  return { label, read: (raw, place) => find(raw) ?? fault(place, { label, ...said }) };
}

/** Notes a fault; values are not repeated, since most of a purchase is personal. */
function fault(
  { at, name, faults }: Place,
  {
    label,
    rule,
    zh,
    en,
  }: { readonly label: Label; readonly rule: string; readonly zh: string; readonly en: string },
): undefined {
  faults.push({
    rule,
    at,
    field: name,
    label,
    message: { zh: `${label.zh}${zh}`, en: `${label.en} ${en}` },
  });
  return undefined;
}
