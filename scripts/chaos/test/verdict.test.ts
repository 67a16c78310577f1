/** What the comparison of books finds. */
import assert from 'node:assert/strict';
import { KEEPERS } from '../ledgers.ts';
import type { LedgerRow, Ledgers } from '../ledgers.ts';
import { compareLedgers } from '../verdict.ts';
import type { Verdict } from '../verdict.ts';

type State = LedgerRow['state'];
type Rows = readonly (readonly [settlementId: string, total: number, state: State])[];

const NONE = Object.fromEntries(KEEPERS.map((keeper) => [keeper, []])) as unknown as Readonly<
  Record<(typeof KEEPERS)[number], Rows>
>;
const everywhere = (rows: Rows): typeof NONE =>
  Object.fromEntries(KEEPERS.map((keeper) => [keeper, rows])) as typeof NONE;

function compare(books: typeof NONE): Verdict {
  const rows = Object.entries(books).map(([keeper, list]) => [
    keeper,
    list.map(([settlementId, total, state], at): LedgerRow => {
      return { messageId: `M${at}`, settlementId, total, state };
    }),
  ]);
  return compareLedgers(Object.fromEntries(rows) as Ledgers);
}

const SETTLED: Rows = [['S1', 100, 'settled']];
const WITH_PERSON: Rows = [['', 100, 'handed-over']];

const CASES: readonly {
  readonly title: string;
  readonly books: typeof NONE;
  readonly found: Pick<Verdict, 'lost' | 'doubled' | 'oneSided' | 'ledgersEqual'>;
}[] = [
  {
    title: 'a settlement in all books is well',
    books: everywhere(SETTLED),
    found: { lost: 0, doubled: 0, oneSided: 0, ledgersEqual: true },
  },
  {
    title: 'a settlement that only the core does not have is lost',
    books: { ...everywhere(SETTLED), core: [] },
    found: { lost: 1, doubled: 0, oneSided: 0, ledgersEqual: false },
  },
  {
    title: 'a settlement that only the cashier does not have is one-sided',
    books: { ...everywhere(SETTLED), his: [] },
    found: { lost: 0, doubled: 0, oneSided: 1, ledgersEqual: false },
  },
  {
    title: 'two settlements of one visit are a double, even when all agree',
    books: everywhere([...SETTLED, ['S2', 100, 'settled']]),
    found: { lost: 0, doubled: 1, oneSided: 0, ledgersEqual: true },
  },
  {
    title: 'a reversal is a row of its own at a gateway and a state elsewhere',
    books: {
      ...everywhere([...SETTLED, ['S1', -100, 'reversal']]),
      his: [['S1', 100, 'reversed']],
      core: [['S1', 100, 'reversed']],
      'care-place-core': [['S1', 100, 'reversed']],
    },
    found: { lost: 0, doubled: 0, oneSided: 0, ledgersEqual: true },
  },
  {
    title: 'a reversal that one gateway does not know of is a difference',
    books: { ...everywhere([['S1', 100, 'reversed']]), 'care-place': [], 'insured-place': [], hub: SETTLED },
    found: { lost: 0, doubled: 0, oneSided: 0, ledgersEqual: false },
  },
  {
    title: 'what a person looks after is well when every gateway has handed it over or has it as the core',
    books: {
      ...NONE,
      his: WITH_PERSON,
      'care-place': WITH_PERSON,
      hub: SETTLED,
      'insured-place': WITH_PERSON,
      core: SETTLED,
    },
    found: { lost: 0, doubled: 0, oneSided: 0, ledgersEqual: true },
  },
  {
    title: 'what a person looks after is a difference when a gateway knows nothing of it',
    books: {
      ...NONE,
      his: WITH_PERSON,
      'care-place': WITH_PERSON,
      'insured-place': WITH_PERSON,
      core: SETTLED,
    },
    found: { lost: 0, doubled: 0, oneSided: 0, ledgersEqual: false },
  },
  {
    title: 'what a gateway hands over without a cashier being told is a difference',
    books: { ...everywhere(SETTLED), hub: [...SETTLED, ['', 300, 'handed-over']] },
    found: { lost: 0, doubled: 0, oneSided: 0, ledgersEqual: false },
  },
  {
    title: 'fee lines at the care place that no cashier has are a difference',
    books: { ...NONE, 'care-place-core': [['B1', 100, 'fees']] },
    found: { lost: 0, doubled: 0, oneSided: 0, ledgersEqual: false },
  },
];

describe('the verdict over the books', () => {
  for (const { title, books, found } of CASES) {
    it(title, () => {
      const { differences, ...verdict } = compare(books);
      assert.deepEqual(verdict, found, differences.join('\n'));
      assert.equal(differences.length === 0, found.ledgersEqual);
    });
  }
});
