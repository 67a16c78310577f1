/** Settlements of an institution in a period, and how what it says of them differs. */
import { amountText } from '../amount.ts';
import type { Paid } from '../ledger.ts';
import { amountLeaf, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import type { SettlementBook, SettlementEntry } from './settlement-book.ts';

/** Which settlements are meant. Days are `yyyy-MM-dd`, both included; what is empty does not narrow. */
export interface Selection {
  readonly institution: string;
  readonly scheme: string;
  readonly clearingType: string;
  /** 退费结算标志: 1 only cancellations, 0 only settlements. */
  readonly refunds: string;
  readonly from: string;
  readonly to: string;
}

/** A refusal when a period ends before it begins. Days are `yyyy-MM-dd`. */
export function wrongPeriod(from: string, to: string): { readonly refusal: string } | undefined {
  return to !== '' && to < from ? { refusal: `结束日期早于开始日期：${to}` } : undefined;
}

/** Entries that count, by the settlement time the platform told. Source: 3201, rules. */
export function selectEntries(settlements: SettlementBook, wanted: Selection): readonly SettlementEntry[] {
  const { institution, scheme, clearingType, refunds, from, to } = wanted;
  return settlements.effective().filter((entry) => {
    const day = leaf(entry.info, 'setl_time').slice(0, 10);
    return (
      entry.institution === institution &&
      (clearingType === '' || entry.clearingType === clearingType) &&
      (scheme === '' || entry.scheme === scheme) &&
      (refunds === '' || refunds === refundFlag(entry)) &&
      from <= day &&
      day <= to
    );
  });
}

/** 退费结算标志 of an entry. */
export function refundFlag({ cancels }: SettlementEntry): '0' | '1' {
  return cancels === undefined ? '0' : '1';
}

/** Adds amounts up. */
export function sumOf(all: readonly Omit<Paid, 'cash'>[]): Omit<Paid, 'cash'> {
  const sum = { total: 0n, fund: 0n, account: 0n };
  for (const { total, fund, account } of all) {
    sum.total += total;
    sum.fund += fund;
    sum.account += account;
  }
  return sum;
}

/** A text when the amount sent is not the one on record. `party` is whose record that is. */
export function amountDifference(
  data: JsonObject,
  {
    name,
    label,
    ours,
    party = '平台',
  }: { readonly name: string; readonly label: string; readonly ours: bigint; readonly party?: string },
): readonly string[] {
  const sent = amountLeaf(data, name);
  return sent === ours ? [] : [`${label}${party}${amountText(ours)}，机构${leaf(data, name) || '未上送'}`];
}

/** The same for the number of settlements. */
export function countDifference(
  data: JsonObject,
  { name, ours, party = '平台' }: { readonly name: string; readonly ours: number; readonly party?: string },
): readonly string[] {
  const sent = leaf(data, name);
  return sent !== '' && Number(sent) === ours ? [] : [`结算笔数${party}${ours}，机构${sent || '未上送'}`];
}
