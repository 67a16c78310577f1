/** Checks of amounts, in 分 by the suite's own reading. */
import { fail, PASS, rowsOf, textAt } from './check-matter.ts';
import type { CheckMatter, CheckResult, Of } from './check-matter.ts';
import { child, findFen, leaf } from './own-reading.ts';

/** A total is the sum of amounts, less others. */
export function checkSum(expected: Of<'sum'>, matter: CheckMatter): CheckResult {
  const { plus, minus = [] } = expected;
  const missing = [expected.total, ...plus, ...minus].flatMap((place) => noAmount(place, matter))[0];
  if (missing !== undefined) return missing;
  const [found, wanted] = [addUp([expected.total], matter), addUp(plus, matter) - addUp(minus, matter)];
  if (found === wanted) return PASS;
  const less = minus.map((place) => ` - ${place}`).join('');
  const formula = `${expected.total} = ${expected.plus.join(' + ')}${less}`;
  return fail(
    `${formula} 不成立，相差 ${yuan(found - wanted)} 元`,
    `${formula} does not hold, it is off by ${yuan(found - wanted)} CNY`,
  );
}

/** An amount is at most another, or below it. */
export function checkOrder(
  { check: order, place, than }: Of<'at-most'> | Of<'less'>,
  matter: CheckMatter,
): CheckResult {
  const missing = [place, than].flatMap((one) => noAmount(one, matter))[0];
  if (missing !== undefined) return missing;
  const [found, bound] = [addUp([place], matter), addUp([than], matter)];
  if (order === 'less' ? found < bound : found <= bound) return PASS;
  const figures = `${yuan(found)} / ${yuan(bound)}`;
  return order === 'less'
    ? fail(
        `${place} 应小于 ${than}（${figures} 元）`,
        `${place} should be less than ${than} (${figures} CNY)`,
      )
    : fail(
        `${place} 不应大于 ${than}（${figures} 元）`,
        `${place} should be at most ${than} (${figures} CNY)`,
      );
}

/** What is wrong with the rows of a place that have no amount. */
function noAmount(place: string, matter: CheckMatter): readonly CheckResult[] {
  return rowsOf(place, matter)
    .filter((row) => findFen(textAt(matter, row)) === undefined)
    .map((row) => fail(`${row} 不是金额`, `${row} is no amount`));
}

function addUp(places: readonly string[], matter: CheckMatter): bigint {
  return places
    .flatMap((place) => rowsOf(place, matter))
    .reduce((sum, row) => sum + (findFen(textAt(matter, row)) ?? 0n), 0n);
}

function yuan(fen: bigint): string {
  const digits = String(fen < 0n ? -fen : fen).padStart(3, '0');
  return `${fen < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Members have the amounts that an earlier answer had, or their negatives. `sign`: 1n or -1n. */
export function compareMembers(
  { of, node, members }: Of<'mirror'> | Of<'same'>,
  matter: CheckMatter,
  sign: bigint,
): CheckResult {
  const { exchange, exchanges } = matter;
  const [before, after] = [exchanges.answer(of), exchanges.answer(exchange.name)].map((one) =>
    child(one?.output ?? {}, node),
  );
  const off = members.filter((name) => {
    const [was, is] = [findFen(leaf(before ?? {}, name)), findFen(leaf(after ?? {}, name))];
    return was === undefined || is === undefined || is !== sign * was;
  });
  const relation = sign < 0n ? ['相反数', 'the negative'] : ['相等', 'the same'];
  return off.length === 0
    ? PASS
    : fail(
        `${off.join('、')} 与 ${of} 中的不${sign < 0n ? '互为' : ''}${relation[0]}`,
        `${off.join(', ')}: not ${relation[1]} of what ${of} has`,
      );
}
