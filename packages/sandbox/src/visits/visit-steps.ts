/** The steps of a visit, in order; each finds what the earlier ones left in `course`. */
import type { FeeItem, His, HisVisit, MoneySteps, Patient } from '../his/his.ts';
import type { Told } from '../his/told.ts';
import type { VisitCourse } from './receipt.ts';
import type { VisitScript } from './visit-scripts.ts';

/** One step: what it is called and what it does. */
export interface VisitStep {
  readonly name: { readonly zh: string; readonly en: string };
  run(): Promise<Told<unknown>>;
}

interface Visiting {
  readonly script: VisitScript;
  readonly course: VisitCourse;
}

/** How many items of a stay are uploaded with one 2301. */
const ITEMS_OF_A_DAY = 3;

const DONE: Told<unknown> = { state: 'done', value: null };

/** All steps of a visit. */
export function* stepsOf(his: His, visiting: Visiting): Generator<VisitStep> {
  const { script, course } = visiting;
  yield {
    name: { zh: '身份识别', en: 'identification' },
    run: () => keep(his.identify(script.credential), (patient) => (course.patient = patient)),
  };
  const { patient } = course;
  if (patient === undefined) return;
  yield { name: { zh: '待遇检查', en: 'entitlement check' }, run: () => entitled(his, { patient, script }) };
  if (script.course === 'inpatient') yield* staySteps(his, { ...visiting, patient });
  else if (script.course === 'pharmacy') yield* purchaseSteps(his, { ...visiting, patient });
  else yield* outpatientSteps(his, { ...visiting, patient });
}

type Known = Visiting & { readonly patient: Patient };

function* outpatientSteps(his: His, { script, course, patient }: Known): Generator<VisitStep> {
  yield {
    name: { zh: '就诊登记', en: 'registration' },
    run: () => keep(his.register(patient, script.plan), (visit) => (course.visit = visit)),
  };
  const { visit } = course;
  if (visit === undefined) return;
  yield { name: { zh: '就诊信息上传', en: 'visit record' }, run: () => recorded(his, visit) };
  yield { name: { zh: '费用上传', en: 'fee upload' }, run: () => his.uploadFees(visit, script.items) };
  yield* moneyOf(his, { script, course, visit });
}

function* staySteps({ inpatient }: His, { script, course, patient }: Known): Generator<VisitStep> {
  if (inpatient === undefined) {
    yield { name: { zh: '入院办理', en: 'admission' }, run: () => Promise.resolve(NO_WARDS) };
    return;
  }
  yield {
    name: { zh: '入院办理', en: 'admission' },
    run: () => keep(inpatient.admit(patient, script.plan), (visit) => (course.visit = visit)),
  };
  const { visit } = course;
  if (visit === undefined) return;
  yield { name: { zh: '住院信息变更', en: 'change of bed' }, run: () => inpatient.changeBed(visit, '02') };
  for (const items of daysOf(script.items)) {
    yield { name: { zh: '住院费用上传', en: 'fee upload' }, run: () => inpatient.uploadFees(visit, items) };
  }
  yield { name: { zh: '出院办理', en: 'discharge' }, run: () => inpatient.discharge(visit) };
  yield* moneyOf(inpatient, { script, course, visit });
}

function* purchaseSteps({ pharmacy }: His, { script, course, patient }: Known): Generator<VisitStep> {
  if (pharmacy === undefined) {
    yield { name: { zh: '药店购药', en: 'purchase' }, run: () => Promise.resolve(NO_COUNTER) };
    return;
  }
  const visit = pharmacy.prepare(patient, script.plan, script.items);
  course.visit = visit;
  yield* moneyOf(pharmacy, { script, course, visit });
}

const NO_WARDS: Told<unknown> = { state: 'not-done', text: '本接口没有住院交易' };
const NO_COUNTER: Told<unknown> = { state: 'not-done', text: '本接口没有药店购药交易' };

function daysOf(items: readonly FeeItem[]): readonly (readonly FeeItem[])[] {
  const days: (readonly FeeItem[])[] = [];
  for (let at = 0; at < items.length; at += ITEMS_OF_A_DAY) days.push(items.slice(at, at + ITEMS_OF_A_DAY));
  return days;
}

type Care = Visiting & { readonly visit: HisVisit };

function* moneyOf(money: MoneySteps, care: Care): Generator<VisitStep> {
  yield { name: { zh: '预结算', en: 'trial' }, run: () => tried(money, care) };
  yield { name: { zh: '结算', en: 'settlement' }, run: () => charged(money, care) };
  yield { name: { zh: '撤销', en: 'undoing' }, run: () => undone(money, care) };
}

/** Keeps what was told when it was done. */
async function keep<T>(asked: Promise<Told<T>>, take: (value: T) => void): Promise<Told<T>> {
  const told = await asked;
  if (told.state === 'done') take(told.value);
  return told;
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
  return told ?? DONE;
}

async function recorded(his: His, visit: HisVisit): Promise<Told<unknown>> {
  return (await his.recordVisit?.(visit)) ?? DONE;
}

async function tried(money: MoneySteps, { visit, course }: Care): Promise<Told<unknown>> {
  const told = await money.presettle?.(visit);
  if (told?.state === 'done') course.trial = told.value;
  return told ?? DONE;
}

async function charged(money: MoneySteps, { visit, course }: Care): Promise<Told<unknown>> {
  const { told, messageId, charges, wasUnknown } = await money.settleWithCare(visit);
  course.charges = charges;
  course.wasUnknown = wasUnknown;
  if (told.state === 'done') course.charge = { messageId, settlement: told.value };
  return told;
}

async function undone(money: MoneySteps, { visit, course, script }: Care): Promise<Told<unknown>> {
  const { charge } = course;
  if (charge === undefined || script.afterwards === 'keep') return DONE;
  return script.afterwards === 'cancel' ? money.cancel(visit, charge) : money.reverse(visit, charge);
}
