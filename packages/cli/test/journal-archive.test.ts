import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSqliteJournal } from '@yiqiao/journal';
import { endAll, figuresOf, makeFolder, speak } from './spoken.ts';

const AT = Date.UTC(2026, 0, 5, 1, 2, 3);

/** A journal with one exchange refused on 2026-01-05, and the configuration of its gateway. */
async function writeJournal(): Promise<{ config: string; out: string }> {
  const folder = makeFolder();
  const journal = createSqliteJournal({ file: join(folder, 'journal.sqlite'), clock: { now: () => AT } });
  const sent = { bytes: Buffer.from('{"psn_name":"测试甲"}'), contentType: 'application/json' };
  const named = { transaction: '2207', operation: 'settleOutpatient' };
  const key = { peer: 'his', institution: 'H00000000001', messageId: 'H00000000001202601050902000001' };
  const id = await journal.open(
    { ...named, key, digest: 'd', received: sent, acceptedAt: AT },
    { ...named, purpose: 'forward', peer: 'hub', messageId: 'G1', step: 0, request: '{}', sent, sentAt: AT },
  );
  await journal.end(id, { state: 'rejected', at: AT, reason: 'UPSTREAM_REJECTED' });
  await journal.close();
  const config = join(folder, 'gateway.yaml');
  writeFileSync(config, 'role: hub\nregion: "000000"\njournal: journal.sqlite\npeers: []\nroutes: []\n');
  return { config, out: join(folder, 'archives') };
}

describe('yiqiao journal archive', () => {
  after(endAll);

  it('moves days to files, checks a file alone, and puts a day back once', async () => {
    const { config, out } = await writeJournal();
    const archive = ['journal', 'archive', '--config', config, '--before', '2026-01-06', '--out', out];
    const moved = await speak(...archive);
    assert.deepEqual([moved.code, moved.err], [0, '']);
    assert.match(moved.out, /2026-01-05-.*1 笔交易 exchanges，2 个条目 entries/);
    assert.deepEqual(figuresOf(await speak(...archive, '--json')), { ok: true, days: [] });
    const file = join(out, readdirSync(out)[0] ?? '');
    const checked = figuresOf(await speak('journal', 'archive', 'check', file, '--json'));
    assert.deepEqual([checked['ok'], checked['day'], checked['entries']], [true, '2026-01-05', 2]);
    const tables = figuresOf(await speak('journal', 'check', '--config', config, '--json'));
    assert.deepEqual([tables['ok'], tables['entries'], tables['archived']], [true, 0, 2]);
    const restore = ['journal', 'archive', 'restore', file, '--config', config];
    assert.match((await speak(...restore)).out, /已恢复 restored: 2026-01-05/);
    const again = await speak(...restore);
    assert.equal(again.code, 2);
    assert.match(again.err, /ARCHIVE_UNUSABLE[\s\S]*已经恢复过/);
  });

  it('names where a file was changed', async () => {
    const { config, out } = await writeJournal();
    await speak('journal', 'archive', '--config', config, '--before', '2026-01-06', '--out', out);
    const file = join(out, readdirSync(out)[0] ?? '');
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.with(400, (bytes[400] ?? 0) ^ 1));
    const { code, err } = await speak('journal', 'archive', 'check', file);
    assert.equal(code, 2);
    assert.match(err, /block 1, bytes \d+-\d+/);
  });

  it('restore is refused without a configuration', async () => {
    const { code, err } = await speak('journal', 'archive', 'restore', 'a.yiqiao-archive');
    assert.equal(code, 2);
    assert.match(err, /请给出 --config/);
  });

  const faults: readonly { args: readonly string[]; says: RegExp }[] = [
    { args: [], says: /请给出 --config、--before 和 --out/ },
    { args: ['--before', '2026-02-30'], says: /2026-02-30: 应为日期/ },
    { args: ['--before', 'yesterday'], says: /yesterday: 应为日期/ },
  ];
  for (const { args, says } of faults) {
    it(`is refused with ${args.join(' ') || 'nothing'}`, async () => {
      const { config, out } = await writeJournal();
      const given = args.length === 0 ? [] : ['--config', config, '--out', out, ...args];
      const { code, err } = await speak('journal', 'archive', ...given);
      assert.equal(code, 2);
      assert.match(err, says);
    });
  }
});
