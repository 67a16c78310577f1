/** Amounts in the capital numerals of bills: 壹佰贰拾叁元肆角伍分. Source: 支付结算办法, 附一. */
import type { Fen } from '@yiqiao/model';

const DIGITS = '零壹贰叁肆伍陆柒捌玖';
const PLACES = ['', '拾', '佰', '仟'];
const GROUPS = ['', '万', '亿', '兆'];

/** 分 → capital numerals, `负` before a negative amount, `整` where no 分 follows. */
export function capitalAmount(amount: Fen): string {
  const fen = amount < 0n ? -amount : amount;
  const [yuan, jiao, rest] = [fen / 100n, (fen / 10n) % 10n, fen % 10n];
  const whole = yuan === 0n ? '' : `${wholeText(yuan)}元`;
  if (fen === 0n) return '零元整';
  const sign = amount < 0n ? '负' : '';
  if (rest === 0n) return `${sign}${whole}${jiao === 0n ? '整' : `${digit(jiao)}角整`}`;
  const tenth = jiao === 0n ? (whole === '' ? '' : '零') : `${digit(jiao)}角`;
  return `${sign}${whole}${tenth}${digit(rest)}分`;
}

function wholeText(yuan: bigint): string {
  const groups: number[] = [];
  for (let left = yuan; left > 0n; left /= 10_000n) groups.push(Number(left % 10_000n));
  let text = '';
  let skipped = false;
  for (const [index, group] of groups.toReversed().entries()) {
    const isGap = text !== '' && (skipped || group < 1_000);
    if (group !== 0)
      text += `${isGap ? '零' : ''}${groupText(group)}${GROUPS[groups.length - 1 - index] ?? ''}`;
    skipped = group === 0;
  }
  return text;
}

function groupText(group: number): string {
  let text = '';
  let skipped = false;
  for (const [index, character] of Array.from(String(group)).entries()) {
    const place = PLACES[String(group).length - 1 - index] ?? '';
    if (character !== '0') text += `${skipped ? '零' : ''}${digit(BigInt(character))}${place}`;
    skipped = character === '0';
  }
  return text;
}

function digit(value: bigint): string {
  return DIGITS.charAt(Number(value));
}
