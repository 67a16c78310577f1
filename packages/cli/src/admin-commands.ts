/** Commands that ask the admin API of a running gateway, and that make its tokens. */
import type { Command } from 'commander';
import { makeToken } from './admin-token.ts';
import { checkAudit, listAudit } from './audit.ts';
import type { Add, Run } from './command-types.ts';
import { listExchanges, resolveExchange, showExchange } from './exchanges.ts';
import {
  listCertificates,
  listClosures,
  reloadConfiguration,
  showConfiguration,
  showStatus,
} from './gateway-views.ts';
import { lookAtExchanges } from './odd-exchanges.ts';
import { listPeers } from './peers.ts';

/** Adds them; `config` and `certs` are groups that have other commands, too. */
export function addAdminCommands(
  { program, config, certs }: { program: Command; config: Command; certs: Command },
  add: Add,
  run: Run,
): void {
  const addAsking = (parent: Command, name: string, description: string): Command =>
    askingAdmin(add(parent, name, description));
  const group = (name: string, description: string): Command =>
    program.command(name).description(description).exitOverride();

  addAsking(program, 'status', 'health and figures of a running gateway').action(run(showStatus));
  addExchanges(
    group('exchanges', 'exchanges of a gateway, above all those handed to a person'),
    addAsking,
    run,
  );
  addAsking(
    group('peers', 'the far sides of a gateway'),
    'list',
    'one line for each: well, down or closed, what waits, what is not known',
  ).action(run(listPeers));
  addAsking(group('closures', 'when far sides are closed'), 'list', 'all that the configuration says').action(
    run(listClosures),
  );
  addAsking(
    certs,
    'list',
    'certificates and keys that a running gateway uses, and how long they hold',
  ).action(run(listCertificates));
  addAsking(config, 'show', 'the configuration in force, without keys and tokens').action(
    run(showConfiguration),
  );
  addAsking(config, 'reload', 'have a running gateway read its configuration again')
    .requiredOption('--reason <text>', 'why, for the audit log')
    .action(run(reloadConfiguration));
  addAudit(group('audit', 'who did what through the admin API'), addAsking, run);
  const token = group('admin', 'the admin API').command('token').description('its tokens').exitOverride();
  add(token, 'make', 'make a token for one person; the configuration gets its hash')
    .requiredOption('--name <name>', 'whose it is')
    .requiredOption('--role <role>', 'viewer, operator, auditor or administrator')
    .option('--expires <day>', 'last day on which it holds, such as 2027-01-31')
    .option('--out <file>', 'write it to this file, readable by its owner alone, instead of showing it')
    .action(run(makeToken));
}

function addExchanges(exchanges: Command, add: Add, run: Run): void {
  add(exchanges, 'list', 'list exchanges, newest first')
    .option(
      '--state <state>',
      'all, open, answered, rejected, reversed or handed-to-person; without it: what waits for a person',
    )
    .option('--odd <waiting|looked>', 'with odd answers that nobody has looked at, or that somebody has')
    .option('--day <day>', 'accepted on this day in China')
    .option('--peer <id>', 'sent by this peer')
    .option('--institution <code>', 'of this institution')
    .option('--transaction <number>', 'of this transaction')
    .option('--message-id <msgid>', 'with this msgid of the sender')
    .option('--before <number>', 'only exchanges before this one')
    .option('--limit <count>', 'at most so many, up to 500')
    .action(run(listExchanges));
  add(exchanges, 'show', 'show an exchange and the messages sent for it')
    .argument('<number>')
    .option('--reveal', 'the messages themselves, persons included; goes on record')
    .option('--reason <text>', 'why they have to be seen')
    .action(run(showExchange));
  add(exchanges, 'resolve', 'put on record what a person found out about an exchange')
    .argument('<number>')
    .requiredOption('--as <state>', 'answered (it was done), reversed or rejected (it was not)')
    .requiredOption('--reason <text>', 'how that was found out; no names and no person numbers')
    .option('--operator <text>', 'who found it out; only for a token that several people share')
    .action(run(resolveExchange));
  add(exchanges, 'looked', 'put on record that somebody has looked at odd answers; changes no outcome')
    .argument('<numbers...>')
    .requiredOption('--reason <text>', 'what was found; no names and no person numbers')
    .option('--operator <text>', 'who has looked; only for a token that several people share')
    .action(run(lookAtExchanges));
}

function addAudit(audit: Command, add: Add, run: Run): void {
  add(audit, 'list', 'list entries, newest first')
    .option('--operator <name>', 'by the holder of this token')
    .option('--action <action>', 'such as exchange.resolve')
    .option('--outcome <outcome>', 'begun, done or refused')
    .option('--before <number>', 'only entries before this one')
    .option('--limit <count>', 'at most so many, up to 500')
    .action(run(listAudit));
  add(audit, 'check', 'follow the chain of hashes')
    .option('--known <entry>', 'NUMBER:HASH of an entry noted elsewhere, such as in the log')
    .action(run(checkAudit));
}

/** Options of a command that asks the admin API. */
export function askingAdmin(command: Command): Command {
  return command
    .option('--url <url>', 'admin API; default: a gateway of the running sandbox')
    .option('--token-file <file>', 'file with the bearer token; default: the sandbox’s')
    .option(
      '--gateway <name>',
      'gateway of the sandbox: national, predecessor, hub, insuredPlace',
      'national',
    )
    .option('--data <folder>', 'folder of the running sandbox', '.yiqiao/sandbox');
}
