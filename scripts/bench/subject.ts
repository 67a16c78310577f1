/**
 * One thing under measurement, in a process of its own: `subject.ts proxy URL` or `subject.ts gateway CONFIG`.
 * Speaks over the process channel: sends `{ url }` when ready, answers `cpu`, `memory`, `sm2` and `stop`.
 */
import { startGateway } from '@yiqiao/gateway';
import { measureRawSm2 } from './raw-sm2.ts';
import { startProxy } from './proxy.ts';

/** What the parent asks for. */
export type Question =
  { readonly ask: 'cpu' | 'memory' | 'stop' } | { readonly ask: 'sm2'; readonly rounds: number };

const [kind, argument = ''] = process.argv.slice(2);
const subject = kind === 'proxy' ? await startProxy(argument) : await startGateway({ configFile: argument });

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
process.send?.({ url: subject.url });
