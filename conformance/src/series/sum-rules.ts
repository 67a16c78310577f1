/** A total that is the sum of lines sent before. */
import { children, leaf } from '../run/own-reading.ts';
import type { OwnObject } from '../run/own-reading.ts';
import { sumOf, yuan } from './amounts.ts';
import { inputOf, memberOfRow } from './message-rules.ts';
import { beganEarlier, isOpened } from './excerpt.ts';
import type { Standing } from './order-rules.ts';
import { agree, isMeant, isRepetition, textAt } from './record.ts';
import type { Recorded } from './record.ts';
import type { LineSource } from './types.ts';
import { bad, GOOD } from './verdict.ts';
import type { RuleNamed, RuleVerdict } from './verdict.ts';

/** The lines that stand add up to the total; no lines at all are no occasion. */
export function checkSum(standing: Standing, { total, lines }: RuleNamed<'sum'>): RuleVerdict {
  const { all, at, excerpt } = standing;
  const one = all[at];
  if (one === undefined || (excerpt && !isOpened(standing))) return undefined;
  const rows = linesBefore(all.slice(0, at), lines).filter(({ row }) =>
    lines.match.every(([place, member]) => textAt(one, place) === memberOfRow(row, member)),
  );
  if (rows.length === 0) return undefined;
  const sum = sumOf(rows.map(({ amount }) => amount));
  const told = sumOf([textAt(one, total)]);
  if (sum === undefined || told === undefined)
    return bad(`${total} 或明细不是金额`, `${total} or one of its lines is no amount`);
  if (sum === told) return GOOD;
  return bad(
    `${total} 与 ${rows.length} 条明细之和相差 ${yuan(told - sum)} 元`,
    `${total} is ${yuan(told - sum)} CNY off the sum of its ${rows.length} lines`,
  );
}

/** What was settled and stands adds up to what is told of it. */
export function checkDaySums(place: Standing, { sums, settled, undone }: RuleNamed<'day-sums'>): RuleVerdict {
  const { all, at, excerpt } = place;
  const one = all[at];
  if (one === undefined || (excerpt && !beganEarlier(place))) return undefined;
  const before = all.slice(0, at);
  const standing = before.filter(
    (other, index) =>
      isMeant(other, settled) &&
      agree(one, other, settled.match) &&
      !before.slice(0, index).some((earlier) => isRepetition(other, earlier)) &&
      !before
        .slice(index)
        .some((later) => undone.some((tied) => isMeant(later, tied) && agree(other, later, tied.match))),
  );
  if (standing.length === 0) return undefined;
  for (const [told, amount] of sums) {
    const [sum, said] = [sumOf(standing.map((other) => textAt(other, amount))), sumOf([textAt(one, told)])];
    if (sum === undefined || said === undefined) return bad(`${told} 不是金额`, `${told} is no amount`);
    if (sum !== said)
      return bad(
        `${told} 与 ${standing.length} 笔有效结算之和相差 ${yuan(said - sum)} 元`,
        `${told} is ${yuan(said - sum)} CNY off the sum of the ${standing.length} settlements in force`,
      );
  }
  return GOOD;
}

interface Line {
  readonly row: OwnObject;
  readonly amount: string;
}

function linesBefore(earlier: readonly Recorded[], source: LineSource): readonly Line[] {
  let standing: Line[] = [];
  for (const one of earlier) {
    if (one.state !== 'accepted' || one.request.state !== 'read') continue;
    if (source.of.includes(one.infno)) standing.push(...linesOf(one, source));
    if (one.infno === source.withdrawn?.of)
      standing = standing.filter(({ row }) => !isWithdrawn(row, one, source));
  }
  return standing;
}

function linesOf(one: Recorded, { list, member, answered }: LineSource): readonly Line[] {
  if (one.request.state !== 'read') return [];
  const rows = children(inputOf(one.request), list);
  if (answered === undefined) return rows.map((row) => ({ row, amount: memberOfRow(row, member) }));
  const { read } = one.exchange;
  const told = read?.state === 'read' ? children(read.answer.output, answered) : [];
  return rows.map((row) => {
    const same = told.find((other) => leaf(other, 'feedetl_sn') === leaf(row, 'feedetl_sn'));
    return { row, amount: same === undefined ? '' : memberOfRow(same, member) };
  });
}

function isWithdrawn(row: OwnObject, one: Recorded, { withdrawn }: LineSource): boolean {
  if (one.request.state !== 'read' || withdrawn === undefined) return false;
  const node = withdrawn.match[0]?.[0].split('.')[0] ?? '';
  const rows = children(inputOf(one.request), node);
  return rows.some((told) =>
    withdrawn.match.every(([at, member]) => {
      const text = memberOfRow(told, at.split('.').at(-1) ?? '');
      return text === memberOfRow(row, member) || text === withdrawn.all;
    }),
  );
}
