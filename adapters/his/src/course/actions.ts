/** What can be ordered, and what does it. */
import type { HisAction } from '../order.ts';
import { answerHints, check } from './audit.ts';
import type { Action } from './desk-types.ts';
import { fees, withdraw } from './outpatient-fees.ts';
import { refund } from './refund.ts';
import { cancelRegistration, register } from './registration.ts';
import { cancel, presettle, reverse, settle } from './settlement.ts';
import { settlementList } from './settlement-list.ts';
import { admit, cancelAdmission, cancelDischarge, change, discharge } from './stay.ts';
import { stayFees, withdrawStay } from './stay-fees.ts';
import { cancelStay, presettleStay, settleStay } from './stay-settlement.ts';

/** By name. */
export const ACTIONS: { readonly [A in HisAction]: Action<A> } = {
  register,
  cancelRegistration,
  fees,
  withdraw,
  check,
  answerHints,
  presettle,
  settle,
  cancel,
  refund,
  reverse,
  admit,
  change,
  stayFees,
  withdrawStay,
  discharge,
  cancelAdmission,
  cancelDischarge,
  presettleStay,
  settleStay,
  cancelStay,
  settlementList,
};
