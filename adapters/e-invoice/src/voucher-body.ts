/** A bill as a settlement voucher. Source: 4901 and 4905. */
import type { OperationBodies } from '@yiqiao/model';
import { nationalShape } from '@yiqiao/sdk';
import type { BillNumbers, BillRecord } from './bill-record.ts';

/** Codes that an institution agrees with its bureau: their lists are not public. */
export interface VoucherCodes {
  /** 电子结算凭证类型 `elecSetlCertType`. */
  readonly type: string;
  /** 凭证结算类型 `certSetlType`. */
  readonly settlementType: string;
  /** 就诊类型 `mdtrtType`, by the course of the charge. */
  readonly visitTypes: Readonly<Record<'outpatient' | 'inpatient', string>>;
}

/** Which voucher is renewed, and why. The lists of the codes are not public. */
export interface Renewal {
  /** The settlement whose bill the former voucher showed. */
  readonly settlementId: string;
  readonly reason: string;
  /** 原上传方式 `initUpldWay`. */
  readonly uploadMode: string;
  /** 凭证代码号码错误标志 `certCodeNoErrFlag`. */
  readonly codeWrong: string;
}

type Voucher = NonNullable<OperationBodies['uploadVouchers']['request']['vouchers']>[number];

/** What a message is made of. */
export interface VoucherParts {
  readonly batch: string;
  readonly businessPeriod: string;
  readonly fileName: string;
  /** Base64. */
  readonly layoutFile: string;
  readonly bill: Required<Pick<BillRecord, 'settled' | 'bill' | 'businessNumber'>>;
  readonly institution: { readonly code: string; readonly name: string; readonly region: string };
  readonly codes: VoucherCodes;
  /** The bill that the voucher to be renewed shows. */
  readonly original?: BillNumbers;
  readonly renews?: Renewal;
}

/** 4901 or 4905 as it is to be sent. */
export interface VoucherMessage {
  readonly operation: 'uploadVouchers' | 'renewVouchers';
  readonly body: OperationBodies['uploadVouchers' | 'renewVouchers']['request'];
}

/**
 * The message that uploads a voucher, or renews one.
 * @throws GatewayError `MESSAGE_INVALID` with everything that the interface requires and is not known.
 */
export function toVoucherMessage(parts: VoucherParts): VoucherMessage {
  const { institution, codes, original, renews } = parts;
  const voucher = toVoucher(parts.bill, { codes, region: institution.region });
  const envelope = {
    institutionCode: institution.code,
    institutionName: institution.name,
    voucherCount: 1,
    businessPeriod: parts.businessPeriod,
    uploadBatch: parts.batch,
    fileName: parts.fileName,
    layoutFileArchive: parts.layoutFile,
  };
  if (renews === undefined || original === undefined)
    return checked('uploadVouchers', { ...envelope, vouchers: [voucher] });
  const renewed = {
    ...voucher,
    originalVoucherCode: original.code,
    originalVoucherNumber: original.number,
    originalUploadMode: renews.uploadMode,
    uploadReason: renews.reason,
    voucherCodeWrong: renews.codeWrong,
  };
  return checked('renewVouchers', { ...envelope, vouchers: [renewed] });
}

function checked<O extends VoucherMessage['operation']>(
  operation: O,
  body: OperationBodies[O]['request'],
): VoucherMessage {
  nationalShape<VoucherMessage['operation']>(operation).writeRequest(body);
  return { operation, body };
}

/** The voucher of an issued bill; `region`: 就医地医保区划. */
function toVoucher(
  { settled, bill, businessNumber }: Required<Pick<BillRecord, 'settled' | 'bill' | 'businessNumber'>>,
  { codes, region }: { readonly codes: VoucherCodes; readonly region: string },
): Voucher {
  const [main, secondary] = settled.diagnoses ?? [];
  const { person } = settled;
  const pool = settled.poolPaid ?? settled.fundPaid;
  return {
    voucherCode: bill.code,
    voucherNumber: bill.number,
    ...(bill.checkCode === undefined ? {} : { voucherCheckCode: bill.checkCode }),
    voucherType: codes.type,
    voucherSettlementType: codes.settlementType,
    voucherVisitType: codes.visitTypes[settled.course === 'inpatient' ? 'inpatient' : 'outpatient'],
    billDate: dayOf(bill.issuedAt) ?? settled.time.slice(0, 10),
    total: settled.total,
    insuredRegion: person.insuredRegion ?? region,
    businessNumber,
    settlementId: settled.settlementId,
    settlementTime: settled.time,
    personNumber: person.number,
    personName: person.name,
    ...(person.certificateNumber === undefined ? {} : { certificateNumber: person.certificateNumber }),
    ...(person.insuranceType === undefined ? {} : { insuranceType: person.insuranceType }),
    poolPaid: pool,
    mainDiagnosisCode: main?.code ?? '',
    mainDiagnosisName: main?.name ?? '',
    ...(secondary === undefined
      ? {}
      : { secondaryDiagnosisCode: secondary.code, secondaryDiagnosisName: secondary.name }),
    carePlaceRegion: region,
  };
}

/** `yyyyMMdd…` → `yyyy-MM-dd`. */
function dayOf(time: string | undefined): string | undefined {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)/.exec(time?.replaceAll('-', '') ?? '') ?? [];
  return year === undefined ? undefined : `${year}-${month}-${day}`;
}
