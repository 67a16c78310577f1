/** The types of the package: the declarations of ours that its entries reach, with relative names only. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Folders of the packages that are part of it. */
const PACKAGES: Readonly<Record<string, string>> = {
  model: 'packages/model',
  registry: 'packages/registry',
  wire: 'packages/wire',
  mapping: 'packages/mapping',
  signer: 'packages/signer',
  transport: 'packages/transport',
  'insurance-platform': 'adapters/insurance-platform',
  sdk: 'packages/sdk',
};

/** What a type of somebody else is taken from: every program for Node has these with `@types/node`. */
const FOREIGN: Readonly<Record<string, string>> = { undici: 'undici-types' };

/** Entry of the package → the file of its types, below the folder. */
export const TYPE_ENTRIES = {
  '.': 'types/sdk/index.d.ts',
  './testing': 'types/sdk/testing/index.d.ts',
} as const;

/** Writes the declarations below `folder`. @throws Error with the compiler's own words */
export function declareSdk(root: string, folder: string): void {
  const emitted = emit(root);
  try {
    const pending: string[] = Object.values(TYPE_ENTRIES);
    const done = new Set<string>();
    for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
      if (done.has(file)) continue;
      done.add(file);
      const { text, reached } = rewrite(readFileSync(join(emitted, sourceOf(file)), 'utf8'), file);
      const target = join(folder, file);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
      pending.push(...reached);
    }
  } finally {
    rmSync(emitted, { recursive: true });
  }
}

function emit(root: string): string {
  const outDir = mkdtempSync(join(root, 'node_modules/.cache-sdk-types-'));
  const config = join(outDir, 'tsconfig.json');
  const settings = {
    extends: join(root, 'tsconfig.base.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      outDir,
      rootDir: root,
      types: ['node'],
      typeRoots: [join(root, 'node_modules/@types')],
    },
    include: Object.values(PACKAGES).map((name) => join(root, name, 'src')),
  };
  writeFileSync(config, JSON.stringify(settings));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  try {
    execFileSync(process.execPath, [tsc, '-p', config], { encoding: 'utf8' });
  } catch (error) {
    rmSync(outDir, { recursive: true });
    throw new Error(`the types do not compile: ${String((error as { stdout?: unknown }).stdout)}`, {
      cause: error,
    });
  }
  return outDir;
}

/** `types/model/money.d.ts` → `packages/model/src/money.d.ts`. */
function sourceOf(file: string): string {
  const [, name = '', ...rest] = file.split('/');
  return join(PACKAGES[name] ?? '', 'src', ...rest);
}

/** Makes every name of a module relative or foreign, and tells which of ours are reached. */
function rewrite(text: string, file: string): { readonly text: string; readonly reached: readonly string[] } {
  const reached: string[] = [];
  const to = (target: string): string => {
    reached.push(target.replace(/\.js$/, '.d.ts'));
    const path = relative(dirname(file), target);
    return path.startsWith('.') ? path : `./${path}`;
  };
  const written = text.replaceAll(
    /((?:from|import)\s*\(?\s*)(['"])([^'"]+)\2/g,
    (_all, lead: string, quote: string, name: string) => `${lead}${quote}${moved(name, file, to)}${quote}`,
  );
  return { text: written, reached };
}

function moved(name: string, file: string, to: (target: string) => string): string {
  if (name.startsWith('.')) return to(join(dirname(file), name).replace(/\.ts$/, '.js'));
  const [, own, entry = ''] = /^@yiqiao\/([^/]+)(?:\/(.+))?$/.exec(name) ?? [];
  if (own !== undefined) return to(`types/${own}/${entry === '' ? 'index' : `${entry}/index`}.js`);
  return FOREIGN[name] ?? name;
}
