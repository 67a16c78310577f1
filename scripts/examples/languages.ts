/** The examples of docs/clients, and what each takes to run. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** One example. */
export interface Example {
  readonly name: string;
  /** Why it cannot be tried on this machine; `undefined` when it can. */
  missing(): string | undefined;
  /** Commands to run in its folder, one after the other; the last one gets URL and key files. `scratch` is a folder to build in. */
  commands(scratch: string): readonly (readonly string[])[];
}

/** Where Debian and others put BouncyCastle. */
const BOUNCY_CASTLE = ['/usr/share/java/bcprov.jar', '/usr/local/share/java/bcprov.jar'];

/** In the order of docs/clients/README.md; `node` needs the package of `npm run package:sdk` and is tried by its test. */
export const EXAMPLES: readonly Example[] = [
  {
    name: 'curl',
    missing: () => lacking(['bash', 'curl', 'openssl', 'base64', 'od']) ?? olderOpenssl(),
    commands: () => [['bash', 'signed-call.sh']],
  },
  {
    name: 'python',
    missing: () => lacking(['python3']),
    commands: () => [['python3', '-B', 'signed_call.py']],
  },
  {
    name: 'java',
    missing: () => lacking(['java', 'javac']) ?? (bouncyCastle() === undefined ? 'bcprov.jar' : undefined),
    commands: () => [['java', '-Dfile.encoding=UTF-8', '-cp', bouncyCastle() ?? '', 'SignedCall.java']],
  },
  {
    name: 'csharp',
    missing: () => lacking(['mcs', 'mono']),
    commands: (scratch) => {
      const program = join(scratch, 'signed-call.exe');
      return [
        ['mcs', '-r:System.Numerics.dll', `-out:${program}`, 'SignedCall.cs', 'Sm2.cs'],
        ['mono', program],
      ];
    },
  },
];

function lacking(tools: readonly string[]): string | undefined {
  const missing = tools.filter((tool) => !isThere(tool));
  return missing.length === 0 ? undefined : missing.join(', ');
}

function isThere(tool: string): boolean {
  return (process.env['PATH'] ?? '')
    .split(':')
    .some((folder) => folder !== '' && existsSync(join(folder, tool)));
}

/** SM2 under a user id of one's own came with OpenSSL 3. */
function olderOpenssl(): string | undefined {
  const version = execFileSync('openssl', ['version'], { encoding: 'utf8' });
  return /^OpenSSL (?:[3-9]|\d\d)/.test(version) ? undefined : `OpenSSL 3 (this is ${version.trim()})`;
}

function bouncyCastle(): string | undefined {
  return BOUNCY_CASTLE.find((file) => existsSync(file));
}
