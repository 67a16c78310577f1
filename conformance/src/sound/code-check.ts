/**
 * What a sound system refuses of codes: reckoned from the national standards without the product's validators.
 * Source: schemas/national/code-standards.json.
 */
import type { Registry } from '@yiqiao/registry';
import type { CoreRequest, TransactionHandler } from '@yiqiao/sandbox';
import { children, leaf } from '../run/own-reading.ts';
import { isDay } from './entrance.ts';

/** How a faulty system differs. */
export interface CodeFault {
  /** A way in which codes may be broken: a name of `TOLERANCES`. */
  readonly tolerates?: string;
  /** A standard whose good codes it refuses. */
  readonly refuses?: string;
}

/** Own reading of the standards: each form from its beginning to its end. */
const FORMS: Readonly<Record<string, RegExp>> = {
  institution: /^H\d{11}$/,
  pharmacy: /^P\d{11}$/,
  doctor: /^D\d{12}$/,
  nurse: /^N\d{12}$/,
  drug: /^(?:X[A-Z\d]{13}\d{9}|Z[A-Z\d]{10}\d{9}|Z[A-Z\d]{13}\d{9})$/,
  herb: /^T(?:\d{9}|\d{4}[A-Z\d]{15})$/,
  'self-prepared': /^J[A-Z\d]{15}$/,
  consumable: /^C(?:\d{19}|\d{26})$/,
  'service-item': /^\d{15}(?:-\S{1,20})?$/,
  disease: /^[A-Z]\d\d\.[\dx]\d\d(?:x\d{3}|\+[A-Z]\d\d\.[\dx]\d{0,2}\*)?$/,
  procedure: /^\d\d\.\d{4}(?:x\d{3})?$/,
  'chronic-disease': /^M\d{5}$/,
  'tcm-disease': /^(?:A\d\d(?:\.\d\d){1,3}\.?|B[A-Z]{2}\d{3})$/,
  'tcm-syndrome': /^(?:B\d\d(?:\.\d\d){1,3}\.?|Z[A-Z\d]{3,5})$/,
  region: /^\d{6}$/,
  'citizen-id': /^\d{17}[\dX]$/,
  'message-id': /^[A-Z]\d{11}\d{14}\d{4}$/,
};

/** Standards whose codes have a region in digits two to seven, or one to six. */
const WITH_REGION = new Set(['institution', 'pharmacy', 'doctor', 'nurse', 'region']);

interface Place {
  readonly of: readonly string[];
  readonly node: string;
  readonly member: string;
  readonly as: readonly string[];
  readonly when?: readonly [member: string, value: string];
}

const ITEMS = ['drug', 'herb', 'self-prepared', 'consumable', 'service-item'];

/** Where codes stand; of the transactions that the kit sends. */
const PLACES: readonly Place[] = [
  { of: ['2201'], node: 'data', member: 'atddr_no', as: ['doctor'] },
  { of: ['2201'], node: 'data', member: 'certno', as: ['citizen-id'], when: ['psn_cert_type', '01'] },
  {
    of: ['2201'],
    node: 'data',
    member: 'mdtrt_cert_no',
    as: ['citizen-id'],
    when: ['mdtrt_cert_type', '02'],
  },
  { of: ['2204'], node: 'feedetail', member: 'med_list_codg', as: ITEMS },
  { of: ['2203'], node: 'mdtrtinfo', member: 'dise_codg', as: ['chronic-disease'], when: ['med_type', '14'] },
  ...['2203', '4101'].flatMap((infno): readonly Place[] => [
    { of: [infno], node: 'diseinfo', member: 'diag_code', as: ['disease'], when: ['diag_type', '1'] },
    { of: [infno], node: 'diseinfo', member: 'diag_code', as: ['tcm-disease'], when: ['diag_type', '2'] },
    { of: [infno], node: 'diseinfo', member: 'diag_code', as: ['tcm-syndrome'], when: ['diag_type', '3'] },
  ]),
  { of: ['2401'], node: 'mdtrtinfo', member: 'oprn_oprt_code', as: ['procedure'] },
  { of: ['4101'], node: 'setlinfo', member: 'resp_nurs_code', as: ['nurse'] },
];

interface Found {
  readonly place: string;
  readonly code: string;
  readonly as: readonly string[];
}

/** Puts the check of codes before a handler. */
export function withCodeCheck(
  registry: Registry,
  fault: CodeFault = {},
): (handler: TransactionHandler) => TransactionHandler {
  const provinces = new Set(
    [...(registry.valueSet('admdvs')?.codes.keys() ?? [])].map((code) => code.slice(0, 2)),
  );
  return (handler) => (request) => {
    const wrong = codesIn(request).find((found) => !isRight(found, { provinces, fault }));
    return wrong === undefined ? handler(request) : { refusal: `编码不符合标准：${wrong.place}` };
  };
}

function codesIn({ infno, msgid, envelope, input }: CoreRequest): readonly Found[] {
  const institution = leaf(envelope, 'fixmedins_code');
  const head = ['insuplc_admdvs', 'mdtrtarea_admvs'].map((place) => ({
    place,
    code: leaf(envelope, place),
    as: ['region'],
  }));
  const inBody = PLACES.filter(({ of }) => of.includes(infno)).flatMap(({ node, member, as, when }) =>
    children(input, node)
      .filter((row) => when === undefined || leaf(row, when[0]) === when[1])
      .map((row) => ({ place: `${node}.${member}`, code: leaf(row, member), as })),
  );
  const owner = ['2101', '2102'].includes(infno) ? ['institution', 'pharmacy'] : ['institution'];
  const sender = { place: 'msgid', code: `${msgid} ${institution}`, as: ['message-id'] };
  return [sender, { place: 'fixmedins_code', code: institution, as: owner }, ...head, ...inBody].filter(
    ({ code }) => code !== '',
  );
}

interface Bench {
  readonly provinces: ReadonlySet<string>;
  readonly fault: CodeFault;
}

function isRight({ code, as }: Found, { provinces, fault }: Bench): boolean {
  const { tolerates = '', refuses } = fault;
  return as.some((standard) => {
    const fits = (text: string): boolean => isOf(standard, text, { provinces, tolerates });
    if (standard === refuses && fits(code)) return false;
    const tolerance = TOLERANCES[tolerates];
    return fits(code) || tolerance?.(code).some((text) => fits(text)) === true;
  });
}

interface Strictness {
  readonly provinces: ReadonlySet<string>;
  readonly tolerates: string;
}

function isOf(standard: string, code: string, strictness: Strictness): boolean {
  const { provinces, tolerates } = strictness;
  if (standard === 'message-id') return isMessageId(code, strictness);
  if (FORMS[standard]?.test(code) !== true) return false;
  if (WITH_REGION.has(standard) && tolerates !== 'region') return provinces.has(/\d\d/.exec(code)?.[0] ?? '');
  return standard !== 'citizen-id' || isCitizenId(code, tolerates);
}

/** Message id and institution, a blank between them; the institution's part counts where its own code is right. */
function isMessageId(code: string, { provinces, tolerates }: Strictness): boolean {
  const [msgid = '', institution = ''] = code.split(' ');
  if (FORMS['message-id']?.test(msgid) !== true) return false;
  const [, y, mo, d, h, mi, s] = /^.{12}(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(msgid) ?? [];
  const day = isDay(`${y}-${mo}-${d}`) && Number(h) < 24 && Number(mi) < 60 && Number(s) < 60;
  const known = ['institution', 'pharmacy'].some((name) =>
    isOf(name, institution, { provinces, tolerates: '' }),
  );
  const own = !known || msgid.startsWith(institution) || tolerates === 'institution';
  return own && (day || tolerates === 'date');
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** ISO 7064 MOD 11-2: the weighted sum with the check character as 10 for X leaves one. */
function isCitizenId(code: string, tolerates: string): boolean {
  const values = Array.from(code, (one) => (one === 'X' ? 10 : Number(one)));
  const sum = [...WEIGHTS, 1].reduce((total, weight, at) => total + weight * (values[at] ?? 0), 0);
  const day = isDay(`${code.slice(6, 10)}-${code.slice(10, 12)}-${code.slice(12, 14)}`);
  return (sum % 11 === 1 || tolerates === 'check') && (day || tolerates === 'date');
}

const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'X'];

const LETTERS = ['H', 'P', 'D', 'N', 'X', 'C', 'M'];

/** What a tolerant system makes of a code before it looks at it. */
const TOLERANCES: Readonly<Record<string, (code: string) => readonly string[]>> = {
  lower: (code) => [code.toUpperCase(), code.toUpperCase().replace('.X', '.x')],
  short: (code) => {
    const [first = '', ...rest] = code.split(' ');
    return DIGITS.map((digit) => [`${first}${digit}`, ...rest].join(' '));
  },
  long: (code) => {
    const [first = '', ...rest] = code.split(' ');
    return [[first.slice(0, -1), ...rest].join(' ')];
  },
  letter: (code) => (code.startsWith('Q') ? LETTERS.map((letter) => `${letter}${code.slice(1)}`) : []),
  blank: (code) => [code.replaceAll(' ', '')],
  wide: (code) => [code.normalize('NFKC')],
  dot: (code) => [2, 3].map((at) => `${code.slice(0, at)}.${code.slice(at)}`),
  oh: (code) => [code.replaceAll('O', '0')],
};
