/** The kinds of settings there are. */
import { findFen } from '@yiqiao/model';
import type { Fen } from '@yiqiao/model';
import { readSection, settingFault } from './read-settings.ts';
import type { OptionalSetting, Setting, SettingPlace, SettingsOf, SettingsShape } from './setting-types.ts';

/** What a text must be like. */
export interface TextRule {
  readonly pattern?: RegExp;
  /** Shown when the pattern does not fit. */
  readonly example?: string;
  /** 1 when absent. */
  readonly minLength?: number;
}

/** Bounds, both inclusive. */
export interface IntegerRule {
  readonly min: number;
  readonly max: number;
}

/** Makers of settings: `readSettings(raw, { port: setting.integer({ min: 0, max: 65535 }), … })`. */
export const setting = {
  /** A text. Numbers are none: 530000 in YAML must be quoted, or leading zeros would be lost. */
  text: (rule: TextRule = {}): Setting<string> => ({
    read: (value, place) => readText(value, place, { ...rule, isSecret: false }),
  }),
  /** A text that no message quotes. */
  secret: (rule: TextRule = {}): Setting<string> => ({
    read: (value, place) => readText(value, place, { ...rule, isSecret: true }),
  }),
  /** A region code of six digits. Source: 医保区划. */
  region: (): Setting<string> => setting.text({ pattern: /^\d{6}$/, example: '"530000"' }),
  /** An address of HTTP. */
  url: (): Setting<string> => ({ read: readUrl }),
  integer: ({ min, max }: IntegerRule): Setting<number> => ({
    read(value, { at, faults }) {
      if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
      const message = {
        zh: `应为 ${min} 到 ${max} 的整数。`,
        en: `Must be a whole number from ${min} to ${max}.`,
      };
      faults.push(settingFault(at, 'range', message, shown(value)));
      return undefined;
    },
  }),
  flag: (): Setting<boolean> => ({
    read(value, { at, faults }) {
      if (typeof value === 'boolean') return value;
      const message = { zh: '应为 true 或 false。', en: 'Must be true or false.' };
      faults.push(settingFault(at, 'type', message, shown(value)));
      return undefined;
    },
  }),
  /** An amount in 元 as text (`"12.50"`), in 分. */
  amount: (): Setting<Fen> => ({
    read(value, { at, faults }) {
      const found = typeof value === 'string' ? findFen(value) : undefined;
      if (found !== undefined) return found;
      const message = {
        zh: '应为带引号的金额，例如 "12.50"。',
        en: 'Must be an amount in quotes such as "12.50".',
      };
      faults.push(settingFault(at, 'format', message, shown(value)));
      return undefined;
    },
  }),
  oneOf: <const T extends string>(...choices: readonly T[]): Setting<T> => ({
    read(value, { at, faults }) {
      const found = choices.find((one) => one === value);
      if (found !== undefined) return found;
      const message = {
        zh: `应为 ${choices.join('、')} 之一。`,
        en: `Must be one of ${choices.join(', ')}.`,
      };
      faults.push(settingFault(at, 'choice', message, shown(value)));
      return undefined;
    },
  }),
  list: <T>(of: Setting<T>, rule: { readonly min?: number } = {}): Setting<readonly T[]> => ({
    read: (value, place) => readList(value, place, of, rule.min ?? 0),
  }),
  /** Values by names that are chosen freely. */
  table: <T>(of: Setting<T>): Setting<Readonly<Record<string, T>>> => ({
    read: (value, place) => readTable(value, place, of),
  }),
  section: <const S extends SettingsShape>(shape: S): Setting<SettingsOf<S>> => ({
    read: (value, place) => readSection(value, shape, place) as SettingsOf<S> | undefined,
  }),
  /** Anything; whoever takes it checks it. */
  any: (): Setting<unknown> => ({ read: (value) => value }),
  /** May be absent. */
  optional: <T>(of: Setting<T>): OptionalSetting<T> => ({ read: of.read, isOptional: true }),
  /** Has a value that holds when it is absent. */
  withDefault: <T>(of: Setting<T>, value: NoInfer<T>): Setting<T> => ({ read: of.read, fallback: { value } }),
} as const;

function readText(
  value: unknown,
  { at, faults }: SettingPlace,
  { pattern, example, minLength = 1, isSecret }: TextRule & { readonly isSecret: boolean },
): string | undefined {
  if (typeof value !== 'string') {
    const message = {
      zh: '应为文本；数字请加引号，例如 "530000"。',
      en: 'Must be text; put numbers in quotes, e.g. "530000".',
    };
    faults.push(settingFault(at, 'type', message));
    return undefined;
  }
  if (value.length < minLength) {
    const message = { zh: `至少 ${minLength} 个字符。`, en: `At least ${minLength} characters.` };
    faults.push(settingFault(at, 'length', message));
    return undefined;
  }
  if (pattern === undefined || pattern.test(value)) return value;
  const message = {
    zh: example === undefined ? `格式不符（${pattern.source}）。` : `格式不符，例如 ${example}。`,
    en: example === undefined ? `Must match ${pattern.source}.` : `Must be such as ${example}.`,
  };
  faults.push(settingFault(at, 'format', message, isSecret ? undefined : value));
  return undefined;
}

function readUrl(value: unknown, { at, faults }: SettingPlace): string | undefined {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return String(value);
  const message = {
    zh: '应为 http: 或 https: 开头的地址。',
    en: 'Must be an address that begins with http: or https:.',
  };
  faults.push(settingFault(at, 'format', message));
  return undefined;
}

function readList<T>(
  value: unknown,
  { at, faults }: SettingPlace,
  of: Setting<T>,
  min: number,
): readonly T[] | undefined {
  if (!Array.isArray(value) || value.length < min) {
    const message = { zh: `应为至少 ${min} 项的列表。`, en: `Must be a list of ${min} or more.` };
    faults.push(settingFault(at, 'type', message));
    return undefined;
  }
  const items = value.map((item, index) => of.read(item, { at: `${at}/${index}`, faults }));
  return Object.freeze(items.filter((item) => item !== undefined));
}

function readTable<T>(
  value: unknown,
  { at, faults }: SettingPlace,
  of: Setting<T>,
): Readonly<Record<string, T>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = { zh: '应为“名称: 值”的对象。', en: 'Must be an object of names and values.' };
    faults.push(settingFault(at, 'type', message));
    return undefined;
  }
  const entries = Object.entries(value).flatMap(([name, item]) => {
    const read = of.read(item, { at: `${at}/${name}`, faults });
    return read === undefined ? [] : [[name, read] as const];
  });
  return Object.freeze(Object.fromEntries(entries));
}

/** What was found, when that is short and plain. */
function shown(value: unknown): string | undefined {
  if (typeof value === 'string') return value.slice(0, 40);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
