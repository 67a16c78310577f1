/**
 * A gateway in a process of its own. Arguments: configuration file, and what its clock shows: `+MS` for one that
 * is ahead of the machine's, `=MS` for one that stands still. Tells its URL through the IPC channel; the message
 * `stop` closes it. It does not outlive the test.
 */
import assert from 'node:assert/strict';
import { startGateway } from '@yiqiao/gateway';

const [configFile, shows = '+0'] = process.argv.slice(2);
assert(configFile !== undefined, 'the configuration file is the first argument');

const shown = Number(shows.slice(1));
const now = shows.startsWith('=') ? () => shown : () => Date.now() + shown;
const gateway = await startGateway({ configFile, clock: { now } });
process.on('message', () => void gateway.close().then(() => process.disconnect()));
process.on('disconnect', () => process.exit());
process.send?.(gateway.url);
