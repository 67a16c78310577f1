import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createNotary } from '@yiqiao/evidence';
import { createSqliteJournal } from '@yiqiao/journal';
import { systemClock } from '@yiqiao/model';
import { createSigningKey } from '@yiqiao/signer';
import { makeTestPki, readCertificates } from '@yiqiao/signer/certificates';
import { endAll, figuresOf, makeFolder, speak } from './spoken.ts';

const MESSAGE = 'H00000000001202611210902000001';
const PKI = new Map(
  makeTestPki({ institutions: ['P53'], hosts: [], now: Date.now(), days: 30 }).map(({ name, content }) => [
    name,
    String(content),
  ]),
);
const pem = (name: string): string => PKI.get(name) ?? '';

/** A journal with one signed exchange, and its root certificate. */
async function writeJournal(): Promise<{ folder: string; file: string; anchor: string }> {
  const folder = makeFolder();
  const file = join(folder, 'journal.sqlite');
  const anchor = join(folder, 'root.pem');
  writeFileSync(anchor, pem('root.pem'));
  const journal = createSqliteJournal({ file, clock: systemClock });
  const sent = { bytes: Buffer.from('{"psn_name":"测试甲"}'), contentType: 'application/json' };
  const named = { transaction: '2207', operation: 'settleOutpatient' };
  const key = { peer: 'his', institution: 'H00000000001', messageId: MESSAGE };
  const id = await journal.open(
    { ...named, key, digest: 'd', received: sent, acceptedAt: 1 },
    { ...named, purpose: 'forward', peer: 'hub', messageId: 'G1', step: 0, request: '{}', sent, sentAt: 1 },
  );
  await journal.end(id, { state: 'answered', at: 2, reply: sent });
  const signer = {
    key: createSigningKey(pem('P53.sign.key.pem')),
    userId: '1234567812345678',
    certificates: readCertificates(pem('P53.sign.pem') + pem('intermediate.pem')),
  };
  assert.ok(journal.evidence);
  const notary = createNotary({
    store: journal.evidence,
    signer: () => signer,
    clock: systemClock,
    limits: () => ({ entries: 2, maxAgeMs: 1_000 }),
  });
  await notary.step();
  await journal.close();
  return { folder, file, anchor };
}

describe('yiqiao evidence', () => {
  after(endAll);

  it('export writes a file for its owner alone, never over another, and verify believes it', async () => {
    const { folder, file, anchor } = await writeJournal();
    const out = join(folder, 'evidence.json');
    const written = await speak('evidence', 'export', MESSAGE, '--journal', file, '--out', out);
    assert.equal(written.code, 0, written.err);
    assert.match(written.out, /含个人信息与医疗信息/);
    assert.equal(statSync(out).mode & 0o777, 0o600);
    assert.equal((await speak('evidence', 'export', '1', '--journal', file, '--out', out)).code, 2);
    const verified = await speak('evidence', 'verify', out, '--anchor', anchor);
    assert.equal(verified.code, 0, verified.out);
    assert.match(verified.out, /2207 H00000000001 H00000000001202611210902000001.*完整/s);
    const messages = join(folder, 'messages');
    assert.equal((await speak('evidence', 'verify', out, '--extract', messages)).code, 0);
    assert.equal(readFileSync(join(messages, 'entry-1-received.json'), 'utf8'), '{"psn_name":"测试甲"}');
  });

  it('verify ends with 1 and names the message that was changed', async () => {
    const { folder, file } = await writeJournal();
    const out = join(folder, 'evidence.json');
    await speak('evidence', 'export', '1', '--journal', file, '--out', out);
    const json = JSON.parse(readFileSync(out, 'utf8')) as { entries: [{ content: { bytes: string } }] };
    const bytes = Buffer.from(json.entries[0].content.bytes, 'base64');
    bytes.write('乙', bytes.indexOf('甲'));
    json.entries[0].content.bytes = bytes.toString('base64');
    writeFileSync(out, JSON.stringify(json));
    const { code, out: text } = await speak('evidence', 'verify', out);
    assert.equal(code, 1);
    assert.match(text, /entry 1, .*received.*bytes 0–\d+ {2}content-changed/);
    assert.match(text, /未给出信任根/);
  });

  it('check ends with 0 for a journal as it was signed, with 1 when a row or a table was changed', async () => {
    const { file, anchor } = await writeJournal();
    const sound = figuresOf(
      await speak('evidence', 'check', '--journal', file, '--anchor', anchor, '--json'),
    );
    assert.deepEqual([sound['ok'], sound['entries'], sound['batches'], sound['tables']], [true, 2, 1, 0]);
    const db = new DatabaseSync(file);
    db.exec(`UPDATE exchanges SET state = 'rejected'`);
    db.close();
    const tables = figuresOf(await speak('evidence', 'check', '--journal', file, '--json'));
    assert.deepEqual([tables['ok'], tables['found'], tables['tables']], [false, 0, 1]);
    const again = new DatabaseSync(file);
    again.exec('DROP TRIGGER entries_are_not_updated; UPDATE entries SET at = 5 WHERE id = 2');
    again.close();
    const { code, out } = await speak('evidence', 'check', '--journal', file, '--entries-only');
    assert.equal(code, 1);
    assert.match(out, /^entry 2, batch 1 {2}entry-changed/);
  });

  it('check ends with 1 for a journal of which nothing is signed, or not any more', async () => {
    const { file } = await writeJournal();
    const db = new DatabaseSync(file);
    db.exec('DROP TRIGGER evidence_is_not_deleted; DELETE FROM evidence_batches');
    db.close();
    const { code, out } = await speak('evidence', 'check', '--journal', file);
    assert.equal(code, 1);
    assert.match(out, /2 个尚未签名 not signed yet.*没有任何签名批次/s);
  });

  const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['no journal', ['check'], /--config/],
    ['a root that is none', ['check', '--journal', 'x', '--known', '5'], /NUMBER:HASH/],
    ['no such file', ['verify', 'nothing.json'], /nothing\.json/],
  ];
  for (const [title, args, text] of wrong) {
    it(`ends with 2 for ${title}`, async () => {
      const { code, err } = await speak('evidence', ...args);
      assert.equal(code, 2);
      assert.match(err, text);
    });
  }

  it('export ends with 2 for an exchange that is not there', async () => {
    const { folder, file } = await writeJournal();
    const { code, err } = await speak(
      'evidence',
      'export',
      '99',
      '--journal',
      file,
      '--out',
      join(folder, 'e'),
    );
    assert.equal(code, 2);
    assert.match(err, /EVIDENCE_UNUSABLE[^]*编号为 99/);
  });
});
