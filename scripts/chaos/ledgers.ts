/** The books of all parties as rows, and as CSV files from which anyone can compare them again. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One row. Amounts in 分, negative for what takes back. */
export interface LedgerRow {
  /** Message id at the party's own caller. */
  readonly messageId: string;
  readonly settlementId: string;
  readonly total: number;
  /**
   * `settled` is in force. A gateway never changes a row: there `cancellation` and `reversal` take back. `fees`: fee
   * lines that were uploaded, with the charge batch for a settlement id.
   */
  readonly state:
    'settled' | 'cancelled' | 'cancellation' | 'reversed' | 'reversal' | 'handed-over' | 'unknown' | 'fees';
}

/** Who keeps books, in the order of a message's way. */
export const KEEPERS = ['his', 'care-place', 'hub', 'insured-place', 'core', 'care-place-core'] as const;

/** The books by their keeper. */
export type Ledgers = Readonly<Record<(typeof KEEPERS)[number], readonly LedgerRow[]>>;

const HEAD = 'msgid,setl_id,total,state';

/** Writes one file for each party: msgid, setl_id, total in 元, state. */
export function writeLedgers(folder: string, ledgers: Ledgers): void {
  for (const keeper of KEEPERS) {
    const rows = ledgers[keeper].map(({ messageId, settlementId, total, state }) =>
      [messageId, settlementId, (total / 100).toFixed(2), state].join(','),
    );
    writeFileSync(join(folder, `${keeper}.csv`), `${[HEAD, ...rows].join('\n')}\n`);
  }
}

/** Reads the files of `writeLedgers`. */
export function readLedgers(folder: string): Ledgers {
  const read = (keeper: string): readonly LedgerRow[] => {
    const [, ...lines] = readFileSync(join(folder, `${keeper}.csv`), 'utf8')
      .split('\n')
      .filter(Boolean);
    return lines.map((line) => {
      const [messageId = '', settlementId = '', total = '', state = ''] = line.split(',');
      const fen = Math.round(Number(total) * 100);
      return { messageId, settlementId, total: fen, state: state as LedgerRow['state'] };
    });
  };
  return Object.fromEntries(KEEPERS.map((keeper) => [keeper, read(keeper)])) as unknown as Ledgers;
}
