/** The second half of the story: the books are compared, and everything is undone in the right order. */
import { isDeepStrictEqual } from 'node:util';
import { formatTime } from '@yiqiao/model';
import { booksAre, readStoryBooks } from './books.ts';
import { patient, REVOCATION } from './care.ts';
import type { Cast } from './cast.ts';
import type { StoryWorld } from './story-world.ts';
import { codeOf, NUMBERS } from './telling.ts';
import type { Charge, Teller } from './telling.ts';

/** Nothing is undone before what rests on it. */
export async function refusedOutOfTurn({ hospital }: Cast, { step }: Teller, number: string): Promise<void> {
  const refusal = await codeOf(hospital.prescriptions.revoke(number, REVOCATION));
  step(
    'out-of-turn',
    {
      zh: '药已取走，撤销处方被拒：须先退药',
      en: 'revoking the prescription first is refused: the drugs have to come back before',
    },
    { ok: refusal === 'PRESCRIPTION_STATE_WRONG', facts: { refusal: refusal ?? 'none' } },
  );
}

/** From the pharmacy back to the visit. */
export async function undo(
  { hospital, pharmacy, world }: Cast,
  { step }: Teller,
  { visit, bought, number }: { readonly visit: Charge; readonly bought: Charge; readonly number: string },
): Promise<void> {
  const cancelled = await pharmacy.counter.cancel(NUMBERS.purchase);
  await pharmacy.settleUp();
  pharmacy.invoices.recordTaxInvoice(bought.settlementId, {
    number: '26530000000000000002',
    date: formatTime(Date.now()).slice(0, 10),
    total: `-${bought.total}`,
  });
  const taken = world.centre.ledger.rows().find(({ hiRxno }) => hiRxno === number)?.stage;
  step(
    'purchase-undone',
    {
      zh: '购药结算已撤销（2103），出库已撤销（7208），红字发票已登记',
      en: 'purchase cancelled (2103), dispensing taken back (7208), red invoice on record',
    },
    {
      ok: cancelled.state === 'cancelled' && taken === 'undone',
      facts: { centre: taken ?? '', invoice: pharmacy.invoices.summary(bought.settlementId).state },
    },
  );
  const { stage } = await hospital.prescriptions.revoke(number, REVOCATION);
  step(
    'prescription-undone',
    { zh: '处方已撤销（D004）', en: 'prescription revoked (D004)' },
    { ok: stage === 'revoked', facts: { prescription: number } },
  );
  const action = { settlementId: visit.settlementId, reason: '演示结束' };
  await hospital.desk.perform({ order: 'U1', action: 'cancel', visit: NUMBERS.visit, body: action });
  await hospital.settleUp();
  const bill = hospital.bills.summary(visit.settlementId);
  step(
    'visit-undone',
    { zh: '复诊结算已撤销（2208），电子票据已冲红', en: 'visit cancelled (2208), its bill written off' },
    { ok: bill.state === 'written-off', facts: { bill: bill.state } },
  );
}

/** What is compared with what. */
export interface ComparedBooks {
  readonly visit: Charge;
  readonly bought: Charge;
  readonly are: 'settled' | 'undone';
  /** The patient's account, deductible and pool before the visit. */
  readonly before: PatientFigures;
}

type PatientFigures = ReturnType<StoryWorld['province']['balanceOf']>;

/** What the insured place has of the patient this year. */
export function patientFigures({ province }: StoryWorld): PatientFigures {
  return province.balanceOf(patient().psnNo, formatTime(Date.now()).slice(0, 4));
}

/** Every ledger: both sides of both ways, the centre, the bills, and nothing owed to anybody. */
export async function requireBooks(
  { world, hospital, pharmacy }: Cast,
  { step }: Teller,
  { visit, bought, are, before }: ComparedBooks,
): Promise<void> {
  await Promise.all(Object.values(world.gateways).map((gateway) => gateway.idle()));
  const nothing = { total: '0.00', fundPaid: '0.00' };
  const ways = [
    ['hospitalSide', visit],
    ['pharmacySide', bought],
  ] as const;
  const wrong: string[] = [];
  for (const [side, charge] of ways) {
    const books = await readStoryBooks(world, side, charge.visitId);
    if (!booksAre(books, are === 'settled' ? charge : nothing)) wrong.push(side);
  }
  // The earlier visit stands, and its bill with it.
  const bills = world.bills.ledger.inForce().length;
  if (bills !== (are === 'settled' ? 2 : 1)) wrong.push('bills');
  if (are === 'undone') {
    if (!isDeepStrictEqual(patientFigures(world), before)) wrong.push('account');
    if (world.centre.ledger.rows().some(({ stage }) => stage !== 'revoked')) wrong.push('centre');
  }
  const owed = hospital.owed() + pharmacy.owed();
  if (owed > 0) wrong.push('owed');
  step(
    `books-${are}`,
    are === 'settled'
      ? { zh: '各方台账一致', en: 'the books of all parties agree' }
      : {
          zh: '各方台账归零（先前的首诊及其票据不在此列）',
          en: 'the books of all parties are at zero, but for the earlier visit and its bill, which stand',
        },
    { ok: wrong.length === 0, facts: { wrong: wrong.join(' '), billsInForce: String(bills) } },
  );
}
