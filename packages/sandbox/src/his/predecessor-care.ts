/** 0211, 0212 and 0301 of a predecessor HIS. Source: legacy-xml/transactions. */
import { amountText } from '../amount.ts';
import type { Catalogue } from '../catalogue.ts';
import { NOTHING, splitFee, sumSplits } from '../fee-split.ts';
import type { FeeSplit } from '../fee-split.ts';
import type { CashBook } from './cash-book.ts';
import type { Credential, FeeItem, HisVisit, Patient, SplitLine, VisitPlan } from './his.ts';
import { itemTotal } from './national-fees.ts';
import type { PredecessorChannel } from './predecessor-channel.ts';
import type { PredecessorHisOptions } from './predecessor-his.ts';
import { childText } from './soap-message.ts';
import type { XmlMembers } from './soap-message.ts';
import type { Exchange, Patience, Told } from './told.ts';

/** What the steps work with. */
export interface PredecessorDesk {
  readonly options: PredecessorHisOptions;
  readonly channel: PredecessorChannel;
  readonly catalogue: Catalogue;
  readonly book: CashBook;
  readonly patience: Patience;
  /** Sends until told. */
  ask<T>(exchange: Exchange<T>): Promise<Told<T>>;
  /** `yyyyMMddHHmmss`. */
  now(): string;
}

/** aac043 证件类型 of the samples: the social-security number. */
const CERTIFICATE_TYPE = '90';

/** The elements that say where and who; every transaction but 1301 has them. */
export function placeAndPerson(
  { options }: PredecessorDesk,
  { insuredPlace, certno }: { readonly insuredPlace: string; readonly certno: string },
): XmlMembers {
  return {
    aab299: options.region,
    yab600: '',
    akb026: options.institution.code,
    akb021: options.institution.name,
    aab301: insuredPlace,
    yab060: '',
    aac002: certno,
    aac043: CERTIFICATE_TYPE,
    aac044: certno,
  };
}

/** 0211 身份识别: always by the identity number. */
export function identifyCall(desk: PredecessorDesk, credential: Credential): Exchange<Patient> {
  const { akb021: _name, ...who } = placeAndPerson(desk, credential);
  return desk.channel.prepare({
    transNo: '0211',
    input: { ...who, ake007: desk.now().slice(0, 8) },
    read(output) {
      if (childText(output, 'aac044') !== credential.certno) return undefined;
      return {
        credential,
        psnNo: childText(output, 'aac001'),
        name: childText(output, 'aac003'),
        certno: credential.certno,
        scheme: '',
        personType: childText(output, 'ykc021'),
        insuredPlace: childText(output, 'aab301') || credential.insuredPlace,
      };
    },
  });
}

/** 0212 就诊登记, of an outpatient or, with a bed, of a stay. */
export function registerCall(
  desk: PredecessorDesk,
  { patient, plan, bed }: { readonly patient: Patient; readonly plan: VisitPlan; readonly bed?: string },
): Exchange<HisVisit> {
  const ownNumber = desk.channel.ownNumber();
  return desk.channel.prepare({
    transNo: '0212',
    input: {
      ...placeAndPerson(desk, patient),
      ykc009: `BL${ownNumber}`,
      akc190: `${bed === undefined ? 'MZ' : 'ZY'}${ownNumber}`,
      ...(bed !== undefined && { ykc012: bed }),
      ...complaint(desk, plan),
      ykc701: desk.now().slice(0, 8),
      ...operatorAndDay(desk),
      aae013: '',
    },
    read(output) {
      const id = childText(output, 'ykc700');
      if (id === '') return undefined;
      const scheme = childText(output, 'aae140');
      return { id, patient: { ...patient, scheme }, plan, batch: ownNumber, lines: [], totals: NOTHING };
    },
  });
}

/** What brings the patient, and who looks after them. */
export function complaint({ options }: PredecessorDesk, plan: VisitPlan): XmlMembers {
  return {
    aka130: plan.medType,
    akf001: '内科',
    akc050: plan.diagnosis.name,
    akc193: plan.diagnosis.code,
    akc056: `D${options.region}000001`,
    ake022: '测试医师',
  };
}

/** 经办人 and the day. */
export function operatorAndDay({ options, now }: PredecessorDesk): XmlMembers {
  return { aae011: options.operator.name, aae036: now().slice(0, 8) };
}

/** 0301 费用明细录入. Its answer has no output: the HIS splits by its own copy of the catalogue. */
export function uploadCall(
  desk: PredecessorDesk,
  { visit, items }: { readonly visit: HisVisit; readonly items: readonly FeeItem[] },
): { readonly exchange: Exchange<null>; readonly lines: readonly SplitLine[]; readonly totals: FeeSplit } {
  const lines = items.map((item): SplitLine => {
    const approved = item.approved ?? '1';
    const known = desk.catalogue.get(item.code);
    return { item, split: splitFee(itemTotal(item), known, { quantity: item.quantity, approved }) };
  });
  const exchange = desk.channel.prepare({
    transNo: '0301',
    input: {
      ...placeAndPerson(desk, visit.patient),
      ykc700: visit.id,
      detail: {
        row: lines.map((line, at) => feeRow(desk, { visit, line, number: visit.lines.length + at + 1 })),
      },
    },
    read: () => null,
  });
  return { exchange, lines, totals: sumSplits(lines.map(({ split }) => split)) };
}

function feeRow(
  desk: PredecessorDesk,
  { visit, line, number }: { readonly visit: HisVisit; readonly line: SplitLine; readonly number: number },
): XmlMembers {
  const { item, split } = line;
  const { region } = desk.options;
  return {
    akc220: `R${visit.batch}`,
    ykc610: String(number),
    ake001: item.code,
    ake002: item.name,
    aka185: item.approved ?? '1',
    ake005: item.ownCode,
    ake006: item.name,
    akc226: item.quantity,
    akc225: item.price,
    akc264: amountText(split.total),
    akc056: `D${region}000001`,
    akc273: '测试医师',
    aae386: '内科',
    akc221: desk.now().slice(0, 8),
    ...operatorAndDay(desk),
  };
}
