/** Rules over each message by itself. */
import { findTime } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import { objections } from '../sound/entrance.ts';
import type { Objection } from '../sound/entrance.ts';
import { characters, children, isNode, leaf, rawMember, textOf } from '../run/own-reading.ts';
import type { OwnObject } from '../run/own-reading.ts';
import { productInFen, sumOf, yuan } from './amounts.ts';
import { textAt } from './record.ts';
import type { ReadRequest, Recorded } from './record.ts';
import type { Misfit } from './types.ts';
import { bad, GOOD, wrong } from './verdict.ts';
import type { RuleNamed, RuleVerdict, SeriesMatter } from './verdict.ts';

type Read = Extract<ReadRequest, { state: 'read' }>;

/** Both can read it, and read the same. */
export function checkReadable({ request }: Recorded): RuleVerdict {
  if (request.state === 'read') return GOOD;
  return { outcome: request.state === 'disagreement' ? 'error' : 'fail', why: request.why };
}

/** The signature over the body is that of the key which the inputs name; looked at by two implementations. */
export function checkSigned({ exchange, request }: Recorded, { verifies }: SeriesMatter): RuleVerdict {
  if (verifies === undefined || request.state !== 'read') return undefined;
  const text = rawMember(exchange.sent.toString('utf8'), 'input') ?? '';
  const { byOwn, byProduct } = verifies(text, request);
  if (byProduct && !byOwn)
    return wrong(
      '两套密码实现对签名的结论不一致',
      'the two implementations of SM2 disagree on the signature',
    );
  if (byProduct) return GOOD;
  return bad('请求的签名验证不通过', 'the signature of the request does not verify');
}

const FAULT_RULES: Readonly<Record<Misfit, readonly string[]>> = {
  required: ['required', 'node-absent'],
  length: ['length'],
  'value-set': ['value-set'],
  format: ['format'],
  amount: ['amount', 'precision', 'number-form', 'type'],
  envelope: [],
};

/** The definition of its transaction; what only the suite's own reckoning finds is an error of the suite. */
export function checkFits(one: Recorded, rule: RuleNamed<'fits'>, matter: SeriesMatter): RuleVerdict {
  const { request, infno } = one;
  if (request.state !== 'read') return undefined;
  const { registry, profile } = matter;
  if (registry.definition(profile, infno) === undefined) return undefined;
  const names = rule.misfits.flatMap((misfit) => FAULT_RULES[misfit]);
  const { faults, deviations } = registry.check(profile, {
    transaction: infno,
    direction: 'request',
    mode: 'strict',
    body: request.product.body,
  });
  const scant = deviations
    .filter((deviation) => deviation.rule === 'scant-length')
    .map(({ at }) => dotted(at));
  const own = ownObjections(registry, one, request).filter(
    ({ rule: name, place }) =>
      rule.misfits.some((misfit) => misfit === name) && !(name === 'length' && scant.includes(place)),
  );
  const found = faults.filter((fault) => names.includes(fault.rule));
  const [objection] = own;
  if (objection?.rule === 'envelope')
    return bad(`报文头缺少 ${objection.place}`, `the envelope lacks ${objection.place}`);
  const [first] = found;
  if (first !== undefined) return bad(`${first.at}：${first.message.zh}`, `${first.at}: ${first.message.en}`);
  if (objection === undefined) return GOOD;
  return wrong(
    `校验器未发现 ${objection.place}（${objection.rule}）`,
    `the validator missed ${objection.place} (${objection.rule})`,
  );
}

/** `/input/data/0/med_list_codg` → `data.med_list_codg`, as the suite's own reckoning names places. */
function dotted(at: string): string {
  return at
    .replace(/^\/input\//, '')
    .replaceAll(/\/\d+(?=\/)/g, '')
    .replaceAll('/', '.');
}

function ownObjections(registry: Registry, { infno, msgid }: Recorded, { own }: Read): readonly Objection[] {
  const input = own['input'];
  return objections(registry, {
    infno,
    msgid,
    envelope: own,
    input: isNode(input) ? input : {},
    now: 0,
    answerNumber: '',
  });
}

/** The text at a place is as a pattern has it. */
export function checkMatches(one: Recorded, { place, pattern }: RuleNamed<'matches'>): RuleVerdict {
  if (one.request.state !== 'read') return undefined;
  const filled = pattern.replaceAll(/\{([a-z:][\w.:]*)\}/gi, (_all, from: string) =>
    textAt(one, from).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  const found = textAt(one, place);
  if (new RegExp(filled, 'u').test(found)) return GOOD;
  const shown = found === '' ? '空 empty' : `${characters(found)} 字符 characters`;
  return bad(`${place}（${shown}）不符合 ${pattern}`, `${place} (${shown}) does not match ${pattern}`);
}

/** A time is near that of arrival. */
export function checkNear(one: Recorded, { place, seconds }: RuleNamed<'near'>): RuleVerdict {
  const [told, came] = [findTime(textAt(one, place)), findTime(one.exchange.at)];
  if (came === undefined || one.request.state !== 'read') return undefined;
  const off = told === undefined ? Number.NaN : Math.round((told - came) / 1000);
  if (Math.abs(off) <= seconds) return GOOD;
  return bad(
    `${place} 与收到的时刻相差 ${off} 秒`,
    `${place} is ${off} s away from the moment at which the message came`,
  );
}

/** An amount is the sum of its parts. */
export function checkParts(one: Recorded, { total, plus }: RuleNamed<'parts'>): RuleVerdict {
  const parts = plus.map((place) => textAt(one, place)).filter((text) => text !== '');
  return compareSum(one, { total, parts, formula: `${total} = ${plus.join(' + ')}` });
}

/** An amount is the sum of rows of the same message. */
export function checkRowSum(one: Recorded, { total, list, member }: RuleNamed<'row-sum'>): RuleVerdict {
  if (one.request.state !== 'read') return undefined;
  const parts = children(inputOf(one.request), list).map((row) => leaf(row, member));
  return compareSum(one, { total, parts, formula: `${total} = Σ ${list}.${member}` });
}

function compareSum(
  one: Recorded,
  {
    total,
    parts,
    formula,
  }: { readonly total: string; readonly parts: readonly string[]; readonly formula: string },
): RuleVerdict {
  if (parts.length === 0) return undefined;
  const [sum, whole] = [sumOf(parts), sumOf([textAt(one, total)])];
  if (sum === undefined || whole === undefined)
    return bad(`${total} 或其分项不是金额`, `${total} or a part of it is no amount`);
  if (sum === whole) return GOOD;
  return bad(
    `${formula} 不成立，相差 ${yuan(whole - sum)} 元`,
    `${formula} does not hold, it is off by ${yuan(whole - sum)} CNY`,
  );
}

/** Each row: amount = price × quantity. */
export function checkLineAmounts(
  { request }: Recorded,
  { list, amount, factors }: RuleNamed<'line-amount'>,
): RuleVerdict {
  if (request.state !== 'read') return undefined;
  const [one, other] = factors;
  const rows = children(inputOf(request), list);
  if (rows.length === 0) return undefined;
  const off = rows.findIndex((row) => {
    const product = productInFen(leaf(row, one), leaf(row, other));
    return product === undefined || product !== sumOf([leaf(row, amount)]);
  });
  if (off < 0) return GOOD;
  return bad(
    `${list} 第 ${off + 1} 行：${amount} ≠ ${one} × ${other}`,
    `${list}, row ${off + 1}: ${amount} is not ${one} × ${other}`,
  );
}

/** Body of a request that was read. */
export function inputOf({ own }: Read): OwnObject {
  const input = own['input'];
  return isNode(input) ? input : {};
}

/** The text of a member of a row. */
export function memberOfRow(row: OwnObject, member: string): string {
  return textOf(row[member]);
}
