/** The books as CSV, so that anyone can compare them again. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AllBooks } from './verdict.ts';

type Row = readonly [messageId: string, settlementId: string, total: string, state: string];

/** Writes `cashier.csv`, one file for each gateway, and `core.csv`: msgid, setl_id, total in 元, state. */
export function writeLedgers(folder: string, { ends, gateways, core }: AllBooks): void {
  const write = (name: string, rows: readonly Row[]): void => {
    const lines = [['msgid', 'setl_id', 'total', 'state'], ...rows].map((row) => row.join(','));
    writeFileSync(join(folder, `${name}.csv`), `${lines.join('\n')}\n`);
  };
  const yuanText = (total: number): string => (total / 100).toFixed(2);
  const cashier = ends.flatMap(({ rows }) => rows);
  write(
    'cashier',
    cashier.map((row): Row => [row.messageId, row.settlementId, yuanText(row.total), row.state]),
  );
  for (const [name, lines] of Object.entries(gateways)) {
    write(
      name,
      lines.map((line): Row => [line.messageId, line.settlementId, line.total, line.transaction]),
    );
  }
  write(
    'core',
    core.map((entry): Row => [entry.messageId, entry.settlementId, yuanText(entry.total), entry.state]),
  );
}
