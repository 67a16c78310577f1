/** Synthetic exchanges. */
import type { Transcript } from '@yiqiao/model';
import type { ExchangeEnd, LegOutcome, NewExchange, NewLeg, Opening, SettlementLine } from '@yiqiao/journal';

/** Epoch milliseconds at which the samples play. */
export const NOW = Date.UTC(2026, 10, 21, 1, 2, 3);

/** Message id number `n` of one institution, 30 characters as in the national envelope. */
export function messageId(n: number): string {
  return `H00000000001202611210902${String(n).padStart(6, '0')}`;
}

/** A transcript of some text. */
export function transcript(text: string): Transcript {
  return { bytes: new TextEncoder().encode(text), contentType: 'application/json; charset=utf-8' };
}

/** A settlement as it arrives from a HIS. */
export function newExchange(n: number, changes: Partial<NewExchange> = {}): NewExchange {
  return {
    key: { peer: 'his-530000', institution: 'H00000000001', messageId: messageId(n) },
    digest: `digest-${n}`,
    transaction: '2207',
    operation: 'settleOutpatient',
    received: transcript(`{"infno":"2207","n":${n},"psn_name":"测试甲"}`),
    acceptedAt: NOW,
    ...changes,
  };
}

/** Its message to the hub. */
export function newLeg(n: number, changes: Partial<NewLeg> = {}): NewLeg {
  return {
    purpose: 'forward',
    peer: 'hub',
    messageId: `G${messageId(n)}`,
    transaction: '2207',
    operation: 'settleOutpatient',
    step: 0,
    request: `{"personName":"测试甲","n":${n}}`,
    sent: transcript(`{"infno":"2207","msgid":"G${n}"}`),
    sentAt: NOW + 1,
    ...changes,
  };
}

/** Both. */
export function opening(n: number): Opening {
  return { exchange: newExchange(n), leg: newLeg(n) };
}

/** The answer to a leg. */
export function answered(leg: number, changes: Partial<LegOutcome> = {}): LegOutcome {
  return {
    leg,
    state: 'answered',
    at: NOW + 2,
    reply: transcript('{"infcode":0}'),
    response: '{"settlementId":"S1"}',
    ...changes,
  };
}

/** An end that was told to the caller. */
export function ended(changes: Partial<ExchangeEnd> = {}): ExchangeEnd {
  return { state: 'answered', at: NOW + 3, reply: transcript('{"infcode":0,"output":{}}'), ...changes };
}

/** A ledger line. */
export function line(n: number): SettlementLine {
  return {
    settlementId: `S${n}`,
    visitId: `V${n}`,
    institution: 'H00000000001',
    total: '100.00',
    fundPaid: '70.00',
    accountPaid: '20.00',
    cashPaid: '10.00',
  };
}
