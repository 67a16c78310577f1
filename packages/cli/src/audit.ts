/** `yiqiao audit`: who did what to a gateway, and whether the log of it is whole. */
import { askAdmin, tellRefusal } from './admin-client.ts';
import type { AdminOptions } from './admin-client.ts';
import type { Report } from './report.ts';

interface Entry {
  readonly id: number;
  readonly at: string;
  readonly operator?: string;
  readonly role?: string;
  readonly action: string;
  readonly outcome: string;
  readonly target?: string;
  readonly reason?: string;
  readonly code?: string;
  readonly from?: string;
}

/** Which entries are listed. */
export interface AuditOptions extends AdminOptions {
  readonly operator?: string;
  readonly action?: string;
  readonly outcome?: string;
  readonly before?: string;
  readonly limit?: string;
}

/** Lists the audit log, newest first. */
export async function listAudit(report: Report, options: AuditOptions): Promise<number> {
  const { operator, action, outcome, before, limit } = options;
  const query = { operator, action, outcome, before, limit };
  const answer = await askAdmin(options, { role: 'auditor', path: '/admin/audit', query });
  if (!answer.ok) return tellRefusal(report, answer);
  const { entries, next } = answer.body as { entries: readonly Entry[]; next?: number };
  if (entries.length === 0) report.line('没有 none');
  for (const entry of entries) report.line(lineOf(entry));
  if (next !== undefined) report.line(`更多 more: --before ${next}`);
  return report.finish(true, { entries, ...(next !== undefined && { next }) });
}

function lineOf({ id, at, operator, role, action, outcome, target, reason, code, from }: Entry): string {
  const who = operator === undefined ? '-' : `${operator} (${role})`;
  const what = [action, target, outcome, code].filter(Boolean).join(' ');
  const why = reason === undefined ? '' : `: ${reason}`;
  return `${id}  ${at}  ${who}  ${from ?? '-'}  ${what}${why}`;
}

interface Check {
  readonly sound: boolean;
  readonly entries: number;
  readonly end?: string;
  readonly damage: readonly { readonly entry: number; readonly kind: string }[];
}

/** Follows the chain of the audit log; 1 when it is not whole, or an entry noted elsewhere (`12:HASH`) differs. */
export async function checkAudit(
  report: Report,
  options: AdminOptions & { readonly known?: string },
): Promise<number> {
  const [id, hash] = options.known?.split(':') ?? [];
  const query = { id, hash };
  const answer = await askAdmin(options, { role: 'auditor', path: '/admin/audit/check', query });
  if (!answer.ok) return tellRefusal(report, answer);
  const { sound, entries, end, damage } = answer.body as Check;
  for (const { entry, kind } of damage) report.line(`${entry}  ${KINDS[kind] ?? kind}`);
  report.line(`${entries} 个条目 entries，${sound ? '完整 whole' : `${damage.length} 处损坏 damaged`}`);
  if (end !== undefined) report.line(`最后一条 last: ${entries}:${end}`);
  return report.finish(sound, { entries, ...(end !== undefined && { end }), damage });
}

const KINDS: Readonly<Record<string, string>> = {
  'entry-changed': '条目被改动 was changed',
  'entry-missing': '条目缺失 is missing',
  'end-missing': '末尾条目缺失 is missing at the end',
  'known-differs': '与另处记下的散列不符 differs from the hash noted elsewhere',
};
