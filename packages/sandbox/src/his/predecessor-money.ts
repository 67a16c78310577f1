/** 0304, 0305 and 1301 of a predecessor HIS. Source: legacy-xml/transactions. */
import { amountFromText, amountText } from '../amount.ts';
import type { HisVisit, MoneySteps, SettledCharge, Settlement } from './his.ts';
import { placeAndPerson } from './predecessor-care.ts';
import type { PredecessorDesk } from './predecessor-care.ts';
import { childNode, childText } from './soap-message.ts';
import type { XmlNode } from './soap-message.ts';
import { chargeWithCare } from './told.ts';
import type { Charged, Exchange } from './told.ts';

/** The steps that concern money; a stay is charged for by the same transactions as other care. */
export function moneySteps(desk: PredecessorDesk): Omit<Required<MoneySteps>, 'presettle'> {
  const { book, patience } = desk;

  function booked(visit: HisVisit, charged: Charged<Settlement>): Charged<Settlement> {
    const { told, messageId } = charged;
    if (told.state === 'done') book.settled(visit.id, { messageId, settlement: told.value });
    return charged;
  }

  return {
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
      if (told.state !== 'done') return told;
      book.cancelled(visit.id, charge, undefined);
      return { state: 'done', value: undefined };
    },
    async reverse(visit, { messageId }) {
      const told = await desk.ask(reverseCall(desk, { visit, messageId }));
      if (told.state === 'done') book.reversed(messageId);
      return told;
    },
  };
}

/** 0304 费用结算: carries the split, brings the fund items. */
function chargeCall(desk: PredecessorDesk, visit: HisVisit): Exchange<Settlement> {
  const { totals, lines, plan, patient } = visit;
  const ownNumber = desk.channel.ownNumber();
  const fullyCovered = lines
    .filter(({ item }) => desk.catalogue.get(item.code)?.level === '01')
    .reduce((sum, { split }) => sum + split.inScope, 0n);
  return desk.channel.prepare({
    transNo: '0304',
    input: {
      ...placeAndPerson(desk, patient),
      ykc700: visit.id,
      aae072: ownNumber,
      aka130: plan.medType,
      akc264: amountText(totals.total),
      ake171: amountText(totals.inScope),
      akc018: amountText(fullyCovered),
      akc228: amountText(totals.preSelfPaid),
      akc253: amountText(totals.selfPaid),
      akc268: amountText(totals.overLimit),
      ake122: plan.useAccount ? '1' : '0',
      aae011: desk.options.operator.name,
      aae036: desk.now().slice(0, 8),
      akc194: desk.now(),
      yzz021: ownNumber,
    },
    read: (output) => readSettlement(output, visit),
  });
}

/** 0305 费用结算回退: by the settlement and the transid of its charge. */
function cancelCall(
  desk: PredecessorDesk,
  { visit, charge }: { readonly visit: HisVisit; readonly charge: SettledCharge },
): Exchange<null> {
  const { settlement, messageId } = charge;
  return desk.channel.prepare({
    transNo: '0305',
    input: {
      aaz216: settlement.setlId,
      akc194: settlement.time,
      otransid: messageId,
      ...placeAndPerson(desk, visit.patient),
      ykc700: visit.id,
      aae011: desk.options.operator.name,
      aae036: desk.now().slice(0, 8),
    },
    read: () => null,
  });
}

/** 1301 冲正交易 of a 0304. */
function reverseCall(
  desk: PredecessorDesk,
  { visit, messageId }: { readonly visit: HisVisit; readonly messageId: string },
): Exchange<null> {
  return desk.channel.prepare({
    transNo: '1301',
    input: {
      aab299: desk.options.region,
      aab301: visit.patient.insuredPlace,
      otransno: '0304',
      otransid: messageId,
    },
    read: () => null,
  });
}

/** Total = agency payment + account + cash. Source: identities.json, legacy-total. */
function readSettlement(output: XmlNode | undefined, visit: HisVisit): Settlement | undefined {
  const amount = (name: string): bigint => amountFromText(childText(output, name)) ?? 0n;
  const { total } = visit.totals;
  const [fund, account, cash] = [amount('ake149'), amount('ake038'), amount('akb067')];
  if (childText(output, 'aaz216') === '' || fund + account + cash !== total) return undefined;
  const balance = amountFromText(childText(output, 'aae240'));
  const rows = childNode(output, 'detail')?.children ?? [];
  return {
    setlId: childText(output, 'aaz216'),
    time: childText(output, 'akc194'),
    total,
    deductible: amount('aka151'),
    fund,
    account,
    cash,
    hospital: 0n,
    ...(balance !== undefined && { balance }),
    scheme: childText(output, 'aae140') || visit.patient.scheme,
    items: rows.map((row) => ({
      type: childText(row, 'aaa157'),
      name: childText(row, 'aad006'),
      amount: amountFromText(childText(row, 'aae187')) ?? 0n,
    })),
  };
}
