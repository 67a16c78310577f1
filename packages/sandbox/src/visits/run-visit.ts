/** Runs a visit at a HIS, step by step, until it ends or a step is not done. */
import { amountText } from '../amount.ts';
import type { His } from '../his/his.ts';
import type { Told } from '../his/told.ts';
import { makeReceipt } from './receipt.ts';
import type { Receipt, VisitCourse } from './receipt.ts';
import { stepsOf } from './visit-steps.ts';
import type { VisitStep } from './visit-steps.ts';
import type { VisitScript } from './visit-scripts.ts';

type Outcome = Receipt['outcome'];

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

function notDone(step: VisitStep['name'], told: Exclude<Told<unknown>, { state: 'done' }>): Outcome {
  return told.state === 'not-done'
    ? { code: 'refused', zh: `${step.zh}未成功：${told.text}`, en: `refused at ${step.en}: ${told.text}` }
    : {
        code: 'unknown',
        zh: `${step.zh}结果未知，请勿重复收费：${told.reason}`,
        en: `outcome of ${step.en} is not known, do not charge again: ${told.reason}`,
      };
}
