/** Compares what independent parties have on their books of one visit. */
import type { Gateway } from '@yiqiao/gateway';
import { parseFen, sumFen, formatFen } from '@yiqiao/model';
import type { Fen } from '@yiqiao/model';
import type { LedgerRow } from '@yiqiao/sandbox';
import type { World } from './world.ts';

/** Sums of what one party has on its books of a visit; amounts in 元. Reversed rows do not count. */
export interface Books {
  readonly party: string;
  readonly rows: number;
  readonly total: string;
  readonly fundPaid: string;
  readonly accountPaid: string;
  readonly cashPaid: string;
}

type Row = Pick<LedgerRow, 'total' | 'fund' | 'account' | 'cash'>;

/** The books of the HIS, the three gateways on the way, and the insured place's core, for one visit. */
export async function readBooks(
  world: World,
  side: 'national' | 'predecessor',
  visit: { id: string; his: readonly LedgerRow[] },
): Promise<Books[]> {
  const gateways = [
    ['就医地网关 care-place gateway', world.gateways[side]],
    ['国家子系统 hub', world.gateways.hub],
    ['参保地网关 insured-place gateway', world.gateways.insuredPlace],
  ] as const;
  const ofVisit = (rows: readonly LedgerRow[]): LedgerRow[] =>
    rows.filter(({ mdtrtId }) => mdtrtId === visit.id);
  return [
    sum('医院 HIS', effective(visit.his)),
    ...(await Promise.all(
      gateways.map(async ([party, gateway]) => sum(party, await journalRows(gateway, visit.id))),
    )),
    sum('就医地核心 care-place core', effective(ofVisit(world.careCores[side].ledger.rows()))),
    sum('参保地核心 insured-place core', effective(ofVisit(world.insuredCore.ledger.rows()))),
  ];
}

/** Whether all parties have the same amounts. */
export function booksAgree(books: readonly Books[]): boolean {
  const amounts = books.map(({ total, fundPaid, accountPaid, cashPaid }) =>
    [total, fundPaid, accountPaid, cashPaid].join(' '),
  );
  return new Set(amounts).size === 1;
}

function effective(rows: readonly LedgerRow[]): LedgerRow[] {
  return rows.filter(({ state }) => state !== 'reversed');
}

async function journalRows(gateway: Gateway, visitId: string): Promise<Row[]> {
  return (await gateway.ledger())
    .filter((line) => line.visitId === visitId)
    .map(({ total, fundPaid, accountPaid, cashPaid }) => ({
      total,
      fund: fundPaid,
      account: accountPaid,
      cash: cashPaid,
    }));
}

function sum(party: string, rows: readonly Row[]): Books {
  const of = (name: keyof Row): string => formatFen(sumFen(rows.map((row): Fen => parseFen(row[name]))));
  return {
    party,
    rows: rows.length,
    total: of('total'),
    fundPaid: of('fund'),
    accountPaid: of('account'),
    cashPaid: of('cash'),
  };
}
