/** `setlinfo` and `setldetail` of an insured place's answer. Source: transactions 2206, 2207, 2208. */
import { dateTime } from '../china-time.ts';
import { clearingTypeOf } from '../course.ts';
import type { Course } from '../course.ts';
import { answerDrugLine } from '../fee-line.ts';
import type { FeeLine } from '../fee-line.ts';
import { amountNumber, leaf } from '../national-message.ts';
import type { JsonObject, RawNumber } from '../national-message.ts';
import type { FeeSplit } from '../fee-split.ts';
import type { Benefit } from './benefit.ts';
import { FUNDS, identityOf } from './person-handlers.ts';
import type { Person } from './persons.ts';

/** A settlement as computed. */
export interface Computed {
  readonly person: Person;
  /** Whose account pays. */
  readonly accountHolder: Person;
  /** The data node of the request. */
  readonly data: JsonObject;
  readonly course: Course;
  /** 就诊ID; of a purchase empty until it is settled. */
  readonly visitId: string;
  /** 医疗类别. */
  readonly medType: string;
  /** What may be settled once only: visit and charge batch, stay, or the lines of a purchase. */
  readonly keys: readonly string[];
  /** 定点医药机构编号 and its name. */
  readonly institution: string;
  readonly institutionName: string;
  /** Lines of a purchase. */
  readonly lines?: readonly FeeLine[];
  readonly totals: FeeSplit;
  readonly benefit: Benefit;
  /** Year whose sums it moves. */
  readonly year: string;
  readonly careRegion: string;
}

/** What differs from answer to answer. */
export interface Told {
  /** Absent for a trial. */
  readonly setlId?: string;
  readonly msgid: string;
  readonly now: number;
  /** Personal account after the settlement, in 分. */
  readonly account: bigint;
  /** -1 for a cancellation. */
  readonly sign: 1n | -1n;
}

/** The output node of a settlement, a trial or a cancellation. */
export function settlementOutput(settlement: Computed, told: Told): JsonObject {
  const amount = (fen: bigint): RawNumber => amountNumber(fen * told.sign);
  const { benefit, careRegion, course, lines } = settlement;
  const described = told.sign > 0n || course === 'outpatient';
  const { hosp_part_amt, ...paid } = amounts(settlement, amount);
  return {
    setlinfo: {
      mdtrt_id: settlement.visitId,
      ...(told.setlId !== undefined && { setl_id: told.setlId }),
      ...(described && description(settlement, told)),
      setl_time: dateTime(told.now),
      ...paid,
      ...((told.sign > 0n || course !== 'pharmacy') && { hosp_part_amt }),
      pool_prop_selfpay: Number(benefit.ratio) / 10_000,
      balc: amountNumber(told.account),
      medins_setl_id: told.msgid,
      clr_optins: careRegion,
    },
    setldetail: details(settlement, amount),
    ...(lines !== undefined && told.sign > 0n && { detlcutinfo: lines.map(answerDrugLine) }),
  };
}

/** Who was settled for and what; 2103 and 2305 do not say it. */
function description({ person, data, course, medType }: Computed, { now }: Told): JsonObject {
  return {
    ...identityOf(person, now),
    insutype: person.scheme,
    psn_type: person.personType,
    cvlserv_flag: '0',
    mdtrt_cert_type: leaf(data, 'mdtrt_cert_type'),
    med_type: medType,
    clr_way: '1',
    clr_type: clearingTypeOf(course, medType),
    exp_content: '',
  };
}

function amounts(
  { totals, benefit, person, accountHolder }: Computed,
  amount: (fen: bigint) => RawNumber,
): JsonObject {
  const zero = amount(0n);
  return {
    medfee_sumamt: amount(totals.total),
    fulamt_ownpay_amt: amount(totals.selfPaid),
    overlmt_selfpay: amount(totals.overLimit),
    preselfpay_amt: amount(totals.preSelfPaid),
    inscp_scp_amt: amount(totals.inScope),
    act_pay_dedc: amount(benefit.deductible),
    hifp_pay: amount(benefit.fund),
    cvlserv_pay: zero,
    hifes_pay: zero,
    hifmi_pay: zero,
    hifob_pay: zero,
    hifdm_pay: zero,
    maf_pay: zero,
    oth_pay: zero,
    fund_pay_sumamt: amount(benefit.fund),
    psn_part_amt: amount(benefit.personal),
    acct_pay: amount(benefit.account),
    psn_cash_pay: amount(benefit.cash),
    hosp_part_amt: zero,
    acct_mulaid_pay: accountHolder === person ? zero : amount(benefit.account),
  };
}

function details(
  { person, accountHolder, totals, benefit }: Computed,
  amount: (fen: bigint) => RawNumber,
): JsonObject[] {
  const { pool } = FUNDS[person.scheme];
  const { account } = FUNDS[accountHolder.scheme];
  const row = (
    [type, name]: readonly [string, string],
    paid: { readonly inScope: bigint; readonly limit: bigint; readonly amount: bigint },
  ): JsonObject => ({
    fund_pay_type: type,
    inscp_scp_amt: amount(paid.inScope),
    crt_payb_lmt_amt: amountNumber(paid.limit),
    fund_payamt: amount(paid.amount),
    fund_pay_type_name: name,
    setl_proc_info: '',
  });
  return [
    row(pool, { inScope: totals.inScope, limit: benefit.poolLeft, amount: benefit.fund }),
    ...(account !== undefined && benefit.account > 0n
      ? [row(account, { inScope: 0n, limit: benefit.account, amount: benefit.account })]
      : []),
  ];
}
