/** Fee lines of an order against those on the account. */
import { GatewayError, sumFen } from '@yiqiao/model';
import type { CanonicalObject, ErrorCode, Fault, Fen } from '@yiqiao/model';
import type { StoreReader } from '@yiqiao/sdk';
import type { LineOrder, StayLineOrder } from '../order.ts';
import { differences } from './differences.ts';
import { LINE, lineKey, textIn } from './visit-record.ts';
import type { LineRecord, LineSplit } from './visit-record.ts';

/** A line as ordered, with the batch it belongs to; `''` at a stay. */
export interface OrderedLine {
  readonly number: string;
  readonly batch: string;
  readonly line: LineRecord['line'];
}

/** Makes them. */
export function orderedLines(
  lines: readonly (LineOrder | StayLineOrder)[],
  batch: string,
): readonly OrderedLine[] {
  return lines.map((line) => ({
    number: line.feeLineNumber,
    batch: ('chargeBatch' in line ? line.chargeBatch : undefined) ?? batch,
    line: line as unknown as LineRecord['line'],
  }));
}

/** Lines that are new; those on the account already must be the same as there. */
export interface Sorted {
  readonly fresh: readonly OrderedLine[];
  readonly known: readonly LineRecord[];
}

/**
 * Sorts them.
 * @throws GatewayError `MESSAGE_INVALID` for a number that comes twice, `FEE_CHANGED_AFTER_SETTLEMENT`,
 *   `FEE_LINE_CHANGED`, each with every line concerned.
 */
export function sortLines(store: StoreReader, visit: string, lines: readonly OrderedLine[]): Sorted {
  const twice = lines.filter(({ number }, at) => lines.findIndex((one) => one.number === number) !== at);
  refuse('MESSAGE_INVALID', twice, TWICE);
  const found = lines.map((line) => ({
    line,
    known: store.get<LineRecord>(LINE, lineKey(visit, line.number)),
  }));
  const changed = found.filter(({ line, known }) => known !== undefined && isChanged(line, known));
  const settled = changed.filter(({ known }) => known?.settledBy !== undefined);
  refuse(
    'FEE_CHANGED_AFTER_SETTLEMENT',
    settled.map(({ line }) => line),
    SETTLED,
  );
  refuse(
    'FEE_LINE_CHANGED',
    changed.map(({ line }) => line),
    CHANGED,
  );
  return {
    fresh: found.flatMap(({ line, known }) => (known === undefined ? [line] : [])),
    known: found.flatMap(({ known }) => (known === undefined ? [] : [known])),
  };
}

function isChanged(line: OrderedLine, known: LineRecord): boolean {
  return line.batch !== known.batch || differences(line.line, known.line).length > 0;
}

const TWICE = { zh: '同一就诊中明细号重复。', en: 'The number of the line comes twice.' };
const SETTLED = {
  zh: '该明细已结算，上送内容与结算时不同。',
  en: 'This line is settled, and now comes with another content.',
};
const CHANGED = {
  zh: '该明细已上传，上送内容与此前不同。',
  en: 'This line was uploaded with another content.',
};

function refuse(code: ErrorCode, lines: readonly OrderedLine[], message: Fault['message']): void {
  if (lines.length === 0) return;
  throw new GatewayError(code, { faults: lines.map(({ number }) => lineFault(number, message)) });
}

/** A fault of one line. */
export function lineFault(number: string, message: Fault['message'], rule = 'line'): Fault {
  return {
    rule,
    at: `/lines/${number}`,
    field: 'feedetl_sn',
    label: { zh: `费用明细 ${number}`, en: `fee line ${number}` },
    message,
  };
}

/** The row of an answer for each line; a row that lacks is an answer that cannot be used. */
export function splitOf(row: CanonicalObject): LineSplit {
  return {
    selfFunded: amount(row, 'selfFunded'),
    overLimit: amount(row, 'overLimitAmount'),
    firstSelfPaid: amount(row, 'firstSelfPaid'),
    inScope: amount(row, 'inScope'),
    chargeItemType: textIn(row, 'chargeItemType'),
  };
}

function amount(row: CanonicalObject, name: string): Fen {
  return (row[name] ?? 0n) as Fen;
}

/** Sums of lines as 2206, 2207, 2303 and 2304 tell them. */
export function totalsOf(lines: readonly LineRecord[]) {
  const sum = (part: (line: LineRecord) => Fen): Fen => sumFen(lines.map(part));
  return {
    total: sum(({ line }) => line.lineAmount),
    selfFunded: sum(({ split }) => split.selfFunded),
    overLimitSelfPaid: sum(({ split }) => split.overLimit),
    firstSelfPaid: sum(({ split }) => split.firstSelfPaid),
    inScope: sum(({ split }) => split.inScope),
  };
}

/** Chunks of at most so many. */
export function chunksOf<T>(items: readonly T[], most: number): readonly (readonly T[])[] {
  const chunks: T[][] = [];
  for (let at = 0; at < items.length; at += most) chunks.push(items.slice(at, at + most));
  return chunks;
}
