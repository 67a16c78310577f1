import { createPostgresJournal } from '@yiqiao/journal';
import { describeJournal } from './describe-journal.ts';
import { encryption } from './keys.ts';
import { createPlace } from './postgres-place.ts';
import { NOW } from './samples.ts';

const clock = { now: (): number => NOW };

describeJournal('PostgreSQL journal', async () => {
  const place = await createPlace();
  return {
    open: () => createPostgresJournal({ place, clock, encryption: encryption(1) }),
    remove: async () => undefined,
  };
});
