/** The expectations: whether each holds in what was seen, and in whole sentences what is wrong. */
import type { Registry } from '@yiqiao/registry';
import { describeRelation, holdsRelation } from '../kits/identities.ts';
import type { Bilingual, Expectation, Template } from '../kits/types.ts';
import type { Exchange, Exchanges } from './exchanges.ts';
import { fill } from './fill.ts';
import type { Lookup } from './fill.ts';
import { beginsWithMark, characters, child, children, findFen, isNode, leaf, textOf } from './own-reading.ts';
import type { OwnObject, OwnValue } from './own-reading.ts';
import type { SuiteSigning } from './inputs.ts';
import { differingPlaces } from './compare-bodies.ts';
import type { Answer } from './read-answer.ts';
import { checkSentSignature } from './sent-signature.ts';

/** What a check looks at. */
export interface CheckMatter {
  readonly registry: Registry;
  readonly profile: string;
  readonly exchange: Exchange;
  readonly exchanges: Exchanges;
  readonly lookup: Lookup;
  /** Epoch milliseconds of the suite's clock. */
  readonly now: number;
  readonly signing: SuiteSigning | undefined;
  /** Members that identify a person, beside those of the national form. */
  readonly personal?: ReadonlySet<string>;
}

/** `error`: the suite's two ways of reckoning disagree. */
export type CheckResult =
  { readonly outcome: 'pass' } | { readonly outcome: 'fail' | 'error'; readonly why: Bilingual };

const PASS: CheckResult = { outcome: 'pass' };
const fail = (zh: string, en: string): CheckResult => ({ outcome: 'fail', why: { zh, en } });

type Of<Name extends Expectation['check']> = Extract<Expectation, { check: Name }>;
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

function textAt(matter: CheckMatter, place: string): string {
  return textOf(matter.exchanges.value(place));
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

function checkComplete(
  _expected: Of<'complete'>,
  { registry, profile, exchange }: CheckMatter,
  answer: Answer,
): CheckResult {
  const { infno: transaction } = exchange;
  const { faults } = registry.check(profile, {
    transaction,
    direction: 'response',
    mode: 'strict',
    body: answer.body,
  });
  const ownMissing = missingByOwn(registry, { profile, transaction, output: answer.output });
  const productMissing = faults.some(({ rule }) => rule === 'required');
  if (ownMissing.length > 0 && !productMissing) {
    const places = ownMissing.join(', ');
    return {
      outcome: 'error',
      why: { zh: `校验器未发现缺失的 ${places}`, en: `the validator missed that ${places} is absent` },
    };
  }
  const [first] = faults;
  if (first === undefined) return PASS;
  const more = faults.length - 1;
  return fail(
    `${first.at}：${first.message.zh}${more > 0 ? `（另有 ${more} 处）` : ''}`,
    `${first.at}: ${first.message.en}${more > 0 ? ` (and ${more} more)` : ''}`,
  );
}

/** Required members that are blank in a node that is there. */
function missingByOwn(
  registry: Registry,
  {
    profile,
    transaction,
    output,
  }: { readonly profile: string; readonly transaction: string; readonly output: OwnObject },
): readonly string[] {
  const nodes = registry.definition(profile, transaction)?.response ?? [];
  return nodes
    .filter(({ node, parent }) => node !== '' && parent === undefined)
    .flatMap(({ node, fields }) =>
      children(output, node).flatMap((row) =>
        fields
          .filter(({ name, required }) => required && isBlank(row[name]))
          .map(({ name }) => `${node}.${name}`),
      ),
    );
}

function isBlank(value: OwnValue | undefined): boolean {
  return !isNode(value) && !Array.isArray(value) && textOf(value) === '';
}

function checkIdentity({ identity }: Of<'identity'>, matter: CheckMatter, answer: Answer): CheckResult {
  const { registry, profile, exchange } = matter;
  const { faults, deviations } = registry.checkIdentities(
    profile,
    exchange.infno,
    'response',
    answer.body,
    '/output',
  );
  const broken = [...faults, ...deviations].find(({ message }) =>
    message.en.startsWith(`Identity ${identity} `),
  );
  const holds = holdsRelation(identity, answer.output);
  if (holds && broken === undefined) return PASS;
  if (!holds && broken !== undefined) return { outcome: 'fail', why: broken.message };
  // Values that are no amounts are left out by one reckoning and count as nothing in the other; `complete` names them.
  const formula = describeRelation(identity)?.formula ?? identity;
  if (!holds) return fail(`金额不满足 ${formula}`, `the amounts do not satisfy ${formula}`);
  return {
    outcome: 'error',
    why: { zh: `两种算法对 ${formula} 的结论不一致`, en: `two reckonings of ${formula} disagree` },
  };
}

function checkSum(expected: Of<'sum'>, matter: CheckMatter): CheckResult {
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

function checkOrder(
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

const KIND_ZH = { number: '数字', text: '字符串', other: '其他类型' } as const;

function kindOf(value: OwnValue | undefined): keyof typeof KIND_ZH {
  if (typeof value === 'string') return 'text';
  const isRaw = typeof value === 'object' && value !== null && 'rawJSON' in value;
  return isRaw || typeof value === 'number' ? 'number' : 'other';
}

/** A place with `*` stands for that member of every row of the list. */
function rowsOf(place: string, { exchanges }: CheckMatter): readonly string[] {
  const [list = '', member] = place.split('.*.');
  if (member === undefined) return [place];
  const rows = exchanges.value(list);
  const count = Array.isArray(rows) ? rows.length : 1;
  return Array.from({ length: count }, (_row, at) => `${list}.${at}.${member}`);
}

function yuan(fen: bigint): string {
  const digits = String(fen < 0n ? -fen : fen).padStart(3, '0');
  return `${fen < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
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

function compareMembers(
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
