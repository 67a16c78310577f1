/** Holds the tree against the layout, the dependency table and the size rules of the style guide. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Which of our packages a package may import. An arrow more needs a decision record. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  schemas: [],
  model: [],
  registry: ['model', 'schemas'],
  signer: ['model'],
  journal: ['model'],
  wire: ['registry', 'model'],
  mapping: ['registry', 'model'],
  router: ['registry', 'journal', 'model'],
  transport: ['model'],
  'insurance-platform': ['transport', 'model', 'wire', 'mapping', 'signer', 'registry'],
  sdk: ['insurance-platform', 'transport', 'mapping', 'wire', 'signer', 'registry', 'model'],
  his: ['sdk', 'model'],
  pharmacy: ['sdk', 'model'],
  prescription: ['sdk', 'model'],
  'e-invoice': ['sdk', 'model'],
  'mobile-payment': ['sdk', 'model'],
  evidence: ['signer', 'journal', 'model'],
  reconciliation: ['sdk', 'journal', 'model'],
  gateway: [
    'model',
    'registry',
    'wire',
    'mapping',
    'signer',
    'journal',
    'router',
    'transport',
    'insurance-platform',
    'evidence',
  ],
  sandbox: ['model'],
  conformance: [
    'sandbox',
    'gateway',
    'his',
    'pharmacy',
    'prescription',
    'e-invoice',
    'mobile-payment',
    'sdk',
    'mapping',
    'wire',
    'signer',
    'registry',
    'model',
  ],
  cli: [
    'model',
    'registry',
    'wire',
    'mapping',
    'signer',
    'journal',
    'router',
    'transport',
    'sdk',
    'gateway',
    'sandbox',
    'insurance-platform',
    'his',
    'pharmacy',
    'prescription',
    'e-invoice',
    'mobile-payment',
    'evidence',
    'reconciliation',
    'conformance',
  ],
};

/** Where an outside library is at home. */
const HOMES: Readonly<Record<string, readonly string[]>> = {
  '@hapi/hapi': ['gateway', 'sandbox'],
  'hapi-pino': ['gateway'],
  pino: ['gateway'],
  'prom-client': ['gateway'],
  'reflect-metadata': ['gateway'],
  tsyringe: ['gateway'],
  yaml: ['gateway', 'cli'],
  pg: ['journal', 'his'],
  ajv: ['registry'],
  'iconv-lite': ['wire', 'sandbox', 'conformance'],
  'node-forge': ['signer'],
  '@peculiar/asn1-ocsp': ['signer'],
  '@peculiar/asn1-schema': ['signer'],
  '@peculiar/asn1-x509': ['signer'],
  'swagger-ui-dist': ['gateway'],
  undici: ['transport', 'sandbox'],
  saxes: ['sandbox', 'conformance'],
  'sm-crypto-v2': ['sandbox'],
  commander: ['cli'],
};

/** What people expect to find at the top, beside dot-files. */
const TOP_LEVEL = [
  ['packages', 'schemas', 'adapters', 'conformance', 'deploy', 'docs', 'scripts', 'node_modules'],
  [
    'package.json',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    'tsconfig.base.json',
    'tsconfig.json',
    'knip.json',
  ],
  ['README.md', 'README.zh-CN.md', 'ARCHITECTURE.md', 'CHANGELOG.md', 'LICENSE', 'SECURITY.md'],
].flat();

const MAX_LINES = 400;
const manifests = filesOf('{packages/*,adapters/*,conformance,schemas}/package.json').map((file) => ({
  folder: dirname(file),
  ...readManifest(file),
}));
const code = filesOf('{packages,adapters,conformance,scripts}/**/*.{ts,mjs}');
const product = code.filter((file) => /^(?:packages|adapters|conformance)\b.*\/src\//.test(file));

describe('Dependencies point inward', () => {
  for (const { name, folder, dependencies } of manifests) {
    it(`${name} imports only what the table gives it`, () => {
      const allowed = ARROWS[name];
      assert.ok(allowed, `${folder} is not in the table`);
      const ours = dependencies.filter((one) => one.startsWith('@yiqiao/')).map((one) => one.slice(8));
      assert.deepEqual(
        ours.filter((one) => !allowed.includes(one)),
        [],
      );
    });

    it(`${name} is a home of every outside library it uses`, () => {
      const outside = dependencies.filter((one) => !one.startsWith('@yiqiao/'));
      assert.deepEqual(
        outside.filter((one) => HOMES[one]?.includes(name) !== true),
        [],
      );
    });
  }

  it('goes through package names: no relative import leaves its package', () => {
    const leaving = product.flatMap((file) => {
      const depth = file.split('/src/')[1]?.split('/').length ?? 0;
      const climb = new RegExp(`from '(?:\\.\\./){${depth},}`);
      return climb.test(read(file)) ? [file] : [];
    });
    assert.deepEqual(leaving, []);
  });

  it('leaves the environment to one file', () => {
    const readers = product.filter((file) => /\bprocess\s*\.\s*env\b|\bprocess\[/.test(read(file)));
    assert.deepEqual(
      readers.filter((file) => file !== 'packages/gateway/src/config.ts'),
      [],
    );
  });
});

describe('The layout', () => {
  it('has nothing at the top that people do not expect there', () => {
    const visible = readdirSync(root).filter((name) => !name.startsWith('.') && !name.endsWith('.log'));
    assert.deepEqual(
      visible.filter((name) => !TOP_LEVEL.includes(name)),
      [],
    );
  });

  it('gives every package a README and one entry', () => {
    const missing = manifests
      .flatMap(({ name, folder }) => [
        `${folder}/README.md`,
        ...(name === 'schemas' ? [] : [`${folder}/src/index.ts`]),
      ])
      .filter((file) => !existsSync(join(root, file)));
    assert.deepEqual(missing, []);
  });

  it('names things: nothing is called utils, common, helpers, shared or core', () => {
    const vague = code.filter((file) =>
      file.split('/').some((part) => /^(?:utils?|common|helpers?|shared|core)(?:\.|$)/.test(part)),
    );
    assert.deepEqual(vague, []);
  });

  it('writes file names in kebab-case', () => {
    const odd = code.filter((file) => !/^[a-z0-9]+(?:[-.][a-z0-9]+)*$/.test(basename(file)));
    assert.deepEqual(odd, []);
  });

  it(`keeps every file of code within ${MAX_LINES} lines`, () => {
    const long = code
      .filter((file) => !file.includes('.generated.'))
      .map((file) => ({ file, lines: read(file).trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > MAX_LINES);
    assert.deepEqual(long, []);
  });

  it('names no place of one machine', () => {
    const texts = filesOf(
      '{packages,adapters,conformance,scripts,schemas,docs,.ci}/**/*.{ts,mjs,json,md,yaml,yml,pem,xml}',
    );
    const top = readdirSync(root, { withFileTypes: true }).flatMap((entry) =>
      entry.isFile() && entry.name !== 'pnpm-lock.yaml' ? [entry.name] : [],
    );
    // Put together here so that this file does not find itself.
    const homes = ['work', 'home', 'Users', 'tmp'].join('|');
    const place = new RegExp(`(?:^|[\\s"'\`(=:])/(?:${homes})/[\\w.-]`, 'm');
    assert.deepEqual(
      [...texts, ...top].filter((file) => place.test(read(file))),
      [],
    );
  });
});

function filesOf(pattern: string): readonly string[] {
  return globSync(pattern, { cwd: root, exclude: (path) => basename(path) === 'node_modules' })
    .map((file) => file.replaceAll('\\', '/'))
    .toSorted();
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** Its name without our scope, and what it needs to run; development dependencies are exempt. */
function readManifest(file: string): { name: string; dependencies: readonly string[] } {
  const { name, ...rest } = JSON.parse(read(file)) as { name: string } & Record<
    'dependencies' | 'optionalDependencies' | 'peerDependencies',
    Record<string, string> | undefined
  >;
  const dependencies = [rest.dependencies, rest.optionalDependencies, rest.peerDependencies];
  return {
    name: name.replace('@yiqiao/', ''),
    dependencies: dependencies.flatMap((one) => Object.keys(one ?? {})),
  };
}
