/** How a care place splits a fee line: 自费, 超限价, 先行自付, 范围内. */
import { halfUp, scaledText, share, smaller } from './amount.ts';
import type { CatalogueItem } from './catalogue.ts';

/** The four parts of an amount in 分; they add up to `total` exactly. */
export interface FeeSplit {
  readonly total: bigint;
  /** 全自费金额 `fulamt_ownpay_amt`. */
  readonly selfPaid: bigint;
  /** 超限价金额 `overlmt_amt`, in totals `overlmt_selfpay`. */
  readonly overLimit: bigint;
  /** 先行自付金额 `preselfpay_amt`. */
  readonly preSelfPaid: bigint;
  /** 符合政策范围金额 `inscp_scp_amt`. */
  readonly inScope: bigint;
}

/** No amount at all. */
export const NOTHING: FeeSplit = { total: 0n, selfPaid: 0n, overLimit: 0n, preSelfPaid: 0n, inScope: 0n };

/**
 * Splits one line. `quantity` as text with up to 4 decimals, `approved` is 医院审批标志 `hosp_appr_flag`:
 * 2 makes any item self-paid, a restricted item needs 1. An item that is not in the catalogue is self-paid.
 * Source: transactions/2204, rules.
 */
export function splitFee(
  total: bigint,
  item: CatalogueItem | undefined,
  { quantity, approved }: { readonly quantity: string; readonly approved: string },
): FeeSplit {
  const excluded = approved === '2' || (item?.restricted === true && approved !== '1');
  if (item === undefined || item.level === '03' || excluded) return { ...NOTHING, total, selfPaid: total };
  const allowed =
    item.priceLimit === undefined
      ? total
      : smaller(total, halfUp(item.priceLimit * (scaledText(quantity, 4) ?? 0n), 10_000n));
  const preSelfPaid = share(allowed, item.selfPayRate);
  return { total, selfPaid: 0n, overLimit: total - allowed, preSelfPaid, inScope: allowed - preSelfPaid };
}

/** Adds splits up. */
export function sumSplits(splits: Iterable<FeeSplit>): FeeSplit {
  let sum = NOTHING;
  for (const { total, selfPaid, overLimit, preSelfPaid, inScope } of splits) {
    sum = {
      total: sum.total + total,
      selfPaid: sum.selfPaid + selfPaid,
      overLimit: sum.overLimit + overLimit,
      preSelfPaid: sum.preSelfPaid + preSelfPaid,
      inScope: sum.inScope + inScope,
    };
  }
  return sum;
}

/** A split with its sign changed, as a returned line has it. */
export function turned({ total, selfPaid, overLimit, preSelfPaid, inScope }: FeeSplit): FeeSplit {
  return {
    total: -total,
    selfPaid: -selfPaid,
    overLimit: -overLimit,
    preSelfPaid: -preSelfPaid,
    inScope: -inScope,
  };
}
