import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A small schemas folder: one transaction, one operation, and whatever is given. Texts are written as they are. */
export function schemasFolder(files: Record<string, unknown>): { url: URL; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'yiqiao-registry-'));
  for (const [path, content] of Object.entries({ ...BASE, ...files })) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return {
    url: pathToFileURL(`${folder}/`),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** A profile file that extends another one. */
export function profileFile(id: string, members: Record<string, unknown>): Record<string, unknown> {
  const title = { zh: '试验', en: 'trial' };
  return { id, version: '1', title, source: 'test', confidence: 'project design', ...members };
}

function field(name: string, rest: object): object {
  return { name, label: { zh: `${name}标签` }, type: 'string', required: true, ...rest };
}

const BASE = {
  'national/routing.json': { ranges: [], reads: [] },
  'national/pooling-areas.json': { areas: [] },
  'national/dictionary.json': {
    exp: { name: 'extension', label: { zh: '扩展', en: 'extension' }, kind: 'text' },
  },
  'national/code-standards.json': { classes: {}, standards: [], fields: [] },
  'national/identities.json': { identities: [] },
  'national/envelope.json': { request: [field('infno', { length: 4 })], response: [] },
  'national/profile.json': profileFile('national', {}),
  'national/transactions/7000.json': {
    number: '7000',
    name: { zh: '试验', en: 'Trial' },
    request: [
      {
        node: 'data',
        repeated: false,
        fields: [
          field('code', { length: 3 }),
          field('name', { length: 4 }),
          field('exp', { required: false }),
        ],
      },
    ],
    response: [],
  },
};
