/** What is kept of a prescription's life, and what happens to it. Plain data, so that a store can hold it. */

/** Where a prescription stands. Source: schemas/peripheral/prescription/life-cycle.json. */
export type Stage =
  | 'checked'
  | 'signed'
  | 'uploaded'
  | 'downloaded'
  | 'audited'
  | 'partly'
  | 'dispensed'
  | 'settled'
  | 'reusable'
  | 'undone'
  | 'expired'
  | 'revoked';

/** What a prescription allows. */
export interface Allowance {
  /** Epoch milliseconds of 有效截止时间 `valiEndTime`. */
  readonly validUntil: number;
  /** How often the whole of it may be dispensed: `maxReptCnt` where `reptFlag` is 1, else 1. */
  readonly maximumUses: number;
  /** `minInrvDays`; 0 for none. */
  readonly minimumIntervalDays: number;
  /** Quantity of each drug for one use, decimal text by 医疗目录编码. */
  readonly quantities: Readonly<Record<string, string>>;
}

/** What was handed out under one document. */
export interface Handout {
  /** Names it, across pharmacies. */
  readonly document: string;
  /** Decimal text by 医疗目录编码. */
  readonly quantities: Readonly<Record<string, string>>;
  readonly settled: boolean;
}

/** One use of the prescription: a claim, and what was handed out on it. Times are epoch milliseconds. */
export interface Use {
  readonly pharmacy: string;
  readonly heldUntil: number;
  readonly handouts: readonly Handout[];
  readonly completedAt?: number;
}

/** A prescription's life so far. */
export interface Life {
  readonly stage: Stage;
  readonly allowance: Allowance;
  readonly uses: readonly Use[];
}

/** Something that is to happen. */
export type LifeEvent =
  | { readonly kind: 'sign' | 'upload' | 'revoke' | 'download' }
  | { readonly kind: 'pass' | 'fail'; readonly pharmacy: string }
  | { readonly kind: 'dispense'; readonly pharmacy: string; readonly handout: Handout }
  | {
      readonly kind: 'undo';
      readonly pharmacy: string;
      readonly document: string;
      readonly settlementGone: boolean;
    };

/** Why something cannot happen. */
export type Hindrance =
  'state' | 'expired' | 'revoked' | 'taken' | 'uses' | 'interval' | 'quantity' | 'document' | 'settled';

/** The life of a prescription that was just pre-checked. */
export function beginLife(allowance: Allowance): Life {
  return { stage: 'checked', allowance, uses: [] };
}

/** Completed uses. */
export function usesMade(life: Life): number {
  return life.uses.filter(({ completedAt }) => completedAt !== undefined).length;
}

const SCALE = 4;

/** A quantity in 1/10000, as 数值型(16,4) counts; further digits are cut off. */
export function quantityUnits(quantity: string): bigint {
  const [whole = '0', fraction = ''] = quantity.split('.');
  return BigInt(whole + fraction.slice(0, SCALE).padEnd(SCALE, '0'));
}

/** What is left of each drug in a use, in 1/10000. */
export function unitsLeft({ quantities }: Allowance, handouts: readonly Handout[]): Map<string, bigint> {
  const left = new Map(Object.entries(quantities).map(([code, quantity]) => [code, quantityUnits(quantity)]));
  for (const handout of handouts) {
    for (const [code, quantity] of Object.entries(handout.quantities)) {
      left.set(code, (left.get(code) ?? 0n) - quantityUnits(quantity));
    }
  }
  return left;
}

/** Quantities by drug; lines of one drug add up. */
export function sumQuantities(
  lines: readonly { readonly catalogueCode: string; readonly quantity: string }[],
): Record<string, string> {
  const units = new Map<string, bigint>();
  for (const { catalogueCode, quantity } of lines) {
    units.set(catalogueCode, (units.get(catalogueCode) ?? 0n) + quantityUnits(quantity));
  }
  return Object.fromEntries([...units].map(([code, sum]) => [code, quantityText(sum)]));
}

function quantityText(units: bigint): string {
  const digits = units.toString().padStart(SCALE + 1, '0');
  return `${digits.slice(0, -SCALE)}.${digits.slice(-SCALE)}`;
}
