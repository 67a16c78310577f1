/** Who may do what through the admin API. Documented in docs/admin.md. */

/** What one permission allows. */
export const PERMISSIONS = {
  /** 运行状况：健康、指标、对端、证书、停机 */
  status: { zh: '查看运行状况', en: 'see health, figures, far sides, certificates and closures' },
  /** 交易（不含内容） */
  exchanges: { zh: '查看交易（不含内容）', en: 'see exchanges without their contents' },
  resolve: { zh: '登记人工核实结果', en: 'put on record what a person found out about an exchange' },
  reveal: { zh: '查看交易内容（含个人信息）', en: 'see the contents of an exchange, persons included' },
  audit: { zh: '查看与核验审计日志', en: 'see and check the audit log' },
  configuration: { zh: '查看配置（不含密钥）', en: 'see the configuration without its keys' },
  reload: { zh: '重新加载配置', en: 'reload the configuration' },
  backup: { zh: '立即备份日志库', en: 'make a back-up of the journal now' },
} as const;

/** A permission. */
export type Permission = keyof typeof PERMISSIONS;

/** A role. 三员分立: whoever runs the gateway sees no persons, whoever audits changes nothing. */
export type Role = 'viewer' | 'operator' | 'auditor' | 'administrator';

/** What each role may do. No role may do everything. */
export const ROLES: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: ['status', 'exchanges'],
  operator: ['status', 'exchanges', 'resolve', 'reveal'],
  auditor: ['status', 'exchanges', 'audit', 'configuration'],
  administrator: ['status', 'exchanges', 'configuration', 'reload', 'backup'],
};

/** The roles that have a permission. */
export function rolesWith(permission: Permission): readonly Role[] {
  return ROLE_NAMES.filter((role) => ROLES[role].includes(permission));
}

/** Names of the roles. */
export const ROLE_NAMES = Object.keys(ROLES) as readonly Role[];
