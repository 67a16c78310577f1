/** `yiqiao exchanges`: what was handed to a person, and what the person found out. */
import { askAdmin } from './admin-client.ts';
import type { AdminAnswer, AdminOptions } from './admin-client.ts';
import type { Report } from './report.ts';

interface Summary {
  readonly id: number;
  readonly state: string;
  readonly transaction: string;
  readonly institution: string;
  readonly messageId: string;
  readonly acceptedAt: string;
  readonly reason?: string;
}

interface Detail extends Summary {
  readonly endedAt?: string;
  readonly reversedBy?: number;
  readonly resolution?: {
    readonly as: string;
    readonly reason: string;
    readonly operator: string;
    readonly at: string;
  };
  readonly legs: readonly {
    readonly number: number;
    readonly purpose: string;
    readonly state: string;
    readonly peer: string;
    readonly transaction: string;
    readonly messageId: string;
    readonly sentAt: string;
    readonly reason?: string;
  }[];
}

/** Which exchanges are listed. */
export interface ListOptions extends AdminOptions {
  /** `all`, or a state of the admin API. */
  readonly state: string;
  readonly before?: string;
  readonly limit?: string;
}

/** What a person found out. */
export interface ResolveOptions extends AdminOptions {
  readonly as: string;
  readonly reason: string;
  readonly operator: string;
}

/** Lists exchanges, those that wait for a person unless told otherwise. */
export async function listExchanges(report: Report, options: ListOptions): Promise<number> {
  const { state, before, limit } = options;
  const query = new URLSearchParams({
    ...(state !== 'all' && { state }),
    ...(before !== undefined && { before }),
    ...(limit !== undefined && { limit }),
  });
  const answer = await askAdmin(options, `/admin/exchanges?${query.toString()}`);
  if (!answer.ok) return tellRefusal(report, answer);
  const { exchanges, next } = answer.body as { exchanges: readonly Summary[]; next?: number };
  if (exchanges.length === 0) report.line('没有 none');
  for (const exchange of exchanges) report.line(lineOf(exchange));
  if (next !== undefined) report.line(`更多 more: --before ${next}`);
  return report.finish(true, { exchanges, ...(next !== undefined && { next }) });
}

/** Shows one exchange with its messages. */
export async function showExchange(report: Report, id: string, options: AdminOptions): Promise<number> {
  const answer = await askAdmin(options, `/admin/exchanges/${encodeURIComponent(id)}`);
  return answer.ok ? tellDetail(report, answer.body as Detail) : tellRefusal(report, answer);
}

/** Puts on record what a person found out. */
export async function resolveExchange(report: Report, id: string, options: ResolveOptions): Promise<number> {
  const { as, reason, operator } = options;
  const path = `/admin/exchanges/${encodeURIComponent(id)}/resolve`;
  const answer = await askAdmin(options, path, { as, reason, operator });
  return answer.ok ? tellDetail(report, answer.body as Detail) : tellRefusal(report, answer);
}

function tellDetail(report: Report, exchange: Detail): number {
  const { endedAt, reversedBy, resolution, legs } = exchange;
  report.line(lineOf(exchange));
  if (endedAt !== undefined) report.line(`  结束 ended ${endedAt}`);
  if (reversedBy !== undefined) report.line(`  被冲正 reversed by #${reversedBy}`);
  if (resolution !== undefined) {
    const { as, operator, at, reason } = resolution;
    report.line(`  人工处理 resolved as ${as}, ${operator}, ${at}: ${reason}`);
  }
  for (const { number, purpose, transaction, peer, messageId, state, sentAt, reason } of legs) {
    const why = reason === undefined ? '' : ` (${reason})`;
    report.line(`  ${number}. ${sentAt}  ${purpose} ${transaction} → ${peer}  ${messageId}  ${state}${why}`);
  }
  return report.finish(true, { exchange });
}

function lineOf({ id, state, transaction, institution, messageId, acceptedAt, reason }: Summary): string {
  const why = reason === undefined ? '' : ` (${reason})`;
  return `#${id}  ${acceptedAt}  ${transaction}  ${institution}  ${messageId}  ${state}${why}`;
}

function tellRefusal(report: Report, { status, code, message }: AdminAnswer & { ok: false }): number {
  report.line(`${code}: ${message.zh}\n${message.en}`);
  return report.finish(false, { status, code, message: `${code}: ${message.zh}\n${message.en}` });
}
