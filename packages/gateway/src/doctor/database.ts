/** The database server of a journal that several gateways share. */
import { examinePostgres } from '@yiqiao/journal';
import type { PostgresExamined, PostgresPlace } from '@yiqiao/journal';
import type { Finding } from './finding.ts';

const OLDEST_VERSION = 14;
/** A settlement waits for some six round trips. */
const SLOW_MS = 5;
/** Of the server's clock against ours. */
const SKEW_MS = 10_000;
const CONNECTIONS_OF_A_NODE = 4;

/** One finding, with the first thing that is wrong. */
export async function examineDatabase(place: PostgresPlace): Promise<Finding> {
  try {
    return judge(await examinePostgres(place));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNREACHABLE';
    return {
      check: 'store',
      target: 'postgres',
      level: 'fault',
      found: { zh: `连不上数据库（${code}）`, en: `the database is not reached (${code})` },
      remedy: {
        zh: '核对 journal.postgres 的地址、用户、口令、证书和防火墙；数据库是否在运行',
        en: 'check address, user, password, certificate and firewall of journal.postgres; does the database run?',
      },
    };
  }
}

function judge(found: PostgresExamined): Finding {
  const { name, version, roundTripMs, synchronousCommit, maxConnections, skewMs, bytes } = found;
  const figures = `PostgreSQL ${version}, ${roundTripMs.toFixed(1)} ms, synchronous_commit ${synchronousCommit}, max_connections ${maxConnections}, ${(bytes / 2 ** 20).toFixed(0)} MiB, ${skewMs >= 0 ? '+' : ''}${skewMs} ms`;
  const trouble = TROUBLES.find(({ isSo }) => isSo(found));
  return {
    check: 'store',
    target: name,
    level: trouble?.level ?? 'ok',
    found: { zh: figures, en: figures },
    ...(trouble !== undefined && { remedy: trouble.remedy }),
  };
}

interface Trouble {
  readonly level: 'warning' | 'fault';
  isSo(found: PostgresExamined): boolean;
  readonly remedy: Finding['found'];
}

/** The worst first. */
const TROUBLES: readonly Trouble[] = [
  {
    level: 'fault',
    isSo: ({ version }) => Number.parseInt(version, 10) < OLDEST_VERSION,
    remedy: {
      zh: `需要 PostgreSQL ${OLDEST_VERSION} 或更新版本`,
      en: `PostgreSQL ${OLDEST_VERSION} or newer is needed`,
    },
  },
  {
    level: 'fault',
    isSo: ({ isStandby }) => isStandby,
    remedy: {
      zh: '这是只读备库：地址应指向主库',
      en: 'this is a standby: the address must lead to the primary',
    },
  },
  {
    level: 'fault',
    isSo: ({ synchronousCommit }) => synchronousCommit === 'off',
    remedy: {
      zh: '服务器关闭了 synchronous_commit：日志自身会打开，但请查明谁改了它',
      en: 'the server has synchronous_commit off: the journal sets it on for itself, but find out who changed it',
    },
  },
  {
    level: 'warning',
    isSo: ({ skewMs }) => Math.abs(skewMs) > SKEW_MS,
    remedy: {
      zh: '数据库与本机时间不一致：校准 NTP',
      en: 'its clock differs from this machine’s: set NTP right',
    },
  },
  {
    level: 'warning',
    isSo: ({ roundTripMs }) => roundTripMs > SLOW_MS,
    remedy: {
      zh: '到数据库的线路慢：每笔结算要往返数次',
      en: 'the way to the database is slow: a settlement waits for several round trips',
    },
  },
  {
    level: 'warning',
    isSo: ({ maxConnections }) => maxConnections < 2 * CONNECTIONS_OF_A_NODE,
    remedy: {
      zh: 'max_connections 太小：每个节点需要 4 个连接',
      en: 'max_connections is too small: a node needs 4 connections',
    },
  },
];
