/** How each kind of care is settled, by national numbers. Source: schemas/canonical/operations; a test compares them. */

interface Course {
  readonly trial: string;
  readonly settle: string;
  readonly cancel: string;
}

/** Outpatients, stays, and purchases at a pharmacy. */
export const COURSES = {
  outpatient: { trial: '2206', settle: '2207', cancel: '2208' },
  stay: { trial: '2303', settle: '2304', cancel: '2305' },
  purchase: { trial: '2101', settle: '2102', cancel: '2103' },
} as const satisfies Readonly<Record<string, Course>>;

const ALL: readonly Course[] = Object.values(COURSES);

/** Trials of a settlement. */
export const TRIALS = ALL.map(({ trial }) => trial);

/** Settlements. */
export const SETTLEMENTS = ALL.map(({ settle }) => settle);

/** Settlements of a visit or stay, which name their matter; purchases do not. */
export const VISIT_SETTLEMENTS: readonly string[] = [COURSES.outpatient.settle, COURSES.stay.settle];

/** Cancellations of a settlement. */
export const CANCELLATIONS = ALL.map(({ cancel }) => cancel);
