/** What a settlement and its undoing change, in the transaction of the answer: lines, visit, trace, events that are owed. */
import assert from 'node:assert/strict';
import { formatFen, formatTime } from '@yiqiao/model';
import type { CanonicalObject, Fen } from '@yiqiao/model';
import type { StoreTransaction } from '@yiqiao/sdk';
import type { SettledEvent, UndoneEvent } from '../events.ts';
import { SETTLED, UNDONE } from '../observers.ts';
import type { AdmitOrder, RegisterOrder } from '../order.ts';
import type { ActionContext } from './desk-types.ts';
import { LINE, VISIT, lineKey, linesOf, textIn } from './visit-record.ts';
import type { LineRecord, SettlementRecord, VisitRecord } from './visit-record.ts';

/** The settlement stands: its lines are closed, the neighbours are to hear of it. */
export function recordSettled(
  context: ActionContext,
  tx: StoreTransaction,
  settled: {
    readonly visit: VisitRecord;
    readonly lines: readonly LineRecord[];
    readonly settlement: SettlementRecord;
  },
): void {
  const { visit, lines, settlement } = settled;
  const { settlementId } = settlement;
  for (const line of lines)
    tx.put(LINE, lineKey(visit.visit, line.number), { ...line, settledBy: settlementId });
  const { hints: _, ...rest } = visit;
  context.keep(tx, { ...rest, settlements: [...visit.settlements, settlement] });
  const event = settledEvent(context, settled);
  tx.enqueue({ id: `${SETTLED}/${settlementId}`, kind: SETTLED, lane: visit.visit, body: event });
  traced(context, tx, {
    step: 'his.settled',
    visit,
    settlementId,
    facts: { total: formatFen(settlement.total) },
    messageId: settlement.messageId,
  });
}

/** The settlement no longer stands: its lines are open again. */
export function recordUndone(
  context: ActionContext,
  tx: StoreTransaction,
  undone: {
    readonly settlement: SettlementRecord;
    readonly how: UndoneEvent['how'];
    readonly body: CanonicalObject;
    readonly reason?: string;
  },
): void {
  const { settlement, how, body, reason } = undone;
  const visit = tx.get<VisitRecord>(VISIT, context.order.visit);
  assert(visit !== undefined, 'a settlement belongs to a visit on record');
  const { settlementId } = settlement;
  for (const line of linesOf(tx, visit.visit)) {
    if (line.settledBy !== settlementId) continue;
    const { settledBy: _, ...open } = line;
    tx.put(LINE, lineKey(visit.visit, line.number), open);
  }
  context.keep(tx, {
    ...visit,
    settlements: visit.settlements.map((one) =>
      one.settlementId === settlementId ? { ...one, undone: { how, body } } : one,
    ),
  });
  const event: UndoneEvent = {
    visit: visit.visit,
    visitId: visit.visitId,
    settlementId,
    how,
    time: context.now(),
    ...(reason !== undefined && { reason }),
  };
  tx.enqueue({ id: `${UNDONE}/${settlementId}`, kind: UNDONE, lane: visit.visit, body: event });
  traced(context, tx, { step: `his.${how}`, visit, settlementId, facts: {} });
}

function traced(
  { parts, order }: ActionContext,
  tx: StoreTransaction,
  event: {
    readonly step: string;
    readonly visit: VisitRecord;
    readonly settlementId: string;
    readonly facts: Readonly<Record<string, string>>;
    readonly messageId?: string;
  },
): void {
  tx.trace({
    at: parts.clock.now(),
    step: event.step,
    refs: {
      visit: event.visit.visit,
      settlement: event.settlementId,
      order: order.order,
      ...(event.messageId !== undefined && { message: event.messageId }),
    },
    facts: event.facts,
  });
}

function settledEvent(
  { parts }: ActionContext,
  { visit, lines, settlement }: Parameters<typeof recordSettled>[2],
): SettledEvent {
  const { person } = visit;
  const told = (name: string): Fen => (settlement.body[name] ?? 0n) as Fen;
  return {
    visit: visit.visit,
    visitId: visit.visitId,
    settlementId: settlement.settlementId,
    messageId: settlement.messageId,
    course: visit.course,
    midway: settlement.midway,
    internet: visit.internet,
    institutionCode: parts.settings.institution.code,
    ...(settlement.chargeBatch !== undefined && { chargeBatch: settlement.chargeBatch }),
    person: {
      number: person.number,
      name: person.name,
      certificateType: person.certificateType,
      certificateNumber: person.certificateNumber,
      insuranceType: person.insuranceType,
      insuredRegion: person.insuredRegion,
      gender: person.gender,
    },
    ...placeOf(visit),
    careType: visit.careType,
    diagnoses: visit.diagnoses,
    time: textIn(settlement.body, 'settlementTime') || formatTime(parts.clock.now()),
    total: settlement.total,
    fundPaid: told('fundPaid'),
    poolPaid: told('poolPaid'),
    accountPaid: told('accountPaid'),
    cashPaid: told('cashPaid'),
    ...(told('hospitalPart') !== 0n && { hospitalPart: told('hospitalPart') }),
    selfFunded: told('selfFunded'),
    firstSelfPaid: told('firstSelfPaid'),
    lines: lines.map(settledLine),
    ...(settlement.replaces !== undefined && { replaces: settlement.replaces }),
  };
}

function placeOf(visit: VisitRecord): Pick<SettledEvent, 'department' | 'admissionTime'> {
  if (visit.course === 'outpatient') {
    const { departmentCode, departmentName } = visit.ordered as RegisterOrder;
    return { department: { code: departmentCode, name: departmentName } };
  }
  const { admissionDepartmentCode, admissionDepartmentName } = visit.ordered as AdmitOrder;
  return {
    department: { code: admissionDepartmentCode, name: admissionDepartmentName },
    admissionTime: visit.begins,
  };
}

function settledLine({ number, line, split }: LineRecord): SettledEvent['lines'][number] {
  const text = (name: string): string => textIn(line, name);
  return {
    feeLineNumber: number,
    catalogueCode: text('catalogueCode'),
    institutionCatalogueCode: text('institutionCatalogueCode'),
    quantity: text('quantity'),
    price: text('price'),
    amount: line.lineAmount,
    selfPaid: split.selfFunded,
    chargeItemType: split.chargeItemType,
    ...(line['prescriptionNumber'] !== undefined && { prescriptionNumber: text('prescriptionNumber') }),
    ...(line['name'] !== undefined && { name: text('name') }),
    ...(line['unit'] !== undefined && { unit: text('unit') }),
  };
}
