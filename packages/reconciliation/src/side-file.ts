/** Reads one party's books from a file of delimited text: columns by name, every fault with its line. */
import { basename } from 'node:path';
import { fenOf, normalAmount, yuanOf } from './amounts.ts';
import type { InputFaults } from './faults.ts';
import type { Field, Row } from './row.ts';
import { CharsetFault, decodeText, readLines } from './text-lines.ts';
import type { Charset } from './text-lines.ts';

/** How a file is to be read. */
export interface SideFile {
  readonly file: string;
  readonly charset?: Charset;
  /** One character; a comma when absent. */
  readonly separator?: string;
  /** Member of a row → name of its column. Needed are `settlementId`, `total`, `fundPaid` and `accountPaid`. */
  readonly columns: Readonly<Partial<Record<Field, string>>>;
  /** What stands in the first cell of the last line when that has the totals; absent: there is none. */
  readonly trailer?: string;
  /** What holds for all rows: members without a column. */
  readonly constants?: Readonly<Partial<Record<Field, string>>>;
}

/** Takes a row as it is read. */
export type TakeRow = (row: Row) => void;

const AMOUNTS = ['total', 'fundPaid', 'accountPaid', 'cashPaid'] as const;
const NEEDED: readonly Field[] = ['settlementId', 'total', 'fundPaid', 'accountPaid'];
const LONGEST_ID = 60;

/** Reads the rows of a day; what is wrong goes to `faults`. */
export function readSideFile(
  settings: SideFile,
  { day, faults, take }: { readonly day: string; readonly faults: InputFaults; readonly take: TakeRow },
): void {
  const reader = new SideReader(settings, { day, faults, take });
  const name = basename(settings.file);
  try {
    readLines(settings.file, settings.charset ?? 'utf-8', (line, number) => reader.line(line, number));
  } catch (error) {
    if (error instanceof CharsetFault)
      return faults.add('charset', { file: name, line: error.line, found: settings.charset ?? 'utf-8' });
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return faults.add('unreadable', { file: name });
  }
  reader.end();
}

class SideReader {
  readonly #settings: SideFile;
  readonly #name: string;
  readonly #separator: string;
  readonly #day: string;
  readonly #faults: InputFaults;
  readonly #take: TakeRow;
  readonly #constants: Readonly<Partial<Record<Field, string>>>;
  readonly #sums = { total: 0n, fundPaid: 0n, accountPaid: 0n, cashPaid: 0n };
  readonly #trailer: string | undefined;
  /** Whether texts come as UTF-8, a byte to a character. */
  readonly #isBytes: boolean;
  #places: Readonly<Partial<Record<Field, number>>> | undefined;
  #width = 0;
  #ended = false;

  constructor(
    settings: SideFile,
    { day, faults, take }: { readonly day: string; readonly faults: InputFaults; readonly take: TakeRow },
  ) {
    this.#settings = settings;
    this.#name = basename(settings.file);
    this.#separator = settings.separator ?? ',';
    this.#day = day;
    this.#faults = faults;
    this.#take = take;
    this.#constants = settings.constants ?? {};
    const { trailer, charset = 'utf-8' } = settings;
    this.#isBytes = charset === 'utf-8';
    this.#trailer = trailer === undefined || !this.#isBytes ? trailer : asBytes(trailer);
  }

  line(line: string, number: number): void {
    if (line === '') return;
    const cells = this.#cells(line, number);
    if (cells === undefined) return;
    if (this.#places === undefined) return this.#readHeader(cells);
    if (this.#ended) return this.#faults.add('after-trailer', { file: this.#name, line: number });
    if (cells.length !== this.#width) {
      return this.#faults.add('cell-count', {
        file: this.#name,
        line: number,
        found: `${cells.length}/${this.#width}`,
      });
    }
    if (this.#trailer !== undefined && cells[0] === this.#trailer) return this.#readTrailer(cells, number);
    this.#readRow(cells, number);
  }

  end(): void {
    if (this.#places === undefined) {
      this.#readHeader([]);
    } else if (this.#trailer !== undefined && !this.#ended) {
      this.#faults.add('trailer-missing', { file: this.#name });
    }
  }

  #readHeader(cells: readonly string[]): void {
    const { columns, charset = 'utf-8' } = this.#settings;
    const names = cells.map((cell) => decodeText(cell, charset).trim());
    const places: Partial<Record<Field, number>> = {};
    for (const field of NEEDED) {
      if (columns[field] === undefined)
        this.#faults.add('missing-column', { file: this.#name, line: 1, found: field });
    }
    for (const [field, column] of Object.entries(columns) as [Field, string][]) {
      const at = names.indexOf(column);
      if (at === -1) this.#faults.add('missing-column', { file: this.#name, line: 1, found: column });
      else places[field] = at;
    }
    this.#places = places;
    this.#width = cells.length;
  }

  #readRow(cells: readonly string[], number: number): void {
    const id = this.#text(cells, 'settlementId');
    const settledAt = this.#text(cells, 'settledAt');
    const at = { file: this.#name, line: number };
    if (id === '') return this.#faults.add('empty-id', at);
    if (id.length > LONGEST_ID || id.includes('\t')) return this.#faults.add('bad-id', at);
    if (settledAt !== '' && !isOnDay(settledAt, this.#day))
      return this.#faults.add('other-day', { ...at, found: settledAt.slice(0, 19) });
    const total = this.#amount(cells, 'total', number);
    const fundPaid = this.#amount(cells, 'fundPaid', number);
    const accountPaid = this.#amount(cells, 'accountPaid', number);
    const cashPaid = this.#amount(cells, 'cashPaid', number);
    const refund = this.#text(cells, 'refund');
    this.#take({
      settlementId: id,
      refund: refund === '' ? (total.startsWith('-') ? '1' : '0') : refund === '1' ? '1' : '0',
      total,
      fundPaid,
      accountPaid,
      cashPaid,
      visitId: this.#text(cells, 'visitId'),
      personNumber: this.#text(cells, 'personNumber'),
      institution: this.#text(cells, 'institution'),
      insuranceType: this.#text(cells, 'insuranceType'),
      clearingType: this.#text(cells, 'clearingType'),
      settledAt,
      messageId: this.#text(cells, 'messageId'),
      place: String(number),
    });
  }

  #readTrailer(cells: readonly string[], number: number): void {
    this.#ended = true;
    for (const field of AMOUNTS) {
      const text = this.#text(cells, field);
      if (text === '') continue;
      const stated = normalAmount(text);
      const summed = yuanOf(this.#sums[field]);
      if (stated !== summed)
        this.#faults.add('total', { file: this.#name, line: number, found: `${field} ${text}/${summed}` });
    }
  }

  #amount(cells: readonly string[], field: (typeof AMOUNTS)[number], number: number): string {
    const text = this.#text(cells, field);
    if (text === '' && !NEEDED.includes(field)) return '';
    const amount = normalAmount(text);
    if (amount === undefined) {
      this.#faults.add('amount', { file: this.#name, line: number, found: `${field} ${text.slice(0, 30)}` });
      return '0.00';
    }
    if (this.#trailer !== undefined) this.#sums[field] += fenOf(amount);
    return amount;
  }

  #text(cells: readonly string[], field: Field): string {
    const at = this.#places?.[field];
    if (at === undefined) return this.#constants[field] ?? '';
    const cell = cells[at] ?? '';
    const isPlain = cell === '' || (cell.charCodeAt(0) > 0x20 && cell.charCodeAt(cell.length - 1) > 0x20);
    const text = isPlain ? cell : cell.trim();
    if (text === 'null') return '';
    return this.#isBytes ? text : asBytes(text);
  }

  #cells(line: string, number: number): readonly string[] | undefined {
    if (!line.includes('"')) return line.split(this.#separator);
    const cells = quotedCells(line, this.#separator);
    if (cells === undefined) this.#faults.add('quote', { file: this.#name, line: number });
    return cells;
  }
}

/** UTF-8, a byte to a character. */
function asBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** Whether a time is on a day, in whichever of the usual writings: `2026-11-21 …`, `2026/11/21 …`, `20261121…`. */
function isOnDay(time: string, day: string): boolean {
  return time.startsWith(day) || time.replaceAll(/[-/]/g, '').startsWith(day.replaceAll('-', ''));
}

/** Cells of which some are quoted; `undefined` when a quotation mark is not closed. Source: RFC 4180. */
function quotedCells(line: string, separator: string): readonly string[] | undefined {
  const cells: string[] = [];
  for (let at = 0; at <= line.length;) {
    if (line[at] !== '"') {
      const end = line.indexOf(separator, at);
      const stop = end === -1 ? line.length : end;
      cells.push(line.slice(at, stop));
      at = stop + 1;
      continue;
    }
    let end = at + 1;
    for (; line[end] !== '"' || line[end + 1] === '"'; end += line[end] === '"' ? 2 : 1) {
      if (end >= line.length) return undefined;
    }
    cells.push(line.slice(at + 1, end).replaceAll('""', '"'));
    if (end + 1 < line.length && line[end + 1] !== separator) return undefined;
    at = end + 2;
  }
  return cells;
}
