/** One poller as a process of its own, for his-tables-part.ts: the desk on a store file, an insurer that answers after a while. */
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { systemClock } from '@yiqiao/model';
import { openStore } from '@yiqiao/sdk';
import { compileMap, createDesk, createExchangeTables, createPolicies } from '@yiqiao/his';
import type { VendorMap } from '@yiqiao/his';
import { createInsurer } from '../../adapters/his/test/insurer.ts';
import { SETTINGS } from '../../adapters/his/test/rig.ts';

/** What the poller is started with, as its only argument. */
export interface PollerTask {
  readonly connection: string;
  readonly store: string;
  readonly map: VendorMap;
  /** How long the insurer takes. */
  readonly answerMs: number;
}

const [, , argument] = process.argv;
assert(argument !== undefined, 'the task is the argument');
const task = JSON.parse(argument) as PollerTask;
const insurer = createInsurer();
const store = openStore(task.store);
const desk = createDesk({
  store,
  clock: systemClock,
  settings: SETTINGS,
  policies: createPolicies(),
  port: {
    ...insurer,
    async call(operation, body, options) {
      await setTimeout(task.answerMs);
      return insurer.call(operation, body, options);
    },
  },
});
const { connection, map } = task;
const poller = createExchangeTables({ connection, map: compileMap(map), desk });
await poller.start();
process.on('message', (message) => {
  if (message === 'stop') void poller.stop().then(() => process.exit(0));
  else process.send?.({ cpuMs: cpuMs(), ...poller.figures() });
});
process.send?.('ready');

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
