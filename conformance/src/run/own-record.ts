/** The institution's own record of a run: what the target settled for it, what was taken back, what was reversed. */
import type { Registry } from '@yiqiao/registry';
import type { Template } from '../kits/types.ts';
import type { Exchange } from './exchanges.ts';
import { amountNumber, child, fenOf, isNode, leaf, parseMessage } from './own-reading.ts';
import type { OwnObject } from './own-reading.ts';

/** A settlement, or a cancellation with negative amounts; in 分. */
interface Row {
  readonly msgid: string;
  readonly setlId: string;
  readonly mdtrtId: string;
  readonly psnNo: string;
  readonly scheme: string;
  readonly kind: string;
  readonly refund: '0' | '1';
  readonly amounts: Readonly<Record<Amount, bigint>>;
}

type Amount = 'total' | 'fund' | 'account' | 'cash';

const AMOUNTS: Readonly<Record<Amount, string>> = {
  total: 'medfee_sumamt',
  fund: 'fund_pay_sumamt',
  account: 'acct_pay',
  cash: 'psn_cash_pay',
};

/** The record of a run. */
export interface OwnRecord {
  /** Takes note of an exchange with the target of the run. */
  note(exchange: Exchange): void;
  /**
   * `record.count`, `record.total`, `record.fund`, `record.account`, `record.cash`, `record.rows` (lines as 3202 has
   * them); `record.KIND.SCHEME.…` for one 清算类别 and 险种, `record.refunds.…` and `record.settlements.…` for either.
   */
  value(name: string): Template | undefined;
}

/** Rows that the target has had today before this run, by 清算类别: cancelled, so that they come to nothing. */
export type Carried = Readonly<Record<string, number>>;

/** Whose record it is. */
export interface Owner {
  readonly registry: Registry;
  /** 定点医药机构编号: what another one settles is not of this record. */
  readonly institution: string;
  readonly carried?: Carried | undefined;
}

/** Opens an empty record. */
export function createOwnRecord({ registry, institution, carried = {} }: Owner): OwnRecord {
  const rows: Row[] = [];
  const moves = movesOf(registry);
  return {
    note: (exchange) => noteExchange(rows, { exchange, institution, moves }),
    value(name) {
      const [record, ...path] = name.split('.');
      const wanted = path.pop() ?? '';
      if (record !== 'record') return undefined;
      const found = rows.filter((row) => isIn(row, path));
      if (wanted === 'count' && path.length < 2) return found.length + (carried[path[0] ?? ''] ?? 0);
      return figure(found, wanted);
    },
  };
}

/** What a transaction does to the record. */
type Move = 'settles' | 'cancels' | 'reverses';

/** Source: schemas/canonical/operations. */
function movesOf(registry: Registry): ReadonlyMap<string, Move> {
  const entries = registry.operations().map((operation) => registry.operation(operation));
  const settling = entries.filter(({ records }) => records.some(({ kind }) => kind === 'settlement'));
  return new Map<string, Move>([
    ...settling.map(({ transaction }) => [transaction, 'settles'] as const),
    ...settling.flatMap(({ undoneBy }) =>
      undoneBy === undefined ? [] : [[registry.operation(undoneBy).transaction, 'cancels'] as const],
    ),
    [registry.operation('reverseTransaction').transaction, 'reverses'],
  ]);
}

function noteExchange(
  rows: Row[],
  {
    exchange,
    institution,
    moves,
  }: {
    readonly exchange: Exchange;
    readonly institution: string;
    readonly moves: ReadonlyMap<string, Move>;
  },
): void {
  const { infno, msgid, sent, read } = exchange;
  const move = moves.get(infno);
  if (move === undefined || read?.state !== 'read' || !read.answer.success) return;
  const envelope = parseMessage(sent.toString('utf8'));
  if (leaf(envelope, 'fixmedins_code') !== institution) return;
  // Each of them has one node beside its lists: data, or druginfo.
  const data = Object.values(child(envelope, 'input')).find(isNode) ?? {};
  const info = child(read.answer.output, 'setlinfo');
  const setlId = leaf(info, 'setl_id');
  if (move === 'reverses') {
    const at = rows.findIndex((row) => row.msgid === leaf(data, 'omsgid'));
    if (at >= 0) rows.splice(at, 1);
  } else if (setlId !== '' && rows.every((row) => row.setlId !== setlId)) {
    const original = rows.find((row) => row.setlId === leaf(data, 'setl_id'));
    if (move === 'settles') rows.push(settled({ msgid, setlId }, info, data));
    else if (original !== undefined) rows.push(turned(original, { msgid, setlId }));
  }
}

function settled(keys: Pick<Row, 'msgid' | 'setlId'>, info: OwnObject, data: OwnObject): Row {
  const amounts = Object.entries(AMOUNTS).map(([name, member]) => [name, fenOf(info, member)] as const);
  return {
    ...keys,
    mdtrtId: leaf(info, 'mdtrt_id'),
    psnNo: leaf(info, 'psn_no'),
    scheme: leaf(info, 'insutype') || leaf(data, 'insutype'),
    kind: leaf(info, 'clr_type'),
    refund: '0',
    amounts: Object.fromEntries(amounts) as Row['amounts'],
  };
}

/** A cancellation is the settlement with its signs changed, under its own number. */
function turned(original: Row, keys: Pick<Row, 'msgid' | 'setlId'>): Row {
  const amounts = Object.entries(original.amounts).map(([name, fen]) => [name, -fen] as const);
  return {
    ...original,
    ...keys,
    refund: '1',
    amounts: Object.fromEntries(amounts) as Row['amounts'],
  };
}

function isIn({ kind, scheme, refund }: Row, path: readonly string[]): boolean {
  const [first, second] = path;
  if (first === undefined) return true;
  if (first === 'refunds' || first === 'settlements') return refund === (first === 'refunds' ? '1' : '0');
  return first === kind && (second === undefined || second === scheme);
}

function figure(rows: readonly Row[], wanted: string): Template | undefined {
  if (wanted === 'count') return rows.length;
  if (wanted === 'rows') return rows.map((row) => lineOf(row));
  if (!Object.hasOwn(AMOUNTS, wanted)) return undefined;
  const sum = rows.reduce((all, { amounts }) => all + amounts[wanted as Amount], 0n);
  return amountNumber(sum) as unknown as Template;
}

/** Source: schemas/national/transactions/3202.json, files. */
function lineOf({ setlId, mdtrtId, psnNo, refund, amounts }: Row): Template {
  const [total, fund, account] = [amounts.total, amounts.fund, amounts.account].map((fen) =>
    leaf({ fen: amountNumber(fen) }, 'fen'),
  );
  return [setlId, mdtrtId, psnNo, total ?? '', fund ?? '', account ?? '', refund];
}
