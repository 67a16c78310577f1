/** A settled charge as the request that issues its bill. Source: e-invoice.json, operations and nodes. */
import { ExactNumber, formatFen, fen, findDecimal, sumFen } from '@yiqiao/model';
import type { Fen, WireObject, WireValue } from '@yiqiao/model';
import type { BillRecord } from './bill-record.ts';
import type { BillingInstitution, PlatformWays } from './bill-settings.ts';
import type { SettledEvent, SettledLine } from '@yiqiao/sdk';

/** Which operation issues a bill, by the course of the charge. */
export const ISSUE_OPERATIONS = {
  outpatient: 'invoiceEBillOutpatient',
  purchase: 'invoiceEBillOutpatient',
  registration: 'invEBillRegistration',
  inpatient: 'invEBillHospitalized',
} as const;

/** What a request is made of. */
export interface BillParts {
  readonly businessNumber: BillRecord['businessNumber'];
  readonly institution: BillingInstitution;
  readonly ways: PlatformWays;
  /** Charge category → name. */
  readonly categories: Readonly<Record<string, string>>;
}

/** The request in wire names; empty members are left out. */
export function toIssueRequest(event: SettledEvent, parts: BillParts): WireObject {
  const { institution, ways } = parts;
  const course = event.course === 'purchase' ? 'outpatient' : event.course;
  return withoutEmpty({
    busNo: parts.businessNumber,
    busType: ways.businessTypes[course],
    payer: event.person.name,
    busDateTime: compact(event.time),
    placeCode: institution.placeCode,
    payee: event.cashier ?? institution.cashier,
    author: institution.author ?? event.cashier ?? institution.cashier,
    checker: institution.checker ?? institution.author ?? institution.cashier,
    totalAmt: amount(event.total),
    tel: event.person.phone,
    payerType: '1',
    idCardNo: event.person.certificateType === '01' ? event.person.certificateNumber : undefined,
    cardType: ways.cardType,
    cardNo: event.person.number,
    medicalInstitution: institution.kind,
    medCareInstitution: institution.code,
    medCareTypeCode: event.person.insuranceType,
    medicalInsuranceID: event.person.number,
    medCareAreaCode: event.person.insuredRegion,
    patientNo: event.visit ?? event.visitId,
    patientId: event.person.number,
    sex: SEXES[event.person.gender ?? ''] ?? '未说明',
    age: event.person.age ?? '不详',
    caseNumber: event.caseNumber ?? event.visit ?? event.visitId,
    ...(course === 'inpatient' ? stayOf(event) : visitOf(event)),
    ...paymentsOf(event),
    otherInfo: otherInfoOf(event),
    payChannelDetail: [{ payChannelCode: ways.payChannel, payChannelValue: formatFen(event.cashPaid) }],
    isArrears: '1',
    chargeDetail: chargesOf(event.lines, parts.categories),
    listDetail: event.lines.map((line, index) => toListLine(line, { index, categories: parts.categories })),
  });
}

/** The platform has no member for what the hospital bears itself. */
function otherInfoOf({ visitId, hospitalPart = fen(0n) }: SettledEvent): readonly WireObject[] {
  const visit = { infoNo: '1', infoName: '就诊ID', infoValue: visitId };
  if (hospitalPart === 0n) return [visit];
  return [visit, { infoNo: '2', infoName: '医院负担金额', infoValue: formatFen(hospitalPart) }];
}

const SEXES: Readonly<Record<string, string>> = { '1': '男', '2': '女' };
const OTHER_CHARGES = '14';

function visitOf({ department, time, settlementId }: SettledEvent): Readonly<Record<string, string>> {
  return {
    consultationDate: time.slice(0, 10),
    patientCategory: department?.name ?? '门诊',
    patientCategoryCode: department?.code ?? '00',
    balancedNumber: settlementId,
  };
}

function stayOf(event: SettledEvent): Readonly<Record<string, string>> {
  const { code, name } = event.department ?? { code: '00', name: '住院' };
  return {
    category: name,
    categoryCode: code,
    leaveCategory: name,
    leaveCategoryCode: code,
    hospitalNo: event.visit ?? event.visitId,
    inHospitalDate: (event.admissionTime ?? event.time).slice(0, 10),
    outHospitalDate: (event.dischargeTime ?? event.time).slice(0, 10),
    balanceNumber: event.settlementId,
  };
}

/**
 * Who paid what. 个人自负 is what is left of the personal part after 自费 and 先行自付. Inferred: the sources name the
 * members, not their arithmetic.
 */
function paymentsOf(event: SettledEvent): Readonly<Record<string, WireValue>> {
  const { total, fundPaid, accountPaid, cashPaid } = event;
  const pool = event.poolPaid ?? fundPaid;
  const ownExpense = event.selfFunded ?? sumFen(event.lines.map(({ selfPaid }) => selfPaid ?? fen(0n)));
  const firstPaid = event.firstSelfPaid ?? fen(0n);
  const rest = fen(total - fundPaid - (event.hospitalPart ?? 0n) - ownExpense - firstPaid);
  return {
    accountPay: amount(accountPaid),
    fundPay: amount(pool),
    otherfundPay: amount(fen(fundPaid - pool)),
    ownPay: amount(ownExpense),
    selfPayAmt: amount(firstPaid),
    selfConceitedAmt: amount(rest < 0n ? fen(0n) : rest),
    selfCashPay: amount(cashPaid),
    reimbursementAmt: amount(fundPaid),
  };
}

/** One row for each category of charges, in the order of the categories. */
function chargesOf(lines: readonly SettledLine[], names: BillParts['categories']): readonly WireObject[] {
  const groups = Map.groupBy(lines, ({ chargeItemType }) => knownCategory(chargeItemType, names));
  const sorted = [...groups].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return sorted.map(([category, group], index) => {
    const total = sumFen(group.map((line) => line.amount));
    return {
      sortNo: new ExactNumber(String(index + 1)),
      chargeCode: category,
      chargeName: names[category] ?? category,
      unit: '项',
      std: amount(total),
      number: new ExactNumber('1'),
      amt: amount(total),
      selfAmt: amount(sumFen(group.map(({ selfPaid }) => selfPaid ?? fen(0n)))),
    };
  });
}

function toListLine(
  line: SettledLine,
  { index, categories }: { readonly index: number; readonly categories: BillParts['categories'] },
): WireObject {
  const category = knownCategory(line.chargeItemType, categories);
  const [std, number] = [twoPlaces(line.price), twoPlaces(line.quantity)];
  const remarks = [
    ...(std.isExact ? [] : [`单价 ${line.price}`]),
    ...(number.isExact ? [] : [`数量 ${line.quantity}`]),
  ];
  return withoutEmpty({
    listDetailNo: line.feeLineNumber,
    chargeCode: category,
    chargeName: categories[category] ?? category,
    code: line.institutionCatalogueCode,
    name: line.name ?? line.catalogueCode,
    unit: line.unit ?? '项',
    std: new ExactNumber(std.text),
    number: new ExactNumber(number.text),
    amt: amount(line.amount),
    selfAmt: amount(line.selfPaid ?? fen(0n)),
    remark: remarks.join('；'),
    sortNo: new ExactNumber(String(index + 1)),
  });
}

function knownCategory(category: string | undefined, names: BillParts['categories']): string {
  return category !== undefined && names[category] !== undefined ? category : OTHER_CHARGES;
}

/** A number as the platform takes it, two decimals, rounded half up; what is lost goes into the remark. */
function twoPlaces(text: string): { readonly text: string; readonly isExact: boolean } {
  const [whole = '0', fraction = ''] = (findDecimal(text) ?? '0').split('.');
  const units = BigInt(whole + fraction.padEnd(3, '0').slice(0, 3));
  const rounded = (units + 5n) / 10n;
  return { text: formatFen(fen(rounded)), isExact: fraction.length <= 2 };
}

function amount(value: Fen): ExactNumber {
  return new ExactNumber(formatFen(value));
}

/** `yyyy-MM-dd HH:mm:ss` → `yyyyMMddHHmmss000`. */
function compact(time: string): string {
  return `${time.replace(/\D/g, '')}000`;
}

function withoutEmpty(members: Readonly<Record<string, WireValue | undefined>>): WireObject {
  return Object.fromEntries(
    Object.entries(members).filter((entry): entry is [string, WireValue] => {
      const [, value] = entry;
      return value !== undefined && value !== '';
    }),
  );
}
