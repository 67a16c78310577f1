import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSqliteJournal } from '@yiqiao/journal';
import { systemClock } from '@yiqiao/model';
import { endAll, figuresOf, makeFolder, speak } from './spoken.ts';

const DAY = 86_400_000;

/** A clear journal with one exchange refused two years ago; `configure` writes the configuration of its gateway. */
async function writeJournal(): Promise<{ file: string; configure(journal: string): string }> {
  const folder = makeFolder();
  const file = join(folder, 'journal.sqlite');
  const journal = createSqliteJournal({ file, clock: systemClock });
  const sent = { bytes: Buffer.from('{"psn_name":"测试甲"}'), contentType: 'application/json' };
  const named = { transaction: '2207', operation: 'settleOutpatient' };
  const at = Date.now() - 730 * DAY;
  const key = { peer: 'his', institution: 'H00000000001', messageId: 'H00000000001202611210902000001' };
  const id = await journal.open(
    { ...named, key, digest: 'd', received: sent, acceptedAt: at },
    { ...named, purpose: 'forward', peer: 'hub', messageId: 'G1', step: 0, request: '{}', sent, sentAt: at },
  );
  await journal.end(id, { state: 'rejected', at, reason: 'UPSTREAM_REJECTED' });
  await journal.close();
  writeFileSync(join(folder, 'first.key'), '01'.repeat(32));
  writeFileSync(join(folder, 'second.key'), Buffer.alloc(32, 2).toString('base64'));
  writeFileSync(join(folder, 'short.key'), '01');
  return {
    file,
    configure(settings) {
      const config = join(folder, 'gateway.yaml');
      writeFileSync(
        config,
        `role: hub\nregion: "000000"\njournal: { file: journal.sqlite, ${settings} }\npeers: []\nroutes: []\n`,
      );
      return config;
    },
  };
}

describe('yiqiao journal', () => {
  after(endAll);

  it('rotate-key seals a clear journal, then takes another key; check needs the key for the contents', async () => {
    const { file, configure } = await writeJournal();
    const first = configure('encryption: { key: { file: first.key } }');
    const sealed = figuresOf(await speak('journal', 'rotate-key', '--config', first, '--json'));
    assert.deepEqual(sealed, { ok: true, file, sealed: 2, expired: 0, damaged: 0 });
    const second = configure('encryption: { key: { file: second.key }, previous: [{ file: first.key }] }');
    const { code, out } = await speak('journal', 'rotate-key', '--config', second);
    assert.equal(code, 0);
    assert.match(out, /2 个条目已加密 sealed/);
    assert.equal(figuresOf(await speak('journal', 'check', '--config', second, '--json'))['closed'], 0);
    assert.match((await speak('journal', 'check', file)).out, /2 个条目的内容已加密/);
  });

  it('expire deletes what journal.retention does not keep', async () => {
    const { configure } = await writeJournal();
    const config = configure('retention: { writes: 1y }');
    const figures = figuresOf(await speak('journal', 'expire', '--config', config, '--json'));
    assert.deepEqual([figures['expired'], figures['damaged']], [2, 0]);
    const check = figuresOf(await speak('journal', 'check', '--config', config, '--json'));
    assert.deepEqual([check['ok'], check['entries']], [true, 2]);
  });

  const faults: readonly { settings: string; says: RegExp }[] = [
    { settings: 'encryption: { key: { file: short.key } }', says: /\/journal\/encryption\/key .*32 字节/ },
    { settings: `encryption: { key: { text: "${'01'.repeat(32)}" } }`, says: /密钥不得写在配置文件里/ },
    {
      settings: 'encryption: { algorithm: none, key: { file: first.key } }',
      says: /\/journal\/encryption\/algorithm/,
    },
    { settings: 'retention: { writes: 30d }', says: /\/journal\/retention\/writes .*不少于 365 天/ },
    { settings: 'retention: { reads: forever }', says: /\/journal\/retention\/reads .*30d、15y/ },
    { settings: 'encrypted: true', says: /\/journal\/encrypted/ },
  ];
  for (const { settings, says } of faults) {
    it(`is refused with ${settings.replace(/"0101.*01"/, '…')}`, async () => {
      const { configure } = await writeJournal();
      const { code, err } = await speak('journal', 'expire', '--config', configure(settings));
      assert.equal(code, 2);
      assert.match(err, says);
    });
  }
});
