/**
 * Writes what is generated from data: the canonical model as JSON Schema and as types, the handbook of
 * errors, the glossary and the reference. With `--check` nothing is written: exit code 1 when a file differs from what would be written.
 * With `--json` the last line is an object: `ok`, `files`, `different`.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { createRegistry } from '../packages/registry/src/index.ts';
import { canonicalEntities } from './generate/canonical-entities.ts';
import { entitySchemas } from './generate/canonical-schemas.ts';
import { canonicalTypes } from './generate/canonical-types.ts';
import { clientOpenApi } from './generate/client-openapi.ts';
import { errorHandbook } from './generate/error-handbook.ts';
import { glossary } from './generate/glossary.ts';
import { outcomesTable } from './generate/outcomes-table.ts';
import { reference } from './generate/reference.ts';
import { sdkFamilies } from './generate/sdk-families.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const SCHEMAS = 'schemas/canonical/';
const TYPES = 'packages/model/src/';

/** Path below the root → content before formatting. */
function generated(): ReadonlyMap<string, string> {
  const registry = createRegistry();
  const model = canonicalEntities(registry);
  return new Map([
    ...entitySchemas(model.entities).map(([name, text]) => [`${SCHEMAS}${name}.schema.json`, text] as const),
    ...canonicalTypes(model).map(([name, text]) => [TYPES + name, text] as const),
    ['docs/errors.md', errorHandbook()],
    ['docs/glossary.md', glossary(registry)],
    ...reference(registry),
    outcomesTable(registry),
    sdkFamilies(registry, model),
    clientOpenApi(registry, model),
  ]);
}

/** Schemas, types and pages of the reference that are no longer generated. */
function leftOver(files: ReadonlyMap<string, string>): readonly string[] {
  return [SCHEMAS, `${TYPES}canonical/`, 'docs/reference/']
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => folder + name))
    .filter((path) => /\.(?:schema\.json|generated\.ts|md)$/.test(path) && !files.has(path));
}

async function formatted(path: string, text: string): Promise<string> {
  const options = await resolveConfig(join(root, path));
  return format(text, { ...options, filepath: path });
}

function current(path: string): string | undefined {
  const file = join(root, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function write(path: string, text: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

async function main(): Promise<void> {
  const check = process.argv.includes('--check');
  const files = generated();
  const different = [...leftOver(files)];
  if (!check) for (const path of different) rmSync(join(root, path));
  for (const [path, text] of files) {
    const wanted = await formatted(path, text);
    if (current(path) === wanted) continue;
    different.push(path);
    if (!check) write(path, wanted);
  }
  for (const path of different) console.error(`${check ? 'differs' : 'written'}: ${path}`);
  const ok = !check || different.length === 0;
  if (!ok) console.error('Run `npm run generate` and commit what it writes.');
  if (process.argv.includes('--json')) console.log(JSON.stringify({ ok, files: files.size, different }));
  process.exitCode = ok ? 0 : 1;
}

await main();
