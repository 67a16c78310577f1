/** Reads members of a far side's message by name; all that is missing or malformed is told at once. */
import {
  findDecimal,
  findFen,
  findTime,
  fen,
  GatewayError,
  isWireObject,
  leafText,
  maskIdentifiers,
} from '@yiqiao/model';
import type { Decimal, Fault, Fen, WireObject, WireValue } from '@yiqiao/model';

/** Readers of one node. A required member that is absent, null or blank is a fault, an optional one `undefined`. */
export interface MemberReader {
  /** Text, or the text of a number. */
  text(name: string): string;
  optionalText(name: string): string | undefined;
  /** 元 → 分; more than two decimals are a fault. */
  amount(name: string): Fen;
  optionalAmount(name: string): Fen | undefined;
  /** Other exact numbers: prices, quantities, ratios. */
  decimal(name: string): Decimal;
  optionalDecimal(name: string): Decimal | undefined;
  /** Counts and serial numbers, up to nine digits. */
  integer(name: string): number;
  /** `yyyy-MM-dd HH:mm:ss` of China → epoch milliseconds. */
  time(name: string): number;
  /** A code and what it stands for. */
  code<T>(name: string, table: Readonly<Record<string, T>>): T;
  /** A node. */
  node<T>(name: string, read: (from: MemberReader) => T): T;
  optionalNode<T>(name: string, read: (from: MemberReader) => T): T | undefined;
  /** A list of nodes; empty when absent. */
  list<T>(name: string, read: (from: MemberReader) => T): readonly T[];
  /** The value as it came. */
  raw(name: string): WireValue | undefined;
  /** Notes something else that is wrong. */
  report(name: string, rule: string, message: Fault['message']): void;
}

/**
 * What `read` makes of the members.
 * @param at JSON pointer of the node, before the names in faults
 * @throws GatewayError `MESSAGE_INVALID` with every fault.
 */
export function readMembers<T>(members: WireObject, read: (from: MemberReader) => T, at = ''): T {
  const faults: Fault[] = [];
  const result = read(createReader(members, at, faults));
  if (faults.length > 0) throw new GatewayError('MESSAGE_INVALID', { faults });
  return result;
}

interface Kind<T> {
  readonly find: (value: WireValue) => T | undefined;
  /** Stands in for what is wrong until all faults are known. */
  readonly placeholder: T;
  readonly rule: string;
  readonly zh: string;
  readonly en: string;
}

const TEXT: Kind<string> = {
  find: leafText,
  placeholder: '',
  rule: 'type',
  zh: '应为文本或数字。',
  en: 'Must be a text or a number.',
};
const AMOUNT: Kind<Fen> = {
  find: (value) => findFen(leafText(value) ?? ''),
  placeholder: fen(0n),
  rule: 'format',
  zh: '应为至多两位小数的金额（元）。',
  en: 'Must be an amount in 元 of two decimals at most.',
};
const DECIMAL: Kind<Decimal> = {
  find: (value) => findDecimal(leafText(value) ?? ''),
  placeholder: '0' as Decimal,
  rule: 'format',
  zh: '应为普通十进制数。',
  en: 'Must be a plain decimal number.',
};
const INTEGER: Kind<number> = {
  find: (value) => {
    const text = leafText(value) ?? '';
    return /^-?\d{1,9}$/.test(text) ? Number(text) : undefined;
  },
  placeholder: 0,
  rule: 'format',
  zh: '应为至多九位的整数。',
  en: 'Must be a whole number of nine digits at most.',
};
const TIME: Kind<number> = {
  find: (value) => findTime(leafText(value) ?? ''),
  placeholder: 0,
  rule: 'format',
  zh: '应为 yyyy-MM-dd HH:mm:ss 的时间。',
  en: 'Must be a time as yyyy-MM-dd HH:mm:ss.',
};

type Report = (name: string, rule: string, message: Fault['message'], found?: string) => void;

/** A node, and what is wrong with it. */
interface Place {
  readonly at: string;
  readonly faults: Fault[];
  readonly report: Report;
  /** What a member holds; `undefined` when it is absent, null or blank. */
  readonly own: (name: string) => WireValue | undefined;
  readonly missing: (name: string) => void;
}

function createReader(members: WireObject, at: string, faults: Fault[]): MemberReader {
  const report: Report = (name, rule, message, found) => {
    const masked = found === undefined ? {} : { found: maskIdentifiers(found.slice(0, 40)) };
    faults.push({
      rule,
      at: `${at}/${name}`,
      field: name,
      label: { zh: name, en: name },
      ...masked,
      message,
    });
  };
  const raw = (name: string): WireValue | undefined =>
    Object.hasOwn(members, name) ? members[name] : undefined;
  const place: Place = {
    at,
    faults,
    report,
    own(name) {
      const value = raw(name);
      return value === null || value === '' ? undefined : value;
    },
    missing: (name) =>
      report(name, 'required', {
        zh: '缺少此成员，请对方补上或改正映射。',
        en: 'It is missing: have it sent, or correct the map.',
      }),
  };
  return { ...leafReaders(place), ...nodeReaders(place), raw, report };
}

type LeafReaders = Omit<MemberReader, 'node' | 'optionalNode' | 'list' | 'raw' | 'report'>;

function leafReaders({ own, missing, report }: Place): LeafReaders {
  const optional = <T>(name: string, kind: Kind<T>): T | undefined => {
    const value = own(name);
    if (value === undefined) return undefined;
    const found = kind.find(value);
    if (found === undefined) report(name, kind.rule, { zh: kind.zh, en: kind.en }, leafText(value));
    return found;
  };
  const required = <T>(name: string, kind: Kind<T>): T => {
    if (own(name) === undefined) missing(name);
    return optional(name, kind) ?? kind.placeholder;
  };
  return {
    text: (name) => required(name, TEXT),
    optionalText: (name) => optional(name, TEXT),
    amount: (name) => required(name, AMOUNT),
    optionalAmount: (name) => optional(name, AMOUNT),
    decimal: (name) => required(name, DECIMAL),
    optionalDecimal: (name) => optional(name, DECIMAL),
    integer: (name) => required(name, INTEGER),
    time: (name) => required(name, TIME),
    code: <T>(name: string, table: Readonly<Record<string, T>>) =>
      readCode({ name, text: required(name, TEXT), table, report }),
  };
}

function nodeReaders({
  at,
  faults,
  own,
  missing,
  report,
}: Place): Pick<MemberReader, 'node' | 'optionalNode' | 'list'> {
  const below = <T>(value: WireValue, name: string, read: (from: MemberReader) => T): T | undefined => {
    if (isWireObject(value)) return read(createReader(value, `${at}/${name}`, faults));
    report(name, 'type', { zh: '应为对象。', en: 'Must be an object.' });
    return undefined;
  };
  return {
    node<T>(name: string, read: (from: MemberReader) => T) {
      const value = own(name);
      if (value === undefined) missing(name);
      const found = value === undefined ? undefined : below(value, name, read);
      // The reader of an empty node gives placeholders, so that its shape is whole.
      return found ?? read(createReader({}, `${at}/${name}`, []));
    },
    optionalNode<T>(name: string, read: (from: MemberReader) => T) {
      const value = own(name);
      return value === undefined ? undefined : below(value, name, read);
    },
    list<T>(name: string, read: (from: MemberReader) => T) {
      const value = own(name);
      if (value === undefined) return [];
      if (!Array.isArray(value)) {
        report(name, 'type', { zh: '应为列表。', en: 'Must be a list.' });
        return [];
      }
      return (value as readonly WireValue[]).flatMap((item, index) => {
        const found = below(item, `${name}/${index}`, read);
        return found === undefined ? [] : [found];
      });
    },
  };
}

function readCode<T>({
  name,
  text,
  table,
  report,
}: {
  readonly name: string;
  readonly text: string;
  readonly table: Readonly<Record<string, T>>;
  readonly report: Report;
}): T {
  if (Object.hasOwn(table, text)) return table[text] as T;
  const codes = Object.keys(table);
  if (text !== '') {
    const message = {
      zh: `代码不在值集中；可用：${codes.join('、')}。`,
      en: `This code is none of ${codes.join(', ')}.`,
    };
    report(name, 'value-set', message, text);
  }
  return table[codes[0] ?? ''] as T;
}
