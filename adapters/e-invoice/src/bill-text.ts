/** A bill as text to print or show: 电子票据告知单. What may be printed officially is the platform's picture of it. */
import assert from 'node:assert/strict';
import { formatFen, maskIdentifier } from '@yiqiao/model';
import type { BillNumbers, BillRecord } from './bill-record.ts';
import { capitalAmount } from './capital-amount.ts';
import type { SettledEvent } from '@yiqiao/sdk';

/**
 * The lines of a bill that is in force, was written off, or is still owed (then without numbers).
 * @param institution Name at the head
 */
export function billText(record: BillRecord, institution: string): string {
  const { settled, bill, redBill } = record;
  assert(settled !== undefined, 'a bill has its settlement');
  return [
    `${institution} 医疗收费电子票据告知单`,
    ...(bill === undefined ? ['票据尚未开具，开具后可凭结算号查询'] : numberLines(bill)),
    `交款人：${maskIdentifier(settled.person.name)}　结算号：${settled.settlementId}`,
    `结算时间：${settled.time}`,
    ...settled.lines.map(
      ({ name, catalogueCode, quantity, unit, amount }) =>
        `${name ?? catalogueCode} × ${quantity}${unit ?? ''}　${formatFen(amount)}`,
    ),
    ...amountLines(settled),
    ...(redBill === undefined ? [] : [`本票据已冲红，红票号码：${redBill.code} ${redBill.number}`]),
    '凭票据代码、号码和校验码可在财政电子票据公共服务平台查验',
  ].join('\n');
}

function numberLines({ code, number, checkCode, issuedAt, url }: BillNumbers): readonly string[] {
  return [
    `票据代码：${code}　票据号码：${number}${checkCode === undefined ? '' : `　校验码：${checkCode}`}`,
    ...(issuedAt === undefined ? [] : [`开票时间：${readable(issuedAt)}`]),
    ...(url === undefined ? [] : [`查看票据：${url}`]),
  ];
}

function amountLines({ total, fundPaid, accountPaid, cashPaid }: SettledEvent): readonly string[] {
  return [
    `金额合计：${formatFen(total)}（大写：${capitalAmount(total)}）`,
    `其中：医保基金支付 ${formatFen(fundPaid)}　个人账户支付 ${formatFen(accountPaid)}　个人现金支付 ${formatFen(cashPaid)}`,
  ];
}

/** `yyyyMMddHHmmssSSS` → `yyyy-MM-dd HH:mm:ss`; anything else as it is. */
function readable(time: string): string {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\d*$/.exec(time) ?? [];
  return year === undefined ? time : `${year}-${month}-${day} ${hour}:${minute}:${second}`;
}
