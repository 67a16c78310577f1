/**
 * The lines of 2101 and 2102 at the insured place. They come without totals, so they are split here by the
 * catalogue of the place of care: its catalogue counts, the insured place's policy pays.
 */
import type { Catalogue } from '../catalogue.ts';
import type { CoreRequest } from '../core-server.ts';
import { readFeeLine } from '../fee-line.ts';
import type { FeeLine } from '../fee-line.ts';
import { sumSplits } from '../fee-split.ts';
import type { FeeSplit } from '../fee-split.ts';
import { amountLeaf, child, children, leaf } from '../national-message.ts';

/** A purchase in a pharmacy. */
export interface Purchase {
  readonly lines: readonly FeeLine[];
  readonly totals: FeeSplit;
  /** In scope and prescribed by a hospital (外购处方标志 `rx_circ_flag` 1), in 分. */
  readonly prescribed: bigint;
}

/** Reads the lines; refused when one is wrong or they do not make the total. */
export function readPurchase(
  { input }: CoreRequest,
  catalogue: Catalogue,
): Purchase | { readonly refusal: string } {
  const lines: FeeLine[] = [];
  const numbers = new Set<string>();
  for (const raw of children(input, 'drugdetail')) {
    const line = readFeeLine(raw, { catalogue, returns: false });
    if ('refusal' in line) return line;
    if (numbers.has(line.number)) return { refusal: `费用明细流水号重复：${line.number}` };
    numbers.add(line.number);
    lines.push(line);
  }
  if (lines.length === 0) return { refusal: '费用明细（drugdetail）为空' };
  const totals = sumSplits(lines.map(({ split }) => split));
  if (amountLeaf(child(input, 'druginfo'), 'medfee_sumamt') !== totals.total) {
    return { refusal: '医疗费总额≠明细合计' };
  }
  const prescribed = sumSplits(
    lines.filter(({ raw }) => leaf(raw, 'rx_circ_flag') === '1').map(({ split }) => split),
  ).inScope;
  return { lines, totals, prescribed };
}
