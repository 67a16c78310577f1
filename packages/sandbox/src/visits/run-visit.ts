/** Runs a visit at a HIS, step by step, until it ends or a step is not done. */
import { amountText } from '../amount.ts';
import type { His, HisVisit, Patient } from '../his/his.ts';
import type { Told } from '../his/told.ts';
import { makeReceipt } from './receipt.ts';
import type { Receipt, VisitCourse } from './receipt.ts';
import type { VisitScript } from './visit-scripts.ts';

type Outcome = Receipt['outcome'];
type Name = { readonly zh: string; readonly en: string };
type Step = { readonly name: Name; readonly run: () => Promise<Told<unknown>> };

/**
 * Runs a visit. Never throws for what the far side does: a refusal or an outcome never told ends the visit and is
 * the receipt's outcome. Signing in is the caller's business.
 */
export async function runVisit(his: His, script: VisitScript): Promise<Receipt> {
  const course: VisitCourse = { charges: 0, wasUnknown: false };
  for (const { name, run } of stepsOf(his, { script, course })) {
    const told = await run();
    if (told.state !== 'done') {
      return makeReceipt(his, { script, course, outcome: notDone(name, told) });
    }
  }
  return makeReceipt(his, { script, course, outcome: done(script, course) });
}

/** The steps, in order; each finds what the earlier ones left in `course`. */
function* stepsOf(
  his: His,
  { script, course }: { readonly script: VisitScript; readonly course: VisitCourse },
): Generator<Step> {
  yield {
    name: { zh: '身份识别', en: 'identification' },
    async run() {
      const told = await his.identify(script.credential);
      if (told.state === 'done') course.patient = told.value;
      return told;
    },
  };
  const { patient } = course;
  if (patient === undefined) return;
  yield { name: { zh: '待遇检查', en: 'entitlement check' }, run: () => entitled(his, { patient, script }) };
  yield {
    name: { zh: '就诊登记', en: 'registration' },
    async run() {
      const told = await his.register(patient, script.plan);
      if (told.state === 'done') course.visit = told.value;
      return told;
    },
  };
  const { visit } = course;
  if (visit === undefined) return;
  yield { name: { zh: '就诊信息上传', en: 'visit record' }, run: () => recorded(his, visit) };
  yield { name: { zh: '费用上传', en: 'fee upload' }, run: () => his.uploadFees(visit, script.items) };
  yield { name: { zh: '预结算', en: 'trial' }, run: () => tried(his, { visit, course }) };
  yield { name: { zh: '结算', en: 'settlement' }, run: () => charged(his, { visit, course }) };
  yield { name: { zh: '撤销', en: 'undoing' }, run: () => undone(his, { visit, course, script }) };
}

/** A check that finds a hindrance ends the visit as a refusal would. */
async function entitled(
  his: His,
  { patient, script }: { readonly patient: Patient; readonly script: VisitScript },
): Promise<Told<unknown>> {
  const told = await his.entitlement?.(patient, script.plan);
  if (told?.state === 'done' && told.value.length > 0) {
    return { state: 'not-done', text: told.value.join('；') };
  }
  return told ?? { state: 'done', value: null };
}

async function recorded(his: His, visit: HisVisit): Promise<Told<unknown>> {
  return (await his.recordVisit?.(visit)) ?? { state: 'done', value: null };
}

interface Care {
  readonly visit: HisVisit;
  readonly course: VisitCourse;
}

async function tried(his: His, { visit, course }: Care): Promise<Told<unknown>> {
  const told = await his.presettle?.(visit);
  if (told?.state === 'done') course.trial = told.value;
  return told ?? { state: 'done', value: null };
}

async function charged(his: His, { visit, course }: Care): Promise<Told<unknown>> {
  const { told, messageId, charges, wasUnknown } = await his.settleWithCare(visit);
  course.charges = charges;
  course.wasUnknown = wasUnknown;
  if (told.state === 'done') course.charge = { messageId, settlement: told.value };
  return told;
}

async function undone(
  his: His,
  { visit, course, script }: Care & { readonly script: VisitScript },
): Promise<Told<unknown>> {
  const { charge } = course;
  if (charge === undefined || script.afterwards === 'keep') return { state: 'done', value: null };
  return script.afterwards === 'cancel' ? his.cancel(visit, charge) : his.reverse(visit, charge);
}

function done({ afterwards }: VisitScript, { charge, charges }: VisitCourse): Outcome {
  const cash = amountText(charge?.settlement.cash ?? 0n);
  if (afterwards === 'cancel') {
    return {
      code: 'cancelled',
      zh: `已撤销：基金与个人账户已退回，应退现金 ${cash} 元`,
      en: `cancelled; fund and account are restored, give back ${cash} in cash`,
    };
  }
  if (afterwards === 'reverse') {
    return {
      code: 'reversed',
      zh: `已冲正：本次结算视同未发生，应退现金 ${cash} 元`,
      en: `reversed as if never settled, give back ${cash} in cash`,
    };
  }
  const again =
    charges > 1
      ? { zh: '（前次应答丢失，已自动冲正，重新收费一次）', en: ' (an earlier charge was taken back)' }
      : { zh: '', en: '' };
  return {
    code: 'settled',
    zh: `已结算，应收现金 ${cash} 元${again.zh}`,
    en: `settled, take ${cash} in cash${again.en}`,
  };
}

function notDone(step: Name, told: Exclude<Told<unknown>, { state: 'done' }>): Outcome {
  return told.state === 'not-done'
    ? { code: 'refused', zh: `${step.zh}未成功：${told.text}`, en: `refused at ${step.en}: ${told.text}` }
    : {
        code: 'unknown',
        zh: `${step.zh}结果未知，请勿重复收费：${told.reason}`,
        en: `outcome of ${step.en} is not known, do not charge again: ${told.reason}`,
      };
}
