/** What the admin API refuses, and what to do about it. */
import type { Fault } from '@yiqiao/model';
import type { Text } from './admin-fields.ts';

/** A refusal of the admin API. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: Text;
}

/** A refusal of one request, with all that is wrong with it. */
export interface Refused {
  readonly refusal: Refusal;
  readonly faults?: readonly Fault[];
}

/** Refuses a request. */
export function refused(refusal: Refusal, faults?: readonly Fault[]): Refused {
  return { refusal, ...(faults !== undefined && { faults }) };
}

const refusal = (status: number, code: string, zh: string, en: string): Refusal => ({
  status,
  code,
  message: { zh, en },
});

/** All refusals by what happened. */
export const REFUSALS = {
  noToken: refusal(
    401,
    'UNAUTHORIZED',
    '请求须带 Authorization: Bearer 令牌',
    'the request needs Authorization: Bearer TOKEN',
  ),
  wrongToken: refusal(
    401,
    'TOKEN_INVALID',
    '令牌不对；请向管理员索取配置 admin.tokens 中登记的令牌（yiqiao admin token make）',
    'the token is wrong; ask for one that admin.tokens of the configuration knows (yiqiao admin token make)',
  ),
  expiredToken: refusal(
    401,
    'TOKEN_EXPIRED',
    '令牌已过期；请重新生成并更新配置 admin.tokens',
    'the token has expired; make another one and put it into admin.tokens of the configuration',
  ),
  forbidden: refusal(
    403,
    'FORBIDDEN',
    '该令牌的角色无权进行此操作；权限表见 docs/admin.md',
    'the role of this token may not do this; docs/admin.md has the table of permissions',
  ),
  noPath: refusal(404, 'NOT_FOUND', '没有这个地址', 'there is nothing at this address'),
  noExchange: refusal(404, 'NOT_FOUND', '没有该编号的交易', 'there is no exchange of this number'),
  notWithPerson: refusal(
    409,
    'NOT_WITH_PERSON',
    '该交易不在人工队列中：尚在处理、已有结果或已由他人处理',
    'this exchange does not wait for a person: it is open, has ended, or somebody else has resolved it',
  ),
  notOdd: refusal(
    409,
    'NOTHING_TO_LOOK_AT',
    '该交易没有待查看的存疑应答：尚未结束、应答正常或已有人查看',
    'nothing odd about this exchange waits to be looked at: it has not ended, is not odd, or somebody has looked',
  ),
  noBackups: refusal(
    409,
    'NO_BACKUPS',
    '未配置 journal.backup，或日志在 PostgreSQL 上（请用数据库自己的备份手段）',
    'journal.backup is not configured, or the journal is on PostgreSQL (use the means of the database)',
  ),
  badQuery: refusal(
    400,
    'QUERY_INVALID',
    '查询参数有误，逐项见 faults',
    'the query is wrong; faults has each item',
  ),
  badBody: refusal(
    400,
    'BODY_INVALID',
    '请求体有误，逐项见 faults',
    'the body is wrong; faults has each item',
  ),
  unreadable: refusal(
    400,
    'BODY_UNREADABLE',
    '请求体不是 JSON（Content-Type: application/json）',
    'the body is no JSON (Content-Type: application/json)',
  ),
  tooLarge: refusal(413, 'BODY_TOO_LARGE', '请求体过大', 'the body is too large'),
  badConfig: refusal(
    422,
    'CONFIG_INVALID',
    '配置有误，仍沿用原配置；逐项见 faults',
    'the configuration is wrong and the old one stays in force; faults has each item',
  ),
  tooMany: refusal(
    429,
    'TOO_MANY_ATTEMPTS',
    '该地址的错误令牌过多，请在 Retry-After 所示秒数之后再试',
    'too many wrong tokens came from this address; try again after the seconds in Retry-After',
  ),
  journal: refusal(
    503,
    'JOURNAL_FAILED',
    '日志库暂不可读写，未作任何改动；请检查磁盘后重试',
    'the journal cannot be read or written, nothing was changed; check the disk and try again',
  ),
  broken: refusal(500, 'INTERNAL', '程序出错；详见网关日志', 'a fault of the program; see the gateway’s log'),
} as const satisfies Record<string, Refusal>;
