/** The commands about evidence; what they need is loaded by them only. */
import type { Command } from 'commander';
import type { Add, Run } from './command-types.ts';
import type * as evidence from './evidence.ts';

/** Adds `evidence`. */
export function addEvidence(program: Command, add: Add, run: Run): void {
  const group = program.command('evidence').description('proof of what was sent and answered').exitOverride();
  const journal = [
    '--journal <file>',
    'another journal file, e.g. a back-up; with --config for its keys',
  ] as const;
  const config = ['--config <file>', 'configuration of the gateway, which is not running'] as const;
  const anchor = ['--anchor <file...>', 'trusted roots: of the signer, of the time-stamp authority'] as const;
  add(group, 'export', 'write the evidence of one exchange to a file that stands for itself')
    .argument('<exchange>', 'its number, or its message id')
    .option(...config)
    .option(...journal)
    .requiredOption('--out <file>', 'the file; holds personal data, never overwritten')
    .option('--without-contents', 'leave the messages out: what is left holds no person')
    .action(
      run(async (...args: Parameters<typeof evidence.exportFile>) =>
        (await import('./evidence.ts')).exportFile(...args),
      ),
    );
  add(group, 'verify', 'check an evidence file offline, without a journal; name what was changed')
    .argument('<file>')
    .option(...anchor)
    .option('--extract <folder>', 'also write its messages, byte for byte, when it is sound')
    .action(
      run(async (...args: Parameters<typeof evidence.verifyFile>) =>
        (await import('./evidence.ts')).verifyFile(...args),
      ),
    );
  add(group, 'check', 'hold a whole journal against its signed roots; find every change, gap and insertion')
    .option(...config)
    .option(...journal)
    .option(...anchor)
    .option('--known <number:hash>', 'a root noted elsewhere, e.g. in the log of the gateway')
    .option('--threads <number>', 'processors to use; all when absent')
    .option('--entries-only', 'leave out what the tables and the audit log say beside the entries')
    .action(
      run(async (...args: Parameters<typeof evidence.checkStore>) =>
        (await import('./evidence.ts')).checkStore(...args),
      ),
    );
}
