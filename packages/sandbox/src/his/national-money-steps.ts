/** The steps of a national HIS that concern money: trial, charge, cancellation, 2601. */
import { children } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import type { HisVisit, MoneySteps, SettledCharge, Settlement } from './his.ts';
import type { NationalDesk } from './national-desk.ts';
import { readSettlement } from './national-settlement.ts';
import { chargeWithCare } from './told.ts';
import type { Charged, Exchange } from './told.ts';

/** How one kind of visit is charged for. */
export interface MoneyForm {
  /** Their transactions. */
  readonly trial: string;
  readonly charge: string;
  readonly cancellation: string;
  trialInput(visit: HisVisit): JsonObject;
  chargeInput(visit: HisVisit, invoice: string): JsonObject;
  /** Members of a charge's envelope in another order, or others. */
  readonly envelope?: (standard: JsonObject) => JsonObject;
  /** Takes in the split of lines that come with the answer; false when they are not those sent. */
  readonly readLines?: (visit: HisVisit, rows: readonly JsonObject[]) => boolean;
}

/** Makes the steps. */
export function moneySteps(desk: NationalDesk, form: MoneyForm): Required<MoneySteps> {
  const { book, patience } = desk;

  function booked(visit: HisVisit, charged: Charged<Settlement>): Charged<Settlement> {
    const { told, messageId } = charged;
    if (told.state === 'done') {
      visit.id ||= told.value.visitId ?? '';
      book.settled(visit.id, { messageId, settlement: told.value });
    }
    return charged;
  }

  return {
    presettle: (visit) => desk.ask(trialCall(desk, { form, visit })),
    async settle(visit) {
      const exchange = chargeCall(desk, { form, visit });
      const told = await exchange.send();
      const { messageId } = exchange;
      return booked(visit, { told, messageId, charges: 1, wasUnknown: told.state === 'unknown' });
    },
    settleWithCare: async (visit) =>
      booked(visit, await chargeWithCare(() => chargeCall(desk, { form, visit }), patience)),
    async cancel(visit, charge) {
      const told = await desk.ask(cancelCall(desk, { form, visit, charge }));
      if (told.state === 'done') book.cancelled(visit.id, charge, told.value);
      return told;
    },
    async reverse(visit, { messageId }) {
      const told = await desk.ask(reverseCall(desk, { form, visit, messageId }));
      if (told.state === 'done') book.reversed(messageId);
      return told;
    },
  };
}

interface Asked {
  readonly form: MoneyForm;
  readonly visit: HisVisit;
}

function trialCall({ channel }: NationalDesk, { form, visit }: Asked): Exchange<Settlement> {
  return channel.prepare({
    infno: form.trial,
    input: form.trialInput(visit),
    insuredPlace: visit.patient.insuredPlace,
    read: (output) => readCharge(output, { form, visit }),
  });
}

function chargeCall({ channel }: NationalDesk, { form, visit }: Asked): Exchange<Settlement> {
  return channel.prepare({
    infno: form.charge,
    input: form.chargeInput(visit, channel.ownNumber()),
    insuredPlace: visit.patient.insuredPlace,
    ...(form.envelope !== undefined && { envelope: form.envelope }),
    read: (output) => readCharge(output, { form, visit }),
  });
}

function readCharge(output: JsonObject, { form, visit }: Asked): Settlement | undefined {
  const whole = form.readLines?.(visit, children(output, 'detlcutinfo')) ?? true;
  return whole ? readSettlement(output, visit, visit.totals.total) : undefined;
}

function cancelCall(
  { channel }: NationalDesk,
  { form, visit, charge }: Asked & { readonly charge: SettledCharge },
): Exchange<Settlement> {
  return channel.prepare({
    infno: form.cancellation,
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
  { form, visit, messageId }: Asked & { readonly messageId: string },
): Exchange<null> {
  return channel.prepare({
    infno: '2601',
    input: { data: { psn_no: visit.patient.psnNo, omsgid: messageId, oinfno: form.charge } },
    insuredPlace: visit.patient.insuredPlace,
    read: () => null,
  });
}
