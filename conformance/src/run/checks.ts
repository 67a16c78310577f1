/** The expectations: whether each holds in what was seen, and in whole sentences what is wrong. */
import type { Expectation, Template } from '../kits/types.ts';
import { checkOrder, checkSum, compareMembers } from './check-amounts.ts';
import { checkComplete, checkIdentity } from './check-definition.ts';
import { fail, PASS, textAt } from './check-matter.ts';
import type { CheckMatter, CheckResult, Of } from './check-matter.ts';
import { differingPlaces } from './compare-bodies.ts';
import { fill } from './fill.ts';
import { beginsWithMark, characters, children, findFen, leaf, textOf } from './own-reading.ts';
import type { OwnValue } from './own-reading.ts';
import type { Answer } from './read-answer.ts';
import { checkSentSignature } from './sent-signature.ts';

type Check<Name extends Expectation['check']> = (
  expected: Of<Name>,
  matter: CheckMatter,
  answer: Answer,
) => CheckResult;

const CHECKS: { readonly [Name in Expectation['check']]: Check<Name> } = {
  complete: checkComplete,
  identity: checkIdentity,
  equal: ({ place, to }, matter) => {
    const [found, wanted] = [textAt(matter, place), filled(matter, to)];
    return sameText(found, wanted)
      ? PASS
      : fail(
          `${place} 应为 ${shown(matter, place, wanted)}，实为 ${shown(matter, place, found)}`,
          `${place} should be ${shown(matter, place, wanted)}, it is ${shown(matter, place, found)}`,
        );
  },
  'not-equal': ({ place, to }, matter) => {
    const [found, unwanted] = [textAt(matter, place), filled(matter, to)];
    return sameText(found, unwanted)
      ? fail(
          `${place} 不应为 ${shown(matter, place, unwanted)}`,
          `${place} must not be ${shown(matter, place, unwanted)}`,
        )
      : PASS;
  },
  matches: ({ place, pattern }, matter) => {
    const found = textAt(matter, place);
    return new RegExp(pattern, 'u').test(found)
      ? PASS
      : fail(
          `${place}（${shown(matter, place, found)}）不符合 ${pattern}`,
          `${place} (${shown(matter, place, found)}) does not match ${pattern}`,
        );
  },
  sum: checkSum,
  mirror: (expected, matter) => compareMembers(expected, matter, -1n),
  same: (expected, matter) => compareMembers(expected, matter, 1n),
  'refused-or-equal': ({ place, to }, matter, answer) => {
    if (!answer.success) return PASS;
    const [found, wanted] = [textAt(matter, place), filled(matter, to)];
    return sameText(found, wanted)
      ? PASS
      : fail(
          `应拒绝，或再次给出同一结果；${place} 为 ${shown(matter, place, found)}，而非 ${shown(matter, place, wanted)}`,
          `it should be refused or answered as before; ${place} is ${shown(matter, place, found)}, not ${shown(matter, place, wanted)}`,
        );
  },
  told: (_expected, _matter, { success, text }) => {
    if (success)
      return fail('报文本应被拒绝，却被受理', 'the message should have been refused and was accepted');
    const length = characters(text);
    return length > 0 && length <= 200
      ? PASS
      : fail(
          `err_msg 应为 1–200 个字符，实为 ${length}`,
          `err_msg should have 1 to 200 characters, it has ${length}`,
        );
  },
  'sent-signed': (_expected, { exchange, signing }) => checkSentSignature(exchange.sent, signing),
  unchanged: checkUnchanged,
  signed: (_expected, _matter, { signature }) =>
    signature === undefined || signature.good ? PASS : { outcome: 'fail', why: signature.why },
  listed: (expected, matter) =>
    isListed(expected, matter)
      ? PASS
      : fail(
          `${expected.list} 中没有所登记的内容`,
          `${expected.list} does not have what was declared, or not unchanged`,
        ),
  'not-listed': (expected, matter) =>
    isListed(expected, matter)
      ? fail(
          `${expected.list} 中有不应列出的内容`,
          `${expected.list} has what must not stand in it (withdrawn, of somebody else or of another time)`,
        )
      : PASS,
  hides: ({ place, what }, matter) => {
    const text = textAt(matter, place);
    const told = what.filter((one) => filled(matter, one) !== '' && text.includes(filled(matter, one)));
    return told.length === 0
      ? PASS
      : fail(
          `${place} 透露了不应告知的信息（${told.length} 处）`,
          `${place} tells what it must not (${told.length})`,
        );
  },
  'at-most': (expected, matter) => checkOrder(expected, matter),
  less: (expected, matter) => checkOrder(expected, matter),
  kind: ({ place, kind }, { exchanges }) => {
    const found = kindOf(exchanges.value(place));
    return found === kind
      ? PASS
      : fail(
          `${place} 应为 JSON ${KIND_ZH[kind]}，实为${KIND_ZH[found]}`,
          `${place} should be a ${kind} of JSON, it is a ${found}`,
        );
  },
  'no-mark': (_expected, { exchange: { reply } }) =>
    reply.came && beginsWithMark(reply.bytes)
      ? fail('应答以字节顺序标记（BOM，EF BB BF）开头', 'the answer begins with a byte order mark (EF BB BF)')
      : PASS,
  'http-status': ({ status }, { exchange: { reply } }) => {
    const found = reply.came ? reply.status : 0;
    return found === status
      ? PASS
      : fail(`HTTP 状态应为 ${status}，实为 ${found}`, `the HTTP status should be ${status}, it is ${found}`);
  },
  near: ({ place, seconds }, matter) => {
    const found = textAt(matter, place);
    const digits = found.replaceAll(/[-: ]/g, '');
    const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(digits) ?? [];
    const at = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}+08:00`);
    const off = Math.round((at - matter.now) / 1000);
    return Math.abs(off) <= seconds
      ? PASS
      : fail(
          `${place}（${found}）与测试端时钟相差 ${off} 秒`,
          `${place} (${found}) is ${off} s away from the suite's clock`,
        );
  },
};

/** Checks one expectation against an answer that was read. */
export function check(expected: Expectation, matter: CheckMatter, answer: Answer): CheckResult {
  return (CHECKS[expected.check] as Check<Expectation['check']>)(expected as never, matter, answer);
}

/** A value for a message to people: hidden where the member tells of a person. */
function shown({ registry, personal }: CheckMatter, place: string, text: string): string {
  const member = place.split(/[.:]/).at(-1) ?? '';
  return registry.findName(member)?.personal === true || personal?.has(member) === true
    ? '***'
    : text || '空 empty';
}

function filled({ lookup }: CheckMatter, template: Template): string {
  return textOf(fill(template, lookup) as Parameters<typeof textOf>[0]);
}

/** Texts, or numbers of the same value in another writing (`1.5`, `1.50`). */
function sameText(found: string, wanted: string): boolean {
  if (found === wanted) return true;
  const [a, b] = [findFen(found), findFen(wanted)];
  return a !== undefined && a === b;
}

function isListed({ list, member, to }: Of<'listed'> | Of<'not-listed'>, matter: CheckMatter): boolean {
  const wanted = filled(matter, to);
  const [name = '', node = ''] = list.split('.');
  return children(matter.exchanges.answer(name)?.output ?? {}, node).some(
    (row) => leaf(row, member) === wanted,
  );
}

const KIND_ZH = { number: '数字', text: '字符串', other: '其他类型' } as const;

function kindOf(value: OwnValue | undefined): keyof typeof KIND_ZH {
  if (typeof value === 'string') return 'text';
  const isRaw = typeof value === 'object' && value !== null && 'rawJSON' in value;
  return isRaw || typeof value === 'number' ? 'number' : 'other';
}

function checkUnchanged(
  { part, of, how = 'value', at, without = [] }: Of<'unchanged'>,
  { exchange, exchanges }: CheckMatter,
): CheckResult {
  const bodyAt = (name: string): OwnValue | undefined =>
    at === undefined
      ? exchanges.value(`${part === 'input' ? 'sent:' : ''}${name}:${part}`)
      : exchanges.value(`${part === 'input' ? 'sent:' : ''}${name}.${at}`);
  const places = differingPlaces(bodyAt(of), bodyAt(exchange.name), how)
    .map((place) => [at, place].filter(Boolean).join('.'))
    .filter((place) => !without.includes(place));
  const [shownPlaces, more] = [places.slice(0, 5).join('、'), places.length > 5 ? ' …' : ''];
  return places.length === 0
    ? PASS
    : fail(
        `与 ${of} 相比，${shownPlaces}${more} 已改变`,
        `compared with ${of}, these have changed: ${shownPlaces}${more}`,
      );
}
