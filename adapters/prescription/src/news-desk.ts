/** The hospital's ear: what the centre tells unasked, in gm-envelopes. Payloads are those of D006 and D007: project design. */
import { ExactNumber, leafText } from '@yiqiao/model';
import type { Clock, WireObject } from '@yiqiao/model';
import { createNotificationDesk, defineAdapter, jsonCodec, nationalShape } from '@yiqiao/sdk';
import type {
  AdapterSigning,
  AdapterStore,
  NotificationDefinition,
  NotificationDesk,
  NotificationResult,
} from '@yiqiao/sdk';
import { epcDialect } from './centre-dialect.ts';
import type { CirculationFacts } from './facts.ts';
import { noteAudit, noteDispensing } from './hospital-news.ts';
import type { AuditNews, DispensingNews } from './hospital-news.ts';

interface News {
  audited: AuditNews;
  dispensed: DispensingNews;
}

/** What the desk is made with. */
export interface NewsDeskOptions {
  readonly facts: CirculationFacts;
  readonly store: AdapterStore;
  readonly clock: Clock;
  /** How the centre signs. */
  readonly signing: readonly AdapterSigning[];
  readonly parked?: { readonly attempts: number; readonly everyMs: number };
}

/**
 * Takes both notifications. One about a prescription that is unknown or not uploaded yet is acknowledged, parked and
 * tried again. @throws GatewayError `CONFIG_INVALID`.
 */
export function createNewsDesk({ facts, store, clock, signing, parked }: NewsDeskOptions): NotificationDesk {
  return createNotificationDesk({
    definition: defineAdapter<Record<never, never>, News>({
      id: 'prescription-news',
      codec: jsonCodec(),
      calls: {},
      notifications: {
        audited: newsOf(facts, 'audited', 'findPrescriptionAudit'),
        dispensed: newsOf(facts, 'dispensed', 'findDispensing'),
      },
    }),
    store,
    clock,
    signing,
    ...(parked === undefined ? {} : { parked }),
    handlers: {
      audited: (news, tx) => noteAudit(tx, news, clock.now()),
      dispensed: (news, tx) => noteDispensing(tx, news, clock.now()),
    },
  });
}

function newsOf<N extends keyof News, O extends 'findPrescriptionAudit' | 'findDispensing'>(
  { centre }: CirculationFacts,
  name: N,
  operation: O,
): NotificationDefinition<News[N]> {
  const { path } = centre.notifications[name];
  const dialect = epcDialect(centre);
  return {
    path: `/${path}`,
    read(message) {
      const nodes = dialect.read(message, centre.operations[operation]);
      const { body } = nationalShape(operation).readResponse(nodes);
      const event = body as News[N];
      // Sent again, it is sealed anew: the time makes two of them, and noting the same twice changes nothing.
      const time = leafText(message['timestamp']) ?? '';
      return { id: [path, event.insurancePrescriptionNumber, time].join('/'), event };
    },
    answer: answerNews,
  };
}

function answerNews(result: NotificationResult): WireObject {
  const isTaken = result.state !== 'refused';
  return {
    code: new ExactNumber(isTaken ? '0' : '1'),
    message: isTaken ? '成功' : `${result.refusal.code} ${result.refusal.text}`,
    success: isTaken,
    data: {},
  };
}
