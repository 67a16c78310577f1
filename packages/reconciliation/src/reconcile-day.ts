/** Reconciles one day: books in, totals asked, details compared, differences classed, what the rules allow undone. */
import { statSync } from 'node:fs';
import { GatewayError } from '@yiqiao/sdk';
import { openBooks, partitionsFor } from './books.ts';
import type { Books, CompareOptions } from './books.ts';
import type { SheetItem } from './day-sheet.ts';
import type { Difference, DifferenceClass } from './difference.ts';
import { InputFaults } from './faults.ts';
import type { MatchCounts } from './match.ts';
import type { Platform, TotalsVerdict } from './platform.ts';
import { propose, standing } from './proposal.ts';
import type { KnownExchange } from './proposal.ts';
import type { Row, Side } from './row.ts';
import type { SideFile } from './side-file.ts';
import type { Group } from './totals.ts';

/** Where the rows of a side come from. */
export type SideSource = SideFile | ((take: (row: Row) => void) => Promise<void>);

/** What a day is reconciled from. */
export interface ReconcileOptions {
  /** `yyyy-MM-dd`. */
  readonly day: string;
  readonly gateway: SideSource;
  /** Absent: two books are compared. */
  readonly his?: SideSource;
  /** Its books as a file, or how it is asked (given where faults of its files go). */
  readonly platform: SideFile | ((faults: InputFaults) => Platform);
  /** `always` asks for details whatever the totals say; only where the platform is asked. */
  readonly details?: 'on-mismatch' | 'always';
  /** What the journal knows under a message id of the platform. */
  readonly findExchange?: (messageId: string) => KnownExchange | undefined;
  /** Does what the rules allow; absent: a dry run. Before each it is told, and false leaves it to a person. */
  readonly resolve?: {
    readonly begin: (key: string) => boolean;
    readonly end: (key: string, result: string) => void;
  };
  readonly onItem: (item: SheetItem) => void;
  /** 清算类别 to ask for besides those that occur. */
  readonly clearingTypes?: readonly string[];
}

/** What a day came to. */
export interface DayResult {
  readonly day: string;
  readonly agreed: number;
  readonly differing: number;
  readonly classes: { readonly [name in DifferenceClass]?: number };
  readonly resolved: number;
  readonly totals: { readonly [side in Side]?: readonly Group[] };
  /** What 3201 said, group by group; empty where a file was compared. */
  readonly verdicts: readonly (Group & TotalsVerdict)[];
}

/** Nothing to ask 3201 by. */
const UNKNOWN_GROUP: TotalsVerdict = {
  agrees: false,
  text: '险种或清算类别不明（撤销的原结算不在当日），未对总账 / scheme or clearing type not known: not asked',
};

/** Differences held in memory; when there are more, the books are gone through twice. */
const MOST_HELD = 20_000;

/**
 * Reconciles a day.
 * @throws GatewayError `RECONCILIATION_INPUT_INVALID` with every fault of every input: nothing is reconciled then;
 *   what the platform's answers throw.
 */
export async function reconcileDay(options: ReconcileOptions): Promise<DayResult> {
  const sizes = [options.gateway, options.his, options.platform].map(sizeOf);
  const books = openBooks(partitionsFor(Math.max(...sizes)));
  const faults = new InputFaults();
  try {
    return await new DayRun(options, books, faults).run();
  } finally {
    books.close();
  }
}

class DayRun {
  readonly #options: ReconcileOptions;
  readonly #books: Books;
  readonly #faults: InputFaults;
  readonly #platform: Platform | undefined;
  readonly #verdicts: (Group & TotalsVerdict)[] = [];
  readonly #classes: { [name in DifferenceClass]?: number } = {};

  constructor(options: ReconcileOptions, books: Books, faults: InputFaults) {
    this.#options = options;
    this.#books = books;
    this.#faults = faults;
    this.#platform = typeof options.platform === 'function' ? options.platform(faults) : undefined;
  }

  async run(): Promise<DayResult> {
    const { day, gateway, his, platform, onItem } = this.#options;
    const sources: readonly (readonly [Side, SideSource])[] = [
      ['gateway', gateway],
      ...(his === undefined ? [] : [['his', his] as const]),
      ...(typeof platform === 'function' ? [] : [['platform', platform] as const]),
    ];
    const found = await Promise.all(sources.map(([side, source]) => this.#takeIn(side, source)));
    // In the order of the books, whichever was read first.
    for (const faults of found) this.#faults.take(faults.listed());
    this.#faults.throwIfAny();
    const confirmed = this.#platform === undefined ? new Set<string>() : await this.#ask(this.#platform);
    const counts: MatchCounts = { agreed: 0, differing: 0 };
    const comparison: CompareOptions = {
      confirmed,
      withHis: his !== undefined,
      faults: this.#faults,
      labels: { gateway: labelOf(gateway), his: labelOf(his), platform: labelOf(platform) },
      counts,
    };
    const held: Difference[] = [];
    // Gone through whole before anything is done about it: a duplicate in the last row refuses the day.
    for (const difference of this.#books.compare(comparison))
      if (counts.differing <= MOST_HELD) held.push(difference);
    this.#faults.throwIfAny();
    const differences = counts.differing <= MOST_HELD ? held : this.#books.compare(comparison);
    let resolved = 0;
    for (const difference of differences) {
      this.#classes[difference.class] = (this.#classes[difference.class] ?? 0) + 1;
      const item = await this.#settle(difference);
      if (item.settlement === 'resolved') resolved += 1;
      onItem(item);
    }
    return {
      day,
      ...counts,
      resolved,
      classes: this.#classes,
      totals: {
        gateway: this.#books.totals('gateway').groups(),
        ...(his !== undefined && { his: this.#books.totals('his').groups() }),
        platform: this.#books.totals('platform').groups(),
      },
      verdicts: this.#verdicts,
    };
  }

  async #takeIn(side: Side, source: SideSource): Promise<InputFaults> {
    const faults = new InputFaults();
    if (typeof source === 'function') await source((row) => this.#books.add(side, row));
    else await this.#books.addFile(side, source, { day: this.#options.day, faults });
    return faults;
  }

  /** 清算类别 whose totals the platform has confirmed; of the others its rows are fetched. */
  async #ask(platform: Platform): Promise<ReadonlySet<string>> {
    const { details = 'on-mismatch', clearingTypes = [] } = this.#options;
    const confirmed = new Set<string>();
    const doubtful = new Set(clearingTypes);
    for (const group of this.#books.totals('gateway').groups()) {
      const isKnown = group.insuranceType !== '' && group.clearingType !== '';
      const verdict = isKnown ? await platform.compareTotals(group) : UNKNOWN_GROUP;
      this.#verdicts.push({ ...group, ...verdict });
      if (verdict.agrees) confirmed.add(group.clearingType);
      else if (isKnown) doubtful.add(group.clearingType);
    }
    if (details === 'always') for (const type of confirmed) doubtful.add(type);
    for (const type of doubtful) {
      confirmed.delete(type);
      const rows = this.#books.rows('gateway', type);
      await platform.compareDetails(type, rows, (row) => this.#books.add('platform', row));
    }
    return confirmed;
  }

  async #settle(difference: Difference): Promise<SheetItem> {
    const { resolve, findExchange } = this.#options;
    const messageId = difference.rows.platform?.messageId ?? '';
    const exchange = messageId === '' ? undefined : findExchange?.(messageId);
    const proposal = propose(difference, exchange);
    const item = { difference, proposal };
    if (resolve === undefined || this.#platform === undefined || proposal.action === 'person')
      return { ...item, settlement: 'open' };
    const key = `${proposal.action} ${difference.settlementId}`;
    // On record before it is sent: what was tried once is not tried again by a second run.
    if (!resolve.begin(key)) return { ...item, settlement: 'failed', code: 'TRIED_BEFORE' };
    try {
      await this.#undo(this.#platform, difference, exchange);
      resolve.end(key, 'done');
      return { ...item, settlement: 'resolved' };
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      resolve.end(key, error.code);
      return { ...item, settlement: 'failed', code: error.code };
    }
  }

  async #undo(
    platform: Platform,
    difference: Difference,
    exchange: KnownExchange | undefined,
  ): Promise<void> {
    const settlement = standing(difference);
    if (settlement !== undefined) await platform.cancel(settlement);
    else if (exchange !== undefined) await platform.reverse(exchange);
  }
}

function sizeOf(source: unknown): number {
  const { file } = (source ?? {}) as { file?: string };
  return file === undefined ? 0 : (statSync(file, { throwIfNoEntry: false })?.size ?? 0);
}

function labelOf(source: unknown): string {
  const { file } = (source ?? {}) as { file?: string };
  return file?.split(/[/\\]/).at(-1) ?? 'journal';
}
