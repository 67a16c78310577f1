/** Holds against each other what the cashier was told, what the far sides did, and what is on record. */
import type { Entry } from './books.ts';
import type { VisitEnd } from './cashier.ts';
import type { OnRecord } from './gateway-process.ts';
import { yuan } from './messages.ts';
import type { CrashWorld } from './world.ts';

/** Everything that does not agree, as sentences; empty when all is well. */
export function findDisagreements(
  { hub, core }: CrashWorld,
  record: OnRecord,
  ends: readonly VisitEnd[],
): readonly string[] {
  return [
    ...hub.books.violations,
    ...core.books.violations,
    ...record.damage,
    ...unended(record),
    ...ends.flatMap((end) => [
      ...disagreementsWithHub(end, entriesOf(end, hub.books.entries)),
      ...disagreementsWithCore(end, { hub: hub.books.entries, core: core.books.entries }),
      ...disagreementsWithLedger(end, record, entriesOf(end, hub.books.entries)),
      ...(core.books.hasFees(end.visit.id, end.visit.batch) === (end.fees === 'there')
        ? []
        : [`${end.visit.id}: the cashier believes that the fees are ${end.fees}`]),
    ]),
  ];
}

/** What was told, in one line each, for the report of a failure. */
export function historyOf(ends: readonly VisitEnd[]): string {
  return ends
    .map(({ visit, sent }) => {
      const steps = sent.map(({ infno, told }) => {
        return told.state === 'not-done' ? `${infno} ${told.code}` : `${infno} ${told.state}`;
      });
      return `${visit.id}: ${steps.join(', ')}`;
    })
    .join('\n');
}

type Entries = ReadonlyMap<string, Entry>;

/** What counts of a visit: all but the reversed. */
function entriesOf({ visit }: VisitEnd, entries: Entries): readonly Entry[] {
  return [...entries.values()].filter(({ visitId, state }) => visitId === visit.id && state !== 'reversed');
}

function unended({ exchanges }: OnRecord): readonly string[] {
  return exchanges.flatMap(({ key, transaction, state, endedAt, reason }) => {
    const name = `${transaction} ${key.messageId}`;
    if (endedAt === undefined) return [`${name} is still ${state}`];
    return state === 'handed-to-person' && key.peer === '(self)'
      ? [`${name} to the core is left to a person: ${reason}`]
      : [];
  });
}

const STATES = {
  none: [],
  settled: ['in-force'],
  cancelled: ['cancelled', 'cancellation'],
  reversed: [],
} as const;

function disagreementsWithHub(end: VisitEnd, entries: readonly Entry[]): readonly string[] {
  const { visit, money, settlementId } = end;
  if (money === 'person') return [];
  const found = entries.map(({ state }) => state).join();
  const wrong = found === STATES[money].join() ? [] : [`${visit.id} was told ${money}, the hub has ${found}`];
  const [first] = entries;
  const other = first !== undefined && first.settlementId !== settlementId;
  return other
    ? [...wrong, `${visit.id} was told ${settlementId}, the hub has ${first.settlementId}`]
    : wrong;
}

function disagreementsWithCore(
  end: VisitEnd,
  { hub, core }: { readonly hub: Entries; readonly core: Entries },
): readonly string[] {
  const text = (entries: Entries): string =>
    entriesOf(end, entries)
      .map(({ settlementId, total, state }) => `${settlementId} ${total} ${state}`)
      .join();
  return text(hub) === text(core)
    ? []
    : [`${end.visit.id}: the hub has “${text(hub)}”, the core “${text(core)}”`];
}

function disagreementsWithLedger(
  { visit }: VisitEnd,
  { ledger }: OnRecord,
  entries: readonly Entry[],
): readonly string[] {
  const lines = ledger.filter(({ visitId }) => visitId === visit.id);
  const onRecord = lines.reduce((sum, { total }) => sum + Math.round(Number(total) * 100), 0);
  const done = entries.reduce((sum, { total }) => sum + total, 0);
  return onRecord === done
    ? []
    : [`${visit.id}: the gateway's ledger has ${yuan(onRecord)}, the hub ${yuan(done)}`];
}
