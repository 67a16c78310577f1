/** A hospital with the configuration of the README, in the folder of a running sandbox. */
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseFen, sumFen } from '@yiqiao/model';
import type { Fen } from '@yiqiao/model';
import { sandboxPersons } from '@yiqiao/sandbox';
import { readAdapterFile } from '../../../packages/cli/src/adapter-file.ts';
import type { World } from '../../../packages/cli/src/world.ts';
import type { Row, TableHis } from './table-rig.ts';

/** The configuration that the README prints, with the addresses of this run. */
export function configured(
  { folder, gateways }: World,
  his: TableHis,
  tables = '',
): ReturnType<typeof readAdapterFile> {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const printed = /```yaml\n([\s\S]*?)```/.exec(readme)?.[1] ?? assert.fail('the README has a configuration');
  const text = printed
    .replace('http://127.0.0.1:8530/care-place', gateways.national.url)
    .replace('postgres://his@127.0.0.1:5432/his', his.connection)
    .replace('8700', '0')
    .replace(/(tables: \{.*) \}/, `$1${tables} }`);
  for (const name of ['http-map.json', 'soap-map.json', 'tables-map.json']) {
    copyFileSync(new URL(`../examples/${name}`, import.meta.url), join(folder, name));
  }
  writeFileSync(join(folder, 'his.yaml'), text);
  return readAdapterFile(join(folder, 'his.yaml'));
}

const [PERSON] = sandboxPersons('330000');
assert(PERSON !== undefined, 'the sandbox has persons');
/** A patient of another province, as a program names them. */
export const WHO = {
  credentialType: '02',
  credentialNumber: PERSON.certno,
  certificateNumber: PERSON.certno,
  personName: PERSON.name,
  insuredRegion: PERSON.insuredPlace,
};

/** The same, as the example's tables name them. */
export const CARD: Row = {
  pzlx: '02',
  pzhm: PERSON.certno,
  zjhm: PERSON.certno,
  xm: PERSON.name,
  cbdq: PERSON.insuredPlace,
};

/** What the insured place's core has settled and not undone, in 分. */
export function sumOf({ insuredCore }: World): Fen {
  return sumFen(insuredCore.ledger.effective().map(({ total }) => parseFen(total)));
}
