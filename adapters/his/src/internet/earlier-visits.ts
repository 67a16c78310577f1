/** Evidence that a visit over the internet follows an earlier one. */
import { findTime } from '@yiqiao/model';
import type { AdapterStore, StoreTransaction } from '@yiqiao/sdk';
import { VISIT } from '../course/visit-record.ts';
import type { VisitRecord } from '../course/visit-record.ts';
import type { EarlierVisitLine } from './policy.ts';

/** A visit that was. */
export interface EarlierVisit {
  readonly institutionCode: string;
  readonly inPerson: boolean;
  readonly diagnoses: readonly string[];
  /** `yyyy-MM-dd HH:mm:ss`. */
  readonly begins: string;
}

/** Who knows of earlier visits: the hospital's records, or the insurer's (5201, 5202). */
export interface EarlierVisitSource {
  find(person: {
    readonly personNumber: string;
    readonly insuredRegion: string;
  }): Promise<readonly EarlierVisit[]>;
}

/** How many visits of one person are remembered as evidence. */
const MOST_VISITS = 200;
/** Kind of the documents that list a person's visits; the key is a digest of the person number. */
const OF_PERSON = 'his.visits-of-person';

/** Puts a visit on its person's list. */
export function noteVisit(
  tx: StoreTransaction,
  store: AdapterStore,
  { personNumber, visit }: { readonly personNumber: string; readonly visit: string },
): void {
  const key = store.digest(personNumber);
  const numbers = tx.get<readonly string[]>(OF_PERSON, key) ?? [];
  if (!numbers.includes(visit)) tx.put(OF_PERSON, key, [...numbers, visit].slice(-MOST_VISITS));
}

/** Visits of a person that this store knows, by their numbers. */
export function visitsOfPerson(store: AdapterStore, personNumber: string): readonly VisitRecord[] {
  const numbers = store.get<readonly string[]>(OF_PERSON, store.digest(personNumber)) ?? [];
  return numbers.flatMap((number) => store.get<VisitRecord>(VISIT, number) ?? []);
}

/** Whether an earlier visit is one that the policy asks for. */
export function isFollowedBy(
  earlier: EarlierVisit,
  coming: {
    readonly institutionCode: string;
    readonly diagnoses: readonly string[];
    readonly begins: string;
  },
  line: EarlierVisitLine,
): boolean {
  if (line.inPerson && !earlier.inPerson) return false;
  if (line.sameInstitution && earlier.institutionCode !== coming.institutionCode) return false;
  if (!isInTime(earlier.begins, coming.begins, line.withinDays)) return false;
  if (line.sameDiagnosis === 'any') return true;
  const shown = (code: string): string => (line.sameDiagnosis === 'category' ? code.slice(0, 3) : code);
  const known = new Set(earlier.diagnoses.map(shown));
  return coming.diagnoses.some((code) => known.has(shown(code)));
}

const DAY_MS = 86_400_000;

function isInTime(earlier: string, coming: string, days: number | null): boolean {
  const [from, to] = [findTime(earlier), findTime(coming)];
  if (from === undefined || to === undefined || from >= to) return false;
  return days === null || to - from <= days * DAY_MS;
}
