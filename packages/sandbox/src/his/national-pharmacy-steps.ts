/** The counter of a pharmacy that speaks the national JSON: 2101, 2102, 2103. */
import assert from 'node:assert/strict';
import { NOTHING, sumSplits } from '../fee-split.ts';
import type { JsonObject } from '../national-message.ts';
import type { HisVisit, PharmacySteps } from './his.ts';
import type { NationalDesk } from './national-desk.ts';
import { drugLine, readSplits } from './national-fees.ts';
import type { SentLine } from './national-fees.ts';
import { moneySteps } from './national-money-steps.ts';
import { credentialMembers, shortNumber } from './national-settlement.ts';

/** Makes the steps of a counter. */
export function pharmacySteps(desk: NationalDesk): PharmacySteps {
  const purchases = new WeakMap<HisVisit, readonly SentLine[]>();
  const linesOf = (visit: HisVisit): readonly SentLine[] => {
    const lines = purchases.get(visit);
    assert(lines !== undefined, 'the purchase was prepared at this counter');
    return lines;
  };
  const input = (visit: HisVisit): JsonObject => ({
    druginfo: purchaseData(desk, visit),
    drugdetail: linesOf(visit).map(({ wire }) => wire),
  });
  return {
    prepare(patient, plan, items) {
      const batch = desk.channel.ownNumber();
      const visit: HisVisit = { id: '', patient, plan, batch, lines: [], totals: NOTHING };
      const lines = items.map((item) => drugLine(item, { visit, desk }));
      purchases.set(visit, lines);
      visit.totals = { ...NOTHING, total: lines.reduce((sum, { total }) => sum + total, 0n) };
      return visit;
    },
    ...moneySteps(desk, {
      trial: '2101',
      charge: '2102',
      cancellation: '2103',
      trialInput: input,
      chargeInput(visit, invono) {
        const { druginfo, ...rest } = input(visit);
        return { druginfo: { ...(druginfo as JsonObject), invono }, ...rest };
      },
      readLines(visit, rows) {
        const lines = readSplits(rows, linesOf(visit));
        if (lines === undefined) return false;
        visit.lines = lines;
        visit.totals = sumSplits(lines.map(({ split }) => split));
        return true;
      },
    }),
  };
}

/** `druginfo`. Source: transactions 2101, 2102. */
function purchaseData({ now }: NationalDesk, visit: HisVisit): JsonObject {
  const { patient, plan, totals } = visit;
  return {
    psn_no: patient.psnNo,
    ...credentialMembers(visit),
    psn_type: patient.personType,
    psn_name: patient.name,
    begntime: now(),
    medfee_sumamt: shortNumber(totals.total),
    insutype: patient.scheme,
    dise_codg: plan.disease?.code ?? '',
    dise_name: plan.disease?.name ?? '',
    acct_used_flag: plan.useAccount ? '1' : '0',
    med_type: plan.medType,
    exp_content: '',
  };
}
