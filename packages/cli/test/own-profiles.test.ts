import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endAll, figuresOf, makeFolder, speak } from './spoken.ts';

const SETTLE = fileURLToPath(new URL('../../../docs/quickstart/5-settle.json', import.meta.url));

function folderWith(profile: Readonly<Record<string, unknown>> | string): string {
  const dir = makeFolder();
  mkdirSync(join(dir, 'mine'));
  const text =
    typeof profile === 'string'
      ? profile
      : JSON.stringify({
          id: 'mine',
          version: '1',
          title: { zh: '本省', en: 'mine' },
          extends: 'national',
          source: 'test',
          confidence: 'project design',
          ...profile,
        });
  writeFileSync(join(dir, 'mine/profile.json'), text);
  return dir;
}

const OWN_FIELD = {
  overlay: {
    transactions: {
      '2207': {
        request: { data: { add: [{ name: 'own', label: { zh: '本地' }, type: 'string', required: true }] } },
      },
    },
    valueSets: { med_type: { '140104': { zh: '门诊慢特病（本省）' } } },
  },
};

const COMMANDS = [
  ['validate', SETTLE],
  ['spec', 'show', '2207'],
] as const;

describe('Profiles of a folder that is given with --dir', () => {
  after(endAll);

  it('are what yiqiao validate holds a message against', async () => {
    const dir = folderWith(OWN_FIELD);
    const told = figuresOf(await speak('validate', SETTLE, '--profile', 'mine', '--dir', dir, '--json'));
    const { faults } = told as unknown as { readonly faults: readonly { readonly at: string }[] };
    assert.deepEqual(
      faults.map(({ at }) => at),
      ['/input/data/own'],
    );
  });

  it('are what yiqiao spec show tells, with the codes that the region adds', async () => {
    const dir = folderWith(OWN_FIELD);
    const fields = await speak('spec', 'show', '2207', '--profile', 'mine', '--dir', dir);
    assert.match(fields.out, /own +本地/);
    const codes = await speak('spec', 'show', '2206', '--profile', 'mine', '--dir', dir, '--json');
    assert.match(codes.out, /"140104":"门诊慢特病（本省）"/);
  });

  for (const command of COMMANDS) {
    it(`tell their faults in that folder: ${command.slice(0, -1).join(' ')}`, async () => {
      const dir = folderWith('{"id" "mine"}');
      const told = await speak(...command, '--profile', 'mine', '--dir', dir);
      assert.equal(told.code, 2);
      assert.match(told.out + told.err, /PROFILE_BROKEN/);
      assert.ok((told.out + told.err).includes(join(dir, 'mine/profile.json#')));
    });

    it(`are refused where there is no such folder: ${command.slice(0, -1).join(' ')}`, async () => {
      const dir = join(makeFolder(), 'nowhere');
      const told = await speak(...command, '--profile', 'mine', '--dir', dir);
      assert.equal(told.code, 2);
      assert.match(told.out + told.err, /nowhere.*--dir/);
    });
  }
});
