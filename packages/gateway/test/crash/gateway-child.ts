/**
 * A gateway in a process of its own. Arguments: configuration file, and what its clock shows: nothing for the
 * machine's time, `+MS` for a clock that is ahead (or, negative, behind), `=MS` for one that stands still.
 * Tells its URL through the IPC channel; the message `stop` closes it, `{ ahead: MS }` makes its clock jump.
 */
import assert from 'node:assert/strict';
import { startGateway } from '@yiqiao/gateway';

const [configFile, shows = '+0'] = process.argv.slice(2);
assert(configFile !== undefined, 'the configuration file is the first argument');

const standsAt = shows.startsWith('=') ? Number(shows.slice(1)) : undefined;
let aheadMs = standsAt === undefined ? Number(shows) : 0;
const gateway = await startGateway({
  configFile,
  clock: { now: () => standsAt ?? Date.now() + aheadMs },
});
process.on('message', (message) => {
  if (message !== 'stop') {
    aheadMs = (message as { readonly ahead: number }).ahead;
    return;
  }
  void gateway.close().then(() => process.disconnect());
});
process.send?.(gateway.url);
