/** What every party has on its books of one visit of the story. Amounts in 元. */
import type { Gateway } from '@yiqiao/gateway';
import { formatFen, parseFen, sumFen } from '@yiqiao/model';
import type { Ledger } from '@yiqiao/sandbox';
import type { StoryWorld } from './story-world.ts';

/** Sums of one party. */
export interface PartyBooks {
  readonly party: string;
  readonly total: string;
  readonly fundPaid: string;
}

/** The parties on the way of the follow-up visit, or of the purchase. */
export async function readStoryBooks(
  { gateways, province, pharmacyCore }: StoryWorld,
  side: 'hospitalSide' | 'pharmacySide',
  visitId: string,
): Promise<readonly PartyBooks[]> {
  const isHere = side === 'hospitalSide';
  const onTheWay: readonly (readonly [string, Gateway])[] = [
    ['就医地网关 care-place gateway', gateways[side]],
    ...(isHere
      ? []
      : ([
          ['国家子系统 hub', gateways.hub],
          ['参保地网关 insured-place gateway', gateways.insuredPlace],
        ] as const)),
  ];
  const journals = await Promise.all(
    onTheWay.map(async ([party, gateway]) => {
      const rows = (await gateway.ledger()).filter((row) => row.visitId === visitId);
      return sums(
        party,
        rows.map(({ total, fundPaid }) => ({ total, fund: fundPaid })),
      );
    }),
  );
  const ofVisit = (ledger: Ledger) => ledger.effective().filter(({ mdtrtId }) => mdtrtId === visitId);
  return [
    ...journals,
    sums('就医地核心 care-place core', ofVisit(isHere ? province.careLedger : pharmacyCore.ledger)),
    sums('参保地核心 insured-place core', ofVisit(province.ledger)),
  ];
}

/** Whether all have these amounts. */
export function booksAre(
  books: readonly PartyBooks[],
  wanted: { readonly total: string; readonly fundPaid: string },
): boolean {
  return books.every(({ total, fundPaid }) => total === wanted.total && fundPaid === wanted.fundPaid);
}

function sums(party: string, rows: readonly { readonly total: string; readonly fund: string }[]): PartyBooks {
  const of = (name: 'total' | 'fund'): string => formatFen(sumFen(rows.map((row) => parseFen(row[name]))));
  return { party, total: of('total'), fundPaid: of('fund') };
}
