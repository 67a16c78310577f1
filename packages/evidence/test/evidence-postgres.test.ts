import assert from 'node:assert/strict';
import { checkEvidence, createNotary, exportEvidence, openEvidence, verifyEvidence } from '@yiqiao/evidence';
import { createPostgresJournal } from '@yiqiao/journal';
import type { PostgresPlace } from '@yiqiao/journal';
import pg from 'pg';
import { sharedPostgres } from '../../../scripts/testing/postgres-server.ts';
import { addExchanges, makeSigner, NOW } from './rig.ts';

const signer = makeSigner();
const clock = { now: () => NOW + 1_000 };

describe('A signed journal in PostgreSQL', function () {
  this.timeout(60_000);
  let place: PostgresPlace;
  let ids: readonly number[];

  before(async () => {
    const server = await sharedPostgres();
    place = { url: await server.createDatabase() };
    const journal = await createPostgresJournal({ place, clock });
    const { evidence: store } = journal;
    assert.ok(store);
    ids = await addExchanges(journal, { count: 10, from: 1, filling: 0 });
    const limits = () => ({ entries: 4, maxAgeMs: 60_000 });
    const notary = createNotary({ store, signer: () => signer, clock, limits });
    while ((await notary.step()).more);
    await notary.flush();
    await journal.close();
  });

  it('is believed, exported from and checked while others may be at work on it', async () => {
    const source = { file: '', postgres: place };
    const verdict = await checkEvidence(source, { anchors: signer.anchors });
    assert.deepEqual(verdict.findings, []);
    assert.deepEqual([verdict.entries, verdict.batches, verdict.unsigned], [20, 5, 0]);
    const reader = await openEvidence(source);
    const { text } = await exportEvidence(reader, { exchangeId: ids[3] ?? 0, contents: true });
    await reader.close();
    assert.equal(verifyEvidence(Buffer.from(text)).sound, true);
  });

  it('names the entry that somebody changed, and the one that is gone', async () => {
    const client = new pg.Client({ connectionString: place.url });
    await client.connect();
    const { rows } = await client.query<{ schema: string }>(
      `SELECT table_schema AS schema FROM information_schema.tables WHERE table_name = 'evidence_batches'`,
    );
    await client.query(
      `SET search_path TO ${rows[0]?.schema ?? 'public'}; SET session_replication_role = replica`,
    );
    const found = await client.query<{ id: string }>('SELECT id FROM entries ORDER BY id');
    const [, , changed, , , gone] = found.rows.map(({ id }) => Number(id));
    await client.query('UPDATE entries SET at = at + 1 WHERE id = $1', [changed]);
    await client.query('DELETE FROM entries WHERE id = $1', [gone]);
    await client.end();
    const { findings } = await checkEvidence({ file: '', postgres: place });
    assert.deepEqual(
      findings.map(({ kind, entry }) => [kind, entry]),
      [
        ['entry-changed', changed],
        ['entry-missing', gone],
      ],
    );
  });
});
