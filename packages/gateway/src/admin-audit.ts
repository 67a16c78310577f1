/** Puts on record who did what through the admin API, and notes each entry in the log, outside the journal’s file. */
import type { AuditEntry, Journal, NewAuditEntry } from '@yiqiao/journal';
import { maskIdentifiers } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import type { Logger } from 'pino';

/** What is to be put on record; the time is added, and numbers of persons in its reason are masked. */
export type Act = Omit<NewAuditEntry, 'at'>;

/** The audit of one gateway. */
export interface Audit {
  /** On record before it resolves. @throws GatewayError `JOURNAL_FAILED`. */
  write(act: Act): Promise<void>;
  /** For what was refused or has been done already: never rejects, a journal that fails is logged. */
  tell(act: Act): Promise<void>;
  /** The entry of an act that the journal writes together with what it is about. */
  entry(act: Act): NewAuditEntry;
  /** Notes an entry that the journal has written. */
  note(entry: AuditEntry): void;
}

/** Creates it. */
export function createAudit(parts: {
  readonly journal: Pick<Journal, 'appendAudit'>;
  readonly clock: Clock;
  readonly logger: Logger;
}): Audit {
  const { journal, clock, logger } = parts;
  const entry = ({ reason, ...act }: Act): NewAuditEntry => ({
    at: clock.now(),
    ...act,
    ...(reason !== undefined && { reason: maskIdentifiers(reason) }),
  });
  // Whoever rewrites the journal's chain cannot rewrite logs that are kept elsewhere. Reasons may name persons.
  const note = ({ id, hash, action, outcome, role, target, code }: AuditEntry): void => {
    logger.info({ audit: id, hash, action, outcome, role, target, code }, 'audit');
  };
  const write = async (act: Act): Promise<void> => note(await journal.appendAudit(entry(act)));
  return {
    entry,
    note,
    write,
    async tell(act) {
      try {
        await write(act);
      } catch (error) {
        logger.error({ err: error, action: act.action, outcome: act.outcome }, 'audit entry lost');
      }
    },
  };
}
