import { createSqliteJournal } from '@yiqiao/journal';
import { describeJournal } from './describe-journal.ts';
import { createPlace } from './journal-file.ts';
import { NOW } from './samples.ts';

describeJournal('SQLite journal', async () => {
  const { file, remove } = createPlace();
  return {
    open: async () => createSqliteJournal({ file, clock: { now: () => NOW } }),
    remove: async () => remove(),
  };
});
