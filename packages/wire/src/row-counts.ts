/** Counts of rows that a message tells of itself: where they differ from what came, it may have been cut off on its way. */
import { isWireObject, leafText } from '@yiqiao/model';
import type { Fault, WireObject, WireValue } from '@yiqiao/model';
import { fault } from './faults.ts';
import type { Settings } from './settings.ts';

/** Compares; `at` is the path of the members that tell the counts. One that is blank or no number tells nothing. */
export type RowCounts = (counts: WireObject, body: WireObject, at: string) => readonly Fault[];

/** Reads `rowCounts` of a half: member of the envelope → path of the rows in the body (`datas/data1/row`). */
export function readRowCounts(half: Settings): RowCounts {
  const settings = half.section('rowCounts');
  const paths = settings.names.map((name) => [name, settings.text(name).split('/')] as const);
  return (counts, body, at) =>
    paths.flatMap(([name, path]) => {
      const told = (leafText(Object.hasOwn(counts, name) ? counts[name] : undefined) ?? '').trim();
      if (!/^\d{1,9}$/.test(told)) return [];
      const found = rowsAt(body, path);
      return Number(told) === found ? [] : [otherCount(`${at}/${name}`, told, { path, found })];
    });
}

function rowsAt(value: WireValue | undefined, [step, ...rest]: readonly string[]): number {
  if (step === undefined) return Array.isArray(value) ? value.length : isWireObject(value) ? 1 : 0;
  return isWireObject(value) && Object.hasOwn(value, step) ? rowsAt(value[step], rest) : 0;
}

function otherCount(
  at: string,
  told: string,
  { path, found }: { readonly path: readonly string[]; readonly found: number },
): Fault {
  const rows = path.join('/');
  return fault({
    rule: 'row-count',
    at,
    found: told,
    zh: `报文称 ${rows} 有 ${told} 行，实有 ${found} 行，可能在途中被截断；请与对方核对，并使行数与内容一致。`,
    en: `The message says that it has ${told} rows at ${rows} and has ${found}; it may have been cut off. Ask its sender, and make the count match the rows.`,
  });
}
