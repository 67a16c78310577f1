/** `yiqiao peers list`: one line for each far side of a gateway, through its admin API. */
import { askAdmin, tellRefusal } from './admin-client.ts';
import type { AdminOptions } from './admin-client.ts';
import type { Report } from './report.ts';

interface Peer {
  readonly id: string;
  readonly state: string;
  readonly active: number;
  readonly waiting: number;
  readonly failures: number;
  readonly unknown: number;
  readonly closures: readonly {
    readonly reason: string;
    readonly until: string;
    readonly region?: string;
    readonly transactions?: readonly string[];
  }[];
}

/** Lists the far sides; 1 when one of them is not well. */
export async function listPeers(report: Report, options: AdminOptions): Promise<number> {
  const answer = await askAdmin(options, { role: 'viewer', path: '/admin/peers' });
  if (!answer.ok) return tellRefusal(report, answer);
  const { peers } = answer.body as { peers: readonly Peer[] };
  for (const peer of peers) report.line(lineOf(peer));
  return report.finish(
    peers.every(({ state }) => state === 'ok'),
    { peers },
  );
}

const STATES: Readonly<Record<string, string>> = {
  ok: '正常 ok',
  down: '不通 down',
  probing: '试探 probing',
  closed: '停机 closed',
};

function lineOf({ id, state, active, waiting, failures, unknown, closures }: Peer): string {
  const figures = `在途 calls ${active}  排队 waiting ${waiting}  未明 unknown ${unknown}  连续失败 failures ${failures}`;
  const closed = closures.map(({ reason, region, transactions, until }) => {
    const what = [reason, region, transactions?.join('/')].filter((part) => part !== undefined);
    return `  停机至 closed until ${until} (${what.join(', ')})`;
  });
  return `${id}  ${STATES[state] ?? state}  ${figures}${closed.join('')}`;
}
