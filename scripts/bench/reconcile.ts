/** What a journal says of a run. */
import { createSqliteJournal } from '@yiqiao/journal';
import { systemClock } from '@yiqiao/model';

/** Counts the exchanges that ended answered. */
export async function countAnswered(file: string): Promise<number> {
  const journal = createSqliteJournal({ file, clock: systemClock });
  let answered = 0;
  let before = Number.MAX_SAFE_INTEGER;
  for (;;) {
    const page = journal.list(before, 500);
    if (page.length === 0) break;
    answered += page.filter(({ state }) => state === 'answered').length;
    before = page.at(-1)?.id ?? 0;
  }
  await journal.close();
  return answered;
}
