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
import type {
  AnyOfCheck,
  IdentityCheck,
  LimitCheck,
  ProductCheck,
  RowSumCheck,
  SumCheck,
} from './identity-forms.ts';

/** One calculation that an amount was held against. */
export interface Comparison {
  readonly relation: '≠' | '>';
  /** `fund_pay_sumamt 10.00 + psn_part_amt 5.00`. */
  readonly operands: string;
  readonly difference: string;
}

/** An identity that does not hold: where, and the calculations with their operands. */
export interface Violation {
  /** Pointer below the body, of the amount that does not agree. */
  readonly path: string;
  readonly field: string;
  readonly found: string;
  /** One; of alternatives, all that do not hold. */
  readonly comparisons: readonly [Comparison, ...Comparison[]];
  /** Operands of an alternative that does hold, though nobody attests it. */
  readonly onlyAs?: string;
}

/** A body, and what else of its exchange is known. */
export interface Looked {
  readonly body: WireObject;
  /** Body of the request that is answered. */
  readonly asked?: WireObject | undefined;
}

/** Looks at a whole body; empty when every identity that can be evaluated holds. */
export type CompiledCheck = (looked: Looked) => readonly Violation[];

/** National name → name that a region uses in its place. */
export type LocalNames = ReadonlyMap<string, string>;

/** Evaluated only where the operands are there; a blank part counts as zero (rule for empty numbers of the envelope). */
export function compileCheck(check: IdentityCheck, names: LocalNames): CompiledCheck {
  switch (check.kind) {
    case 'sum':
      return everyNode((at) => sumViolation(check, at), names);
    case 'at-most':
      return everyNode((at) => limitViolation(check, at), names);
    case 'product':
      return everyNode((at) => productViolation(check, at), names);
    case 'any-of':
      return everyNode((at) => alternativesViolation(check, at), names);
    case 'sum-of-rows':
      return ({ body }) => rowSumViolation(check, body, names);
  }
}

/** A node that is looked at. */
interface Place {
  readonly node: WireObject;
  readonly path: string;
  readonly names: LocalNames;
  readonly asked: WireObject | undefined;
}

/** The root, its nodes and the items of its lists. */
function everyNode(check: (at: Place) => Violation | undefined, names: LocalNames): CompiledCheck {
  return ({ body, asked }) => {
    const found: Violation[] = [];
    const look = (node: WireValue, path: string): void => {
      const violation = isWireObject(node) ? check({ node, path, names, asked }) : undefined;
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

/** The name under which a member stands: its own, or the region's. */
function nameIn(node: WireObject, name: string, names: LocalNames): string {
  return node[name] === undefined ? (names.get(name) ?? name) : name;
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

/** A total and what it should be. */
interface Reckoned {
  readonly field: string;
  /** The member that the message has: the total, or the first part where only the request tells the total. */
  readonly member: string;
  readonly total: Fen;
  readonly sum: bigint;
  /** Made only when it is told. */
  operands(): string;
}

function reckon(check: SumCheck, { node, names, asked }: Place): Reckoned | undefined {
  const field = nameIn(node, check.total, names);
  const stands = node[field] ?? (check.totalFrom === 'exchange' ? asked?.[field] : undefined);
  const total = amountOf(stands);
  if (total === undefined || total === null) return undefined;
  const amounts: (readonly [string, Fen | null])[] = [];
  let sum = 0n;
  for (const part of check.parts) {
    const name = nameIn(node, part, names);
    const value = node[name];
    const amount = value === undefined && check.absentIsZero?.includes(part) ? null : amountOf(value);
    if (amount === undefined) return undefined;
    amounts.push([name, amount]);
    sum += amount ?? 0n;
  }
  const operands = (): string => amounts.map(([name, amount]) => operand(name, amount)).join(' + ');
  const member = node[field] === undefined ? (amounts[0]?.[0] ?? field) : field;
  return { field, member, total, sum, operands };
}

function sumViolation(check: SumCheck, at: Place): Violation | undefined {
  const reckoned = reckon(check, at);
  if (reckoned === undefined || reckoned.sum === reckoned.total) return undefined;
  return violation(placeOf(reckoned, at), differing(reckoned));
}

function placeOf({ field, member, total }: Reckoned, { path }: Place): Told {
  return { path, field, member, found: total };
}

function differing({ total, sum, operands }: Reckoned): Comparison {
  return { relation: '≠', operands: operands(), difference: formatFen(fen(total - sum)) };
}

/** Nothing can be said while an alternative cannot be reckoned and none holds. */
function alternativesViolation({ alternatives }: AnyOfCheck, at: Place): Violation | undefined {
  const broken: Reckoned[] = [];
  let unattested: Reckoned | undefined;
  for (const alternative of alternatives) {
    const reckoned = reckon(alternative, at);
    if (reckoned === undefined) return undefined;
    if (reckoned.sum !== reckoned.total) broken.push(reckoned);
    else if (alternative.confidence === 'inferred') unattested ??= reckoned;
    else return undefined;
  }
  const [first, ...others] = broken;
  if (first === undefined) return undefined;
  return {
    ...violation(placeOf(first, at), differing(first), ...others.map(differing)),
    ...(unattested !== undefined && { onlyAs: unattested.operands() }),
  };
}

function operand(name: string, amount: Fen | null): string {
  return amount === null ? `${name} (—)` : `${name} ${formatFen(amount)}`;
}

function limitViolation(check: LimitCheck, { node, path, names }: Place): Violation | undefined {
  const [field, limitName] = [nameIn(node, check.field, names), nameIn(node, check.limit, names)];
  const amount = amountOf(node[field]);
  const limit = amountOf(node[limitName]);
  if (amount === undefined || amount === null || limit === undefined || limit === null || amount <= limit)
    return undefined;
  const difference = formatFen(fen(amount - limit));
  return violation(
    { path, field, found: amount },
    { relation: '>', operands: operand(limitName, limit), difference },
  );
}

function productViolation(check: ProductCheck, { node, path, names }: Place): Violation | undefined {
  const field = nameIn(node, check.product, names);
  const factors = check.factors.map((name) => nameIn(node, name, names));
  const found = amountOf(node[field]);
  const [price, quantity] = factors.map((name) => findDecimal(leafText(node[name]) ?? ''));
  if (found === undefined || found === null || price === undefined || quantity === undefined)
    return undefined;
  const difference = found - lineAmount(price, quantity);
  if (difference >= -1n && difference <= 1n) return undefined;
  const operands = factors.map((name, index) => `${name} ${index === 0 ? price : quantity}`).join(' × ');
  return violation(
    { path, field, found },
    { relation: '≠', operands, difference: formatFen(fen(difference)) },
  );
}

function rowSumViolation(check: RowSumCheck, body: WireObject, names: LocalNames): readonly Violation[] {
  const node = check.totalNode === '' ? body : body[check.totalNode];
  if (!isWireObject(node)) return [];
  const field = nameIn(node, check.total, names);
  const total = amountOf(node[field]);
  const rows = filledRows(check, body[check.rows], names);
  if (total === undefined || total === null || rows === undefined || rows.length === 0) return [];
  const counted = rows.filter((row) => !isExcluded(check, row.node));
  const sum = fen(counted.reduce((subtotal, row) => subtotal + row.amount, 0n));
  if (sum === total) return [];
  const operands = `sum(${check.rows}.${check.part}) ${formatFen(sum)}, ${counted.length}/${rows.length}`;
  const path = check.totalNode === '' ? '' : `/${check.totalNode}`;
  const difference = formatFen(fen(total - sum));
  return [violation({ path, field, found: total }, { relation: '≠', operands, difference })];
}

/** Rows with an amount; blank rows say nothing; `undefined` when a row cannot be read. */
function filledRows(
  { part }: RowSumCheck,
  value: WireValue | undefined,
  names: LocalNames,
): { node: WireObject; amount: Fen }[] | undefined {
  const list = value === undefined ? [] : isList(value) ? value : [value];
  const rows: { node: WireObject; amount: Fen }[] = [];
  for (const node of list) {
    if (!isWireObject(node)) continue;
    const amount = amountOf(node[nameIn(node, part, names)]);
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

interface Told {
  readonly path: string;
  readonly field: string;
  readonly member?: string;
  readonly found: Fen;
}

function violation(
  { path, field, member = field, found }: Told,
  ...comparisons: [Comparison, ...Comparison[]]
): Violation {
  return { path: `${path}/${member}`, field, found: formatFen(found), comparisons };
}
