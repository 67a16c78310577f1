/** Settlements of a core in a file: an entry is on disk before anybody hears of it. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** One settlement or cancellation. Amounts in 分, negative for a cancellation. */
export interface CoreEntry {
  readonly messageId: string;
  readonly infno: string;
  readonly settlementId: string;
  readonly person: string;
  /** Empty when the charge names none. */
  readonly batch: string;
  readonly total: number;
  state: 'settled' | 'cancelled' | 'cancellation' | 'reversed';
  /** Settlement that a cancellation takes back. */
  readonly cancels?: string;
}

/** The entries at work. */
export interface CoreEntries {
  all(): readonly CoreEntry[];
  of(person: string): readonly CoreEntry[];
  find(settlementId: string): CoreEntry | undefined;
  /** A settlement id that was never given. */
  nextId(): string;
  add(entry: CoreEntry): void;
  reverse(settlementId: string): void;
}

type Posting = { readonly entry: CoreEntry } | { readonly reversed: string };

/** Opens the entries kept in a file. */
export function openEntries(file: string): CoreEntries {
  const entries = new Map<string, CoreEntry>();
  const persons = new Map<string, CoreEntry[]>();
  const post = (posting: Posting): void => {
    if ('reversed' in posting) return reverse(posting.reversed);
    const { entry } = posting;
    entries.set(entry.settlementId, entry);
    persons.set(entry.person, [...(persons.get(entry.person) ?? []), entry]);
    setState(entry.cancels, 'cancelled');
  };
  const reverse = (id: string): void => {
    setState(id, 'reversed');
    setState(entries.get(id)?.cancels, 'settled');
  };
  const setState = (id: string | undefined, state: CoreEntry['state']): void => {
    const entry = id === undefined ? undefined : entries.get(id);
    if (entry !== undefined) entry.state = state;
  };
  const note = (posting: Posting): void => {
    appendFileSync(file, `${JSON.stringify(posting)}\n`);
    post(posting);
  };
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  for (const line of lines) post(JSON.parse(line) as Posting);
  return {
    all: () => [...entries.values()],
    of: (person) => persons.get(person) ?? [],
    find: (id) => entries.get(id),
    nextId: () => `S${entries.size + 1}`,
    add: (entry) => note({ entry }),
    reverse: (reversed) => note({ reversed }),
  };
}
