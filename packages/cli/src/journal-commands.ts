/** The commands about the journal of a gateway. */
import type { Command } from 'commander';
import type { Add, Run } from './command-types.ts';
import { askingAdmin } from './admin-commands.ts';
import { addArchive } from './journal-archive.ts';
import { backUpJournal, restoreJournal } from './journal-backup.ts';
import { checkJournal } from './journal-check.ts';
import { expireContents, rotateKey } from './journal-keep.ts';

/** Adds `journal`. */
export function addJournal(program: Command, add: Add, run: Run): void {
  const journal = program.command('journal').description('the journal of a gateway').exitOverride();
  add(
    journal,
    'check',
    'prove that a journal file, which no gateway has open, holds what was written; repairs nothing',
  )
    .argument('[file]', 'the file; the contents of an encrypted one need --config')
    .option('--config <file>', 'configuration of the gateway, with file and keys')
    .action(run(checkJournal));
  const config = ['--config <file>', 'configuration of the gateway, which is not running'] as const;
  add(journal, 'rotate-key', 'seal everything with the key in force; a running gateway does so by itself')
    .requiredOption(...config)
    .action(run(rotateKey));
  add(journal, 'expire', 'delete contents older than journal.retention; a running gateway does so by itself')
    .requiredOption(...config)
    .action(run(expireContents));
  addArchive(journal, add, run);
  askingAdmin(add(journal, 'backup', 'have a running gateway copy its journal to where it keeps back-ups'))
    .requiredOption('--reason <text>', 'why, for the audit log')
    .action(run(backUpJournal));
  add(journal, 'restore', 'put a back-up in the place of a journal that has been moved aside')
    .argument('<backup>')
    .requiredOption(...config)
    .action(run(restoreJournal));
}
