/** What a faulty care place remembers of settlements, for totals that take in too much or too little. */
import type { CoreRequest } from '@yiqiao/sandbox';
import { amountNumber, child, fenOf, leaf } from '../../run/own-reading.ts';
import { CANCELLATIONS, SETTLEMENTS } from '../../sound/courses.ts';
import { datum, institutionOf, originalOf, withData } from './messages.ts';

/** A settlement, cancellation or reversed one; amounts in 分. */
export interface Row {
  readonly msgid: string;
  readonly setlId: string;
  readonly psnNo: string;
  readonly institution: string;
  /** `yyyy-MM-dd HH:mm:ss`. */
  readonly time: string;
  readonly kind: string;
  readonly scheme: string;
  readonly refund: boolean;
  readonly amounts: Readonly<Record<'medfee_sumamt' | 'fund_pay_sumamt' | 'acct_pay', bigint>>;
  reversed: boolean;
}

/** Takes note of a request that was accepted. */
export function noteRow(rows: Row[], request: CoreRequest): void {
  const { infno, msgid } = request;
  const info = child(request.input, 'setlinfo');
  const reversed = infno === '2601' ? rows.find((row) => row.msgid === originalOf(request)) : undefined;
  if (reversed !== undefined) reversed.reversed = true;
  if (![...SETTLEMENTS, ...CANCELLATIONS].includes(infno) || rows.some((row) => row.msgid === msgid)) return;
  rows.push({
    msgid,
    setlId: leaf(info, 'setl_id'),
    psnNo: leaf(info, 'psn_no'),
    institution: institutionOf(request),
    time: leaf(info, 'setl_time'),
    kind: leaf(info, 'clr_type'),
    scheme: leaf(info, 'insutype'),
    refund: CANCELLATIONS.includes(infno),
    amounts: {
      medfee_sumamt: fenOf(info, 'medfee_sumamt'),
      fund_pay_sumamt: fenOf(info, 'fund_pay_sumamt'),
      acct_pay: fenOf(info, 'acct_pay'),
    },
    reversed: false,
  });
}

/** What totals are asked for; days as `yyyy-MM-dd`, empty where all is asked for. */
interface Asked {
  readonly institution: string;
  readonly kind: string;
  readonly scheme: string;
  readonly from: string;
  readonly to: string;
  readonly flag: string;
}

type Test = (row: Row, asked: Asked) => boolean;

/** Which rows belong to totals; a faulty system has one of these otherwise. */
export const TESTS = {
  institution: (row, asked) => row.institution === asked.institution,
  kind: (row, asked) => row.kind === asked.kind || asked.kind === '',
  scheme: (row, asked) => row.scheme === asked.scheme || asked.scheme === '',
  from: (row, asked) => row.time.slice(0, 10) >= asked.from,
  to: (row, asked) => row.time.slice(0, 10) <= asked.to,
  flag: (row, asked) => asked.flag === '' || row.refund === (asked.flag === '1'),
  standing: (row) => !row.reversed,
} as const satisfies Readonly<Record<string, Test>>;

/** Some tests put in place of the right ones. */
export type Otherwise = Partial<Record<keyof typeof TESTS, Test>>;

/**
 * The request as a sound system must get it to answer as a system whose books differ by these tests: what that one
 * leaves out is added to the amounts sent, what it takes in too much is taken off.
 */
export function shifted(request: CoreRequest, rows: readonly Row[], otherwise: Otherwise): CoreRequest {
  const data = child(request.input, 'data');
  const asked = {
    institution: institutionOf(request),
    kind: datum(request, 'clr_type'),
    scheme: datum(request, 'insutype'),
    from: datum(request, 'stmt_begndate'),
    to: datum(request, 'stmt_enddate'),
    flag: datum(request, 'refd_setl_flag'),
  };
  const belongs = (row: Row, tests: Readonly<Record<string, Test>>): number =>
    Object.values(tests).every((test) => test(row, asked)) ? 1 : 0;
  const signed = rows.map((row) => ({
    row,
    sign: belongs(row, TESTS) - belongs(row, { ...TESTS, ...otherwise }),
  }));
  const sum = (name: keyof Row['amounts']): bigint =>
    signed.reduce((all, { row, sign }) => all + BigInt(sign) * row.amounts[name], fenOf(data, name));
  const count = signed.reduce((all, { sign }) => all + sign, Number(datum(request, 'fixmedins_setl_cnt')));
  return withData(request, {
    medfee_sumamt: amountNumber(sum('medfee_sumamt')),
    fund_pay_sumamt: amountNumber(sum('fund_pay_sumamt')),
    acct_pay: amountNumber(sum('acct_pay')),
    fixmedins_setl_cnt: count,
  });
}
