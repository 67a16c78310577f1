/** The commands of the conformance suite; what they need is loaded by them only. */
import { Option } from 'commander';
import type { Command } from 'commander';
import type { Add, Run } from './command-types.ts';
import type * as asking from './conformance-inputs.ts';
import type * as campaign from './conformance-run.ts';
import type * as knowledge from './conformance-show.ts';

/** Where `conformance inputs` writes and `conformance run` looks, below the folder in which they are called. */
export const INPUTS_FILE = '.yiqiao/conformance/inputs.json';

/** Adds `conformance`. */
export function addConformance(program: Command, add: Add, run: Run): void {
  const group = program
    .command('conformance')
    .description('test a system before it goes live, and say what it does not meet')
    .exitOverride();
  const list = (value: string, all: readonly string[] = []): string[] => [...all, value];
  const options = (command: Command): Command =>
    command
      .option('--inputs <file>', 'codes, test persons, keys, abilities, limits: docs/conformance.md')
      .option('--waivers <file>', 'requirements that need not be met for now, with owner, reason and expiry')
      .option('--results <file>', 'where the results are kept', '.yiqiao/conformance/last.json')
      .option('--junit <file>', 'also as JUnit XML')
      .option('--html <file>', 'also as joint-test report, with a CSV beside it')
      .option('--tester <text>', 'who tests, for the report')
      .option('--owner <text>', 'whose system it is, for the report')
      .option('--clock <time>', 'let the clock of the suite stand at yyyy-MM-dd HH:mm:ss, time of China')
      .option('--exact', 'keep the exact bytes of failing messages; they are not masked')
      .option('--statement <file>', 'also a signed statement; with --key')
      .option('--key <file>', 'private key (PEM, hex or base64) that signs the statement');
  options(add(group, 'run', 'run a kit against a target'))
    .requiredOption('--kit <kit>', 'which kit: yiqiao conformance list')
    .option('--target <url>', 'where messages are posted')
    .option('--listen [port]', 'play the platform for a target that is a client, driven by a cashier')
    .option('--resume', 'with --listen: go on after a break')
    .option('--answers <file>', 'with --listen: answers or a driving command in place of a person')
    .option('--from <log>', 'judge recorded messages: NDJSON, HAR, an evidence file, or a folder of them')
    .option('--profile <id>', 'profile that the target speaks', 'national')
    .option('--signing <id>', 'signing profile of the target, for the kit signature')
    .option('--only <id>', 'a requirement or scenario, * for anything; may be repeated', list)
    .addOption(new Option('--level <level>', 'leave out what weighs less').choices(['must', 'should', 'may']))
    .option('--seed <number>', 'decides the order of scenarios', '1')
    .option('--rules <version>', 'version of the rules', '2026-11')
    .action(
      run(async (...args: Parameters<typeof campaign.runConformance>) =>
        (await import('./conformance-run.ts')).runConformance(...args),
      ),
    );
  options(add(group, 'rerun', 'run once more what was not met'))
    .requiredOption('--failed', 'what failed, warned or was in error')
    .action(
      run(async (...args: Parameters<typeof campaign.rerunFailed>) =>
        (await import('./conformance-run.ts')).rerunFailed(...args),
      ),
    );
  add(group, 'inputs', 'ask once what a run has to know, and keep it in one file')
    .option('--profile <id>', 'profile whose preset is offered', 'national')
    .option('--out <file>', 'the file; what it has is kept', INPUTS_FILE)
    .option('--set <path=value>', 'an answer instead of a question; may be repeated', list)
    .option('--yes', 'ask nothing')
    .action(
      run(async (...args: Parameters<typeof asking.askInputs>) =>
        (await import('./conformance-inputs.ts')).askInputs(...args),
      ),
    );
  addKnowing(group, add, run);
}

function addKnowing(group: Command, add: Add, run: Run): void {
  add(group, 'list', 'list the kits, or the requirements of one')
    .argument('[kit]')
    .option('--rules <version>', 'version of the rules', '2026-11')
    .option('--profile <id>', 'the kit as it is for a target of this profile')
    .option('--signing <id>', 'the kit signature under this signing profile')
    .option('--matrix', 'the matrix of the kit: which combinations are required, which optional')
    .action(
      run(async (...args: Parameters<typeof knowledge.listKits>) =>
        (await import('./conformance-show.ts')).listKits(...args),
      ),
    );
  add(group, 'explain', 'tell what a requirement wants, why, and how it is found out')
    .argument('<requirement>')
    .option('--rules <version>', 'version of the rules', '2026-11')
    .action(
      run(async (...args: Parameters<typeof knowledge.explainRequirement>) =>
        (await import('./conformance-show.ts')).explainRequirement(...args),
      ),
    );
  add(group, 'compare', 'tell what differs between the results of two runs')
    .argument('<before>')
    .argument('<after>')
    .action(
      run(async (...args: Parameters<typeof knowledge.compareResults>) =>
        (await import('./conformance-show.ts')).compareResults(...args),
      ),
    );
  add(group, 'verify', 'tell whether a signed statement is good, and what it says')
    .argument('<statement>')
    .requiredOption('--key <file>', 'public key or certificate of who signed it')
    .action(
      run(async (...args: Parameters<typeof knowledge.verifySigned>) =>
        (await import('./conformance-show.ts')).verifySigned(...args),
      ),
    );
}
