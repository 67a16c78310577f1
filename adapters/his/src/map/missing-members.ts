/** Members that an order needs and a message lacks, told by the vendor's own names. */
import type { Fault } from '@yiqiao/model';
import type { CompiledAction } from './compiled-map.ts';
import { REQUIRED_MEMBERS } from './required-members.ts';

type Body = Readonly<Record<string, unknown>>;

/** Those that are missing; a place that has a fault already is not told twice. */
export function missingMembers(
  compiled: CompiledAction,
  body: Body,
  told: readonly Fault[],
): readonly Fault[] {
  const places = new Set(told.map(({ at }) => at));
  return REQUIRED_MEMBERS[compiled.action].flatMap((path) => {
    const rule = compiled.rules.find(({ to }) => to === path);
    const from = rule?.from ?? path;
    const label = rule?.label ?? from;
    return holes(path.split('.'), body).flatMap((indexes): Fault[] => {
      const at = pointerOf(from, indexes);
      if (places.has(at)) return [];
      places.add(at);
      return [{ rule: 'required', at, field: from, label: { zh: label, en: path }, message: MISSING }];
    });
  });
}

const MISSING = { zh: '必填项为空或未上送。', en: 'A required member is absent or empty.' };

/** Indexes on the way to each place where the path leads nowhere. */
function holes(parts: readonly string[], body: unknown): readonly (readonly number[])[] {
  const [part, ...rest] = parts;
  if (part === undefined) return [];
  const isList = part.endsWith('[]');
  const value = (body as Body | undefined)?.[isList ? part.slice(0, -2) : part];
  if (value === undefined || value === '') return [[]];
  if (rest.length === 0) return [];
  if (!isList) return holes(rest, value);
  const items = value as readonly unknown[];
  return items.flatMap((one, at) => holes(rest, one).map((indexes) => [at, ...indexes]));
}

function pointerOf(from: string, indexes: readonly number[]): string {
  const left = [...indexes];
  return from
    .split('.')
    .map((part) => {
      if (!part.endsWith('[]')) return `/${part}`;
      const index = left.shift();
      return index === undefined ? `/${part.slice(0, -2)}` : `/${part.slice(0, -2)}/${index}`;
    })
    .join('');
}
