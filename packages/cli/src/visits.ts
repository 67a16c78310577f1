/** The visits of the demonstration, run against a world. */
import { formatReceipt, furtherScripts, runVisit, visitScripts } from '@yiqiao/sandbox';
import type { His, Receipt, VisitScript } from '@yiqiao/sandbox';
import { booksAgree, readBooks } from './ledgers.ts';
import type { Books } from './ledgers.ts';
import type { Report } from './report.ts';
import type { World } from './world.ts';

/** One visit as `yiqiao demo --json` tells it. Amounts in 元. */
export interface VisitFigures {
  readonly id: string;
  readonly credential: string;
  readonly outcome: string;
  readonly total: string;
  readonly fundPaid: string;
  readonly accountPaid: string;
  readonly cashPaid: string;
  /** Whether HIS, gateways and cores have the same amounts on their books. */
  readonly ledgersEqual: boolean;
}

const INSURED_REGION = '330000';

/** The visits of the demonstration and, after them, inpatient stays and a purchase in a pharmacy. */
export function allScripts(): readonly VisitScript[] {
  return [...visitScripts(INSURED_REGION), ...furtherScripts(INSURED_REGION)];
}

/** How a demonstrated visit is to end. */
const EXPECTED: Readonly<Record<string, string>> = {
  a: 'settled',
  b: 'cancelled',
  c: 'settled',
  d: 'settled',
  'd-cancelled': 'cancelled',
  'd-reversed': 'reversed',
  e: 'settled',
  f: 'settled',
  'd-stay': 'settled',
};

/** Signs in, runs the visits, prints each receipt with the books of all parties. */
export async function runVisits(
  world: World,
  report: Report,
  scripts: readonly VisitScript[] = visitScripts(INSURED_REGION),
): Promise<{ ok: boolean; visits: VisitFigures[] }> {
  for (const his of [world.his.national, world.his.chongqingShape]) {
    const told = await his.signIn();
    if (told.state === 'done')
      report.line(`${his.institution.name} 已签到 signed in (9001)，签到号 ${told.value}`);
    else
      throw new Error(
        `9001 签到未成功 / sign-in failed: ${told.state === 'not-done' ? told.text : told.reason}`,
      );
  }
  const visits: VisitFigures[] = [];
  let ok = true;
  for (const script of scripts) {
    report.progress(`visit ${script.id}: ${script.title.en}`);
    const receipt = await runVisit(hisOf(world, script), prepare(world, script));
    const side = script.id.startsWith('d') ? 'predecessor' : 'national';
    await Promise.all(Object.values(world.gateways).map((gateway) => gateway.idle()));
    const books = await readBooks(world, side, { id: receipt.visitId, his: receipt.ledger });
    const ledgersEqual = booksAgree(books);
    visits.push(figures(receipt, ledgersEqual));
    ok &&= ledgersEqual && receipt.outcome.code === EXPECTED[script.id];
    report.line(formatReceipt(receipt));
    printBooks(report, books, ledgersEqual);
  }
  return { ok, visits };
}

function hisOf({ his }: World, script: VisitScript): His {
  if (script.id.startsWith('d')) return his.predecessor;
  return script.id === 'c' ? his.chongqingShape : his.national;
}

/** Visit (c): the insured place's core settles, but its answer is lost on the way back. */
function prepare({ insuredCore }: World, script: VisitScript): VisitScript {
  if (script.id === 'c') insuredCore.faults.next({ kind: 'lose-reply', infno: '2207' });
  return script;
}

function figures(receipt: Receipt, ledgersEqual: boolean): VisitFigures {
  const { payment, outcome, credential } = receipt;
  return {
    id: receipt.script,
    credential: credential.en,
    outcome: outcome.code,
    total: payment?.total ?? '0.00',
    fundPaid: payment?.fundPaid ?? '0.00',
    accountPaid: payment?.accountPaid ?? '0.00',
    cashPaid: payment?.cashPaid ?? '0.00',
    ledgersEqual,
  };
}

function printBooks(report: Report, books: readonly Books[], equal: boolean): void {
  report.line(`各方台账合计 books of all parties: ${equal ? '一致 equal' : '不一致 NOT EQUAL'}`);
  for (const { party, rows, total, fundPaid, accountPaid, cashPaid } of books) {
    report.line(
      `  ${String(rows).padStart(2)} 笔  总额 ${total.padStart(9)}  基金 ${fundPaid.padStart(9)}  账户 ${accountPaid.padStart(9)}  现金 ${cashPaid.padStart(9)}  ${party}`,
    );
  }
  report.line();
}
