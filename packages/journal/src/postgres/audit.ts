/** The audit log in PostgreSQL. */
import { AuditChain, entryOf } from '../audit-log.ts';
import type { AuditEntry, AuditQuery, AuditReport, AuditRow, KnownAudit } from '../audit-log.ts';
import type { Ask } from './reads.ts';

const PAGE_SIZE = 500;
const NAMES = ['operator', 'action', 'outcome'] as const;
const CONDITIONS = NAMES.map(
  (name, index) => `($${index + 3}::text IS NULL OR facts::json ->> '${name}' = $${index + 3})`,
);
const LIST = {
  name: 'list-audit',
  text: `SELECT id, facts, hash FROM audit WHERE id < $1 AND ${CONDITIONS.join(' AND ')} ORDER BY id DESC LIMIT $2`,
};
const NOTED = { name: 'audit-noted', text: 'SELECT id, hash FROM audit_end' };
const PAGE = {
  name: 'audit-page',
  text: `SELECT id, facts, hash FROM audit WHERE id > $1 ORDER BY id LIMIT ${PAGE_SIZE}`,
};

/** See `JournalReads.listAudit`. */
export async function listAudit(
  ask: Ask,
  { beforeId, limit, ...wanted }: AuditQuery,
): Promise<readonly AuditEntry[]> {
  const values = NAMES.map((name) => wanted[name] ?? null);
  const rows = await ask<AuditRow>(LIST, [Math.min(beforeId, Number.MAX_SAFE_INTEGER), limit, ...values]);
  return rows.map(entryOf);
}

/** See `Journal.checkAudit`. What is written meanwhile is followed too, up to the end that is noted. */
export async function checkAudit(ask: Ask, known?: KnownAudit): Promise<AuditReport> {
  const chain = new AuditChain(known);
  for (let last = 0; ;) {
    const [noted] = await ask<Pick<AuditRow, 'id' | 'hash'>>(NOTED);
    const rows = await ask<AuditRow>(PAGE, [last]);
    const upTo = rows.length < PAGE_SIZE ? rows.filter(({ id }) => id <= (noted?.id ?? 0)) : rows;
    for (const row of upTo) chain.add(row);
    if (rows.length < PAGE_SIZE) return chain.end(noted);
    last = rows.at(-1)?.id ?? last;
  }
}
