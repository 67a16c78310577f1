/** What a gateway has counted and put on record of those whom it turned away. */
import { DatabaseSync } from 'node:sqlite';
import type { Gateway } from '@yiqiao/gateway';

/** How often each code has been told, by the metrics. */
export async function countedCodes({ base }: Pick<Gateway, 'base'>): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${base}/metrics`)).text();
  const counts = new Map<string, number>();
  for (const [, code = '', count] of text.matchAll(/^yiqiao_errors_total\{[^}]*code="(\w+)"\} (\d+)$/gm)) {
    counts.set(code, (counts.get(code) ?? 0) + Number(count));
  }
  return counts;
}

/** Codes of the refusals in the audit log of a gateway that has stopped, in order of writing. */
export function auditedCodes(journalFile: string): readonly string[] {
  const db = new DatabaseSync(journalFile, { readOnly: true });
  try {
    const rows = db.prepare('SELECT facts FROM audit ORDER BY id').all();
    return rows.map(({ facts }) => (JSON.parse(String(facts)) as { code: string }).code);
  } finally {
    db.close();
  }
}
