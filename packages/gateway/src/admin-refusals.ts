/** What the admin API refuses, and what to do about it. */

/** A refusal of the admin API. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: { readonly zh: string; readonly en: string };
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
    403,
    'FORBIDDEN',
    '令牌不对；请用配置 admin.tokenFile 或 tokenEnv 所指的令牌',
    'the token is wrong; use the one that admin.tokenFile or tokenEnv of the configuration names',
  ),
  noPath: refusal(404, 'NOT_FOUND', '没有这个地址', 'there is nothing at this address'),
  noExchange: refusal(404, 'NOT_FOUND', '没有该编号的交易', 'there is no exchange of this number'),
  notWithPerson: refusal(
    409,
    'NOT_WITH_PERSON',
    '该交易不在人工队列中：尚在处理、已有结果或已由他人处理',
    'this exchange does not wait for a person: it is open, has ended, or somebody else has resolved it',
  ),
  badQuery: refusal(
    400,
    'QUERY_INVALID',
    'state 应为 open、answered、rejected、reversed、handed-to-person 之一；before、limit 应为正整数，limit 至多 500',
    'state is open, answered, rejected, reversed or handed-to-person; before and limit are positive integers, limit at most 500',
  ),
  badResolution: refusal(
    400,
    'RESOLUTION_INVALID',
    '应为 JSON 对象：as 为 answered、reversed 或 rejected；reason 为 1–500 字，operator 为 1–64 字；没有其他成员',
    'send a JSON object: as is answered, reversed or rejected; reason has 1–500 characters, operator 1–64; no other members',
  ),
  unreadable: refusal(400, 'BODY_INVALID', '请求体不是 JSON', 'the body is no JSON'),
  tooLarge: refusal(413, 'BODY_TOO_LARGE', '请求体过大', 'the body is too large'),
  journal: refusal(
    503,
    'JOURNAL_FAILED',
    '日志库暂不可读写，未作任何改动；请检查磁盘后重试',
    'the journal cannot be read or written, nothing was changed; check the disk and try again',
  ),
  broken: refusal(500, 'INTERNAL', '程序出错；详见网关日志', 'a fault of the program; see the gateway’s log'),
} as const satisfies Record<string, Refusal>;
