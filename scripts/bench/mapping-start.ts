/**
 * How long a process takes until knowledge is ready, measured in itself: `mapping-start.ts none|lazy|all`. `none`: the
 * registry alone; `lazy`: as a gateway has it whose peers speak the national form; `all`: as one has it that has a peer
 * of every profile: each is checked as the gateway checks it, its overlays applied, its codec and its dialect made. Maps
 * and validators are compiled when a message first needs them, in none of the three. Prints milliseconds after all
 * modules are loaded, as JSON: `processor`, of all threads of the process, and `clock`.
 */
import { createDoors } from '../../adapters/insurance-platform/src/index.ts';
import { createRegistry } from '../../packages/registry/src/index.ts';
import { GatewayError, systemClock } from '@yiqiao/model';

const began = performance.now();
const before = process.cpuUsage();
const registry = createRegistry();
const [what = 'none'] = process.argv.slice(2);
const ids = { none: [], lazy: ['national'], all: registry.profiles() }[what] ?? [];
const limits = { maxBytes: 4 * 1024 * 1024, maxDepth: 32, maxNodes: 200_000 };
const doors = createDoors({ registry, clock: systemClock, limits, referenceId: () => '' });
let open = 0;
for (const id of ids) open += isOpen(id) ? 1 : 0;
const { user, system } = process.cpuUsage(before);
const clock = performance.now() - began;
process.stdout.write(`${JSON.stringify({ processor: (user + system) / 1_000, clock, open })}\n`);

/** A region whose messages no source shows has no codec, and no gateway opens it. */
function isOpen(id: string): boolean {
  try {
    doors.of(registry.profile(id));
    return true;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return false;
  }
}
