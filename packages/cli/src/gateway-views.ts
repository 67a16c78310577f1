/** What a running gateway says of itself: `yiqiao status`, `certs list`, `closures list`, `config show`, `config reload`. */
import { askAdmin, tellRefusal } from './admin-client.ts';
import type { AdminOptions } from './admin-client.ts';
import type { Report } from './report.ts';

interface Health {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, string>>;
  readonly peers: readonly { readonly id: string; readonly state: string }[];
  readonly role: string;
  readonly region: string;
  readonly name: string;
  readonly startedAt: string;
}

interface Figures {
  readonly inFlight: number;
  readonly open: number;
  readonly odd: number;
  readonly exchanges: Readonly<Record<string, number>>;
  readonly errors: Readonly<Record<string, number>>;
  readonly seconds: { readonly count: number; readonly average: number };
}

/** Health and figures; 1 when the gateway takes no messages. */
export async function showStatus(report: Report, options: AdminOptions): Promise<number> {
  const role = 'viewer';
  const first = await askAdmin(options, { role, path: '/admin/health' });
  if (!first.ok) return tellRefusal(report, first);
  const second = await askAdmin(options, { role, path: '/admin/metrics' });
  if (!second.ok) return tellRefusal(report, second);
  const health = first.body as Health;
  const figures = second.body as Figures;
  report.line(`${health.name}  ${health.role} ${health.region}  启动 started ${health.startedAt}`);
  report.line(`${health.ready ? '就绪 ready' : '未就绪 not ready'}  ${pairsOf(health.checks)}`);
  for (const { id, state } of health.peers) report.line(`  ${id}  ${state}`);
  const { inFlight, open, odd, exchanges, errors, seconds } = figures;
  report.line(`在途 in flight ${inFlight}  未明 open ${open}  存疑 odd ${odd}  ${pairsOf(exchanges)}`);
  report.line(`平均 average ${Math.round(seconds.average * 1_000)} ms / ${seconds.count}`);
  if (Object.keys(errors).length > 0) report.line(`错误 errors  ${pairsOf(errors)}`);
  return report.finish(health.ready, { health, figures });
}

interface Certificate {
  readonly peer: string;
  readonly use: string;
  readonly id: string;
  readonly notAfter?: string;
  readonly daysLeft?: number;
  readonly level: string;
  readonly reasons: readonly string[];
}

/** Certificates and keys in use; 1 when one has expired, does so within a week, or is not believed. */
export async function listCertificates(report: Report, options: AdminOptions): Promise<number> {
  const answer = await askAdmin(options, { role: 'viewer', path: '/admin/certificates' });
  if (!answer.ok) return tellRefusal(report, answer);
  const { certificates } = answer.body as { certificates: readonly Certificate[] };
  if (certificates.length === 0) report.line('没有 none');
  for (const { peer, use, id, notAfter, daysLeft, level, reasons } of certificates) {
    const end = notAfter === undefined ? '无期限 no end' : `${notAfter}  剩余天数 days left ${daysLeft}`;
    const doubts = reasons.length === 0 ? '' : `  不被信任 not believed: ${reasons.join(', ')}`;
    report.line(`${peer}  ${use}  ${id}  ${end}  ${level}${doubts}`);
  }
  const isWell = ({ level, reasons }: Certificate): boolean =>
    level !== 'expired' && level !== '7-days' && reasons.length === 0;
  return report.finish(certificates.every(isWell), { certificates });
}

interface Closure {
  readonly peer?: string;
  readonly region?: string;
  readonly reason: string;
  readonly repeats: string;
  readonly transactions?: readonly string[];
  readonly until?: string;
}

/** When far sides are closed. */
export async function listClosures(report: Report, options: AdminOptions): Promise<number> {
  const answer = await askAdmin(options, { role: 'viewer', path: '/admin/closures' });
  if (!answer.ok) return tellRefusal(report, answer);
  const { closures } = answer.body as { closures: readonly Closure[] };
  if (closures.length === 0) report.line('没有 none');
  for (const { peer, region, reason, repeats, transactions, until } of closures) {
    const what = [peer ?? region, reason, REPEATS[repeats], transactions?.join('/')].filter(Boolean);
    report.line(`${what.join('  ')}${until === undefined ? '' : `  停机至 closed until ${until}`}`);
  }
  return report.finish(true, { closures });
}

const REPEATS: Readonly<Record<string, string>> = {
  never: '一次 once',
  daily: '每天 daily',
  weekly: '每周 weekly',
};

/** The configuration in force, without keys and tokens. */
export async function showConfiguration(report: Report, options: AdminOptions): Promise<number> {
  const answer = await askAdmin(options, { role: 'auditor', path: '/admin/configuration' });
  if (!answer.ok) return tellRefusal(report, answer);
  report.line(JSON.stringify(answer.body, null, 2));
  return report.finish(true, { configuration: answer.body });
}

/** Has a gateway read its configuration again; 1 when it is wrong and the old one stays in force. */
export async function reloadConfiguration(
  report: Report,
  options: AdminOptions & { readonly reason: string },
): Promise<number> {
  const body = { reason: options.reason };
  const answer = await askAdmin(options, { role: 'administrator', path: '/admin/reload', body });
  if (!answer.ok) return tellRefusal(report, answer);
  const { peers } = answer.body as { peers: number };
  report.line(`已重新加载 reloaded, ${peers} 个对端 peers`);
  return report.finish(true, { peers });
}

function pairsOf(members: Readonly<Record<string, string | number>>): string {
  return Object.entries(members)
    .map(([name, value]) => `${name} ${value}`)
    .join('  ');
}
