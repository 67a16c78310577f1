/**
 * A gateway in a process of its own: `gateway-process.ts CONFIG EPOCH_MS`. Its clock begins at the given time. Sends
 * `{ url }` when it listens and answers every message with `{ busyMs }`: the longest time, since the last one, for which
 * one turn of the event loop kept the processor.
 */
import { startGateway } from '@yiqiao/gateway';

const [, , configFile = '', epoch = ''] = process.argv;
const begun = performance.now();
const gateway = await startGateway({
  configFile,
  clock: { now: () => Number(epoch) + Math.floor(performance.now() - begun) },
});

const TICK_MS = 4;
let longest = 0;
let last = process.threadCpuUsage();
const look = (): void => {
  const { user, system } = process.threadCpuUsage(last);
  longest = Math.max(longest, (user + system) / 1_000);
  last = process.threadCpuUsage();
};
setInterval(look, TICK_MS);
look();
longest = 0;

process.on('message', () => {
  look();
  process.send?.({ busyMs: longest });
  longest = 0;
});
// A parent that is killed must leave nothing behind.
process.on('disconnect', () => process.exit());
process.send?.({ url: gateway.base });
