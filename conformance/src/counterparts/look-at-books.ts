/** Holds the books of a counterpart against what the target said, and against those of another counterpart. */
import type { LedgerRow } from '@yiqiao/sandbox';
import type { Bilingual, BooksStep } from '../kits/types.ts';
import type { Exchange, Exchanges } from '../run/exchanges.ts';
import { fill } from '../run/fill.ts';
import type { Lookup } from '../run/fill.ts';
import { child, leaf, textOf } from '../run/own-reading.ts';
import type { OwnValue } from '../run/own-reading.ts';
import type { Bench } from '../run/run-scenario.ts';
import type { Counterpart } from './open-counterparts.ts';

/** Why the books are not as the step has them; nothing when they are. */
export async function lookAtBooks(
  step: BooksStep,
  {
    bench,
    exchanges,
    lookup,
  }: { readonly bench: Bench; readonly exchanges: Exchanges; readonly lookup: Lookup },
): Promise<Bilingual | undefined> {
  const visit = textOf(fill(step.visit, lookup) as OwnValue);
  const [own, other] = [step.books, step.as].map((name) =>
    name === undefined ? undefined : find(bench, name),
  );
  if (own === undefined) throw new Error(`there is no counterpart ${step.books}`);
  const [told, undone] = [step.told, step.undone].map((name) =>
    name === undefined ? undefined : exchanges.find(name),
  );
  const look = (): Bilingual | undefined =>
    (told === undefined ? undefined : againstWord(rowsOf(own, visit), told)) ??
    (undone === undefined ? undefined : againstUndoing(rowsOf(own, visit), undone)) ??
    (step.settled === undefined ? undefined : countSettled(rowsOf(own, visit), step.settled)) ??
    (other === undefined ? undefined : compare(rowsOf(own, visit), rowsOf(other, visit)));
  // What was told holds at once; what one side is told follows what the other decided.
  const waits = told === undefined && undone === undefined;
  const { limits, listening = { waitMs: limits.timeoutMs } } = bench.inputs;
  const until = performance.now() + (waits ? Math.min(limits.timeoutMs, listening.waitMs) : 0);
  while (look() !== undefined && performance.now() < until)
    await own.more(Math.min(BETWEEN_MS, until - performance.now()));
  return look();
}

/** The other side's books may change without a message to this one. */
const BETWEEN_MS = 50;

function find({ counterparts }: Bench, name: string): Counterpart {
  const found = counterparts[name];
  if (found === undefined) throw new Error(`there is no counterpart ${name}`);
  return found;
}

/** Rows that count, of one visit. */
function rowsOf({ ledger }: Counterpart, visit: string): readonly LedgerRow[] {
  return ledger.rows().filter(({ mdtrtId, state }) => mdtrtId === visit && state !== 'reversed');
}

function countSettled(rows: readonly LedgerRow[], wanted: number): Bilingual | undefined {
  const found = rows.filter(({ state }) => state === 'settled').length;
  return found === wanted
    ? undefined
    : {
        zh: `账上有效结算应为 ${wanted} 笔，实为 ${found} 笔`,
        en: `the books should have ${wanted} settlements in force, they have ${found}`,
      };
}

/** What was said of a settlement, against the books of who decides. */
function againstWord(rows: readonly LedgerRow[], { read }: Exchange): Bilingual | undefined {
  const settled = rows.filter(({ state }) => state === 'settled');
  if (read?.state !== 'read')
    return settled.length <= 1
      ? undefined
      : {
          zh: `同一笔费用结算了 ${settled.length} 次`,
          en: `the same fees are settled ${settled.length} times`,
        };
  if (!read.answer.success) {
    return settled.length === 0
      ? undefined
      : {
          zh: '告知未办成，而参保地账上该笔结算有效',
          en: 'it was told as not done, and the settlement is in force in the books of the insured place',
        };
  }
  const toldId = leaf(child(read.answer.output, 'setlinfo'), 'setl_id');
  if (settled.length === 1 && settled[0]?.setlId === toldId) return undefined;
  return {
    zh: `告知已结算（${toldId}），而参保地账上有效结算为 ${settled.map(({ setlId }) => setlId).join('、') || '无'}`,
    en: `it was told as settled (${toldId}), and the books of the insured place have ${settled.map(({ setlId }) => setlId).join(', ') || 'nothing'} in force`,
  };
}

/** What was said of taking a settlement back. */
function againstUndoing(rows: readonly LedgerRow[], { read }: Exchange): Bilingual | undefined {
  if (read?.state !== 'read') return undefined;
  const isInForce = rows.some(({ state }) => state === 'settled');
  if (isInForce !== read.answer.success) return undefined;
  return isInForce
    ? { zh: '告知已撤销，而原结算仍有效', en: 'it was told as undone, and the settlement is in force' }
    : {
        zh: '告知未撤销，而原结算已不在账上',
        en: 'it was told as not undone, and the settlement is not in force',
      };
}

function compare(own: readonly LedgerRow[], other: readonly LedgerRow[]): Bilingual | undefined {
  const [here, there] = [own, other].map((rows) => rows.map((row) => JSON.stringify(row)).toSorted());
  return JSON.stringify(here) === JSON.stringify(there)
    ? undefined
    : {
        zh: `两地账目不一致：${own.length} 笔与 ${other.length} 笔`,
        en: `the books of the two sides differ: ${own.length} rows and ${other.length}`,
      };
}
