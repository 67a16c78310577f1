/** What may pay for a purchase. Each refusal names the rule of payment.json that it follows. */
import { GatewayError, fen, ratioOf } from '@yiqiao/model';
import type { Decimal, ErrorCode, Fault, Fen } from '@yiqiao/model';
import type { NamedCourse, PaymentRules, PaymentSource } from '../policy.ts';
import type { InsurancePort, MutualAidRegister } from '../ports.ts';
import type { Payer, Purchase, PurchaseLine } from './purchase-form.ts';
import type { Label } from './read-form.ts';

/** Ratios are compared to six decimals. */
const WHOLE = fen(1_000_000n);

interface Rule {
  readonly id: string;
  readonly rule: Label;
}

/**
 * Checks a purchase before anything is asked.
 * @throws GatewayError `PAYMENT_NOT_OPEN`, `FUND_NEEDS_PRESCRIPTION`, `ACCOUNT_SCOPE_EXCEEDED`, `PRESCRIPTION_REQUIRED`,
 *   `MUTUAL_AID_NOT_AUTHORISED`.
 */
export function checkPayment(
  purchase: Purchase,
  {
    rules,
    course,
    today,
  }: { readonly rules: PaymentRules; readonly course: NamedCourse; readonly today: string },
): void {
  checkSources(purchase, course);
  const prescribed = (line: PurchaseLine): boolean => line.prescribed === true;
  if (purchase.payment.fund) {
    if (!purchase.lines.some(prescribed)) {
      throw refused('FUND_NEEDS_PRESCRIPTION', rules.fund, wholePurchase('/payment/fund', rules.fund));
    }
    const beyond = linesWhere(
      purchase,
      (line) => prescribed(line) && !rules.fund.listTypes.includes(line.listType),
    );
    throwIfAny('FUND_NEEDS_PRESCRIPTION', rules.fund, beyond);
  }
  if (purchase.payment.account !== 'none') {
    const beyond = linesWhere(purchase, (line) => !rules.account.listTypes.includes(line.listType));
    throwIfAny('ACCOUNT_SCOPE_EXCEEDED', rules.account, beyond);
  }
  const { prescriptionDrugs } = rules;
  const unprescribed = linesWhere(
    purchase,
    (line) => prescriptionDrugs.codes.includes(line.prescriptionDrug) && !prescribed(line),
  );
  throwIfAny('PRESCRIPTION_REQUIRED', prescriptionDrugs, unprescribed);
  if (purchase.payment.account === 'mutual-aid') checkPayer(purchase, { rules, today });
}

function checkSources({ payment }: Purchase, course: NamedCourse): void {
  const chosen: readonly PaymentSource[] = [
    ...(payment.fund ? ['fund' as const] : []),
    ...(payment.account === 'none' ? [] : [payment.account]),
  ];
  const closed = chosen.filter((source) => !course.pays.includes(source));
  // A course without the fund is paid from the account alone, so that the account must be chosen.
  const missing = course.form === 'order' && payment.account === 'none';
  if (closed.length === 0 && !missing) return;
  throw new GatewayError('PAYMENT_NOT_OPEN', {
    facts: { course: course.name, open: course.pays.join(', '), chosen: chosen.join(', ') },
  });
}

function checkPayer(
  { payment, person }: Purchase,
  { rules, today }: { readonly rules: PaymentRules; readonly today: string },
): void {
  const { mutualAid } = rules;
  const { payer } = payment;
  const wrong = (at: string, zh: string, en: string): Fault => ({
    rule: mutualAid.id,
    at,
    field: at.split('/').at(-1) ?? '',
    label: mutualAid.rule,
    message: { zh, en },
  });
  if (payer === undefined) {
    const missing = wrong('/payment/payer', '未说明共济付款人', 'the payer is not told');
    throw refused('MUTUAL_AID_NOT_AUTHORISED', mutualAid, [missing]);
  }
  const faults: Fault[] = [];
  if (payer.certificateNumber === person.certificateNumber) {
    faults.push(
      wrong(
        '/payment/payer/certificateNumber',
        '付款人就是参保人本人，应使用本人账户',
        'the payer is the insured person: use the own account',
      ),
    );
  }
  if (!(payer.relation in mutualAid.relations)) {
    faults.push(
      wrong(
        '/payment/payer/relation',
        `关系须为 ${Object.keys(mutualAid.relations).join('、')} 之一`,
        `must be one of ${Object.keys(mutualAid.relations).join(', ')}`,
      ),
    );
  }
  const { sameDigits } = mutualAid;
  if (payer.insuredRegion.slice(0, sameDigits) !== person.insuredRegion.slice(0, sameDigits)) {
    faults.push(
      wrong(
        '/payment/payer/insuredRegion',
        '付款人与参保人不在共济范围内的统筹地区',
        'payer and insured person are insured in regions that have no mutual aid',
      ),
    );
  }
  if (mutualAid.needsAuthorisation && payer.authorisation === undefined) {
    faults.push(
      wrong(
        '/payment/payer/authorisation',
        '缺少付款人的共济授权',
        'the authorisation of the payer is missing',
      ),
    );
  } else if (payer.authorisation !== undefined && payer.authorisation.validUntil < today) {
    faults.push(
      wrong('/payment/payer/authorisation/validUntil', '共济授权已过期', 'the authorisation has ended'),
    );
  }
  if (mutualAid.needsCredential && payer.credential === undefined) {
    faults.push(
      wrong('/payment/payer/credential', '缺少付款人本人的就诊凭证', 'the payer’s own credential is missing'),
    );
  }
  throwIfAny('MUTUAL_AID_NOT_AUTHORISED', mutualAid, faults);
}

/**
 * Asks the insured place whose credential the payer's is (1101), and the register whether it holds the authorisation.
 * @throws GatewayError `MUTUAL_AID_NOT_AUTHORISED`, or as a call to the insurer fails.
 */
export async function verifyPayer(
  payer: Payer,
  parts: {
    readonly purchase: Purchase;
    readonly rules: PaymentRules;
    readonly insurance: InsurancePort;
    readonly register: MutualAidRegister | undefined;
  },
): Promise<void> {
  const { purchase, rules, insurance, register } = parts;
  if (payer.credential !== undefined) {
    const { certificateType, certificateNumber, name } = payer;
    const { type, number } = payer.credential;
    const question = {
      credentialType: type,
      credentialNumber: number,
      certificateType,
      certificateNumber,
      personName: name,
    };
    const told = await insurance
      .call('identifyPerson', question, { insuredRegion: payer.insuredRegion })
      .catch((error: unknown) => unidentified(error, rules));
    const { person } = told.body as { readonly person?: { readonly certificateNumber?: string } };
    if (person?.certificateNumber !== certificateNumber) {
      throw refused(
        'MUTUAL_AID_NOT_AUTHORISED',
        rules.mutualAid,
        wholePurchase('/payment/payer/credential', rules.mutualAid),
      );
    }
  }
  if (register === undefined || payer.authorisation === undefined) return;
  const asked = {
    number: payer.authorisation.number,
    payer,
    insured: purchase.person,
    relation: payer.relation,
  };
  if (!(await register.isAuthorised(asked))) {
    throw refused(
      'MUTUAL_AID_NOT_AUTHORISED',
      rules.mutualAid,
      wholePurchase('/payment/payer/authorisation', rules.mutualAid),
    );
  }
}

/** The insured place may itself refuse a credential that is not the named person's. */
function unidentified(error: unknown, { mutualAid }: PaymentRules): never {
  if (!(error instanceof GatewayError) || error.code !== 'UPSTREAM_REJECTED') throw error;
  const { upstream } = error.details;
  const facts = { rule: mutualAid.id, says: mutualAid.rule.en, saysZh: mutualAid.rule.zh };
  const details = { facts, ...(upstream !== undefined && { upstream }) };
  throw new GatewayError('MUTUAL_AID_NOT_AUTHORISED', details, { cause: error });
}

/** What a trial says of money. Amounts in 分. */
export interface Trial {
  readonly total: Fen;
  readonly fundPaid: Fen;
  readonly poolPaid: Fen;
  readonly poolPaymentRatio?: Decimal;
  readonly accountPaid: Fen;
  readonly mutualAidPaid: Fen;
  readonly cashPaid: Fen;
  /** 医院负担金额 `hosp_part_amt`, where it is not zero. */
  readonly hospitalPart?: Fen;
}

/** How a trial stands to the policy of equal benefit. */
export type BenefitFinding = 'equal' | 'lower' | 'not-checked';

/**
 * Holds a trial against what was chosen and against the policy, before anything is settled.
 * @throws GatewayError `FUND_NEEDS_PRESCRIPTION`, `PAYMENT_NOT_ASKED`, `BENEFIT_NOT_EQUAL`.
 */
export function checkTrial(
  trial: Trial,
  { purchase, rules }: { readonly purchase: Purchase; readonly rules: PaymentRules },
): BenefitFinding {
  const { payment, person } = purchase;
  if (trial.fundPaid > 0n && purchase.prescription === undefined) {
    throw refused('FUND_NEEDS_PRESCRIPTION', rules.fund, wholePurchase('/payment/fund', rules.fund));
  }
  const unasked =
    (trial.fundPaid > 0n && !payment.fund) ||
    (trial.accountPaid > 0n && payment.account === 'none') ||
    (trial.mutualAidPaid > 0n && payment.account !== 'mutual-aid');
  if (unasked) throw new GatewayError('PAYMENT_NOT_ASKED', { facts: { account: payment.account } });
  const least = rules.equalBenefit.poolPaymentRatio[person.insuranceType];
  if (!payment.fund || least === undefined || trial.poolPaymentRatio === undefined) return 'not-checked';
  if (ratioOf(WHOLE, trial.poolPaymentRatio) >= ratioOf(WHOLE, least)) return 'equal';
  if (rules.equalBenefit.onLower === 'warn') return 'lower';
  throw new GatewayError('BENEFIT_NOT_EQUAL', {
    facts: {
      rule: rules.equalBenefit.id,
      least,
      trial: trial.poolPaymentRatio,
      insuranceType: person.insuranceType,
    },
  });
}

/** 医疗类别 of a purchase. */
export function careTypeOf(
  { disease }: Purchase,
  { careTypes }: PaymentRules,
  { careType = careTypes.purchase }: Pick<NamedCourse, 'careType'>,
): string {
  return disease === undefined ? careType : careTypes.chronicDisease;
}

function linesWhere({ lines }: Purchase, isWrong: (line: PurchaseLine) => boolean): readonly Fault[] {
  return lines.flatMap((line, index) =>
    isWrong(line)
      ? [
          {
            rule: 'not-covered',
            at: `/lines/${index}`,
            field: 'listType',
            label: { zh: line.name, en: line.catalogueCode },
            message: {
              zh: `第 ${index + 1} 行（目录类别 ${line.listType}）不符合该规则`,
              en: `line ${index + 1} (kind of goods ${line.listType}) is outside the rule`,
            },
          },
        ]
      : [],
  );
}

function wholePurchase(at: string, { id, rule }: Rule): readonly Fault[] {
  return [{ rule: id, at, field: at.split('/').at(-1) ?? '', label: rule, message: rule }];
}

function throwIfAny(code: ErrorCode, rule: Rule, faults: readonly Fault[]): void {
  if (faults.length > 0) throw refused(code, rule, faults);
}

function refused(code: ErrorCode, { id, rule }: Rule, faults: readonly Fault[]): GatewayError {
  return new GatewayError(code, { faults, facts: { rule: id, says: rule.en, saysZh: rule.zh } });
}
