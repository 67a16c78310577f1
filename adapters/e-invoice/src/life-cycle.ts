/** The steps of a bill, as data. Source: `schemas/peripheral/e-invoice/rules.json`, lifeCycle; project design. */
import { GatewayError } from '@yiqiao/model';
import type { BillRecord, BillState } from './bill-record.ts';

/** What moves a bill. */
export type BillEvent =
  | 'settled'
  | 'settled-taxed'
  | 'undone'
  | 'issued'
  | 'found'
  | 'not-found'
  | 'written-off'
  | 'tax-recorded'
  | 'red-tax-recorded';

type Steps = Readonly<Partial<Record<BillEvent, BillState>>>;

/** From state (`none`: nothing is known yet) by event to state. */
export const BILL_STEPS: Readonly<Record<BillState | 'none', Steps>> = {
  none: { settled: 'owed', 'settled-taxed': 'tax-invoice-awaited', undone: 'void' },
  owed: { issued: 'issued', undone: 'to-write-off' },
  issued: { undone: 'to-write-off' },
  'to-write-off': { found: 'to-write-off', 'not-found': 'void', 'written-off': 'written-off' },
  'written-off': {},
  void: {},
  'tax-invoice-awaited': { 'tax-recorded': 'tax-invoice-recorded', undone: 'void' },
  'tax-invoice-recorded': { undone: 'red-tax-invoice-awaited' },
  'red-tax-invoice-awaited': { 'red-tax-recorded': 'red-tax-invoice-recorded' },
  'red-tax-invoice-recorded': {},
};

/**
 * The state after an event.
 * @throws GatewayError `EINVOICE_STATE_WRONG` when the state does not allow it.
 */
export function nextState(record: BillRecord | undefined, event: BillEvent): BillState {
  const state = record?.state ?? 'none';
  const next = BILL_STEPS[state][event];
  if (next === undefined) throw new GatewayError('EINVOICE_STATE_WRONG', { facts: { state, event } });
  return next;
}

/** No step leads on: nothing is owed for it any more. */
export function isFinal({ state }: BillRecord): boolean {
  return Object.keys(BILL_STEPS[state]).length === 0;
}
