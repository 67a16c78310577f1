/** Our names → the far side's. Fill in every '': the tests name what is still missing. */
import { field, fieldMap } from '@yiqiao/sdk';

/** A charge that is handed over. */
export const charge = fieldMap({
  /** Our number of the charge. */
  number: field.text(''),
  /** In 分 with us, in 元 there. */
  amount: field.amount(''),
  /** Epoch milliseconds with us, `yyyy-MM-dd HH:mm:ss` there. */
  chargedAt: field.time(''),
  note: field.optional(field.text('')),
});

/** What the far side answers to it. */
export const receipt = fieldMap({
  receiptNumber: field.text(''),
});

/** By which it is asked whether a charge has arrived. */
export const question = fieldMap({
  number: field.text(''),
});

/** What it answers: the receipt of a charge that has arrived, nothing of one that has not. */
export const found = fieldMap({
  receiptNumber: field.optional(field.text('')),
});
