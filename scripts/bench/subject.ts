/**
 * One thing under measurement, in a process of its own: `subject.ts KIND ARGUMENT`, where a proxy's argument is an
 * address and a gateway's its configuration. Speaks over the process channel: sends `{ url }` when ready and answers
 * what it is asked.
 */
import { dirname, join } from 'node:path';
import { startGateway } from '@yiqiao/gateway';
import { createSqliteJournal } from '@yiqiao/journal';
import { systemClock } from '@yiqiao/model';
import { countWrites } from './counting-journal.ts';
import { createMemoryJournal } from './memory-journal.ts';
import { measureRawSm2 } from './raw-sm2.ts';
import { startProxy } from './proxy.ts';

/** What can be measured: a gateway as it is, one without durable journal, one that counts its writes. */
export type Kind = 'proxy' | 'gateway' | 'gateway-in-memory' | 'gateway-counting';

/** What the parent asks for. */
export type Question =
  | { readonly ask: 'cpu' | 'memory' | 'writes' | 'reload' | 'stop' }
  | { readonly ask: 'sm2'; readonly rounds: number };

/** A thing at work. */
interface Running {
  readonly url: string;
  reload?(): void;
  writes?(): number;
  close(): Promise<void>;
}

async function start(kind: Kind, argument: string): Promise<Running> {
  switch (kind) {
    case 'proxy':
      return startProxy(argument);
    case 'gateway':
      return startGateway({ configFile: argument });
    case 'gateway-in-memory':
      return startGateway({ configFile: argument, journal: createMemoryJournal() });
    case 'gateway-counting': {
      const file = join(dirname(argument), 'counted.sqlite');
      const { journal, writes } = countWrites(createSqliteJournal({ file, clock: systemClock }));
      return { ...(await startGateway({ configFile: argument, journal })), writes };
    }
  }
}

const [kind, argument = ''] = process.argv.slice(2);
const subject = await start(kind as Kind, argument);

async function answer(question: Question): Promise<unknown> {
  switch (question.ask) {
    case 'cpu': {
      const { user, system } = process.cpuUsage();
      return user + system;
    }
    case 'memory':
      globalThis.gc?.();
      return process.memoryUsage.rss();
    case 'sm2':
      return measureRawSm2(question.rounds);
    case 'writes':
      return subject.writes?.() ?? 0;
    case 'reload':
      subject.reload?.();
      return 'reloaded';
    case 'stop':
      await subject.close();
      return 'stopped';
  }
}

process.on('message', (question: Question) => {
  void answer(question).then((value) => {
    process.send?.({ value });
    if (question.ask === 'stop') process.disconnect();
  });
});
// A parent that is killed must leave nothing behind.
process.on('disconnect', () => process.exit());
process.send?.({ url: subject.url });
