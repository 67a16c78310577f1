/** What the admin API answers, as JSON Schema 2020-12. The tests hold every answer against it. */
import type { Schema, Text } from './admin-fields.ts';
import { ROLE_NAMES } from './admin-roles.ts';

const described = (schema: Schema, meaning?: Text): Schema =>
  meaning === undefined ? schema : { ...schema, description: `${meaning.zh} / ${meaning.en}` };
const text = (zh?: string, en?: string): Schema =>
  described({ type: 'string' }, zh === undefined || en === undefined ? undefined : { zh, en });
const count = (zh?: string, en?: string): Schema =>
  described({ type: 'integer' }, zh === undefined || en === undefined ? undefined : { zh, en });
const flag: Schema = { type: 'boolean' };
const number: Schema = { type: 'number' };
const time: Schema = { type: 'string', format: 'date-time' };
const oneOf = (...values: readonly string[]): Schema => ({ type: 'string', enum: values });
const list = (items: Schema): Schema => ({ type: 'array', items });
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const counts: Schema = { type: 'object', additionalProperties: { type: 'integer' } };

/** Members whose names end in `?` may be absent. Nothing else may be there. */
function record(members: Readonly<Record<string, Schema>>): Schema {
  const names = Object.keys(members);
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name.replace('?', ''), members[name]])),
    required: names.filter((name) => !name.endsWith('?')),
    additionalProperties: false,
  };
}

const bilingual = record({ zh: text(), en: text() });
const STATES = ['open', 'sent', 'unknown', 'answered', 'rejected', 'reversed', 'handed-to-person'] as const;
const next = count('下一页的 before', '`before` of the next page');

const expired = described(flag, {
  zh: '报文已到保存期限，内容已删除',
  en: 'the messages have been deleted, since their time was over',
});

const summary = {
  id: count('网关内的交易编号', 'number of the exchange in this gateway'),
  state: oneOf(...STATES),
  transaction: text('交易编号', 'transaction number'),
  operation: text(),
  peer: text('请求方', 'who sent it'),
  institution: text('机构编码', 'code of the institution'),
  messageId: text('发送方报文 ID', 'msgid of the sender'),
  acceptedAt: time,
  'endedAt?': time,
  'reason?': text('错误码或移交原因', 'error code, or why it was handed over'),
  'region?': text(
    '参保地，本地就医为就医地；报文删除后无',
    'insured place, else place of care; not once messages are deleted',
  ),
  'odd?': record({
    'waitingSince?': described(time, { zh: '自此待人工查看', en: 'waits since then to be looked at' }),
    places: list(record({ rule: text(), at: text('JSON 指针或 XPath', 'JSON pointer or XPath') })),
  }),
};

const oddities = record({
  'leg?': count(
    '第几条报文；无则为写给请求方时发现',
    'message; absent: found when the caller was written to',
  ),
  'peer?': text('应答的对端', 'who answered'),
  found: list(
    record({
      rule: text(),
      at: text(),
      'field?': text(),
      'label?': bilingual,
      'found?': text('应答中的值，个人信息已遮盖', 'what the answer says, masked where personal'),
      'message?': bilingual,
    }),
  ),
  'more?': count('另有几处未保存', 'how many more were found than are kept'),
  'furtherOn?': list(record({ rule: text(), at: text() })),
});

const leg = record({
  number: count(),
  purpose: oneOf('forward', 'undo', 'reverse', 'confirm', 'cancel', 'record'),
  state: oneOf('sent', 'unknown', 'answered', 'rejected', 'reversed'),
  peer: text(),
  transaction: text(),
  operation: text(),
  messageId: text(),
  'ofLeg?': count(),
  sentAt: time,
  'settledAt?': time,
  'reason?': text(),
});

const closure = {
  reason: oneOf('maintenance', 'year-end', 'other'),
  'region?': text('参保地', 'insured place'),
  'transactions?': list(text()),
};

const auditEntry = record({
  id: count('从 1 起连续', 'from 1, without gaps'),
  at: time,
  'operator?': text('令牌的名称', 'name of the token'),
  'role?': oneOf(...ROLE_NAMES),
  action: text(),
  outcome: oneOf('begun', 'done', 'refused'),
  'target?': text(),
  'reason?': text(),
  'code?': text('拒绝的代码', 'code of the refusal'),
  'from?': text('来源地址', 'address it came from'),
  hash: text('与前一条相链的 SHA-256', 'SHA-256, chained to the entry before'),
});

/** Answers by name. */
export const SCHEMAS = {
  Error: record({
    error: record({
      code: text('稳定的代码', 'stable code'),
      message: bilingual,
      'faults?': list(ref('Fault')),
    }),
  }),
  Fault: record({
    rule: text(),
    at: text('JSON 指针', 'JSON pointer'),
    field: text(),
    label: bilingual,
    'found?': text(),
    message: bilingual,
  }),
  Me: record({
    name: text(),
    role: oneOf(...ROLE_NAMES),
    permissions: list(text()),
    'expiresAt?': time,
  }),
  Health: record({
    ready: flag,
    checks: { type: 'object', additionalProperties: { type: 'string' } },
    peers: list(record({ id: text(), state: text() })),
    role: text(),
    region: text(),
    name: text(),
    startedAt: time,
  }),
  Figures: record({
    inFlight: count('正在处理', 'requests being worked on'),
    open: count('结果未明', 'exchanges whose outcome is not known'),
    exchanges: described(counts, { zh: '按结果', en: 'by outcome' }),
    errors: described(counts, { zh: '按错误码', en: 'by error code' }),
    deviations: count('已容忍的偏差', 'departures from the specification that were allowed'),
    odd: count('应答存疑、待人工查看的交易', 'exchanges with odd answers that nobody has looked at'),
    seconds: record({ count: count(), average: number }),
  }),
  Peers: record({
    peers: list(
      record({
        id: text(),
        state: oneOf('ok', 'down', 'probing', 'closed'),
        failures: count(),
        active: count(),
        waiting: count(),
        unknown: count(),
        closures: list(record({ ...closure, until: time })),
      }),
    ),
  }),
  Certificates: record({
    certificates: list(
      record({
        peer: text('对端编号，或 gateway（本方）', 'id of a peer, or gateway'),
        use: oneOf('signing', 'tls-server', 'tls-client'),
        id: text('证书序列号，或公钥的 sm3', 'serial number of a certificate, or sm3 of a key'),
        'notBefore?': time,
        'notAfter?': time,
        'daysLeft?': count('剩余天数', 'whole days left; negative once it is over'),
        level: oneOf('fine', '60-days', '30-days', '7-days', 'expired'),
        reasons: list(text('不被信任的原因', 'why it is not believed')),
      }),
    ),
  }),
  Closures: record({
    closures: list(
      record({
        ...closure,
        'peer?': text(),
        repeats: oneOf('never', 'daily', 'weekly'),
        'until?': described(time, { zh: '正在停机，至此时', en: 'in force until then' }),
      }),
    ),
  }),
  Exchanges: record({ exchanges: list(record(summary)), 'next?': next }),
  Exchange: record({
    ...summary,
    'expired?': expired,
    'reversedBy?': count(),
    'resolution?': record({
      as: oneOf('answered', 'rejected', 'reversed'),
      reason: text(),
      operator: text(),
      at: time,
    }),
    'oddities?': list(oddities),
    'looks?': list(record({ reason: text(), operator: text(), at: time })),
    legs: list(leg),
  }),
  Contents: record({
    id: count(),
    'expired?': expired,
    messages: list(
      record({
        kind: oneOf('received', 'told', 'sent', 'reply'),
        'leg?': count(),
        contentType: text(),
        text: text('报文原文', 'the message as it was'),
      }),
    ),
  }),
  Configuration: {
    type: 'object',
    description: '当前配置，不含密钥与令牌 / the configuration in force, without keys and tokens',
    properties: { role: text(), region: text(), name: text(), peers: { type: 'array' } },
    required: ['role', 'region', 'name', 'peers'],
  },
  Reloaded: record({ reloaded: flag, peers: count() }),
  BackedUp: record({ file: text('备份文件', 'the back-up'), bytes: count(), at: time }),
  Audit: record({ entries: list(auditEntry), 'next?': next }),
  AuditCheck: record({
    sound: flag,
    entries: count(),
    'end?': text('最后一条的散列', 'hash of the last entry'),
    damage: list(
      record({
        entry: count(),
        kind: oneOf('entry-changed', 'entry-missing', 'end-missing', 'known-differs'),
      }),
    ),
  }),
} as const satisfies Record<string, Schema>;
