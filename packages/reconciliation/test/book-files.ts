/** Books of a day as files. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reconcileDay } from '@yiqiao/reconciliation';
import type { DayResult, SheetItem, SideFile } from '@yiqiao/reconciliation';

const DAY = '2026-11-21';

/** Columns as a HIS in Chinese names them. */
export const COLUMNS = {
  settlementId: '结算ID',
  refund: '退费',
  total: '总额',
  fundPaid: '基金',
  accountPaid: '账户',
  visitId: '就诊ID',
  personNumber: '人员编号',
  settledAt: '时间',
} as const;

/** A row as text; `n` is the settlement, what is given changes it. */
export interface Line {
  readonly n: number;
  readonly refund?: '0' | '1';
  readonly total?: string;
  readonly fund?: string;
  readonly visit?: string;
  readonly time?: string;
}

const HEADER = Object.values(COLUMNS).join(',');

/** A line of a file. */
function lineOf({ n, refund = '0', total, fund, visit = `V${n}`, time = `${DAY} 10:00:00` }: Line): string {
  const sign = refund === '1' ? '-' : '';
  const amounts = [total ?? `${sign}${n}.50`, fund ?? `${sign}${n}.00`, '0.00'];
  return [`S${n}`, refund, ...amounts, visit, `P${n}`, time].join(',');
}

/** A folder for the files of a test. */
export function makeFolder(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'yiqiao-books-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Writes one party's books. */
export function writeBook(folder: string, name: string, lines: readonly (Line | string)[]): SideFile {
  const file = join(folder, `${name}.csv`);
  const texts = lines.map((line) => (typeof line === 'string' ? line : lineOf(line)));
  writeFileSync(file, `${[HEADER, ...texts].join('\n')}\n`);
  return { file, columns: COLUMNS };
}

/** Reconciles three files; gives what differs too. */
export async function reconcile(books: {
  readonly gateway: SideFile;
  readonly his?: SideFile;
  readonly platform: SideFile;
}): Promise<DayResult & { readonly items: readonly SheetItem[] }> {
  const items: SheetItem[] = [];
  const result = await reconcileDay({ day: DAY, ...books, onItem: (item) => items.push(item) });
  return { ...result, items };
}
