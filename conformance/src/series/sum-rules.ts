/** A total that is the sum of lines sent before. */
import { children, leaf } from '../run/own-reading.ts';
import type { OwnObject } from '../run/own-reading.ts';
import { sumOf, yuan } from './amounts.ts';
import { inputOf, memberOfRow } from './message-rules.ts';
import type { Standing } from './order-rules.ts';
import { textAt } from './record.ts';
import type { Recorded } from './record.ts';
import type { LineSource } from './types.ts';
import { bad, GOOD } from './verdict.ts';
import type { RuleNamed, RuleVerdict } from './verdict.ts';

/** The lines that stand add up to the total; no lines at all are no occasion. */
export function checkSum({ all, at }: Standing, { total, lines }: RuleNamed<'sum'>): RuleVerdict {
  const one = all[at];
  if (one === undefined) return undefined;
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
