/** Identities between amounts, compiled to functions over wire bodies; exact in 分. */
import {
  ExactNumber,
  fen,
  findDecimal,
  findFen,
  formatFen,
  isWireObject,
  leafText,
  lineAmount,
} from '@yiqiao/model';
import type { Fen, WireObject, WireValue } from '@yiqiao/model';
import type { IdentityCheck, LimitCheck, ProductCheck, RowSumCheck, SumCheck } from './identity-forms.ts';

/** An identity that does not hold: where, and the calculation with its operands. */
export interface Violation {
  /** Pointer below the body, of the amount that does not agree. */
  readonly path: string;
  readonly field: string;
  readonly found: string;
  /** `fund_pay_sumamt 10.00 + psn_part_amt 5.00`. */
  readonly operands: string;
  readonly relation: '≠' | '>';
  readonly difference: string;
}

/** Looks at a whole body; empty when every identity that can be evaluated holds. */
export type CompiledCheck = (body: WireObject) => readonly Violation[];

/** Evaluated only where the operands are there; a blank part counts as zero (rule for empty numbers of the envelope). */
export function compileCheck(check: IdentityCheck): CompiledCheck {
  switch (check.kind) {
    case 'sum':
      return everyNode((node, path) => sumViolation(check, node, path));
    case 'at-most':
      return everyNode((node, path) => limitViolation(check, node, path));
    case 'product':
      return everyNode((node, path) => productViolation(check, node, path));
    case 'sum-of-rows':
      return (body) => rowSumViolation(check, body);
  }
}

type NodeCheck = (node: WireObject, path: string) => Violation | undefined;

/** The root, its nodes and the items of its lists. */
function everyNode(check: NodeCheck): CompiledCheck {
  return (body) => {
    const found: Violation[] = [];
    const look = (node: WireValue, path: string): void => {
      const violation = isWireObject(node) ? check(node, path) : undefined;
      if (violation !== undefined) found.push(violation);
    };
    look(body, '');
    for (const name in body) {
      const value = body[name];
      if (typeof value !== 'object' || value === null || value instanceof ExactNumber) continue;
      if (isList(value)) value.forEach((item, index) => look(item, `/${name}/${index}`));
      else look(value, `/${name}`);
    }
    return found;
  };
}

function isList(value: WireValue): value is readonly WireValue[] {
  return Array.isArray(value);
}

/** An amount; blank is `null`, absent or unreadable `undefined`. */
function amountOf(value: WireValue | undefined): Fen | null | undefined {
  if (value === null || value === '') return null;
  const text = leafText(value);
  if (text === undefined) return undefined;
  return ZEROS.has(text) ? ZERO : findFen(text);
}

/** Most amounts of a settlement are zero: no need to parse them. */
const ZEROS: ReadonlySet<string> = new Set(['0', '0.0', '0.00']);
const ZERO = fen(0n);

function sumViolation(check: SumCheck, node: WireObject, path: string): Violation | undefined {
  const total = amountOf(node[check.total]);
  if (total === undefined || total === null) return undefined;
  const amounts: (Fen | null)[] = [];
  let sum = 0n;
  for (const part of check.parts) {
    const value = node[part];
    const amount = value === undefined && check.absentIsZero?.includes(part) ? null : amountOf(value);
    if (amount === undefined) return undefined;
    amounts.push(amount);
    sum += amount ?? 0n;
  }
  if (sum === total) return undefined;
  const operands = check.parts.map((part, index) => operand(part, amounts[index] ?? null)).join(' + ');
  return violation({ path, field: check.total, found: total, expected: sum, operands, relation: '≠' });
}

function operand(name: string, amount: Fen | null): string {
  return amount === null ? `${name} (—)` : `${name} ${formatFen(amount)}`;
}

function limitViolation(check: LimitCheck, node: WireObject, path: string): Violation | undefined {
  const amount = amountOf(node[check.field]);
  const limit = amountOf(node[check.limit]);
  if (amount === undefined || amount === null || limit === undefined || limit === null || amount <= limit)
    return undefined;
  const operands = operand(check.limit, limit);
  return violation({ path, field: check.field, found: amount, expected: limit, operands, relation: '>' });
}

function productViolation(check: ProductCheck, node: WireObject, path: string): Violation | undefined {
  const found = amountOf(node[check.product]);
  const [price, quantity] = check.factors.map((name) => findDecimal(leafText(node[name]) ?? ''));
  if (found === undefined || found === null || price === undefined || quantity === undefined)
    return undefined;
  const expected = lineAmount(price, quantity);
  const difference = found - expected;
  if (difference >= -1n && difference <= 1n) return undefined;
  const operands = check.factors
    .map((name, index) => `${name} ${index === 0 ? price : quantity}`)
    .join(' × ');
  return violation({ path, field: check.product, found, expected, operands, relation: '≠' });
}

function rowSumViolation(check: RowSumCheck, body: WireObject): readonly Violation[] {
  const node = check.totalNode === '' ? body : body[check.totalNode];
  const total = isWireObject(node) ? amountOf(node[check.total]) : undefined;
  const rows = filledRows(check, body[check.rows]);
  if (total === undefined || total === null || rows === undefined || rows.length === 0) return [];
  const counted = rows.filter((row) => !isExcluded(check, row.node));
  const sum = fen(counted.reduce((subtotal, row) => subtotal + row.amount, 0n));
  if (sum === total) return [];
  const operands = `sum(${check.rows}.${check.part}) ${formatFen(sum)}, ${counted.length}/${rows.length}`;
  const path = check.totalNode === '' ? '' : `/${check.totalNode}`;
  return [violation({ path, field: check.total, found: total, expected: sum, operands, relation: '≠' })];
}

/** Rows with an amount; blank rows say nothing; `undefined` when a row cannot be read. */
function filledRows(
  check: RowSumCheck,
  value: WireValue | undefined,
): { node: WireObject; amount: Fen }[] | undefined {
  const list = value === undefined ? [] : isList(value) ? value : [value];
  const rows: { node: WireObject; amount: Fen }[] = [];
  for (const node of list) {
    if (!isWireObject(node)) continue;
    const amount = amountOf(node[check.part]);
    if (amount === undefined) return undefined;
    if (amount !== null) rows.push({ node, amount });
  }
  return rows;
}

function isExcluded(check: RowSumCheck, row: WireObject): boolean {
  return Object.entries(check.exclude ?? {}).some(([name, codes]) =>
    codes.includes(leafText(row[name]) ?? ''),
  );
}

interface Facts {
  readonly path: string;
  readonly field: string;
  readonly found: Fen;
  readonly expected: Fen | bigint;
  readonly operands: string;
  readonly relation: '≠' | '>';
}

function violation({ path, field, found, expected, operands, relation }: Facts): Violation {
  const difference = formatFen(fen(found - expected));
  return { path: `${path}/${field}`, field, found: formatFen(found), operands, relation, difference };
}
