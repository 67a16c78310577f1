/** Tells the operator in time that a certificate or key ends, or that it is not believed any more. */
import { GatewayError } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import type { Scheduler } from '@yiqiao/router';
import type { Logger } from 'pino';
import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { CertificateBook, CertificateState } from './certificate-book.ts';

const EVERY_MS = 3_600_000;

/** A watch that looks every hour. */
export interface CertificateWatch {
  /** Looks now, e.g. after a reload. */
  look(): void;
  stop(): void;
}

/**
 * Looks at once and then every hour: reads the revocation files afresh and checks every certificate. One line of the
 * log each time one comes within 60, 30 or 7 days of its end, ends, or is believed no more or again.
 */
export function watchCertificates(options: {
  book(): CertificateBook;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
}): CertificateWatch {
  const { book, clock, scheduler, logger } = options;
  /** What was last told of each, so that a reload that changes nothing tells nothing. */
  let told = new Map<string, string>();
  let cancel = (): void => undefined;

  const look = (): void => {
    const now = clock.now();
    const unreadable = book().look(now);
    if (unreadable !== undefined) logger.error(factsOf(unreadable), 'revocation files cannot be read');
    const seen = new Map<string, string>();
    for (const state of book().list(now)) {
      const name = `${state.peer} ${state.use} ${state.id}`;
      const tidings = `${state.level} ${state.reasons.join()}`;
      seen.set(name, tidings);
      if (tidings !== (told.get(name) ?? 'fine ')) tell(logger, state);
    }
    told = seen;
  };
  const tick = (): void => {
    look();
    cancel = scheduler.after(EVERY_MS, tick);
  };
  tick();
  return { look, stop: () => cancel() };
}

function tell(logger: Logger, { peer, use, id, notAfter, level, reasons }: CertificateState): void {
  const end = notAfter === undefined ? {} : { notAfter: new Date(notAfter).toISOString() };
  const line = { peer, use, id, ...end, level, ...(reasons.length > 0 && { reasons }) };
  if (level === 'expired') logger.error(line, 'certificate or key has expired');
  else if (reasons.length > 0) logger.error(line, 'certificate is not believed');
  else if (level === 'fine') logger.info(line, 'certificate or key is in order');
  else logger.warn(line, 'certificate or key ends soon');
}

function factsOf(error: unknown): Record<string, unknown> {
  if (error instanceof GatewayError) return { code: error.code, ...error.details.facts };
  return { reason: error instanceof Error ? error.message : String(error) };
}

/** What is wrong with certificates and keys, or soon will be: one line each. */
export function certificateTroubles(states: readonly CertificateState[]): string[] {
  return states
    .filter(({ level, reasons }) => level !== 'fine' || reasons.length > 0)
    .map(({ peer, use, id, daysLeft, level, reasons }) => {
      const end = level === 'fine' ? '' : `, ${level === 'expired' ? 'expired' : `${daysLeft} days left`}`;
      return `  ! ${peer}  ${use} ${id}${end}${reasons.length === 0 ? '' : `, ${reasons.join(', ')}`}`;
    });
}

/** `yiqiao_certificate_days_left` and `yiqiao_certificate_trusted`, asked for at each scrape. */
export function addCertificateGauges(registry: Registry, list: () => readonly CertificateState[]): void {
  const add = (name: string, help: string, figureOf: (state: CertificateState) => number): void => {
    void new Gauge({
      name,
      help,
      labelNames: ['peer', 'use', 'id'],
      registers: [registry],
      collect() {
        this.reset();
        for (const state of list()) {
          const { peer, use, id } = state;
          if (figureOf(state) !== Infinity) this.set({ peer, use, id }, figureOf(state));
        }
      },
    });
  };
  add(
    'yiqiao_certificate_days_left',
    'Whole days until a certificate or key ends, negative once it is over',
    (state) => state.daysLeft,
  );
  add(
    'yiqiao_certificate_trusted',
    '1 while a certificate or key is believed, else 0',
    ({ level, reasons }) => (level === 'expired' || reasons.length > 0 ? 0 : 1),
  );
}
