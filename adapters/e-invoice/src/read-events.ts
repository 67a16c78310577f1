/** Events as JSON, as the HTTP entry takes them: names of `SettledEvent`, amounts as text in 元. */
import type { WireObject } from '@yiqiao/model';
import { readMembers } from '@yiqiao/sdk';
import type { MemberReader, SettledEvent, SettledLine, UndoneEvent } from '@yiqiao/sdk';
import type { TaxInvoice } from './bill-record.ts';
import type { BillElements } from './element-check.ts';

const COURSES = {
  outpatient: 'outpatient',
  inpatient: 'inpatient',
  registration: 'registration',
  purchase: 'purchase',
} as const;
const HOW = { cancelled: 'cancelled', 'refunded-in-part': 'refunded-in-part', reversed: 'reversed' } as const;

/** @throws GatewayError `MESSAGE_INVALID` with every member that is missing or unfit. */
export function readSettled(members: WireObject): SettledEvent {
  return readMembers(members, (from) => ({
    settlementId: from.text('settlementId'),
    visitId: from.text('visitId'),
    course: from.code('course', COURSES),
    time: from.text('time'),
    person: from.node('person', (person) => ({
      number: person.text('number'),
      name: person.text('name'),
      ...texts(person, [
        ...(['certificateType', 'certificateNumber', 'insuranceType', 'insuredRegion'] as const),
        ...(['gender', 'age', 'phone'] as const),
      ]),
    })),
    total: from.amount('total'),
    fundPaid: from.amount('fundPaid'),
    accountPaid: from.amount('accountPaid'),
    cashPaid: from.amount('cashPaid'),
    lines: from.list('lines', readLine),
    diagnoses: from.list('diagnoses', (one) => ({ code: one.text('code'), name: one.text('name') })),
    ...texts(from, [
      'visit',
      'institutionCode',
      'cashier',
      'caseNumber',
      'admissionTime',
      'dischargeTime',
      'replaces',
    ]),
    ...given({
      poolPaid: from.optionalAmount('poolPaid'),
      hospitalPart: from.optionalAmount('hospitalPart'),
      selfFunded: from.optionalAmount('selfFunded'),
      firstSelfPaid: from.optionalAmount('firstSelfPaid'),
      department: from.optionalNode('department', (one) => ({
        code: one.text('code'),
        name: one.text('name'),
      })),
    }),
  }));
}

function readLine(line: MemberReader): SettledLine {
  return {
    feeLineNumber: line.text('feeLineNumber'),
    catalogueCode: line.text('catalogueCode'),
    institutionCatalogueCode: line.text('institutionCatalogueCode'),
    quantity: line.decimal('quantity'),
    price: line.decimal('price'),
    amount: line.amount('amount'),
    ...texts(line, ['name', 'unit', 'chargeItemType']),
    ...given({ selfPaid: line.optionalAmount('selfPaid') }),
  };
}

/** @throws GatewayError `MESSAGE_INVALID`. */
export function readUndone(members: WireObject): UndoneEvent {
  return readMembers(members, (from) => ({
    settlementId: from.text('settlementId'),
    how: from.code('how', HOW),
    time: from.text('time'),
    ...texts(from, ['visitId', 'reason', 'cashier']),
    ...(from.raw('paperReturned') === true ? { paperReturned: true } : {}),
  }));
}

/** @throws GatewayError `MESSAGE_INVALID`. */
export function readTaxInvoice(members: WireObject): TaxInvoice {
  return readMembers(members, (from) => ({
    number: from.text('number'),
    date: from.text('date'),
    total: from.text('total'),
    ...texts(from, ['code']),
  }));
}

/** @throws GatewayError `MESSAGE_INVALID`. */
export function readElements(members: WireObject): BillElements {
  return readMembers(members, (from) => ({
    code: from.text('code'),
    number: from.text('number'),
    checkCode: from.text('checkCode'),
    ...texts(from, ['total', 'date']),
  }));
}

function texts<K extends string>(from: MemberReader, names: readonly K[]): { readonly [N in K]?: string } {
  const found = names.flatMap((name) => {
    const text = from.optionalText(name);
    return text === undefined ? [] : [[name, text] as const];
  });
  return Object.fromEntries(found) as { [N in K]?: string };
}

function given<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
