/**
 * The hospital's ear: what the centre tells unasked. In gm-envelopes each notification has a path of its own, with the
 * body of D006 or D007 (project design); in the national form both come to one address, as 7108 and 7109.
 */
import { compactTime, ExactNumber, GatewayError, isWireObject, leafText } from '@yiqiao/model';
import type { Clock, WireObject } from '@yiqiao/model';
import { createNotificationDesk, defineAdapter, jsonCodec, nationalShape } from '@yiqiao/sdk';
import type {
  AdapterSigning,
  AdapterStore,
  MessageParts,
  NotificationDesk,
  NotificationResult,
  NotificationVerdict,
  StoreTransaction,
} from '@yiqiao/sdk';
import { epcDialect } from './centre-dialect.ts';
import type { CirculationFacts } from './facts.ts';
import { noteAudit, noteDispensing } from './hospital-news.ts';
import type { AuditNews, DispensingNews } from './hospital-news.ts';
import { requireMembers } from './required-members.ts';

/** What a notification tells. */
type News =
  | { readonly kind: 'audited'; readonly body: AuditNews }
  | { readonly kind: 'dispensed'; readonly body: DispensingNews };

/** What the desk is made with. */
export interface NewsDeskOptions {
  readonly facts: CirculationFacts;
  readonly store: AdapterStore;
  readonly clock: Clock;
  /** The form that the centre speaks, and how it signs. */
  readonly dialect: 'epc' | 'national';
  readonly signing: readonly AdapterSigning[];
  readonly parked?: { readonly attempts: number; readonly everyMs: number };
}

/**
 * Takes both notifications. One about a prescription that is unknown or not uploaded yet is acknowledged, parked and
 * tried again. @throws GatewayError `CONFIG_INVALID`.
 */
export function createNewsDesk(options: NewsDeskOptions): NotificationDesk {
  const { dialect, facts, store, clock, signing, parked } = options;
  const common = { store, clock, signing, ...(parked === undefined ? {} : { parked }) };
  const note = (news: News, tx: StoreTransaction): NotificationVerdict =>
    news.kind === 'audited'
      ? noteAudit(tx, news.body, clock.now())
      : noteDispensing(tx, news.body, clock.now());
  return dialect === 'epc'
    ? createNotificationDesk({
        ...common,
        definition: epcNews(facts),
        handlers: { audited: note, dispensed: note },
      })
    : createNotificationDesk({ ...common, definition: nationalNews(facts), handlers: { news: note } });
}

function epcNews(facts: CirculationFacts) {
  const { notifications, operations } = facts.centre;
  const form = epcDialect(facts.centre);
  const newsOf = (kind: News['kind']) => ({
    path: `/${notifications[kind].path}`,
    read(message: WireObject) {
      const event = readNews(kind, form.read(message, operations[OPERATIONS[kind]]), facts);
      // Sent again, it is sealed anew: the time makes two of them, and noting the same twice changes nothing.
      const time = leafText(message['timestamp']) ?? '';
      return { id: [kind, event.body.insurancePrescriptionNumber, time].join('/'), event };
    },
    answer: answerEpc,
  });
  return defineAdapter<Record<never, never>, Record<News['kind'], News>>({
    id: 'prescription-news',
    codec: jsonCodec(),
    calls: {},
    notifications: { audited: newsOf('audited'), dispensed: newsOf('dispensed') },
  });
}

function nationalNews(facts: CirculationFacts) {
  const { notifications, dialects } = facts.centre;
  const kinds = Object.keys(notifications) as News['kind'][];
  return defineAdapter<Record<never, never>, { news: News }>({
    id: 'prescription-news',
    codec: jsonCodec(),
    calls: {},
    notifications: {
      news: {
        path: `/${dialects.national.notificationPath}`,
        read(message) {
          const transaction = leafText(message['infno']) ?? '';
          const kind = kinds.find((one) => notifications[one].transaction === transaction);
          if (kind === undefined) throw new GatewayError('TRANSACTION_UNKNOWN', { facts: { transaction } });
          const input = message['input'];
          const nodes = input !== undefined && isWireObject(input) ? input : {};
          return { id: leafText(message['msgid']) ?? '', event: readNews(kind, nodes, facts) };
        },
        answer: answerNational,
      },
    },
  });
}

const OPERATIONS = { audited: 'findPrescriptionAudit', dispensed: 'findDispensing' } as const;

function readNews(kind: News['kind'], nodes: WireObject, { centre }: CirculationFacts): News {
  requireMembers(nodes, centre.operations[OPERATIONS[kind]].needs ?? []);
  return kind === 'audited'
    ? { kind, body: nationalShape(OPERATIONS[kind]).readResponse(nodes).body }
    : { kind, body: nationalShape(OPERATIONS[kind]).readResponse(nodes).body };
}

function answerEpc(result: NotificationResult): WireObject {
  const isTaken = result.state !== 'refused';
  return {
    code: new ExactNumber(isTaken ? '0' : '1'),
    message: isTaken ? '成功' : textOf(result),
    success: isTaken,
    data: {},
  };
}

/** Source: envelope.json, response; 7108, 7109. */
function answerNational(result: NotificationResult, { messageId, now }: MessageParts): WireObject {
  const isTaken = result.state !== 'refused';
  const time = compactTime(now);
  return {
    infcode: new ExactNumber(isTaken ? '0' : '-1'),
    inf_refmsgid: messageId,
    refmsg_time: time,
    respond_time: time,
    err_msg: isTaken ? '' : textOf(result),
    output: { data: { success: isTaken } },
  };
}

function textOf(result: NotificationResult): string {
  return result.state === 'refused' ? `${result.refusal.code} ${result.refusal.text}` : '';
}
