/** The story: a follow-up visit over the internet, its prescription, the drugs, the bills, and everything undone. */
import { formatFen, formatTime } from '@yiqiao/model';
import type { Fen } from '@yiqiao/model';
import { findTrace } from '@yiqiao/sdk';
import type { TraceEvent } from '@yiqiao/sdk';
import { readStoryBooks } from './books.ts';
import type { PartyBooks } from './books.ts';
import {
  consultation,
  delivery,
  hospitalPharmacist,
  prescription,
  purchase,
  registration,
  ultrasound,
} from './care.ts';
import type { Cast } from './cast.ts';
import { codeOf, createTeller, NUMBERS } from './telling.ts';
import type { Charge, StoryStep, Teller } from './telling.ts';
import { patientFigures, refusedOutOfTurn, requireBooks, undo } from './undoing.ts';

/** Everyone in the story, and who listens. */
export interface ToldCast extends Cast {
  readonly tell: (step: StoryStep) => void;
}

/** What is known in the end. */
export interface StoryEnd {
  readonly ok: boolean;
  /** The chain from the diagnosis to the invoice, and back. */
  readonly trace: readonly TraceEvent[];
  readonly books: Readonly<Record<'visit' | 'purchase', readonly PartyBooks[]>>;
}

const DAY_MS = 86_400_000;

/** Tells it to its end; `ok` says whether every step came out as it should. What is refused ends it and is thrown. */
export async function tellStory(cast: ToldCast): Promise<StoryEnd> {
  const teller = createTeller(cast.tell);
  const now = Date.now();
  await earlierVisit(cast, now - 30 * DAY_MS);
  const before = patientFigures(cast.world);
  const visit = await followUp(cast, teller, now);
  const issued = await prescribe(cast, teller, { visitId: visit.visitId, now });
  const bought = await buy(cast, teller, issued.code);
  await invoices(cast, teller, { visit, bought });
  await requireBooks(cast, teller, { visit, bought, before, are: 'settled' });
  await refusedOutOfTurn(cast, teller, issued.number);
  await undo(cast, teller, { visit, bought, number: issued.number });
  await requireBooks(cast, teller, { visit, bought, before, are: 'undone' });
  const stores = [...cast.hospital.stores, ...cast.pharmacy.stores];
  return {
    ok: teller.allRight(),
    trace: findTrace(stores, issued.number),
    books: {
      visit: await readStoryBooks(cast.world, 'hospitalSide', visit.visitId),
      purchase: await readStoryBooks(cast.world, 'pharmacySide', bought.visitId),
    },
  };
}

/** The visit in person that a follow-up needs. */
async function earlierVisit({ hospital }: Cast, at: number): Promise<void> {
  const { desk } = hospital;
  const visit = NUMBERS.earlier;
  await desk.perform({ order: 'E1', action: 'register', visit, body: registration(at, 'in-person') });
  const lines = [consultation('E-L1', at), ultrasound('E-L2', at)];
  await desk.perform({ order: 'E2', action: 'fees', visit, body: { chargeBatch: 'E-B1', lines } });
  await desk.perform({ order: 'E3', action: 'settle', visit, body: { chargeBatch: 'E-B1' } });
  await hospital.settleUp();
}

async function followUp({ hospital }: Cast, { step }: Teller, now: number): Promise<Charge> {
  const { desk } = hospital;
  const visit = NUMBERS.visit;
  const registered = await desk.perform({
    order: 'V1',
    action: 'register',
    visit,
    body: registration(now, 'internet'),
  });
  const bad = { chargeBatch: 'B1', lines: [consultation('L1', now), delivery('L2', now)] };
  const refusal = await codeOf(desk.perform({ order: 'V2', action: 'fees', visit, body: bad }));
  step(
    'visit-checked',
    {
      zh: '“互联网+”复诊已核：本机构首诊、本统筹区、补充协议；配送费被拒',
      en: 'internet+ follow-up checked: earlier visit, own pooling area, agreement; a delivery fee is refused',
    },
    { ok: refusal === 'INTERNET_VISIT_NOT_COVERED', facts: { refusal: refusal ?? 'none' } },
  );
  const lines = [consultation('L1', now)];
  await desk.perform({ order: 'V3', action: 'fees', visit, body: { chargeBatch: 'B1', lines } });
  await desk.perform({ order: 'V4', action: 'presettle', visit, body: { chargeBatch: 'B1' } });
  const { body } = await desk.perform({
    order: 'V5',
    action: 'settle',
    visit,
    body: { chargeBatch: 'B1' },
  });
  const charge = {
    visitId: registered.body['visitId'] as string,
    settlementId: body['settlementId'] as string,
    total: formatFen(body['total'] as Fen),
    fundPaid: formatFen(body['fundPaid'] as Fen),
  };
  step(
    'visit-settled',
    { zh: '复诊已结算（2207）', en: 'the follow-up visit is settled (2207)' },
    { ok: charge.total === '15.00', facts: { ...charge } },
  );
  return charge;
}

async function prescribe(
  { hospital, world }: Cast,
  { step }: Teller,
  { visitId, now }: { readonly visitId: string; readonly now: number },
): Promise<{ number: string; code: string }> {
  const { number, traceCode, stage } = await hospital.prescriptions.issue(
    prescription(NUMBERS.prescription, visitId, now),
    ({ traceCode: qr }) => ({
      sheet: Buffer.from(`%PDF-1.7\n% 示例处方笺 ${qr}\n`),
      pharmacist: hospitalPharmacist(now),
    }),
  );
  const atCentre = world.centre.ledger.rows().find(({ hiRxno }) => hiRxno === number)?.stage;
  step(
    'prescribed',
    {
      zh: '处方已预核验、签名、上传（D001、D002、D003）',
      en: 'prescription pre-checked, signed, uploaded (D001, D002, D003)',
    },
    { ok: stage === 'uploaded' && atCentre === 'uploaded', facts: { prescription: number } },
  );
  return { number, code: traceCode };
}

async function buy({ pharmacy, hospital, world }: Cast, { step }: Teller, code: string): Promise<Charge> {
  const receipt = await pharmacy.counter.purchase(purchase(NUMBERS.purchase, code));
  await pharmacy.settleUp();
  const { settlement, prescriptionNumber = '' } = receipt;
  const charge = {
    visitId: settlement?.visitId ?? '',
    settlementId: settlement?.settlementId ?? '',
    total: receipt.total,
    fundPaid: settlement?.fundPaid ?? '',
  };
  step(
    'bought',
    {
      zh: '药店下载处方、药师审核（7206）、按追溯码发药并结算（2102）；外省药店由统筹支付系沙箱政策',
      en: 'pharmacy: download, audit (7206), trace codes, settlement (2102); that a pharmacy in another province is covered is the sandbox’s policy',
    },
    { ok: receipt.state === 'settled', facts: { ...charge, benefit: receipt.benefit ?? '' } },
  );
  await world.centre.notify();
  const { audit, dispensing } = hospital.prescriptions.standing(prescriptionNumber);
  const atCentre = world.centre.ledger.rows().find(({ hiRxno }) => hiRxno === prescriptionNumber);
  step(
    'dispensed',
    {
      zh: '取药已核销（7207），医院已收到审核与取药通知',
      en: 'dispensing written off (7207); the hospital has heard of audit and dispensing',
    },
    {
      ok: atCentre?.stage === 'settled' && audit?.passed === true && dispensing?.drugs.length === 3,
      facts: { centre: atCentre?.stage ?? '', boxes: String(dispensing?.drugs.length ?? 0) },
    },
  );
  return charge;
}

async function invoices(
  { hospital, pharmacy }: Cast,
  { step }: Teller,
  { visit, bought }: { readonly visit: Charge; readonly bought: Charge },
): Promise<void> {
  await hospital.settleUp();
  await pharmacy.settleUp();
  pharmacy.invoices.recordTaxInvoice(bought.settlementId, {
    number: '26530000000000000001',
    date: formatTime(Date.now()).slice(0, 10),
    total: bought.total,
  });
  const bill = hospital.bills.summary(visit.settlementId);
  const invoice = pharmacy.invoices.summary(bought.settlementId);
  step(
    'invoiced',
    {
      zh: '医院已开具财政电子票据，药店已登记税务电子发票号',
      en: 'the hospital’s public-finance bill is issued, the pharmacy’s tax e-invoice number is on record',
    },
    { ok: bill.state === 'issued', facts: { bill: bill.state, invoice: invoice.state } },
  );
}
