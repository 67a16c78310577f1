/** The simulated prescription centre: both dialects, faults on request, notifications, a ledger to read. */
import { createScheduler } from '../../scheduler.ts';
import { createSandboxKeys } from '../../sm2-signature.ts';
import type { SandboxKeys } from '../../sm2-signature.ts';
import { clockOf, startFaultyServer } from '../faulty-server.ts';
import type { PlatformOptions, RunningPlatform } from '../faulty-server.ts';
import { bent } from '../platform-bend.ts';
import type { PlatformAnswer, PlatformHandler } from '../platform-bend.ts';
import { createCentreBook } from './book.ts';
import type { CentreRow } from './book.ts';
import { createDoors } from './doors.ts';
import type { CentreCaller, CentreMessage } from './doors.ts';
import { createHospitalDesk, tellAudit, tellDispensing } from './hospital-desk.ts';
import type { CentreAnswer, CentreHandler } from './hospital-desk.ts';
import { createNotifier } from './notifier.ts';
import type { Notification, Notifier, ToldRow } from './notifier.ts';
import { createPharmacyDesk } from './pharmacy-desk.ts';
import { refuse } from './refusals.ts';
import { leaf } from '../../national-message.ts';

/** What a centre is started with. */
export interface PrescriptionCentreOptions extends PlatformOptions {
  /** The institutions it knows. */
  readonly callers: readonly CentreCaller[];
  readonly keys?: SandboxKeys;
  /** How long a passed audit keeps a prescription for its pharmacy; a day when absent. Project design. */
  readonly claimMinutes?: number;
  /** `by-request`: hospitals are told only when `notify` is called. */
  readonly notifications?: 'by-itself' | 'by-request';
}

/** A running centre. */
export interface PrescriptionCentre extends RunningPlatform {
  /** Its public key (hex). */
  readonly publicKey: string;
  /** What it has on its books. */
  readonly ledger: { rows(): readonly CentreRow[]; told(): readonly ToldRow[] };
  /** Tells hospitals once of all they have not acknowledged. */
  notify(): Promise<void>;
}

/** Which notification an operation leads to, and its body. */
const TOLD: Readonly<Record<string, [Notification['kind'], typeof tellAudit]>> = {
  '7206': ['rxChkInfoNotify', tellAudit],
  '7207': ['rxSetlInfoNotify', tellDispensing],
  '7208': ['rxSetlInfoNotify', tellDispensing],
};

/** Starts a centre on 127.0.0.1. Faults name the operation by its national number, D001 as 7101. */
export async function startPrescriptionCentre(
  options: PrescriptionCentreOptions,
): Promise<PrescriptionCentre> {
  const clock = clockOf(options);
  const keys = options.keys ?? createSandboxKeys();
  const book = createCentreBook({ claimMs: (options.claimMinutes ?? 24 * 60) * 60_000 });
  const { bend } = options;
  const doors = createDoors({ keys, callers: options.callers, clock, bend });
  const handler = bent(handlerOf({ ...createHospitalDesk(book, keys), ...createPharmacyDesk(book) }), bend);
  const notifier: Notifier = createNotifier({
    clock,
    scheduler: options.scheduler ?? createScheduler({ holdsProcess: false }),
    byItself: options.notifications !== 'by-request',
  });

  let notices = 0;

  /** Owes the hospital a notification, once for what really changed something. */
  function oweNews({ operation, body, now }: CentreMessage): void {
    const [kind, tell] = TOLD[operation] ?? [];
    const found = book.find(leaf(body, 'hiRxno'));
    const hospital = options.callers.find(({ institution }) => institution === found?.hospital.code);
    if (kind === undefined || tell === undefined || found === undefined) return;
    const news = tell(found, now);
    if (hospital?.notifyUrl === undefined || 'refusal' in news) return;
    const { notifyUrl: url } = hospital;
    notifier.owe({
      kind,
      about: found.number,
      serial: (notices += 1),
      url,
      data: news.body,
      settings: doors.settingsOf(hospital),
      hospital: { code: hospital.institution, form: hospital.notifyAs ?? 'epc' },
    });
  }

  function work(message: CentreMessage): CentreAnswer {
    if (message.refused !== undefined) return message.refused;
    const { operation, body, institution: sender, now } = message;
    const before = changesOf(book.find(leaf(body, 'hiRxno')));
    const answer = handler({ operation, body, sender, now });
    if (changesOf(book.find(leaf(body, 'hiRxno'))) !== before) oweNews(message);
    return 'body' in answer ? answer : { refusal: { code: answer.code ?? UNNUMBERED, text: answer.refusal } };
  }

  const running = await startFaultyServer<CentreMessage>(options, {
    read: doors.read,
    work: (message, how) => doors.write(message, work(message), how),
    refuse: (message, text) => doors.write(message, { refusal: { code: '9000', text } }, { stranger: false }),
    rows: () => book.rows(clock.now()),
  });
  return {
    ...running,
    publicKey: keys.publicKey,
    ledger: { rows: () => book.rows(clock.now()), told: notifier.rows },
    notify: notifier.deliver,
    close: async () => {
      notifier.stop();
      await running.close();
    },
  };
}

/** Code of a refusal that brings none: it is not the desks' own. */
const UNNUMBERED = '1000';

/** The desks as one handler. */
function handlerOf(desks: Readonly<Record<string, CentreHandler>>): PlatformHandler {
  return ({ operation, body, sender: institution, now }) => {
    const desk = desks[operation];
    return told(desk === undefined ? refuse('unknown', operation) : desk({ body, institution, now }));
  };
}

function told(answer: CentreAnswer): PlatformAnswer {
  return 'body' in answer ? answer : { refusal: answer.refusal.text, code: answer.refusal.code };
}

/** Tells audits and dispensings apart from what was there before. */
function changesOf(found: ReturnType<ReturnType<typeof createCentreBook>['find']>): string {
  if (found === undefined) return '';
  const undone = found.dispensings.filter((one) => one.undone).length;
  return [found.audit?.number, found.dispensings.length, undone].join(' ');
}
