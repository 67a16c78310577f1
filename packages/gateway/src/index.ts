export { createAdminToken } from './admin-tokens.ts';
export { ROLE_NAMES } from './admin-roles.ts';
export type { Role as AdminRole } from './admin-roles.ts';
export { loadStore } from './config.ts';
export type { SealedPlace } from './config.ts';
export { examineGateway } from './doctor/examine.ts';
export type { Finding } from './doctor/finding.ts';
export { checkGatewayConfig, startGateway } from './gateway.ts';
export type { Gateway } from './gateway.ts';
export {
  archiveConfiguredJournal,
  checkConfiguredJournal,
  journalFileOf,
  journalSource,
  maintainJournal,
  openJournalOffline,
  restoreConfiguredArchive,
} from './journal-offline.ts';
