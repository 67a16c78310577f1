/** The commands and their options. Each command is a file of its own. */
import { Argument, Command, CommanderError, Option } from 'commander';
import { addAdapters } from './adapter-commands.ts';
import { addAdminCommands } from './admin-commands.ts';
import type * as certs from './certs.ts';
import { checkCode, standardNames } from './check-code.ts';
import type { Add, Run } from './command-types.ts';
import { checkConfig } from './check-config.ts';
import { addConformance } from './conformance-commands.ts';
import { runDemo } from './demo.ts';
import { examine } from './doctor.ts';
import type * as drill from './drill/drill.ts';
import { addEvidence } from './evidence-commands.ts';
import { addJournal } from './journal-commands.ts';
import { addKeys } from './key-commands.ts';
import { checkAllMaps } from './map-check.ts';
import { explainFile } from './map-explain.ts';
import { scanForIdentifiers } from './privacy-scan.ts';
import { checkProfile, newProfile } from './profile-new.ts';
import { addReconcile } from './reconcile-commands.ts';
import { createReport, EXIT } from './report.ts';
import type { Report, Streams } from './report.ts';
import { makeSignature, verifySignature } from './sign.ts';
import { diagnoseFile } from './sign-diagnose.ts';
import { sendFile } from './send.ts';
import { showTransaction } from './spec-show.ts';
import { runStart } from './start.ts';
import { validateFile } from './validate.ts';
import { ownVersion } from './version.ts';

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

function createProgram(run: Run, streams: Streams): Command {
  const program = new Command('yiqiao')
    .description('Yiqiao 医桥: cross-province medical-insurance settlement')
    .option('--json', 'print one JSON object as the last line of standard output')
    .version(ownVersion(), '-V, --version', 'print the version')
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

  addRunning(program, add, run);
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
  addValidate(program, add, run);
  addJournal(program, add, run);
  addEvidence(program, add, run);
  addReconcile(program, add, run);
  addConformance(program, add, run);
  const certs = addTrust(program, add, run);
  const config = program.command('config').description('gateway configuration').exitOverride();
  add(config, 'check', 'check a configuration file, its keys, peers and profiles')
    .argument('<file>')
    .action(run(checkConfig));
  addAdminCommands({ program, config, certs }, add, run);
  addAdapters(program, add, run);
  addKnowledge(program, run, add);
  addSigning(program, run, add);
  const code = program.command('code').description('national business codes').exitOverride();
  add(code, 'check', 'tell which code standards a code fits, and why it does not fit the others')
    .argument('<code>')
    .option(
      '--as <name>',
      'only this standard (institution), or a field that holds its codes (fixmedins_code)',
    )
    .addHelpText('after', () => `\n${standardNames()}`)
    .action(run(checkCode));
  return program;
}

function addValidate(program: Command, add: Add, run: Run): void {
  const list = (value: string, all: readonly string[] = []): string[] => [...all, value];
  add(program, 'validate', 'check a message against a profile and list everything that is wrong or odd')
    .argument('<file>', 'a message: JSON, or predecessor XML')
    .option('--profile <id>', 'profile', 'national')
    .option('--transaction <number>', 'transaction number, when the message does not say')
    .option('--response', 'the message is an answer')
    .option('--beside <name=value>', 'what a relay tells beside the bytes, may be repeated', list)
    .addOption(
      new Option('--strict', 'each departure is a fault; so it is for national').conflicts('tolerant'),
    )
    .option('--tolerant', 'report what may pass as deviation; so it is for the profile of a region')
    .option(...FURTHER)
    .action(run(validateFile));
}

/** What runs the product, and what looks whether it can run. */
function addRunning(program: Command, add: Add, run: Run): void {
  add(program, 'start', 'start the sandbox world and run its visits, or one gateway with --config')
    .option('--config <file>', 'start a single gateway from this YAML file')
    .option(
      '--data <folder>',
      'where the sandbox keeps its keys, configurations and journals',
      '.yiqiao/sandbox',
    )
    .action(run(runStart));
  add(program, 'demo', 'run the visits, print the receipts and end')
    .addArgument(
      new Argument(
        '[story]',
        'in place of the visits, a story: a visit over the internet, from the diagnosis to the invoice, and undone',
      ).choices(['internet-plus']),
    )
    .option('--further', 'also an inpatient stay and a purchase in a pharmacy')
    .action(
      run(async (report, story: string | undefined, options: { further?: boolean }) =>
        story === undefined
          ? runDemo(report, options)
          : (await import('./demo-internet-plus.ts')).runInternetPlus(report),
      ),
    );
  add(program, 'drill', 'break the sandbox in several ways, show what is seen and done, compare the books')
    .option('--only <exercise>', 'one exercise alone')
    .option('--step', 'wait for Enter before each')
    .action(
      run(async (...args: Parameters<typeof drill.runDrill>) =>
        (await import('./drill/drill.ts')).runDrill(...args),
      ),
    );
  add(
    program,
    'doctor',
    'look at everything a gateway needs: configuration, clock, disk, ports, certificates, far sides',
  )
    .requiredOption('--config <file...>', 'configuration of a gateway; running or not')
    .action(run(examine));
}

/** Keys, certificates, personal data; returns the group of certificates. */
function addTrust(program: Command, add: Add, run: Run): Command {
  addKeys(program, add, run);
  const certs = addCertificates(program, add, run);
  const privacy = program.command('privacy').description('personal data').exitOverride();
  add(privacy, 'scan', 'find unmasked identifiers of persons in files and folders, whatever they hold')
    .argument('<path...>')
    .action(run(scanForIdentifiers));
  return certs;
}

/** Certificates; what reads them is loaded by these commands only. */
function addCertificates(program: Command, add: Add, run: Run): Command {
  const group = program.command('certs').description('X.509 certificates: SM2, RSA, ECDSA').exitOverride();
  const list = (value: string, all: readonly string[] = []): string[] => [...all, value];
  add(group, 'make-pki', 'make a test authority with certificates for institutions; never for production')
    .argument('<folder>')
    .option('--institution <code>', 'institution, may be repeated', list, [])
    .option('--host <name>', 'host name or address of the TLS server, may be repeated', list, [])
    .option('--days <number>', 'how long the certificates hold', '365')
    .action(
      run(async (...args: Parameters<typeof certs.makePki>) => (await import('./certs.ts')).makePki(...args)),
    );
  const password = ['--password-file <file>', 'file with the password of PKCS#12 files'] as const;
  add(group, 'show', 'show what certificate files say (PEM, DER, PKCS#12); private keys are never printed')
    .argument('<file...>')
    .option(...password)
    .action(
      run(async (...args: Parameters<typeof certs.showCertificates>) =>
        (await import('./certs.ts')).showCertificates(...args),
      ),
    );
  add(group, 'check', 'check certificates against trusted roots, revocation, use and institution')
    .argument('<file...>')
    .requiredOption('--anchors <file...>', 'trusted roots')
    .option('--intermediates <file...>', 'certificates between')
    .option('--crl <file...>', 'revocation lists')
    .option('--ocsp <file...>', 'OCSP answers')
    .option('--require-revocation', 'refuse a certificate of whose revocation nothing is known')
    .addOption(
      new Option('--use <use>', 'what it is for').choices([
        'signing',
        'encryption',
        'tls-server',
        'tls-client',
      ]),
    )
    .option('--institution <code>', 'institution that the subject must name')
    .option('--at <time>', 'check for this time instead of now')
    .option(...password)
    .action(
      run(async (...args: Parameters<typeof certs.checkCertificates>) =>
        (await import('./certs.ts')).checkCertificates(...args),
      ),
    );
  return group;
}

/** Commands about the signature of one message. */
function addSigning(program: Command, run: Run, add: Add): void {
  const sign = program.command('sign').description('signatures of messages').exitOverride();
  const addOne = (name: string, description: string): Command =>
    add(sign, name, description)
      .requiredOption('--message <file>', 'the message')
      .option('--profile <id>', 'signing profile', 'fsi-main-cainfo')
      .option('--settings <file>', 'JSON: credentials, variants, userId, peerUserId, appSecret, userIds');
  addOne('make', 'sign a message, or make the headers to send with it')
    .option('--key <file>', 'own private key')
    .option('--peer-key <file>', 'public key of the far side, where the profile wants it')
    .option('--out <file>', 'write to this file instead of standard output')
    .action(run(makeSignature));
  addOne('verify', 'tell whether the signature of a message is good')
    .option('--key <file>', 'public key or certificate of the sender')
    .option('--peer-key <file>', 'own private key, where the profile wants it')
    .option('--headers <file>', 'JSON with the headers that came, where the profile signs in headers')
    .action(run(verifySignature));
  addOne('diagnose', 'find out why a signature fails')
    .option('--key <file>', 'public key or certificate of the sender, where the profile has SM2')
    .option('--headers <file>', 'JSON with the headers that came, where the profile signs in headers')
    .option('--other-keys <files...>', 'keys of other parties who may have signed')
    .action(run(diagnoseFile));
}

/** Profiles that are not the program's own. */
const FURTHER = [
  '--dir <folder>',
  'folder of further profiles, which come before the built-in ones',
] as const;

/** Commands that tell what is known of the interface and of the maps. */
function addKnowledge(program: Command, run: Run, add: Add): void {
  const map = program.command('map').description('maps between the profiles').exitOverride();
  add(map, 'check', 'prove that the maps of all profiles, or of one, lose nothing undeclared')
    .argument('[profile]')
    .option('--seed <number>', 'decides the generated messages', '1')
    .option(...FURTHER)
    .action(run(checkAllMaps));
  add(map, 'explain', 'tell field by field where each value of a message comes from and goes to')
    .argument('<file>')
    .option('--from <profile>', 'the form of the message', 'national')
    .requiredOption('--to <profile>', 'the form it is to take')
    .option('--transaction <number>', 'transaction number, when the message does not say')
    .option('--response', 'the message is an answer')
    .option(...FURTHER)
    .action(run(explainFile));
  const profile = program.command('profile').description('a region as files').exitOverride();
  const folder = ['--dir <folder>', 'folder that holds the profiles', 'schemas/provincial'] as const;
  add(profile, 'new', 'begin a profile: its files, a sample, and checks that tell what to fill in next')
    .argument('<name>')
    .option('--like <form>', 'national, delimited, xml or json', 'national')
    .option(...folder)
    .action(run(newProfile));
  add(profile, 'check', 'tell what is left to fill in of a profile')
    .argument('<name>')
    .option(...folder)
    .action(run(checkProfile));
  const spec = program.command('spec').description('what is known of the interface').exitOverride();
  add(spec, 'show', 'show a transaction: fields, codes, how well they are attested, which profiles change it')
    .argument('<transaction>')
    .option('--profile <id>', 'profile', 'national')
    .option(...FURTHER)
    .action(run(showTransaction));
}
