/** One thing wrong with one place of a message. */
export interface Fault {
  /** Stable rule name: `required`, `type`, `length`, `precision`, `value-set`, `format`, `identity`, … */
  readonly rule: string;
  /** JSON pointer below the message root, e.g. `/input/data/psn_no`; for XML the XPath. */
  readonly at: string;
  /** Wire name of the field, and its labels where known. */
  readonly field: string;
  readonly label: { readonly zh: string; readonly en: string };
  /** What was found, masked when the field is personal; absent when nothing was found. */
  readonly found?: string;
  /** What is wrong and what to do. */
  readonly message: { readonly zh: string; readonly en: string };
}

/** A departure from the specification that was met, allowed and is reported. Same shape as a fault. */
export type Deviation = Fault;
