/** What the jobs of a bill have in common: its record, its institution, what is written when something is known. */
import assert from 'node:assert/strict';
import type { Clock, WireObject } from '@yiqiao/model';
import type { AdapterStore, SettledEvent, StoreTransaction, TraceEvent } from '@yiqiao/sdk';
import { findRecord, KINDS } from './bill-record.ts';
import type { BillNumbers, BillRecord } from './bill-record.ts';
import type { BillingInstitution, PlatformWays } from './bill-settings.ts';
import { nextState } from './life-cycle.ts';
import type { BillPlatform } from './platform.ts';
import type { SettlementProof } from './settlement-proof.ts';

/** What the jobs work with. */
export interface BillDesk {
  readonly store: AdapterStore;
  readonly platform: BillPlatform;
  readonly clock: Clock;
  readonly ways: PlatformWays;
  /** Asked before a bill is issued, where there is one. */
  readonly proof?: SettlementProof;
  institutionOf(event: SettledEvent | undefined): BillingInstitution;
  requestOf(record: BillRecord): WireObject;
}

/** The record of a job; it is written before the job. */
export function recordOf(store: AdapterStore, settlementId: string): BillRecord {
  const record = findRecord(store, settlementId);
  assert(record !== undefined, 'a job of a bill follows its record');
  return record;
}

/** Writes part of a record anew, on top of what it is by now. */
export function change(tx: StoreTransaction, settlementId: string, parts: Partial<BillRecord>): BillRecord {
  const before = findRecord(tx, settlementId);
  assert(before !== undefined, 'a record is changed after it was made');
  const after = { ...before, ...parts };
  tx.put(KINDS.bill, settlementId, after);
  return after;
}

/** A record without a member. */
export function forget(tx: StoreTransaction, settlementId: string, name: 'sentAt' | 'paper'): void {
  const { [name]: _, ...rest } = recordIn(tx, settlementId);
  tx.put(KINDS.bill, settlementId, rest);
}

function recordIn(tx: StoreTransaction, settlementId: string): BillRecord {
  const record = findRecord(tx, settlementId);
  assert(record !== undefined, 'a record is changed after it was made');
  return record;
}

/**
 * Takes a bill that the platform has issued for a settlement.
 * @returns `false`, and nothing written, when its number belongs to another settlement.
 */
export function takeBill(desk: BillDesk, settlementId: string, bill: BillNumbers): boolean {
  return desk.store.transact((tx) => {
    const key = `${bill.code}/${bill.number}`;
    const holder = tx.get<string>(KINDS.number, key);
    if (holder !== undefined && holder !== settlementId) return false;
    tx.put(KINDS.number, key, settlementId);
    const record = recordIn(tx, settlementId);
    // Another try has taken it meanwhile.
    if (record.bill !== undefined) return isSameBill(record.bill, bill);
    const state = nextState(record, record.state === 'owed' ? 'issued' : 'found');
    const after = change(tx, settlementId, { bill, state });
    tx.trace(eventOf(desk, after, 'e-invoice.issued'));
    return true;
  });
}

function isSameBill(one: BillNumbers, other: BillNumbers): boolean {
  return one.code === other.code && one.number === other.number;
}

/** An event of the trace about a bill. */
export function eventOf(desk: BillDesk, record: BillRecord, step: string): TraceEvent {
  const { settled, bill, redBill, settlementId } = record;
  const visit = settled?.visitId ?? record.undone?.visitId;
  return {
    at: desk.clock.now(),
    step,
    refs: {
      settlement: settlementId,
      ...(visit === undefined ? {} : { visit }),
      ...(bill === undefined ? {} : { invoice: `${bill.code}-${bill.number}` }),
      ...(settled === undefined ? {} : { person: desk.store.digest(settled.person.number) }),
    },
    facts: {
      state: record.state,
      ...(redBill === undefined ? {} : { redBill: `${redBill.code}-${redBill.number}` }),
    },
  };
}
