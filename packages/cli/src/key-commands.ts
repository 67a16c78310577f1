/** The commands about keys, and about the process that holds them for others. */
import type { Command } from 'commander';
import type { Add, Run } from './command-types.ts';
import { checkKey, makeKeys, rotateKeys, showKey } from './keys.ts';
import { checkSigner, serveSigner } from './signer-serve.ts';

/** Adds `keys` and `signer`. */
export function addKeys(program: Command, add: Add, run: Run): void {
  const keys = program.command('keys').description('SM2 keys').exitOverride();
  add(keys, 'make', 'make a key pair')
    .option('--out <folder>', 'folder to write to', '.')
    .option('--name <name>', 'file name without extension', 'sm2')
    .action(run(makeKeys));
  add(keys, 'show', 'show what a key file holds; a private key is never printed')
    .argument('<file>')
    .action(run(showKey));
  add(keys, 'check', 'prove that a private key signs, fits its public half, and that only its owner reads it')
    .argument('<file>')
    .option('--public <file>', 'public key or certificate that should fit it')
    .action(run(checkKey));
  add(keys, 'rotate', 'make the next key and tell what to write into the configurations of both sides')
    .argument('<file>', 'the private key in use')
    .requiredOption('--from <date>', 'from when the new key signs, for example 2027-01-31')
    .option('--overlap <days>', 'for how long the far sides still take the old one', '30')
    .option('--out <folder>', 'folder to write to', '.')
    .option('--name <name>', 'file name without extension', 'sm2-next')
    .action(run(rotateKeys));
  addSigner(program, add, run);
}

function addSigner(program: Command, add: Add, run: Run): void {
  const list = (value: string, all: readonly string[] = []): string[] => [...all, value];
  const signer = program.command('signer').description('a process that holds keys and signs').exitOverride();
  add(signer, 'serve', 'sign for gateways on this host, which have a token but not the keys')
    .requiredOption('--key <name=file>', 'a private key under a name, may be repeated', list)
    .requiredOption('--token-file <file>', 'file with the token that callers show')
    .option('--port <number>', 'port on 127.0.0.1; 0 takes a free one')
    .option('--socket <path>', 'unix socket instead of a port')
    .action(run(serveSigner));
  add(signer, 'check', 'ask a signer for its keys and try each of them')
    .option('--url <url>', 'for example http://127.0.0.1:9300')
    .option('--socket <path>', 'unix socket instead of a port')
    .requiredOption('--token-file <file>', 'file with the token')
    .action(run(checkSigner));
}
