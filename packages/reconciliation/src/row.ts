/** One settlement or cancellation in one party's books, as packed text that can be written, compared and read again. */

/** Whose books. */
export type Side = 'gateway' | 'his' | 'platform';

/** The three sides in the order in which they are shown. */
export const SIDES: readonly Side[] = ['gateway', 'his', 'platform'];

/** A row. Amounts are decimal text in 元 with two digits, negative for a cancellation; what is not known is empty. */
export interface Row {
  /** 结算ID `setl_id`; of a row that the platform tells without one `msgid:` and the message id. */
  readonly settlementId: string;
  /** 退费结算标志 `refd_setl_flag`: 1 for a cancellation. */
  readonly refund: '0' | '1';
  /** 医疗费总额 `medfee_sumamt`. */
  readonly total: string;
  /** 基金支付总额 `fund_pay_sumamt`. */
  readonly fundPaid: string;
  /** 个人账户支出 `acct_pay`. */
  readonly accountPaid: string;
  /** 现金支付金额 `cash_payamt`. */
  readonly cashPaid: string;
  /** 就诊ID `mdtrt_id`. */
  readonly visitId: string;
  /** 人员编号 `psn_no`. */
  readonly personNumber: string;
  /** 医药机构编号 `fixmedins_code`. */
  readonly institution: string;
  /** 险种 `insutype`. */
  readonly insuranceType: string;
  /** 清算类别 `clr_type`. */
  readonly clearingType: string;
  /** 结算时间 `setl_time`, `yyyy-MM-dd HH:mm:ss`. */
  readonly settledAt: string;
  /** 发送方报文ID `msgid` of the settlement. */
  readonly messageId: string;
  /** Where it stands: line of a file, number of an exchange. */
  readonly place: string;
}

/** Members of a row in the order in which they are packed. */
const FIELDS = [
  'settlementId',
  'refund',
  'total',
  'fundPaid',
  'accountPaid',
  'cashPaid',
  'visitId',
  'personNumber',
  'institution',
  'insuranceType',
  'clearingType',
  'settledAt',
  'messageId',
  'place',
] as const satisfies readonly (keyof Row)[];

/** Name of a member of a row. */
export type Field = (typeof FIELDS)[number];

/** A row as one line without line break; text is UTF-8, a byte to a character. */
export function packRow(row: Row): string {
  // Written out: a hundred million rows a year pass here.
  return `${row.settlementId}\t${row.refund}\t${row.total}\t${row.fundPaid}\t${row.accountPaid}\t${row.cashPaid}\t${row.visitId}\t${row.personNumber}\t${row.institution}\t${row.insuranceType}\t${row.clearingType}\t${row.settledAt}\t${row.messageId}\t${row.place}`;
}

/** The row of such a line, its text as people read it. */
export function unpackRow(line: string): Row {
  const cells = Buffer.from(line, 'latin1').toString('utf8').split('\t');
  return Object.fromEntries(FIELDS.map((field, index) => [field, cells[index] ?? ''])) as unknown as Row;
}

/** End of the part of a packed row that is its key (settlement and refund), without the tab behind it. */
export function keyEnd(line: string, from: number): number {
  return line.indexOf('\t', line.indexOf('\t', from) + 1);
}
