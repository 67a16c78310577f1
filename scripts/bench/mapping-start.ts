/**
 * How long a process takes until knowledge is ready, measured in itself: `mapping-start.ts none|lazy|all`. `none`: the
 * registry alone; `lazy`: as a gateway of one national peer has it; `all`: every profile opened, its overlays applied, its
 * codec made and its map files parsed. Maps and validators are compiled when a message first needs them, in none of the
 * three. Prints the milliseconds after all modules are loaded.
 */
import { createRegistry } from '../../packages/registry/src/index.ts';
import { createWireCodec } from '../../packages/wire/src/index.ts';
import { GatewayError } from '@yiqiao/model';

const began = performance.now();
const registry = createRegistry();
const [what = 'none'] = process.argv.slice(2);
const ids = { none: [], lazy: ['national'], all: registry.profiles() }[what] ?? [];
for (const id of ids) open(id);
process.stdout.write(`${(performance.now() - began).toFixed(2)}\n`);

function open(id: string): void {
  const profile = registry.profile(id);
  try {
    createWireCodec(profile, { layout: (number, direction) => registry.definition(id, number)?.[direction] });
  } catch (error) {
    // A region whose messages no source shows has no codec.
    if (!(error instanceof GatewayError)) throw error;
  }
  for (const transaction of registry.mapFiles(id)) registry.mapFile(id, transaction);
}
