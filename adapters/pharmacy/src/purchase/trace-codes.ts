/** 药品追溯码: a box is sold once in this pharmacy, and comes back when its purchase is undone. */
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import type { StoreTransaction } from '@yiqiao/sdk';
import type { TraceCodeRules } from '../policy.ts';
import type { Purchase, PurchaseLine } from './purchase-form.ts';

const KIND = 'trace-code';

/** Who holds a code; several only of a box that is sold in parts. */
interface Held {
  readonly catalogueCode: string;
  readonly split: boolean;
  readonly purchases: readonly string[];
}

/** What is wrong with the codes of a purchase in themselves, and which look unusual. */
export function checkTraceCodes(
  { lines }: Purchase,
  rules: TraceCodeRules,
): { readonly faults: readonly Fault[]; readonly unusual: number } {
  const usual = new RegExp(rules.usual);
  const seen = new Set<string>();
  const faults: Fault[] = [];
  let unusual = 0;
  for (const [index, line] of lines.entries()) {
    const codes = line.traceCodes ?? [];
    const isSplit = line.splitPackage === true;
    faults.push(...countFaults(line, { index, codes, rules }));
    for (const [at, code] of codes.entries()) {
      const place = `/lines/${index}/traceCodes/${at}`;
      if (code.length > rules.maxLength) {
        faults.push(
          fault(
            place,
            'length',
            `超过 ${rules.maxLength} 个字符`,
            `has more than ${rules.maxLength} characters`,
          ),
        );
      }
      if (seen.has(code) && !(isSplit && rules.splitMayRepeat)) {
        faults.push(fault(place, 'unique', '在本次购药中重复', 'occurs twice in this purchase'));
      }
      if (!usual.test(code)) unusual += 1;
      seen.add(code);
    }
  }
  return { faults, unusual };
}

function countFaults(
  line: PurchaseLine,
  {
    index,
    codes,
    rules,
  }: { readonly index: number; readonly codes: readonly string[]; readonly rules: TraceCodeRules },
): readonly Fault[] {
  const place = `/lines/${index}/traceCodes`;
  if (codes.length === 0) {
    return rules.requiredForListTypes.includes(line.listType)
      ? [fault(place, 'required', '该类商品须扫追溯码', 'is needed for this kind of goods')]
      : [];
  }
  // One code for each smallest package that is sold; of a split box the quantity counts parts.
  return line.splitPackage === true || line.quantity === String(codes.length)
    ? []
    : [
        fault(
          place,
          'count',
          `数量 ${line.quantity} 与追溯码个数 ${codes.length} 不符`,
          `${codes.length} codes for a quantity of ${line.quantity}`,
        ),
      ];
}

/**
 * Holds the codes of a purchase, all or none.
 * @throws GatewayError `TRACE_CODE_SOLD` naming each line.
 */
export function holdTraceCodes(tx: StoreTransaction, purchase: Purchase, rules: TraceCodeRules): void {
  const faults: Fault[] = [];
  for (const { line, index, code, at } of codesOf(purchase)) {
    const held = tx.get<Held>(KIND, code);
    const isSplit = line.splitPackage === true;
    const mayShare =
      held === undefined ||
      held.purchases.includes(purchase.number) ||
      (rules.splitMayRepeat && isSplit && held.split && held.catalogueCode === line.catalogueCode);
    if (!mayShare) {
      faults.push(fault(`/lines/${index}/traceCodes/${at}`, 'sold', '已在本店售出', 'was sold here'));
      continue;
    }
    const purchases = [...new Set([...(held?.purchases ?? []), purchase.number])];
    tx.put(KIND, code, { catalogueCode: line.catalogueCode, split: isSplit, purchases } satisfies Held);
  }
  if (faults.length > 0) throw new GatewayError('TRACE_CODE_SOLD', { faults });
}

/** Gives the codes of a purchase back: its boxes may be sold again. */
export function releaseTraceCodes(tx: StoreTransaction, purchase: Purchase): void {
  for (const { code } of codesOf(purchase)) {
    const held = tx.get<Held>(KIND, code);
    if (held === undefined) continue;
    const purchases = held.purchases.filter((number) => number !== purchase.number);
    if (purchases.length === 0) tx.remove(KIND, code);
    else tx.put(KIND, code, { ...held, purchases });
  }
}

function codesOf({ lines }: Purchase) {
  return lines.flatMap((line, index) =>
    (line.traceCodes ?? []).map((code, at) => ({ line, index, code, at })),
  );
}

function fault(at: string, rule: string, zh: string, en: string): Fault {
  const label = { zh: '药品追溯码', en: 'trace code' };
  const message = { zh: `${label.zh}${zh}`, en: `${label.en} ${en}` };
  return { rule, at, field: 'traceCodes', label, message };
}
