import assert from 'node:assert/strict';
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatTime } from '@yiqiao/model';
import { INSTITUTIONS, startWorld } from '#internal/world.ts';
import { runVisits } from '#internal/visits.ts';
import type { World } from '#internal/world.ts';
import { endAll, figuresOf, makeFolder, speak } from './spoken.ts';

const SILENT = { line: () => undefined, progress: () => undefined, finish: () => 0, fail: () => 2 };

describe('yiqiao reconcile through a gateway, after a day of visits', () => {
  let world: World;
  const folder = makeFolder();
  const day = formatTime(Date.now()).slice(0, 10);
  before(async function () {
    this.timeout(60_000);
    world = await startWorld({ folder: join(folder, 'world'), ports: 'free', logLevel: 'silent' });
    await runVisits(world, SILENT);
    await world.gateways.national.idle();
  });
  after(async () => {
    await world.close();
    endAll();
  });

  it('agrees with HIS and platform on settlements, cancellations and what was reversed', async function () {
    this.timeout(60_000);
    // All that was written is in the file and the log beside it.
    for (const end of ['', '-wal']) {
      const file = join(world.folder, `530000.sqlite${end}`);
      if (existsSync(file)) copyFileSync(file, join(folder, `journal.sqlite${end}`));
    }
    const rows = world.his.national.ledger
      .effective()
      .map(({ setlId, mdtrtId, total, fund, account }) => [setlId, total, fund, account, mdtrtId].join(','));
    assert.ok(rows.length > 1, 'a day of visits');
    writeFileSync(join(folder, 'his.csv'), `结算ID,总额,基金,账户,就诊ID\n${rows.join('\n')}\n`);
    const settings = join(folder, 'reconcile.yaml');
    const { code, name } = INSTITUTIONS.national;
    writeFileSync(
      settings,
      `gateway: { journal: journal.sqlite }
his:
  file: his.csv
  columns: { settlementId: 结算ID, total: 总额, fundPaid: 基金, accountPaid: 账户, visitId: 就诊ID }
platform:
  url: ${world.gateways.national.url}
  institution: { code: ${code}, name: ${name} }
  careRegion: "530000"
  signing: { privateKey: world/his-530000.key.pem, publicKey: world/530000.pub.pem }
  signIn: { macAddress: "00-00-00-00-00-00", ipAddress: 127.0.0.1 }
  farSide: idempotent
details: always
`,
    );
    const ran = await speak('reconcile', day, '--settings', settings, '--json');
    const figures = figuresOf(ran);
    assert.equal(ran.code, 0, `${JSON.stringify(figures, null, 1)}${ran.err}`);
    assert.equal(figures['agreed'], rows.length);
  });
});
