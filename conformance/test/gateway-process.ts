/** Gateways in a process of their own, so that their logs can be read: argv holds a JSON list of what to start. */
import { startGateway } from '@yiqiao/gateway';
import type { Gateway } from '@yiqiao/gateway';
import type { Planned } from './gateways.ts';

const planned = JSON.parse(process.argv[2] ?? '[]') as readonly Planned[];
const gateways = new Map<string, Gateway>();
for (const { name, configFile, now } of planned) {
  const ahead = now - Date.now();
  const clock = { now: () => Date.now() + ahead };
  gateways.set(name, await startGateway({ configFile, clock }));
}
process.once('message', () => {
  void Promise.all([...gateways.values()].map((gateway) => gateway.close())).then(() => process.disconnect());
});
process.send?.([...gateways].map(([name, { url, base }]) => ({ name, url, base })));
