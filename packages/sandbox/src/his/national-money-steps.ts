/** The steps of a national HIS that concern money: 2206, 2207, 2208, 2601. */
import type { HisVisit, SettledCharge, Settlement } from './his.ts';
import type { NationalHis } from './national-his.ts';
import type { NationalDesk } from './national-desk.ts';
import {
  chongqingEnvelope,
  chongqingSettlementData,
  readSettlement,
  settlementData,
  splitMembers,
  trialData,
} from './national-settlement.ts';
import { chargeWithCare } from './told.ts';
import type { Charged, Exchange } from './told.ts';

type MoneyStep = 'presettle' | 'settle' | 'settleWithCare' | 'cancel' | 'reverse';

/** Makes the steps. */
export function moneySteps(desk: NationalDesk): Pick<NationalHis, MoneyStep> {
  const { book, patience } = desk;

  function booked(visit: HisVisit, charged: Charged<Settlement>): Charged<Settlement> {
    const { told, messageId } = charged;
    if (told.state === 'done') book.settled(visit.id, { messageId, settlement: told.value });
    return charged;
  }

  return {
    presettle: (visit) => desk.ask(trialCall(desk, visit)),
    async settle(visit) {
      const exchange = chargeCall(desk, visit);
      const told = await exchange.send();
      const { messageId } = exchange;
      return booked(visit, { told, messageId, charges: 1, wasUnknown: told.state === 'unknown' });
    },
    settleWithCare: async (visit) =>
      booked(visit, await chargeWithCare(() => chargeCall(desk, visit), patience)),
    async cancel(visit, charge) {
      const told = await desk.ask(cancelCall(desk, { visit, charge }));
      if (told.state === 'done') book.cancelled(visit.id, charge, told.value);
      return told;
    },
    async reverse(visit, { messageId }) {
      const told = await desk.ask(reverseCall(desk, { visit, messageId }));
      if (told.state === 'done') book.reversed(messageId);
      return told;
    },
  };
}

function trialCall({ channel, options }: NationalDesk, visit: HisVisit): Exchange<Settlement> {
  const split = options.trialSplit === 'omitted' ? {} : splitMembers(visit.totals);
  return channel.prepare({
    infno: '2206',
    input: { data: { ...trialData(visit), ...split } },
    insuredPlace: visit.patient.insuredPlace,
    read: (output) => readSettlement(output, visit, visit.totals.total),
  });
}

function chargeCall({ channel, options }: NationalDesk, visit: HisVisit): Exchange<Settlement> {
  const chongqing = options.shape === 'chongqing';
  const invoice = channel.ownNumber();
  const data = chongqing ? chongqingSettlementData(visit, invoice) : settlementData(visit, invoice);
  return channel.prepare({
    infno: '2207',
    input: { data },
    insuredPlace: visit.patient.insuredPlace,
    ...(chongqing && { envelope: chongqingEnvelope }),
    read: (output) => readSettlement(output, visit, visit.totals.total),
  });
}

function cancelCall(
  { channel }: NationalDesk,
  { visit, charge }: { readonly visit: HisVisit; readonly charge: SettledCharge },
): Exchange<Settlement> {
  return channel.prepare({
    infno: '2208',
    input: {
      data: {
        setl_id: charge.settlement.setlId,
        mdtrt_id: visit.id,
        psn_no: visit.patient.psnNo,
        exp_content: '',
      },
    },
    insuredPlace: visit.patient.insuredPlace,
    read: (output) => readSettlement(output, visit, -charge.settlement.total),
  });
}

function reverseCall(
  { channel }: NationalDesk,
  { visit, messageId }: { readonly visit: HisVisit; readonly messageId: string },
): Exchange<null> {
  return channel.prepare({
    infno: '2601',
    input: { data: { psn_no: visit.patient.psnNo, omsgid: messageId, oinfno: '2207' } },
    insuredPlace: visit.patient.insuredPlace,
    read: () => null,
  });
}
