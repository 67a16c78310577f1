/** What is to be said of each region, and that it is said. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { GatewayError } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import type { PartState } from '@yiqiao/registry';
import { profileFile, schemasFolder } from './schemas-folder.ts';

const PARTS = [
  'transport',
  'charset',
  'shape',
  'envelope',
  'errors',
  'maps',
  'overlay',
  'samples',
  'source',
  'confidence',
];
const PROVINCIAL = new URL('../../../schemas/provincial/', import.meta.url);

function samplesOf(id: string): readonly string[] {
  try {
    return readdirSync(new URL(`${id}/samples/`, PROVINCIAL));
  } catch {
    return [];
  }
}

describe('every folder of schemas/provincial', () => {
  const registry = createRegistry();
  const ids = registry.profiles().filter((id) => id !== 'national');

  it('is among them', () => assert(ids.length >= 34, `${ids.length} profiles`));

  for (const id of ids) {
    it(`says of each part what it is, or why nobody knows: ${id}`, () => {
      const parts = registry.profileParts(id);
      assert.deepEqual(
        parts.map(({ part }) => part),
        PARTS,
      );
      assert.deepEqual(
        parts.filter(({ state }) => state === 'missing'),
        [],
      );
      for (const { state, from, because } of parts) {
        assert.notEqual(from, undefined);
        assert.equal(state === 'unknown', (because ?? '').length > 10);
      }
    });
  }

  for (const id of ids) {
    const files = samplesOf(id);
    it(`has samples without a real person's number: ${id}, ${files.length}`, () => {
      for (const file of files) {
        const text = readFileSync(new URL(`${id}/samples/${file}`, PROVINCIAL), 'latin1');
        assert.doesNotMatch(
          text,
          /[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)/,
        );
      }
    });
  }
});

describe('the parts of a profile', () => {
  const partsOf = (files: Record<string, unknown>, id: string): readonly PartState[] => {
    const folder = schemasFolder(files);
    try {
      return createRegistry({ schemas: folder.url }).profileParts(id);
    } finally {
      folder.remove();
    }
  };
  const told = (parts: readonly PartState[], name: string): string => {
    const found = parts.find(({ part }) => part === name);
    return [found?.state, found?.from, found?.because].filter((word) => word !== undefined).join(' ');
  };

  it('are its own, inherited from the nearest that has them, unknown where it says so, or missing', () => {
    const parts = partsOf(
      {
        'provincial/province/profile.json': profileFile('province', {
          codec: 'plain-xml',
          envelope: { charset: 'GBK' },
          transport: { kind: 'HTTP POST' },
          errors: { rule: 'code' },
        }),
        'provincial/city/profile.json': profileFile('city', {
          extends: 'province',
          errors: { rule: 'other code' },
          unknownParts: { transport: 'nobody tells', samples: 'none was seen' },
        }),
      },
      'city',
    );
    const names = ['transport', 'charset', 'shape', 'errors', 'samples', 'maps', 'source'];
    assert.deepEqual(
      names.map((name) => told(parts, name)),
      [
        'unknown city nobody tells',
        'inherited province',
        'inherited province',
        'own city',
        'unknown city none was seen',
        'missing',
        'own city',
      ],
    );
  });

  it('need a request and an answer as samples, of their own', () => {
    const sample = (id: string, half: string): readonly [string, unknown] => [
      `provincial/${id}/samples/T.${half}.json.txt`,
      {},
    ];
    const files = {
      'provincial/both/profile.json': profileFile('both', {}),
      'provincial/one/profile.json': profileFile('one', { extends: 'both' }),
      ...Object.fromEntries([
        sample('both', 'request'),
        sample('both', 'response'),
        sample('one', 'request'),
      ]),
    };
    assert.deepEqual(
      ['both', 'one'].map((id) => told(partsOf(files, id), 'samples')),
      ['own both', 'missing'],
    );
  });

  it('are called by their names: another in unknownParts is refused with its place', () => {
    const folder = schemasFolder({
      'provincial/odd/profile.json': profileFile('odd', { unknownParts: { sample: 'none' } }),
    });
    const registry = createRegistry({ schemas: folder.url });
    assert.throws(
      () => registry.profileParts('odd'),
      (error) =>
        error instanceof GatewayError &&
        error.details.faults?.[0]?.at.startsWith('schemas/provincial/odd/profile.json#/unknownParts') ===
          true,
    );
    folder.remove();
  });
});
