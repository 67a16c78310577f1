export { createAdminToken } from './admin-tokens.ts';
export { ROLE_NAMES } from './admin-roles.ts';
export type { Role as AdminRole } from './admin-roles.ts';
export { examineGateway } from './doctor/examine.ts';
export type { Finding } from './doctor/finding.ts';
export { checkGatewayConfig, startGateway } from './gateway.ts';
export type { Gateway } from './gateway.ts';
export {
  checkConfiguredJournal,
  journalFileOf,
  journalSource,
  maintainJournal,
  openJournalOffline,
} from './journal-offline.ts';
