/** `yiqiao exchanges`: what became of exchanges, and what a person found out about one. */
import { askAdmin, tellRefusal } from './admin-client.ts';
import type { AdminOptions } from './admin-client.ts';
import { tellOddities, tellOddList } from './odd-exchanges.ts';
import type { OddDetail, OddLine } from './odd-exchanges.ts';
import type { Report } from './report.ts';
import type { Look } from './where-to-look.ts';

interface Summary {
  readonly id: number;
  readonly state: string;
  readonly transaction: string;
  readonly institution: string;
  readonly messageId: string;
  readonly acceptedAt: string;
  readonly reason?: string;
}

interface Detail extends Summary, OddDetail {
  readonly endedAt?: string;
  readonly expired?: boolean;
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

interface Content {
  readonly kind: string;
  readonly leg?: number;
  readonly contentType: string;
  readonly text: string;
}

/** Which exchanges are listed. */
export interface ListOptions extends AdminOptions {
  /** `all`, or a state of the admin API; absent: what waits for a person, odd answers in a section of their own. */
  readonly state?: string;
  /** Only those with odd answers: `waiting` or `looked`. */
  readonly odd?: string;
  readonly day?: string;
  readonly peer?: string;
  readonly institution?: string;
  readonly transaction?: string;
  readonly messageId?: string;
  readonly before?: string;
  readonly limit?: string;
}

/** Whether the messages themselves are shown. */
export interface ShowOptions extends AdminOptions {
  readonly reveal?: boolean;
  /** Why; goes into the audit log. */
  readonly reason?: string;
}

/** What a person found out. */
export interface ResolveOptions extends AdminOptions {
  readonly as: string;
  readonly reason: string;
  /** Only with the one token of the old form; other tokens say who it is. */
  readonly operator?: string;
}

/** Lists exchanges; unless told otherwise those that wait for a person, and odd answers that nobody has looked at. */
export async function listExchanges(report: Report, options: ListOptions): Promise<number> {
  if (options.odd !== undefined) return listOdd(report, options);
  const isUsual = options.state === undefined;
  const state = options.state === 'all' ? undefined : (options.state ?? 'handed-to-person');
  const answer = await search(options, { state });
  if (!answer.ok) return tellRefusal(report, answer);
  const odd = isUsual ? await search(options, { odd: 'waiting' }) : undefined;
  if (odd?.ok === false) return tellRefusal(report, odd);
  const { exchanges, next } = answer.body as Page<Summary>;
  if (exchanges.length === 0) report.line('没有 none');
  for (const exchange of exchanges) report.line(lineOf(exchange));
  if (next !== undefined) report.line(`更多 more: --before ${next}`);
  const waiting = odd?.body as Page<Summary & OddLine> | undefined;
  if (waiting !== undefined && waiting.exchanges.length > 0)
    tellOddList(report, waiting.exchanges, waiting.next);
  return report.finish(true, {
    exchanges,
    ...(next !== undefined && { next }),
    ...(waiting !== undefined && { odd: waiting.exchanges }),
    ...(waiting?.next !== undefined && { oddNext: waiting.next }),
  });
}

interface Page<T> {
  readonly exchanges: readonly T[];
  readonly next?: number;
}

async function listOdd(report: Report, options: ListOptions): Promise<number> {
  const { odd, state } = options;
  const answer = await search(options, { odd, state: state === 'all' ? undefined : state });
  if (!answer.ok) return tellRefusal(report, answer);
  const { exchanges, next } = answer.body as Page<Summary & OddLine>;
  if (exchanges.length === 0) report.line('没有 none');
  else tellOddList(report, exchanges);
  if (next !== undefined) report.line(`更多 more: --before ${next}`);
  return report.finish(true, { exchanges, ...(next !== undefined && { next }) });
}

function search(
  options: ListOptions,
  wanted: { readonly state?: string | undefined; readonly odd?: string | undefined },
): ReturnType<typeof askAdmin> {
  const { day, peer, institution, transaction, messageId, before, limit } = options;
  const query = { ...wanted, day, peer, institution, transaction, messageId, before, limit };
  return askAdmin(options, { role: 'viewer', path: '/admin/exchanges', query });
}

/** Shows one exchange with its messages; their contents only when asked for, with a reason. */
export async function showExchange(report: Report, id: string, options: ShowOptions): Promise<number> {
  const path = `/admin/exchanges/${encodeURIComponent(id)}`;
  if (options.reveal === true) return revealExchange(report, `${path}/reveal`, options);
  const answer = await askAdmin(options, { role: 'viewer', path });
  return answer.ok ? tellDetail(report, answer.body as Detail) : tellRefusal(report, answer);
}

async function revealExchange(report: Report, path: string, options: ShowOptions): Promise<number> {
  const { reason } = options;
  const answer = await askAdmin(options, { role: 'operator', path, body: { reason } });
  if (!answer.ok) return tellRefusal(report, answer);
  const { messages, expired } = answer.body as { messages: readonly Content[]; expired?: boolean };
  if (expired === true) report.line(EXPIRED);
  for (const { kind, leg, contentType, text } of messages) {
    report.line(`${KINDS[kind] ?? kind}${leg === undefined ? '' : ` ${leg}`}  ${contentType}`);
    report.line(text);
  }
  return report.finish(true, { messages, ...(expired !== undefined && { expired }) });
}

const EXPIRED = '报文已到保存期限，内容已删除 the messages have been deleted, since their time was over';

const KINDS: Readonly<Record<string, string>> = {
  received: '收到 received',
  sent: '发出 sent',
  reply: '应答 reply',
  told: '答复 told',
};

/** Puts on record what a person found out. */
export async function resolveExchange(report: Report, id: string, options: ResolveOptions): Promise<number> {
  const { as, reason, operator } = options;
  const path = `/admin/exchanges/${encodeURIComponent(id)}/resolve`;
  const answer = await askAdmin(options, { role: 'operator', path, body: { as, reason, operator } });
  return answer.ok ? tellDetail(report, answer.body as Detail) : tellRefusal(report, answer);
}

async function tellDetail(report: Report, exchange: Detail): Promise<number> {
  const { endedAt, expired, reversedBy, resolution, legs } = exchange;
  report.line(lineOf(exchange));
  if (expired === true) report.line(`  ${EXPIRED}`);
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
  const isWaiting = exchange.state === 'handed-to-person';
  const whereToLook = isWaiting ? await tellWhereToLook(report, exchange) : undefined;
  tellOddities(report, exchange);
  return report.finish(true, { exchange, ...(whereToLook !== undefined && { whereToLook }) });
}

/** The queries that tell a person what became of it, and what to do then. */
async function tellWhereToLook(report: Report, { id, legs }: Detail): Promise<readonly Look[]> {
  const { linesOf, looksOf } = await import('./where-to-look.ts');
  const looks = looksOf(legs);
  for (const look of looks) {
    for (const line of linesOf(look)) report.line(`  ${look.transaction} ${line}`);
  }
  report.line(
    `  查明后 / once it is known: yiqiao exchanges resolve ${id} --as answered|rejected|reversed --reason ...`,
  );
  return looks;
}

function lineOf({ id, state, transaction, institution, messageId, acceptedAt, reason }: Summary): string {
  const why = reason === undefined ? '' : ` (${reason})`;
  return `#${id}  ${acceptedAt}  ${transaction}  ${institution}  ${messageId}  ${state}${why}`;
}
