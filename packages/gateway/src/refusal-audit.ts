/** Refusals that tell of somebody who is not whom he says, or wants what is not his: put on record, in bounds. */
import type { Clock, ErrorCode, GatewayError } from '@yiqiao/model';
import type { Audit } from './admin-audit.ts';

/** The codes that are audited. */
const AUDITED: ReadonlySet<ErrorCode> = new Set([
  'OPERATION_NOT_ALLOWED',
  'TRANSACTION_NOT_ALLOWED',
  'INSTITUTION_NOT_ALLOWED',
  'REGION_NOT_ALLOWED',
  'ORIGINAL_NOT_OWN',
  'CLIENT_CERTIFICATE_MISSING',
  'CLIENT_CERTIFICATE_FOREIGN',
  'SIGNATURE_MISSING',
  'SIGNATURE_INVALID',
  'SIGNATURE_MALFORMED',
  'SIGNATURE_ALGORITHM_WRONG',
  'SIGNATURE_KEY_EXPIRED',
  'SIGNATURE_KEY_NOT_YET_VALID',
  'SIGNATURE_OUTDATED',
  'CREDENTIAL_UNKNOWN',
  'CIPHERTEXT_INVALID',
  'MESSAGE_REPLAYED',
  'CERTIFICATE_REVOKED',
  'CERTIFICATE_NOT_BELIEVED',
]);

/** Of one peer and code so many entries are written … */
const MOST = 20;
/** … in this time; the rest is counted in the metrics and the log only. */
const WITHIN_MS = 60_000;
const MOST_COUNTS = 10_000;

/** Where refusals are put on record. */
export interface RefusalAudit {
  /** `peer`: whose message it was, or `unknown`; `address`: where it came from. */
  refused(error: GatewayError, of: { readonly peer: string; readonly address?: string | undefined }): void;
  /** A connection that did not come about: a code of TLS, or `too-many-connections`. */
  turnedAway(reason: string, address: string | undefined): void;
}

/** Creates it. */
export function createRefusalAudit(audit: Pick<Audit, 'tell'>, clock: Clock): RefusalAudit {
  const counts = new Map<string, { readonly since: number; readonly count: number }>();
  const isWithin = (key: string): boolean => {
    const now = clock.now();
    const before = counts.get(key);
    const isOver = before === undefined || before.since + WITHIN_MS <= now;
    const count = isOver ? 1 : before.count + 1;
    if (isOver) counts.delete(key);
    counts.set(key, { since: isOver ? now : before.since, count });
    const [oldest] = counts.keys();
    if (counts.size > MOST_COUNTS && oldest !== undefined) counts.delete(oldest);
    return count <= MOST;
  };
  const tell = (act: { action: string; target: string; code: string }, address: string | undefined): void => {
    if (!isWithin(`${act.target} ${act.code}`)) return;
    void audit.tell({ ...act, outcome: 'refused', ...(address === undefined ? {} : { from: address }) });
  };
  return {
    refused({ code, details }, { peer, address }) {
      const meant = details.facts?.['because'] ?? code;
      if (!AUDITED.has(meant as ErrorCode)) return;
      tell({ action: 'message.refuse', target: `peer ${peer}`, code: String(meant) }, address);
    },
    turnedAway(reason, address) {
      tell({ action: 'connection.refuse', target: 'listen', code: reason.slice(0, 64) }, address);
    },
  };
}
