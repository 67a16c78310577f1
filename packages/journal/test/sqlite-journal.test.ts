import { createSqliteJournal } from '@yiqiao/journal';
import type { JournalEncryption } from '@yiqiao/journal';
import { describeJournal } from './describe-journal.ts';
import { createPlace } from './journal-file.ts';
import { ALGORITHMS, encryption } from './keys.ts';
import { NOW } from './samples.ts';

const kinds: readonly { name: string; with: { readonly encryption?: JournalEncryption } }[] = [
  { name: 'SQLite journal', with: {} },
  ...ALGORITHMS.map((algorithm) => ({
    name: `SQLite journal, ${algorithm}`,
    with: { encryption: encryption(1, [], algorithm) },
  })),
];

for (const kind of kinds) {
  describeJournal(kind.name, async () => {
    const { file, remove } = createPlace();
    return {
      open: async () => createSqliteJournal({ file, clock: { now: () => NOW }, ...kind.with }),
      remove: async () => remove(),
    };
  });
}
