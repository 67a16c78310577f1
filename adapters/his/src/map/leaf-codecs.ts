/** Leaves between a vendor's writing and the model's. */
import { ExactNumber, findDecimal, findFen, formatFen, findTime } from '@yiqiao/model';
import type { CanonicalLeaf, Fen, WireLeaf } from '@yiqiao/model';
import type { LeafCodec } from './map-types.ts';

/** Formats a vendor writes days and times in. */
export interface Formats {
  readonly date: readonly string[];
  readonly time: readonly string[];
}

/** What is taken when the map names none. */
export const PLAIN_FORMATS: Formats = {
  date: ['yyyy-MM-dd', 'yyyyMMdd', 'yyyy/MM/dd'],
  time: ['yyyy-MM-dd HH:mm:ss', 'yyyy-MM-ddTHH:mm:ss', 'yyyyMMddHHmmss', 'yyyy/MM/dd HH:mm:ss'],
};

const PARTS = [
  ['yyyy', '(?<y>\\d{4})'],
  ['MM', '(?<M>\\d{2})'],
  ['dd', '(?<d>\\d{2})'],
  ['HH', '(?<H>\\d{2})'],
  ['mm', '(?<m>\\d{2})'],
  ['ss', '(?<s>\\d{2})'],
] as const;

const patterns = new Map<string, RegExp>();

function patternOf(format: string): RegExp {
  const known = patterns.get(format);
  if (known !== undefined) return known;
  let source = format.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  for (const [part, group] of PARTS) source = source.replace(part, group);
  const made = new RegExp(`^${source}(?:\\.\\d{1,6})?$`);
  patterns.set(format, made);
  return made;
}

/** A day or point of time in one of the formats → `yyyy-MM-dd HH:mm:ss`; `undefined` when it is none. */
function findMoment(text: string, formats: readonly string[]): string | undefined {
  for (const format of formats) {
    const found = patternOf(format).exec(text)?.groups;
    if (found === undefined) continue;
    const { y, M, d, H = '00', m = '00', s = '00' } = found;
    const moment = `${y}-${M}-${d} ${H}:${m}:${s}`;
    if (findTime(moment) !== undefined) return moment;
  }
  return undefined;
}

const TRUE = new Set(['1', 'true', 't', 'Y', 'y', '是']);
const FALSE = new Set(['0', 'false', 'f', 'N', 'n', '否', '']);

/** Vendor's leaf → the model's; `undefined` when it is not what the codec says. */
export function toModelLeaf(leaf: WireLeaf, codec: LeafCodec, formats: Formats): CanonicalLeaf | undefined {
  const text = textOf(leaf);
  switch (codec) {
    case 'text':
      return text;
    case 'yuan':
      return findFen(text);
    case 'fen':
      return /^-?\d{1,18}$/.test(text) ? BigInt(text) : undefined;
    case 'decimal':
      return findDecimal(text);
    case 'integer':
      return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
    case 'flag':
      return TRUE.has(text) ? true : FALSE.has(text) ? false : undefined;
    case 'date':
      return findMoment(text, [...formats.date, ...formats.time])?.slice(0, 10);
    case 'time':
      return findMoment(text, [...formats.time, ...formats.date]);
  }
}

/** The model's leaf → text on the vendor's side. */
export function toVendorText(leaf: CanonicalLeaf, codec: LeafCodec | undefined, formats: Formats): string {
  if (typeof leaf === 'bigint') return codec === 'fen' ? String(leaf) : formatFen(leaf as Fen);
  if (typeof leaf === 'boolean') return leaf ? '1' : '0';
  const text = String(leaf);
  if (codec !== 'date' && codec !== 'time') return text;
  const format = (codec === 'date' ? formats.date : formats.time)[0] ?? 'yyyy-MM-dd HH:mm:ss';
  const [, y, M, d, H, m, s] = /^(\d{4})-(\d{2})-(\d{2})(?: (\d{2}):(\d{2}):(\d{2}))?/.exec(text) ?? [];
  if (y === undefined) return text;
  const values = [y, M, d, H ?? '00', m ?? '00', s ?? '00'];
  return PARTS.reduce((written, [part], at) => written.replace(part, values[at] ?? ''), format);
}

/** A leaf as text; numbers exactly as they were written. */
export function textOf(leaf: WireLeaf): string {
  if (leaf === null) return '';
  return leaf instanceof ExactNumber ? leaf.text : String(leaf).trim();
}
