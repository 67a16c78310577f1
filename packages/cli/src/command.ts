/** The commands and their options. Each command is a file of its own. */
import { Command, CommanderError } from 'commander';
import { checkCode } from './check-code.ts';
import { checkConfig } from './check-config.ts';
import { runDemo } from './demo.ts';
import { listExchanges, resolveExchange, showExchange } from './exchanges.ts';
import { makeKeys, showKey } from './keys.ts';
import { checkAllMaps } from './map-check.ts';
import { explainFile } from './map-explain.ts';
import { createReport, EXIT } from './report.ts';
import type { Report, Streams } from './report.ts';
import { sendFile } from './send.ts';
import { showTransaction } from './spec-show.ts';
import { runStart } from './start.ts';
import { validateFile } from './validate.ts';

/** Runs one command line; resolves with the exit code. */
export async function runCommand(args: readonly string[], streams: Streams): Promise<number> {
  let exitCode: number = EXIT.ok;
  const json = args.includes('--json');
  const report = createReport({ json, streams });
  const run =
    <T extends unknown[]>(command: (report: Report, ...rest: T) => Promise<number> | number) =>
    async (...rest: T): Promise<void> => {
      try {
        exitCode = await command(report, ...rest);
      } catch (error) {
        exitCode = report.fail(error);
      }
    };
  const program = createProgram(run, streams);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.ok;
    return json ? report.fail(new Error(error.message)) : EXIT.unusable;
  }
  return exitCode;
}

type Run = <T extends unknown[]>(
  command: (report: Report, ...rest: T) => Promise<number> | number,
) => (...rest: T) => Promise<void>;

function createProgram(run: Run, streams: Streams): Command {
  const program = new Command('yiqiao')
    .description('Yiqiao 医桥: cross-province medical-insurance settlement')
    .option('--json', 'print one JSON object as the last line of standard output')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.out.write(text),
      writeErr: (text) => streams.err.write(text),
    })
    .showHelpAfterError('(yiqiao --help lists the commands)');
  const add = (parent: Command, name: string, description: string): Command =>
    parent
      .command(name)
      .description(description)
      .option('--json', 'one JSON object as the last line')
      .exitOverride();

  add(program, 'start', 'start the sandbox world and run its visits, or one gateway with --config')
    .option('--config <file>', 'start a single gateway from this YAML file')
    .option(
      '--data <folder>',
      'where the sandbox keeps its keys, configurations and journals',
      '.yiqiao/sandbox',
    )
    .action(run(runStart));
  add(program, 'demo', 'run the visits, print the receipts and end')
    .option('--further', 'also an inpatient stay and a purchase in a pharmacy')
    .action(run(runDemo));
  add(program, 'send', 'sign and send a national message (JSON) and print the answer')
    .argument('<file>', 'the message; with --fresh its msgid and inf_time are renewed')
    .option('--to <url>', 'endpoint; default: the care-place gateway of a running sandbox')
    .option(
      '--key <file>',
      'private key (PEM, hex or base64); default: the sandbox HIS’s; "none" sends unsigned',
    )
    .option('--fresh', 'renew msgid and inf_time before sending')
    .option('--data <folder>', 'folder of the running sandbox', '.yiqiao/sandbox')
    .action(run(sendFile));
  add(program, 'validate', 'check a message against a profile and list everything that is wrong or odd')
    .argument('<file>', 'a message: JSON, or predecessor XML')
    .option('--profile <id>', 'profile', 'national')
    .option('--transaction <number>', 'transaction number, when the message does not say')
    .option('--response', 'the message is an answer')
    .option('--tolerant', 'report what may pass as deviation instead of fault')
    .action(run(validateFile));
  addExchanges(program, add, run);
  const keys = program.command('keys').description('SM2 keys').exitOverride();
  add(keys, 'make', 'make a key pair')
    .option('--out <folder>', 'folder to write to', '.')
    .option('--name <name>', 'file name without extension', 'sm2')
    .action(run(makeKeys));
  add(keys, 'show', 'show what a key file holds; a private key is never printed')
    .argument('<file>')
    .action(run(showKey));
  const config = program.command('config').description('gateway configuration').exitOverride();
  add(config, 'check', 'check a configuration file, its keys, peers and profiles')
    .argument('<file>')
    .action(run(checkConfig));
  addKnowledge(program, run, add);
  const code = program.command('code').description('national business codes').exitOverride();
  add(code, 'check', 'tell which code standards a code fits, and why it does not fit the others')
    .argument('<code>')
    .option('--as <standard>', 'only this standard, for example institution, drug, citizen-id')
    .action(run(checkCode));
  return program;
}

type Add = (parent: Command, name: string, description: string) => Command;

/** Commands that tell what is known of the interface and of the maps. */
function addKnowledge(program: Command, run: Run, add: Add): void {
  const map = program.command('map').description('maps between the profiles').exitOverride();
  add(map, 'check', 'prove that the maps of all profiles, or of one, lose nothing undeclared')
    .argument('[profile]')
    .option('--seed <number>', 'decides the generated messages', '1')
    .action(run(checkAllMaps));
  add(map, 'explain', 'tell field by field where each value of a message comes from and goes to')
    .argument('<file>')
    .option('--from <profile>', 'the form of the message', 'national')
    .requiredOption('--to <profile>', 'the form it is to take')
    .option('--transaction <number>', 'transaction number, when the message does not say')
    .option('--response', 'the message is an answer')
    .action(run(explainFile));
  const spec = program.command('spec').description('what is known of the interface').exitOverride();
  add(spec, 'show', 'show a transaction: fields, codes, how well they are attested, which profiles change it')
    .argument('<transaction>')
    .option('--profile <id>', 'profile', 'national')
    .action(run(showTransaction));
}

function addExchanges(program: Command, add: Add, run: Run): void {
  const exchanges = program
    .command('exchanges')
    .description('what was handed to a person, through the admin API of a gateway')
    .exitOverride();
  const addOne = (name: string, description: string): Command =>
    add(exchanges, name, description)
      .option('--url <url>', 'admin API; default: a gateway of the running sandbox')
      .option('--token-file <file>', 'file with the bearer token; default: the sandbox’s')
      .option(
        '--gateway <name>',
        'gateway of the sandbox: national, predecessor, hub, insuredPlace',
        'national',
      )
      .option('--data <folder>', 'folder of the running sandbox', '.yiqiao/sandbox');
  addOne('list', 'list exchanges, newest first')
    .option(
      '--state <state>',
      'all, open, answered, rejected, reversed or handed-to-person',
      'handed-to-person',
    )
    .option('--before <number>', 'only exchanges before this one')
    .option('--limit <count>', 'at most so many, up to 500')
    .action(run(listExchanges));
  addOne('show', 'show an exchange and the messages sent for it')
    .argument('<number>')
    .action(run(showExchange));
  addOne('resolve', 'put on record what a person found out about an exchange')
    .argument('<number>')
    .requiredOption('--as <state>', 'answered (it was done), reversed or rejected (it was not)')
    .requiredOption('--reason <text>', 'how that was found out; no names and no person numbers')
    .requiredOption('--operator <text>', 'who found it out')
    .action(run(resolveExchange));
}
