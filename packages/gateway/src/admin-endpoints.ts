/** Every address of the admin API: what it takes, who may use it, what it answers. Routes and OpenAPI come from here. */
import type { Fields, Text } from './admin-fields.ts';
import type { REFUSALS } from './admin-refusals.ts';
import type { Permission } from './admin-roles.ts';
import type { SCHEMAS } from './admin-schemas.ts';

/** One address. */
export interface Endpoint {
  readonly method: 'GET' | 'POST';
  /** `{id}` is the number of an exchange. */
  readonly path: string;
  readonly summary: Text;
  /** Absent: whoever has a token. */
  readonly permission?: Permission;
  readonly query?: Fields;
  readonly body?: Fields;
  readonly answer: keyof typeof SCHEMAS;
  readonly example: object;
  /** What is refused here beside what is refused everywhere. */
  readonly refusals?: readonly (keyof typeof REFUSALS)[];
  /** Name in the audit log; absent where nothing is changed or revealed. */
  readonly action?: string;
}

const paging = (most: number): Fields => ({
  before: { kind: 'integer', meaning: { zh: '只要此编号之前的', en: 'only what comes before this number' } },
  limit: { kind: 'integer', most, meaning: { zh: '至多几条，默认 50', en: 'at most so many, usually 50' } },
});

const reason = {
  kind: 'text',
  longest: 500,
  required: true,
  meaning: { zh: '原因；不写姓名和证件号', en: 'why; no names and no person numbers' },
} as const;

const operator = {
  kind: 'text',
  longest: 64,
  meaning: {
    zh: '核实人；共用令牌时必填，否则即令牌名称',
    en: 'who found out; for the shared token only',
  },
} as const;

const STATES = ['open', 'answered', 'rejected', 'reversed', 'handed-to-person'] as const;

const EXCHANGE = {
  id: 12,
  state: 'handed-to-person',
  transaction: '2207',
  operation: 'settleOutpatient',
  peer: 'his',
  institution: 'H53010000002',
  messageId: 'H53010000002202601010000000001',
  acceptedAt: '2026-01-01T01:00:00.000Z',
  endedAt: '2026-01-01T01:00:20.000Z',
  reason: 'reversal-refused',
} as const;

const ODD_EXCHANGE = {
  ...EXCHANGE,
  id: 14,
  state: 'answered',
  region: '330100',
  odd: {
    waitingSince: '2026-01-01T01:00:20.000Z',
    places: [{ rule: 'identity', at: '/output/setlinfo/medfee_sumamt' }],
  },
} as const;

const EXCHANGE_WITH_LEGS = {
  ...EXCHANGE,
  legs: [
    {
      number: 1,
      purpose: 'forward',
      state: 'unknown',
      peer: 'hub',
      transaction: '2207',
      operation: 'settleOutpatient',
      messageId: '530000000000202601010000000001',
      sentAt: '2026-01-01T01:00:00.100Z',
    },
  ],
} as const;

const AUDIT_ENTRY = {
  id: 7,
  at: '2026-01-01T02:00:00.000Z',
  operator: '测试经办',
  role: 'operator',
  action: 'exchange.resolve',
  outcome: 'done',
  target: 'exchange 12',
  reason: '与参保地电话核实，未结算',
  from: '127.0.0.1',
  hash: '0'.repeat(64),
} as const;

/** All addresses by the name of what they do. */
export const ENDPOINTS = {
  me: {
    method: 'GET',
    path: '/admin/me',
    summary: { zh: '令牌的名称、角色与权限', en: 'whose token this is and what it may do' },
    answer: 'Me',
    example: {
      name: '测试经办',
      role: 'operator',
      permissions: ['status', 'exchanges', 'resolve', 'reveal'],
    },
  },
  health: {
    method: 'GET',
    path: '/admin/health',
    summary: { zh: '健康状况', en: 'health' },
    permission: 'status',
    answer: 'Health',
    example: {
      ready: true,
      checks: { accepting: 'ok', journal: 'ok', records: 'ok' },
      peers: [{ id: 'hub', state: 'down' }],
      role: 'care-place',
      region: '530000',
      name: '示例网关',
      startedAt: '2026-01-01T00:00:00.000Z',
    },
  },
  figures: {
    method: 'GET',
    path: '/admin/metrics',
    summary: {
      zh: '自启动以来的指标汇总；全部指标在 /metrics',
      en: 'figures since the start; /metrics has them all',
    },
    permission: 'status',
    answer: 'Figures',
    example: {
      inFlight: 3,
      open: 1,
      exchanges: { answered: 1200, rejected: 4, unknown: 1 },
      errors: { UPSTREAM_TIMEOUT: 1 },
      deviations: 2,
      odd: 1,
      seconds: { count: 1205, average: 0.03 },
    },
  },
  peers: {
    method: 'GET',
    path: '/admin/peers',
    summary: { zh: '各对端的状况', en: 'how the far sides are doing' },
    permission: 'status',
    answer: 'Peers',
    example: {
      peers: [{ id: 'hub', state: 'ok', failures: 0, active: 2, waiting: 0, unknown: 1, closures: [] }],
    },
  },
  certificates: {
    method: 'GET',
    path: '/admin/certificates',
    summary: { zh: '证书与密钥及剩余天数', en: 'certificates and keys, and how long they hold' },
    permission: 'status',
    answer: 'Certificates',
    example: {
      certificates: [
        {
          peer: 'hub',
          use: 'signing',
          id: 'sm3:0123456789abcdef',
          notAfter: '2027-01-31T00:00:00.000Z',
          daysLeft: 40,
          level: '60-days',
          reasons: [],
        },
      ],
    },
  },
  closures: {
    method: 'GET',
    path: '/admin/closures',
    summary: { zh: '停机安排', en: 'when far sides are closed' },
    permission: 'status',
    answer: 'Closures',
    example: {
      closures: [{ peer: 'hub', reason: 'maintenance', repeats: 'daily', until: '2026-01-01T18:00:00.000Z' }],
    },
  },
  listExchanges: {
    method: 'GET',
    path: '/admin/exchanges',
    summary: { zh: '查找交易，从新到旧', en: 'find exchanges, newest first' },
    permission: 'exchanges',
    query: {
      state: { kind: 'choice', of: STATES, meaning: { zh: '状态', en: 'state' } },
      peer: { kind: 'text', longest: 64, meaning: { zh: '请求方', en: 'who sent it' } },
      institution: { kind: 'text', longest: 64, meaning: { zh: '机构编码', en: 'code of the institution' } },
      transaction: {
        kind: 'text',
        longest: 6,
        like: /^[0-9A-Z]{4,6}$/,
        meaning: { zh: '交易编号', en: 'transaction number' },
      },
      messageId: { kind: 'text', longest: 64, meaning: { zh: '发送方报文 ID', en: 'msgid of the sender' } },
      odd: {
        kind: 'choice',
        of: ['waiting', 'looked'],
        meaning: {
          zh: '应答存疑：待查看、已查看',
          en: 'with odd answers that nobody has looked at, or that somebody has',
        },
      },
      day: { kind: 'day', meaning: { zh: '受理日（北京时间）', en: 'day of acceptance, in China’s time' } },
      ...paging(500),
    },
    answer: 'Exchanges',
    example: { exchanges: [ODD_EXCHANGE, EXCHANGE], next: 12 },
  },
  showExchange: {
    method: 'GET',
    path: '/admin/exchanges/{id}',
    summary: {
      zh: '一笔交易及其各报文的状态，不含内容',
      en: 'an exchange and its messages, without contents',
    },
    permission: 'exchanges',
    answer: 'Exchange',
    example: EXCHANGE_WITH_LEGS,
    refusals: ['noExchange'],
  },
  revealExchange: {
    method: 'POST',
    path: '/admin/exchanges/{id}/reveal',
    summary: {
      zh: '查看报文原文，含个人信息；记入审计',
      en: 'the messages themselves, persons included; audited',
    },
    permission: 'reveal',
    body: { reason },
    answer: 'Contents',
    example: {
      id: 12,
      messages: [
        { kind: 'received', contentType: 'application/json; charset=utf-8', text: '{"infno":"2207"}' },
      ],
    },
    refusals: ['noExchange'],
    action: 'exchange.reveal',
  },
  resolveExchange: {
    method: 'POST',
    path: '/admin/exchanges/{id}/resolve',
    summary: {
      zh: '登记人工核实的结果，一次为准；记入审计',
      en: 'what a person found out, once, for good; audited',
    },
    permission: 'resolve',
    body: {
      as: {
        kind: 'choice',
        of: ['answered', 'rejected', 'reversed'],
        required: true,
        meaning: { zh: '实际结果', en: 'what became of it' },
      },
      reason,
      operator,
    },
    answer: 'Exchange',
    example: {
      ...EXCHANGE_WITH_LEGS,
      state: 'rejected',
      resolution: {
        as: 'rejected',
        reason: '与参保地电话核实，未结算',
        operator: '测试经办',
        at: '2026-01-01T02:00:00.000Z',
      },
    },
    refusals: ['noExchange', 'notWithPerson'],
    action: 'exchange.resolve',
  },
  lookAtExchange: {
    method: 'POST',
    path: '/admin/exchanges/{id}/looked',
    summary: {
      zh: '登记已查看存疑的应答及结论，不改变结果；记入审计',
      en: 'somebody has looked at what is odd, and found this; no outcome is changed; audited',
    },
    permission: 'resolve',
    body: { reason, operator },
    answer: 'Exchange',
    example: {
      ...EXCHANGE_WITH_LEGS,
      ...ODD_EXCHANGE,
      odd: { places: ODD_EXCHANGE.odd.places },
      oddities: [
        {
          leg: 1,
          peer: 'hub',
          found: [
            {
              rule: 'identity',
              at: '/output/setlinfo/medfee_sumamt',
              field: 'medfee_sumamt',
              label: { zh: '医疗费总额', en: 'total medical fee' },
              found: '100.00',
              message: {
                zh: '恒等关系 settlement-total 不成立：…，差额 5.00 元。公式：…。请核对各项金额。',
                en: 'Identity settlement-total does not hold: …, difference 5.00 CNY. Formula: …. Check these amounts.',
              },
            },
          ],
        },
      ],
      looks: [{ reason: '已与参保地核对', operator: '测试经办', at: '2026-01-01T02:00:00.000Z' }],
    },
    refusals: ['noExchange', 'notOdd'],
    action: 'exchange.looked',
  },
  configuration: {
    method: 'GET',
    path: '/admin/configuration',
    summary: { zh: '当前配置，不含密钥与令牌', en: 'the configuration in force, without keys and tokens' },
    permission: 'configuration',
    answer: 'Configuration',
    example: { role: 'care-place', region: '530000', name: '示例网关', peers: [] },
  },
  reload: {
    method: 'POST',
    path: '/admin/reload',
    summary: { zh: '重新加载配置；记入审计', en: 'reload the configuration; audited' },
    permission: 'reload',
    body: { reason },
    answer: 'Reloaded',
    example: { reloaded: true, peers: 4 },
    refusals: ['badConfig'],
    action: 'configuration.reload',
  },
  backUp: {
    method: 'POST',
    path: '/admin/backup',
    summary: { zh: '立即备份日志库；记入审计', en: 'make a back-up of the journal now; audited' },
    permission: 'backup',
    body: { reason },
    answer: 'BackedUp',
    example: {
      file: '/mnt/backup/yiqiao/journal-20260101-080000123.sqlite',
      bytes: 1048576,
      at: '2026-01-01T00:00:00.000Z',
    },
    refusals: ['noBackups'],
    action: 'journal.backup',
  },
  listAudit: {
    method: 'GET',
    path: '/admin/audit',
    summary: { zh: '审计日志，从新到旧', en: 'the audit log, newest first' },
    permission: 'audit',
    query: {
      operator: { kind: 'text', longest: 64, meaning: { zh: '令牌的名称', en: 'name of the token' } },
      action: { kind: 'text', longest: 64, meaning: { zh: '操作', en: 'what was done' } },
      outcome: { kind: 'choice', of: ['begun', 'done', 'refused'], meaning: { zh: '结果', en: 'outcome' } },
      ...paging(500),
    },
    answer: 'Audit',
    example: { entries: [AUDIT_ENTRY] },
  },
  checkAudit: {
    method: 'GET',
    path: '/admin/audit/check',
    summary: { zh: '核验审计日志的散列链', en: 'follow the chain of hashes of the audit log' },
    permission: 'audit',
    query: {
      id: { kind: 'integer', meaning: { zh: '另处记下的条目编号', en: 'an entry noted elsewhere' } },
      hash: {
        kind: 'text',
        longest: 64,
        like: /^[0-9a-fA-F]{64}$/,
        meaning: { zh: '及其散列', en: 'and its hash' },
      },
    },
    answer: 'AuditCheck',
    example: { sound: true, entries: 7, end: '0'.repeat(64), damage: [] },
  },
} as const satisfies Record<string, Endpoint>;

/** What an address does. */
export type EndpointName = keyof typeof ENDPOINTS;
