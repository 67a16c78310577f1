/** The named functions of the map language: what the rules themselves cannot say. Each is tested by name. */
import { fen, type CanonicalObject, type CanonicalValue } from '@yiqiao/model';

/** Schemes that pay for ordinary care, in the order in which one is chosen. Source: value set insutype. */
const BASIC_SCHEMES = ['310', '390', '391', '380'];

function rank(insurance: CanonicalObject, region: string | undefined): number {
  const scheme = BASIC_SCHEMES.findIndex((basic) => basic === insurance['insuranceType']);
  const inForce = insurance['insuranceStatus'] === undefined || insurance['insuranceStatus'] === '1';
  const here = region === undefined || insurance['insuredRegion'] === region;
  return (inForce ? 0 : 200) + (here ? 0 : 100) + (scheme === -1 ? BASIC_SCHEMES.length : scheme);
}

/**
 * The insurance that counts where a format knows only one per person: in force, at the insured region of
 * the message, employee scheme before resident scheme. Inferred.
 */
export function currentInsurance(
  insurances: readonly CanonicalObject[],
  region: string | undefined,
): CanonicalObject | undefined {
  let best: CanonicalObject | undefined;
  for (const insurance of insurances) {
    if (best === undefined || rank(insurance, region) < rank(best, region)) best = insurance;
  }
  return best;
}

/** Changes one canonical value; `undefined` when it has nothing to work on. */
export type ValueFunction = (value: CanonicalValue) => CanonicalValue | undefined;

/** `2019-06-10 10:15:00` → `2019-06-10`. */
const dayOf: ValueFunction = (value) => (typeof value === 'string' ? value.slice(0, 10) : undefined);

/** 300 分 → -300 分: amounts of a cancellation mirror those of the settlement. */
const negated: ValueFunction = (value) => (typeof value === 'bigint' ? fen(-value) : undefined);

const VALUE_FUNCTIONS: Readonly<Record<string, ValueFunction>> = { dayOf, negated };

/** Finds a function that a `fill` or `emit` rule names. */
export function findValueFunction(name: string): ValueFunction | undefined {
  return Object.hasOwn(VALUE_FUNCTIONS, name) ? VALUE_FUNCTIONS[name] : undefined;
}

/** Chooses which of several canonical amounts one wire amount belongs to: position in the rule's `sum`. */
export type Chooser = (body: CanonicalObject, request: CanonicalObject | undefined) => number;

/** Large expense (employees, first) or critical illness (residents, second), by the scheme of the answer. */
const fundOfScheme: Chooser = (body, request) => {
  const scheme = body['insuranceType'] ?? request?.['insuranceType'];
  return typeof scheme === 'string' && scheme.startsWith('39') ? 1 : 0;
};

/** A function of a `sum` rule, and how many amounts it chooses among. */
export interface Choice {
  readonly choose: Chooser;
  readonly of?: number;
}

const CHOICES: Readonly<Record<string, Choice>> = { fundOfScheme: { choose: fundOfScheme, of: 2 } };

/** Finds a function that a `sum` rule names. */
export function findChooser(name: string): Choice | undefined {
  return Object.hasOwn(CHOICES, name) ? CHOICES[name] : undefined;
}
