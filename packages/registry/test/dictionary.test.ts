import assert from 'node:assert/strict';
import type { FieldDefinition } from '@yiqiao/registry';
import { createRegistry } from '@yiqiao/registry';

const registry = createRegistry();
const DIRECTIONS = ['request', 'response'] as const;

/** The profiles of the national form: the baseline, and the regions that differ from it in some fields. */
const profiles = registry.profiles().filter((id) => registry.profile(id).dialect === 'national');

/** The nodes of every transaction of each profile, with where they stand. */
const nodes = profiles.flatMap((id) =>
  registry.profileTransactions(id).flatMap((number) =>
    DIRECTIONS.flatMap((direction) =>
      (registry.definition(id, number)?.[direction] ?? []).map(({ node, fields }) => ({
        place: `${id} ${number} ${direction} ${node}`,
        fields,
      })),
    ),
  ),
);

/** Every name of a field, a renamed one by its national name, with where it stands first. */
const names = new Map(
  nodes
    .flatMap(({ place, fields }) => fields.map((field) => [dictionaryName(field), place] as const))
    .toReversed(),
);

function dictionaryName({ name, nationalName }: FieldDefinition): string {
  return nationalName ?? name;
}

/** English name of a field, which the first test has seen to be there. */
function englishName(field: FieldDefinition): string {
  return registry.findName(dictionaryName(field))?.name ?? '';
}

describe('The dictionary', () => {
  it('names every field of every transaction in English and Chinese, national or of a region', () => {
    assert.ok(profiles.includes('guangdong-shenzhen'));
    for (const [name, place] of names) {
      const entry = registry.findName(name);
      assert.match(entry?.name ?? '', /^[a-z][A-Za-z0-9]*$/, `${place} ${name}`);
      assert.match(entry?.label.en ?? '', /[A-Za-z]/, `${place} ${name}`);
      assert.notEqual(entry?.label.zh.trim(), '', `${place} ${name}`);
    }
  });

  it('gives one English name to one thing', () => {
    const things = new Map<string, unknown>();
    for (const name of names.keys()) {
      const entry = registry.findName(name);
      if (entry === undefined) continue;
      assert.equal(things.get(entry.name) ?? entry, entry, `${name}: ${entry.name}`);
      things.set(entry.name, entry);
    }
    assert.equal(things.size > 1700, true);
  });

  it('gives no two fields of a node the same English name', () => {
    for (const { place, fields: members } of nodes) {
      const english = members.map(englishName);
      assert.deepEqual(
        english.filter((name, index) => english.indexOf(name) !== index),
        [],
        place,
      );
    }
  });

  it('tells the unit of every amount', () => {
    for (const name of names.keys()) {
      const { kind, unit } = registry.findName(name) ?? {};
      if (kind === 'amount') assert.equal(unit, 'CNY', name);
    }
  });

  const PERSONAL = [
    'chfcomp',
    'fmhis',
    'hiv-ab',
    'palg_diag',
    'resd_addr',
    'patnIdcard',
    'psnUserName',
    'recog_pic',
    'app_chnl_user_id',
    'auth_code',
    'cardno',
    'delv_addr',
    'delver_certno',
    'delver_lat',
    'delver_lng',
    'delver_name',
    'delver_tel',
    'dr_sign_info',
    'dspeer_certno',
    'dspeer_name',
    'epc_qrcd',
    'epc_token',
    'hcard_basinfo',
    'hcard_chkinfo',
    'password',
    'patn_ht',
    'patn_wt',
    'phar_sign_info',
    'pro_certno',
    'pro_name',
    'rchk_phar_certno',
    'rchk_phar_name',
    'rx_chk_file',
    'rx_file',
    'undo_dr_certno',
  ];
  for (const name of PERSONAL) {
    it(`calls ${name} personal`, () => assert.equal(registry.findName(name)?.personal, true));
  }
});
