/** Puts the package together and packs it. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleSdk } from './bundle.ts';
import { declareSdk, TYPE_ENTRIES } from './declarations.ts';
import { writeDocuments } from './documents.ts';
import { noticesOf } from './notices.ts';

/** The package as one file. */
export interface PackedSdk {
  readonly file: string;
  readonly bytes: number;
  readonly unpackedBytes: number;
  readonly files: number;
}

/** What of schemas/ a program needs; the JSON Schemas of the model are documentation. */
const DATA = ['national', 'provincial', 'peripheral', 'signing', 'canonical/operations'];

/** Makes the package in a folder of its own and packs it into `target`. */
export async function packSdk(root: string, target: string): Promise<PackedSdk> {
  const folder = mkdtempSync(join(tmpdir(), 'yiqiao-sdk-'));
  try {
    await assemble(root, folder);
    mkdirSync(target, { recursive: true });
    return npmPack(folder, target);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The folder of the package, as it is installed. */
async function assemble(root: string, folder: string): Promise<void> {
  const modules = await bundleSdk(root, join(folder, 'dist'));
  writeFileSync(join(folder, 'NOTICES.md'), noticesOf(modules));
  declareSdk(root, join(folder, 'dist'));
  for (const name of DATA) {
    cpSync(join(root, 'schemas', name), join(folder, 'schemas', name), {
      recursive: true,
      filter: (source) => !source.endsWith('.md'),
    });
  }
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  writeFileSync(join(folder, 'schemas/package.json'), '{ "type": "module" }\n');
  writeDocuments(root, folder);
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifestOf(root), null, 2)}\n`);
}

function manifestOf(root: string): object {
  const { name, version, description, license } = JSON.parse(
    readFileSync(join(root, 'packages/sdk/package.json'), 'utf8'),
  ) as Readonly<Record<string, string>>;
  const entry = (types: string, code: string) => ({ types: `./dist/${types}`, default: `./dist/${code}` });
  return {
    name,
    version,
    description,
    license,
    type: 'module',
    engines: { node: '>=22.19.0' },
    sideEffects: false,
    exports: {
      '.': entry(TYPE_ENTRIES['.'], 'index.js'),
      './testing': entry(TYPE_ENTRIES['./testing'], 'testing.js'),
      './package.json': './package.json',
    },
    files: ['dist', 'schemas', 'docs', 'README.md', 'LICENSE', 'NOTICES.md'],
  };
}

function npmPack(folder: string, target: string): PackedSdk {
  const said = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', target], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [packed] = JSON.parse(said) as readonly {
    filename: string;
    size: number;
    unpackedSize: number;
    entryCount: number;
  }[];
  if (packed === undefined) throw new Error('npm pack told nothing');
  return {
    file: join(target, packed.filename.replace(/^@/, '').replace('/', '-')),
    bytes: packed.size,
    unpackedBytes: packed.unpackedSize,
    files: packed.entryCount,
  };
}
