/** How a national HIS charges outpatients: 2206, 2207, 2208. */
import type { NationalHisOptions } from './national-channel.ts';
import type { MoneyForm } from './national-money-steps.ts';
import {
  chongqingEnvelope,
  chongqingSettlementData,
  settlementData,
  splitMembers,
  trialData,
} from './national-settlement.ts';

/** The form of outpatient charges, as the options shape it. */
export function outpatientMoney({ shape, trialSplit }: NationalHisOptions): MoneyForm {
  const chongqing = shape === 'chongqing';
  return {
    trial: '2206',
    charge: '2207',
    cancellation: '2208',
    trialInput: (visit) => ({
      data: { ...trialData(visit), ...(trialSplit === 'omitted' ? {} : splitMembers(visit.totals)) },
    }),
    chargeInput: (visit, invoice) => ({
      data: chongqing ? chongqingSettlementData(visit, invoice) : settlementData(visit, invoice),
    }),
    ...(chongqing && { envelope: chongqingEnvelope }),
  };
}
