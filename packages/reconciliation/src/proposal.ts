/** What is to be done about a difference. The rules are this project's own; no specification has them. */
import type { Difference, DifferenceClass } from './difference.ts';
import type { Row } from './row.ts';

/** What can be done by machine, and what needs a person. */
export type Action = 'reverse' | 'cancel' | 'person';

/** A proposal. */
export interface Proposal {
  readonly action: Action;
  /** Rule by which it came about. */
  readonly rule: string;
  readonly zh: string;
  readonly en: string;
}

/** What the journal knows of a message that only the platform has booked. */
export interface KnownExchange {
  readonly id: number;
  /** As `Exchange.state` of the journal. */
  readonly state: string;
  readonly transaction: string;
  readonly messageId: string;
  readonly personNumber: string;
}

/** What the caller was told of such an exchange was that it is not done, or nothing: booked it must not stay. */
const NOT_TOLD: ReadonlySet<string> = new Set(['unknown', 'handed-to-person', 'rejected', 'reversed']);

const RULES = {
  'lost-settlement': {
    action: 'reverse',
    zh: '平台已记账，而医院被告知未成或未获答复：以 2601 冲正',
    en: 'booked by the platform, while the hospital was told it failed or nothing: reverse it (2601)',
  },
  'cancelled-at-his': {
    action: 'cancel',
    zh: '医院已退费而平台仍有效：以 2208 撤销',
    en: 'the hospital has refunded it, at the platform it stands: cancel it (2208)',
  },
  'cancelled-elsewhere': {
    action: 'person',
    zh: '平台已退费而医院未退：请医院补记退费并与患者核对退款',
    en: 'refunded at the platform and not by the hospital: the hospital books the refund and checks the payment to the patient',
  },
  'only-at-platform': {
    action: 'person',
    zh: '仅平台有：请向经办机构查明来源（他系统或窗口直连），确认无此就诊后撤销',
    en: 'only the platform has it: find out where it came from (another system, a counter), and cancel it when there was no such visit',
  },
  'not-in-his': {
    action: 'person',
    zh: '平台与网关有而医院无：问收费处。患者已付则补记；确未收费则以 2208 撤销',
    en: 'platform and gateway have it, the hospital has not: ask the cashier. Paid: book it; not charged at all: cancel it (2208)',
  },
  'not-at-platform': {
    action: 'person',
    zh: '医院已收费而平台无：基金不会拨付。重新结算，或退还患者自付后作废',
    en: 'charged by the hospital and not known to the platform: the fund will not pay. Settle it again, or pay back and void it',
  },
  'only-in-his': {
    action: 'person',
    zh: '仅医院有：未经网关。查是否手工记账、跨日或录错结算ID',
    en: 'only the hospital has it: it did not pass the gateway. Look for entries by hand, of another day, or a wrong settlement id',
  },
  'past-gateway': {
    action: 'person',
    zh: '网关无而平台与医院有：经他路上传。核对后补入对账范围',
    en: 'platform and hospital have it, the gateway has not: it went another way. Check it and add that way to the reconciliation',
  },
  'only-in-gateway': {
    action: 'person',
    zh: '仅网关有：平台与医院均未记账。凭存证与平台核实该报文的结果',
    en: 'only the gateway has it: clear up with the platform what became of the message; the evidence tells what it answered',
  },
  'amounts-differ': {
    action: 'person',
    zh: '金额不一致：以平台为准，查医院入账与拆分；不得直接改数',
    en: 'other amounts: the platform’s count. Check what the hospital booked; do not just overwrite it',
  },
  'identity-differs': {
    action: 'person',
    zh: '就诊或人员不一致：疑串号，先核实身份再处理',
    en: 'another visit or person: check identities first, numbers may have been mixed up',
  },
} as const satisfies Readonly<Record<string, Omit<Proposal, 'rule'>>>;

const BY_CLASS: Readonly<Record<Exclude<DifferenceClass, 'state'>, keyof typeof RULES>> = {
  'only-platform': 'only-at-platform',
  'only-gateway': 'only-in-gateway',
  'only-his': 'only-in-his',
  'missing-at-gateway': 'past-gateway',
  'missing-at-his': 'not-in-his',
  'missing-at-platform': 'not-at-platform',
  amounts: 'amounts-differ',
  identity: 'identity-differs',
};

/** The proposal for a difference; `exchange` is what the journal has under the platform's message id. */
export function propose(difference: Difference, exchange?: KnownExchange): Proposal {
  const rule = ruleFor(difference, exchange);
  return { rule, ...RULES[rule] };
}

function ruleFor(difference: Difference, exchange: KnownExchange | undefined): keyof typeof RULES {
  if (difference.class === 'state') return stateRule(difference);
  const isLost = exchange !== undefined && NOT_TOLD.has(exchange.state);
  if (difference.class === 'only-platform' && difference.refund === '0' && isLost) return 'lost-settlement';
  return BY_CLASS[difference.class];
}

function stateRule(difference: Difference): keyof typeof RULES {
  const { rows } = difference;
  const hisOnly = rows.his !== undefined && rows.gateway === undefined && rows.platform === undefined;
  if (!hisOnly) return 'cancelled-elsewhere';
  return standing(difference) === undefined ? 'only-in-his' : 'cancelled-at-his';
}

/** The settlement that a refund of the HIS takes back, when gateway and platform both have it. */
export function standing({ original }: Pick<Difference, 'original'>): Row | undefined {
  return original?.platform === undefined ? undefined : original.gateway;
}
