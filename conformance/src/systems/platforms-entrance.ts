/** What a sound platform refuses before it does anything: reckoned from the definitions, without the product's validators. */
import type { PlatformAnswer, PlatformHandler, PlatformRequest } from '@yiqiao/sandbox';
import type { PlatformField, PlatformOperation } from '../kits/platform-definitions.ts';
import { characters, children, findFen, leaf } from '../run/own-reading.ts';
import type { OwnObject } from '../run/own-reading.ts';
import { isDay } from '../sound/entrance.ts';

/** A reason to refuse. */
export interface PlatformObjection {
  readonly rule: 'required' | 'length' | 'code' | 'form' | 'amount' | 'sum' | 'sign';
  readonly operation: string;
  /** Where the wrong value stands, `chargeDetail.0.unit`; of a sum, what is to be put right. */
  readonly path: string;
}

/** What a platform is held against. */
export interface PlatformRules {
  readonly operations: Readonly<Record<string, PlatformOperation>>;
  /** What definitions of single fields do not say. */
  readonly further: (request: PlatformRequest) => readonly PlatformObjection[];
  /** Number of the refusal, where the platform numbers them. */
  readonly code?: string;
}

/** Puts the check before a handler; `overlooks` says what a faulty platform lets pass. */
export function withPlatformEntrance(
  rules: PlatformRules,
  overlooks: (objection: PlatformObjection) => boolean = () => false,
): (handler: PlatformHandler) => PlatformHandler {
  return (handler) => (request) => {
    const found = platformObjections(rules, request).filter((one) => !overlooks(one));
    return found.length === 0 ? handler(request) : refusalOf(found, rules);
  };
}

function refusalOf(found: readonly PlatformObjection[], { code }: PlatformRules): PlatformAnswer {
  const text = `报文不符合接口规范：${found.map(({ rule, path }) => `${path}(${rule})`).join('、')}`;
  return { refusal: text.slice(0, 200), ...(code !== undefined && { code }) };
}

/** Everything in a request that the definitions do not allow. */
export function platformObjections(
  { operations, further }: Pick<PlatformRules, 'operations' | 'further'>,
  request: PlatformRequest,
): readonly PlatformObjection[] {
  const { operation, body } = request;
  const fields = operations[operation]?.request ?? [];
  const single = fields.flatMap((field) =>
    rowsOf(body, field).flatMap(({ row, at }) => {
      const rule = findBroken(field, row);
      return rule === undefined ? [] : [{ rule, operation, path: `${at}${field.name}` }];
    }),
  );
  return [...single, ...further(request)];
}

function rowsOf(
  body: OwnObject,
  { node }: PlatformField,
): readonly { readonly row: OwnObject; readonly at: string }[] {
  if (node === '') return [{ row: body, at: '' }];
  const isList = Array.isArray(body[node]);
  return children(body, node).map((row, index) => ({ row, at: isList ? `${node}.${index}.` : `${node}.` }));
}

function findBroken(field: PlatformField, row: OwnObject): PlatformObjection['rule'] | undefined {
  const { name, kind, length, codes, form, required } = field;
  if (kind === 'list') return required && children(row, name).length === 0 ? 'required' : undefined;
  const text = leaf(row, name);
  if (text === '') return required ? 'required' : undefined;
  if (codes !== undefined) return codes.has(text) ? undefined : 'code';
  if (form !== undefined) return isTime(text, form) ? undefined : 'form';
  if (length !== undefined && characters(text) > length) return 'length';
  return kind === 'amount' && findFen(text) === undefined ? 'amount' : undefined;
}

const FORMS = {
  date: /^(\d{4})-(\d\d)-(\d\d)$/,
  datetime: /^(\d{4})-(\d\d)-(\d\d) [0-2]\d:[0-5]\d:[0-5]\d$/,
  compact: /^(\d{4})(\d\d)(\d\d)[0-2]\d[0-5]\d[0-5]\d\d{3}$/,
} as const;

function isTime(text: string, form: keyof typeof FORMS): boolean {
  const found = FORMS[form].exec(text) ?? (form === 'datetime' ? FORMS.date.exec(text) : null);
  if (found === null) return false;
  return isDay(found.slice(1, 4).join('-'));
}

const SOURCES = ['fundPay', 'otherfundPay', 'accountPay', 'selfCashPay'];

/** Sums of a bill. Source: schemas/peripheral/e-invoice/rules.json, amounts. What is no amount was objected to before. */
export function billObjections({ operation, body }: PlatformRequest): readonly PlatformObjection[] {
  if (!operation.startsWith('inv') || body['totalAmt'] === undefined) return [];
  const of = (...names: readonly string[]): bigint | undefined => sumOf(body, names);
  const rows = (node: string, name: string): bigint | undefined =>
    body[node] === undefined ? undefined : total(children(body, node).map((row) => leaf(row, name)));
  const sums: readonly (readonly [path: string, found: bigint | undefined, wanted: bigint | undefined])[] = [
    ['chargeDetail', rows('chargeDetail', 'amt'), of('totalAmt')],
    ['listDetail', rows('listDetail', 'amt'), of('totalAmt')],
    ['selfCashPay', of(...SOURCES), of('totalAmt')],
    ['reimbursementAmt', of('reimbursementAmt'), of('fundPay', 'otherfundPay')],
    ['payChannelDetail', rows('payChannelDetail', 'payChannelValue'), of('selfCashPay')],
  ];
  const broken = sums.filter(
    ([, found, wanted]) => found !== undefined && wanted !== undefined && found !== wanted,
  );
  const isNegative = (of('totalAmt') ?? 0n) < 0n;
  return [
    ...broken.map(([path]) => ({ rule: 'sum' as const, operation, path })),
    ...(isNegative ? [{ rule: 'sign' as const, operation, path: 'totalAmt' }] : []),
  ];
}

/** Sums of an order. Source: schemas/peripheral/mobile-payment/orders.json, amountRule. */
export function orderObjections({ operation, body }: PlatformRequest): readonly PlatformObjection[] {
  const of = (...names: readonly string[]): bigint | undefined => sumOf(body, names);
  if (operation === '6201' && (of('medfeeSumamt') ?? 0n) < 0n)
    return [{ rule: 'sign', operation, path: 'medfeeSumamt' }];
  if (operation !== '6204') return [];
  const [found, wanted] = [of('feeSumamt'), of('fundPay', 'psnAcctPay', 'ownPayAmt')];
  const isBroken = found !== undefined && wanted !== undefined && found !== wanted;
  return isBroken ? [{ rule: 'sum', operation, path: 'feeSumamt' }] : [];
}

/** The sum of some members in 分; `undefined` when one is no amount. */
function sumOf(body: OwnObject, names: readonly string[]): bigint | undefined {
  return total(names.map((name) => leaf(body, name)));
}

/** The sum of amounts in 分; `undefined` when one is none. */
function total(texts: readonly string[]): bigint | undefined {
  const amounts = texts.map((text) => findFen(text));
  if (amounts.includes(undefined)) return undefined;
  return amounts.reduce<bigint>((sum, amount) => sum + (amount ?? 0n), 0n);
}
