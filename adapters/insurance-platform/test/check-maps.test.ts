import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { checkMaps } from '@yiqiao/insurance-platform';
import type { MapProof } from '@yiqiao/insurance-platform';
import { createRegistry } from '@yiqiao/registry';
import type { Registry } from '@yiqiao/registry';

const SCHEMAS = fileURLToPath(new URL('../../../schemas/', import.meta.url));
const folders: string[] = [];

/** The product's data with one file changed. */
function registryWith(file: string, change: (text: string) => string): Registry {
  const folder = mkdtempSync(join(tmpdir(), 'yiqiao-maps-'));
  folders.push(folder);
  for (const part of ['national', 'canonical', 'signing', 'provincial']) {
    const target = join(folder, part);
    if (file.startsWith(part)) cpSync(join(SCHEMAS, part), target, { recursive: true });
    else symlinkSync(join(SCHEMAS, part), target);
  }
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  const changed = change(text);
  assert.notEqual(changed, text, 'the change must find its place');
  writeFileSync(path, changed);
  return createRegistry({ schemas: pathToFileURL(`${folder}/`) });
}

const rulesOf = ({ faults }: MapProof): string[] => [...new Set(faults.map(({ rule }) => rule))];

describe('the check of the maps', () => {
  after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

  const registry = createRegistry();
  for (const id of registry.profiles()) {
    it(`finds that the maps of ${id} lose nothing undeclared`, () => {
      const proof = checkMaps(registry, id, { seed: 20_260_101 });
      assert.deepEqual(proof.faults, []);
      assert.equal(proof.ok, true);
      assert.equal(proof.mapped + proof.unmapped.length, proof.transactions);
      assert.equal(proof.roundTrips > 0, proof.mapped > 0);
    });
  }

  it('tells the same of the same seed', () => {
    const [one, other] = [1, 2].map(() => checkMaps(registry, 'predecessor-xml', { seed: 5 }));
    assert.deepEqual(one, other);
  });

  it('tells which maps are incomplete, with the fields, and why a transaction has none', () => {
    const { incomplete, notMapped, unmapped } = checkMaps(registry, 'yunnan', { seed: 1 });
    const settlement = incomplete.find(({ map }) => map === 'int_feebalance');
    assert.equal(settlement?.fields.includes('settleOutpatient.total'), true);
    assert.equal(
      incomplete.some(({ map }) => map === 'int_recedefeebalance'),
      false,
    );
    assert.deepEqual(Object.keys(notMapped).toSorted(), unmapped.toSorted());
    assert.match(notMapped['int_transaction'] ?? '', /two-phase/);
  });

  it('counts names without known counterpart as unattested, those of the national form as carried or verbatim', () => {
    const zhejiang = checkMaps(registry, 'zhejiang', { seed: 1 });
    assert.deepEqual([zhejiang.mapped, zhejiang.carried > 0, zhejiang.unattested > 0], [8, true, true]);
    const national = checkMaps(registry, 'national', { seed: 1 });
    assert.deepEqual([national.mapped, national.unattested, national.lost], [149, 0, 0]);
    assert.equal(national.carried + national.verbatim, 6574);
  });

  it('lists each declared loss with its transaction and its reason', () => {
    const { losses, lost } = checkMaps(registry, 'predecessor-xml', { seed: 1 });
    const names = losses
      .filter(({ kind }) => kind === 'lost')
      .flatMap(({ wire, model }) => [...wire, ...model]);
    assert.equal(names.length, lost);
    assert.equal(
      losses.every(({ because, transaction }) => because !== '' && /^\d{4}$/.test(transaction)),
      true,
    );
  });

  const MAP = 'provincial/predecessor-xml/maps/0304.json';
  const SPOILT: Record<string, readonly [file: string, change: (text: string) => string, rule: string]> = {
    'puts an amount where another one is': [
      MAP,
      (text) => text.replace(/"from": "akc264", "to": "total"/, '"from": "akc264", "to": "invoiceNumber"'),
      'map-codec',
    ],
    'names a path that the model lacks': [
      MAP,
      (text) => text.replace(/"to": "total"/, '"to": "totalOfAll"'),
      'map-misnamed',
    ],
    'says with an unknown word how to convert': [
      MAP,
      (text) => text.replace('"as": "fen"', '"as": "cents"'),
      'map-word',
    ],
    'declares an amount lost': [
      MAP,
      (text) => text.replace(/"lost": \[/, '"lost": [{ "model": ["total"], "because": "none" },'),
      'map-loss',
    ],
    'swaps two amounts that the sources name': [
      MAP,
      (text) =>
        text
          .replace('"to": "overLimitSelfPaid"', '"to": "kept"')
          .replace('"to": "firstSelfPaid"', '"to": "overLimitSelfPaid"')
          .replace('"to": "kept"', '"to": "firstSelfPaid"'),
      'map-pair',
    ],
    'leaves out a field that the national form requires': [
      MAP,
      (text) => text.replace('"to": "total", "as": "fen"', '"to": "header:signInNumber", "as": "fen"'),
      'map-undeclared',
    ],
    'declares a required field lost': [
      MAP,
      (text) => text.replace(/"lost": \[/, '"lost": [{ "model": ["accountUsed"], "because": "none" },'),
      'map-required',
    ],
    'has a table that leaves out a national code': [
      'provincial/predecessor-xml/profile.json',
      (text) => text.replace(/("accountUsed": \{[^]*?"gaps": )\[[^]*?\](?=,\s*"because": "a flag)/, '$1[]'),
      'map-table',
    ],
    'is not JSON': [MAP, (text) => text.slice(0, 80), 'data-file'],
  };
  for (const [mistake, [file, change, rule]] of Object.entries(SPOILT)) {
    it(`is failed by a map that ${mistake}, and goes on with the others`, () => {
      const spoilt = registryWith(file, change);
      const proof = checkMaps(spoilt, 'predecessor-xml', { seed: 1 });
      assert.equal(proof.ok, false);
      assert.equal(rulesOf(proof).includes(rule), true, rulesOf(proof).join());
      assert.equal(proof.roundTrips >= 50, true);
      for (const { at, message } of proof.faults) {
        assert.match(at, /0304|maps\/tables/);
        assert.notEqual(message.zh, '');
      }
    });
  }

  const REGIONAL: typeof SPOILT = {
    'puts two amounts in one place': [
      'provincial/zhejiang/maps/30.json',
      (text) => {
        const changed = text.replace('"to": "civilServantPaid"', '"to": "medicalAidPaid"');
        const last = changed.lastIndexOf('"unattested": [') + '"unattested": ['.length;
        const declared = '{ "model": ["civilServantPaid"], "because": "none" },';
        return changed.slice(0, last) + declared + changed.slice(last);
      },
      'map-round-trip',
    ],
    'adds up into one place what has two': [
      'provincial/shanghai/maps/SI11.json',
      (text) => text.replace('"to": "cashPaid"', '"to": "accountPaid"'),
      'map-pair',
    ],
    'writes a bare number as text': [
      'provincial/shanghai/maps/SI11.json',
      (text) => text.replace(/,\s*"bare": true/, ''),
      'map-bare',
    ],
    'has no source for a required field and does not say so': [
      'provincial/guizhou-yinhai/maps/48.json',
      (text) => text.replace('"accountUsed"', '"accountUsedOrNot"'),
      'map-undeclared',
    ],
    'leaves a transaction without map and without reason': [
      'provincial/hainan/profile.json',
      (text) => text.replace('"hos.revoke.order": ', '"hos.revoke": '),
      'map-unlisted',
    ],
    'has a table that leaves out a code of the form': [
      'provincial/guizhou-guiyang/profile.json',
      (text) =>
        text.replace('"wire": ["1"], "because": "a magnetic', '"wire": ["9"], "because": "a magnetic'),
      'map-table',
    ],
  };
  for (const [mistake, [file, change, rule]] of Object.entries(REGIONAL)) {
    it(`is failed by a map of a region that ${mistake}`, () => {
      const [, id = ''] = /provincial\/([^/]+)/.exec(file) ?? [];
      const proof = checkMaps(registryWith(file, change), id, { seed: 1 });
      assert.equal(rulesOf(proof).includes(rule), true, rulesOf(proof).join());
      assert.equal(
        proof.faults.every(({ at }) => at.startsWith(`schemas/provincial/${id}/`)),
        true,
      );
    });
  }

  it('is failed by a dictionary that gives two fields one name, in each profile of the national form', () => {
    const spoilt = registryWith('national/dictionary.json', (text) => {
      const dictionary = JSON.parse(text) as Record<string, { name: string }>;
      const { psn_cash_pay: cash, acct_pay: account } = dictionary;
      assert(cash !== undefined && account !== undefined);
      return JSON.stringify({ ...dictionary, psn_cash_pay: { ...cash, name: account.name } });
    });
    for (const id of ['national', 'chongqing']) {
      const { faults } = checkMaps(spoilt, id, { seed: 1 });
      const fault = faults.find(({ at }) => /2207.*response$/.test(at));
      assert.equal(fault?.found, '/setlinfo/acct_pay');
    }
  });

  it('tells the faults of a profile that cannot be read, and leaves the others alone', () => {
    const spoilt = registryWith('provincial/chongqing/profile.json', (text) =>
      text.replace('"relax"', '"relaxed"'),
    );
    const proof = checkMaps(spoilt, 'chongqing', { seed: 1 });
    assert.deepEqual([proof.ok, proof.roundTrips], [false, 0]);
    assert.match(proof.faults[0]?.at ?? '', /^schemas\/provincial\/chongqing\/profile\.json#/);
    assert.equal(checkMaps(spoilt, 'national', { seed: 1 }).ok, true);
  });
});
