/** The check of a whole journal in PostgreSQL, while gateways may be at work on it. It never writes. */
import { GatewayError } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import { damageOf } from '../damage.ts';
import type { FileDamage } from '../damage.ts';
import { isIntact, openEntry } from '../entry.ts';
import type { StoredEntry } from '../entry.ts';
import type { JournalReport } from '../file-check.ts';
import type { JournalEncryption } from '../sealing.ts';
import { createVault } from '../vault.ts';
import { createIndexKeys } from '../index-keys.ts';
import { checkAudit } from './audit.ts';
import { createConnection } from './connection.ts';
import type { PostgresPlace } from './connection.ts';
import { openSchema } from './opening.ts';
import { toStoreError } from './postgres-errors.ts';
import { ENTRY_COLUMNS } from './read-statements.ts';
import { PostgresReads } from './reads.ts';
import type { Ask } from './reads.ts';

const PAGE = 500;
const MOST_LISTED = 1_000;
const TIMEOUT_MS = 600_000;

/**
 * Checks every exchange, every record of a read and the audit log. What lies in an archive is not counted.
 * @throws GatewayError `JOURNAL_UNUSABLE` | `JOURNAL_FAILED`.
 */
export async function checkPostgresJournal(options: {
  readonly place: PostgresPlace;
  readonly clock: Clock;
  readonly encryption?: JournalEncryption;
}): Promise<JournalReport> {
  const { place, clock, encryption } = options;
  const vault = createVault(encryption);
  const connection = createConnection({ ...place, purpose: 'check', timeoutMs: TIMEOUT_MS });
  try {
    const { salt } = await openSchema(await connection.client(), { place, vault, clock });
    const ask: Ask = (statement, values) => connection.query(statement, values);
    const reads = new PostgresReads({
      ask,
      vault,
      keys: createIndexKeys(salt),
      onUnreadable: () => undefined,
    });
    const found: FileDamage[] = [];
    const report = (damage: Omit<FileDamage, 'message'>): void => void found.push(damageOf(damage));
    const counts = await checkExchanges(ask, reads, report);
    await checkKept(ask, vault, report);
    for (const { entry, kind } of (await checkAudit(ask)).damage)
      report({ kind: 'audit-damaged', entry, found: kind });
    const [all] = await ask<{ n: number }>({ text: 'SELECT count(*) AS n FROM entries' });
    const [archived] = await ask<{ n: number }>({
      text: 'SELECT coalesce(sum(last - first + 1), 0)::bigint AS n FROM archived_ranges',
    });
    return {
      ...counts,
      entries: all?.n ?? 0,
      closed: 0,
      damage: found.slice(0, MOST_LISTED),
      damaged: found.length,
      archived: archived?.n ?? 0,
    };
  } catch (cause) {
    throw cause instanceof GatewayError ? cause : toStoreError(cause, 'read');
  } finally {
    await connection.close();
  }
}

type Tell = (damage: Omit<FileDamage, 'message'>) => void;

async function checkExchanges(
  ask: Ask,
  reads: PostgresReads,
  report: Tell,
): Promise<{ exchanges: number; open: number }> {
  const counts = { exchanges: 0, open: 0 };
  for (let last = 0; ;) {
    const page = await ask<{ id: number; state: string }>(
      { name: 'check-page', text: `SELECT id, state FROM exchanges WHERE id > $1 ORDER BY id LIMIT ${PAGE}` },
      [last],
    );
    for (const { id, state } of page) {
      counts.exchanges += 1;
      if (state === 'open') counts.open += 1;
      const row = await reads.row(id);
      const exchange = {
        id,
        ...(row && {
          transaction: row.transaction,
          key: { peer: row.peer, institution: row.institution, messageId: row.messageId },
        }),
      };
      for (const { kind, entry } of await damageOfExchange(reads, id))
        report({ kind, exchange, ...(entry > 0 && { entry }) });
    }
    if (page.length < PAGE) return counts;
    last = page.at(-1)?.id ?? last;
  }
}

async function damageOfExchange(
  reads: PostgresReads,
  id: number,
): Promise<Awaited<ReturnType<PostgresReads['checkExchange']>>> {
  try {
    return await reads.checkExchange(id);
  } catch (error) {
    if (error instanceof Error && 'severity' in error) throw error;
    // The hashes fit and yet the entries make no exchange: only what the tables say can be wrong.
    return [{ entry: 0, kind: 'state-differs' }];
  }
}

async function checkKept(ask: Ask, vault: ReturnType<typeof createVault>, report: Tell): Promise<void> {
  for (let last = 0; ;) {
    const page = await ask<StoredEntry>(
      {
        name: 'check-kept',
        text: `SELECT ${ENTRY_COLUMNS} FROM entries AS e WHERE id > $1 AND exchange_id IS NULL ORDER BY id LIMIT ${PAGE}`,
      },
      [last],
    );
    for (const stored of page) {
      if (!isIntact(openEntry(stored, vault), undefined, null))
        report({ kind: 'entry-changed', entry: stored.id });
    }
    if (page.length < PAGE) return;
    last = page.at(-1)?.id ?? last;
  }
}
