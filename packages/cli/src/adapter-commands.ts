/** The commands about adapters; what they need is loaded by them only. */
import type { Command } from 'commander';
import type * as adapterKeys from './adapter-keys.ts';
import type * as adapterNew from './adapter-new.ts';
import type * as adapterRun from './adapter-run.ts';
import type { Add, Run } from './command-types.ts';
import type * as sandbox from './sandbox-platform.ts';
import type * as trace from './trace.ts';

/** Adds `adapter`, `trace` and `sandbox`. */
export function addAdapters(program: Command, add: Add, run: Run): void {
  const group = program
    .command('adapter')
    .description('adapters: HIS, pharmacy, prescription, invoice, payment, or your own')
    .exitOverride();
  add(
    group,
    'new',
    'write a package for an adapter of your own; its tests run at once and tell what is missing',
  )
    .argument('<name>', 'lower-case letters, digits and hyphens')
    .option('--dir <folder>', 'where to write it; default: a folder of that name')
    .action(
      run(async (...args: Parameters<typeof adapterNew.newAdapter>) =>
        (await import('./adapter-new.ts')).newAdapter(...args),
      ),
    );
  add(group, 'run', 'start an adapter from a YAML file and serve until it is told to stop')
    .argument(
      '<file>',
      '`adapter:` names it (his, pharmacy, …, ./folder of your own); the rest are its settings',
    )
    .action(
      run(async (...args: Parameters<typeof adapterRun.runAdapter>) =>
        (await import('./adapter-run.ts')).runAdapter(...args),
      ),
    );
  add(group, 'check', 'check such a file and name everything that is wrong, starting nothing')
    .argument('<file>')
    .action(
      run(async (...args: Parameters<typeof adapterRun.checkAdapter>) =>
        (await import('./adapter-run.ts')).checkAdapter(...args),
      ),
    );
  add(
    group,
    'rotate-key',
    'seal everything in the store of such a file with its key, while it is not running',
  )
    .argument('<file>')
    .action(
      run(async (...args: Parameters<typeof adapterKeys.rotateStoreKey>) =>
        (await import('./adapter-keys.ts')).rotateStoreKey(...args),
      ),
    );
  add(program, 'trace', 'print what hangs together with a number, from the diagnosis to the invoice')
    .argument('<number>', 'of a visit, prescription, settlement, invoice, order, …')
    .option('--store <file...>', 'stores of the adapters')
    .option('--config <file...>', 'files of the adapters: their stores, opened with their keys')
    .option('--admin <url>', 'admin API of the gateway that carried the messages: what became of each')
    .option('--token-file <file>', 'file with the bearer token for it')
    .action(
      run(async (...args: Parameters<typeof trace.showTrace>) =>
        (await import('./trace.ts')).showTrace(...args),
      ),
    );
  add(program, 'sandbox', 'start a simulated platform and serve; without a name, list them')
    .argument('[platform]', 'its name')
    .option('--port <number>', 'port on 127.0.0.1; a free one when absent')
    .option('--fault <fault...>', 'what goes wrong with the next message, KIND or KIND:OPERATION[:TIMES]')
    .action(
      run(async (...args: Parameters<typeof sandbox.runPlatform>) =>
        (await import('./sandbox-platform.ts')).runPlatform(...args),
      ),
    );
}
