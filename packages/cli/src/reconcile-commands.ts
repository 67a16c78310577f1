/** The commands of the daily reconciliation; what they need is loaded by them only. */
import type { Command } from 'commander';
import type { Add, Run } from './command-types.ts';
import type * as reconcile from './reconcile.ts';

/** Adds `reconcile` and `reconcile-queue`. */
export function addReconcile(program: Command, add: Add, run: Run): void {
  const settings = ['--settings <file>', 'what is compared: docs/reconciliation.md'] as const;
  add(program, 'reconcile', 'compare the books of a day: gateway, hospital, platform; name every difference')
    .argument('<day>', 'yyyy-MM-dd')
    .requiredOption(...settings)
    .option('--resolve', 'undo by 2601 and 2208 what the rules allow; without it nothing is changed')
    .action(
      run(async (...args: Parameters<typeof reconcile.reconcile>) =>
        (await import('./reconcile.ts')).reconcile(...args),
      ),
    );
  add(program, 'reconcile-queue', 'differences that wait for a person, of all days')
    .requiredOption(...settings)
    .option('--done <key>', 'a difference that was dealt with')
    .option('--reason <text>', 'what was found out and done; no names, no person numbers')
    .action(
      run(async (...args: Parameters<typeof reconcile.showQueue>) =>
        (await import('./reconcile.ts')).showQueue(...args),
      ),
    );
}
