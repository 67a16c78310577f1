/** Which rules the map language has. Anything else is a fault by place: the language is poor, and says so. */
import type { Fault } from '@yiqiao/model';
import { fileFault } from './compile-rules.ts';

/** Member that tells a rule's kind → members it must have, and may have. The first kind that fits counts. */
const KINDS: readonly (readonly [
  kind: string,
  shape: { readonly must: readonly string[]; readonly may: readonly string[] },
])[] = [
  ['list', { must: ['list', 'to', 'rules'], may: ['required', 'records'] }],
  ['node', { must: ['node', 'rules'], may: ['row', 'required'] }],
  ['add', { must: ['add', 'to', 'into', 'as'], may: ['bare'] }],
  ['sum', { must: ['from', 'sum', 'as', 'fn'], may: ['bare'] }],
  ['fill', { must: ['fill'], may: ['from', 'constant', 'as', 'table', 'fn', 'optional'] }],
  ['emit', { must: ['emit'], may: ['from', 'constant', 'as', 'table', 'fn', 'bare'] }],
  ['from', { must: ['from', 'to'], may: ['as', 'table', 'maxLength', 'bare'] }],
];

const REMARKS = ['confidence', 'because'];

/** How well a rule may be said to be attested. */
const CONFIDENCE: readonly unknown[] = ['two sources', 'one source', 'inferred', 'project design'];

/** What a member must be, told in both languages. */
interface Form {
  readonly zh: string;
  readonly en: string;
  fits(value: unknown): boolean;
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

const TEXT: Form = { zh: '非空文本', en: 'a text', fits: isText };
const TEXTS: Form = {
  zh: '文本的列表',
  en: 'a list of texts, not empty',
  fits: (value) => Array.isArray(value) && value.length > 0 && value.every(isText),
};
const FLAG: Form = { zh: 'true 或 false', en: 'true or false', fits: (value) => typeof value === 'boolean' };

/** Members that are no text. */
const FORMS: Readonly<Record<string, Form>> = {
  add: TEXTS,
  sum: TEXTS,
  required: TEXTS,
  bare: FLAG,
  optional: FLAG,
  row: { zh: 'true', en: 'true', fits: (value) => value === true },
  maxLength: {
    zh: '正整数',
    en: 'a whole number above 0',
    fits: (value) => Number.isSafeInteger(value) && Number(value) > 0,
  },
  constant: {
    zh: '文本或数值',
    en: 'a text or a number',
    fits: (value) => typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value)),
  },
  records: {
    zh: '记录种类与要素名',
    en: 'kinds of records with the names of elements',
    fits: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  },
  rules: { zh: '规则的列表', en: 'a list of rules', fits: Array.isArray },
  confidence: {
    zh: CONFIDENCE.join('、'),
    en: `one of ${CONFIDENCE.join(', ')}`,
    fits: (value) => CONFIDENCE.includes(value),
  },
};

/** Finds rules that the language does not have; `at` is the pointer of the list. */
export function shapeFaults(rules: unknown, at: string): Fault[] {
  if (!Array.isArray(rules)) return [noRule(at, 'rules')];
  return rules.flatMap((rule: unknown, index) => {
    const place = `${at}/${index}`;
    if (typeof rule !== 'object' || rule === null) return [noRule(place, String(index))];
    const below =
      'rules' in rule && Array.isArray(rule.rules) ? shapeFaults(rule.rules, `${place}/rules`) : [];
    return [...strangeIn(rule).map((name) => noRule(place, name)), ...oddIn(rule, place), ...below];
  });
}

/** Members that are missing or unknown. */
function strangeIn(rule: object): readonly string[] {
  const kind = KINDS.find(([name]) => Object.hasOwn(rule, name));
  const names = Object.keys(rule);
  if (kind === undefined) return [names[0] ?? 'from'];
  const [, { must, may }] = kind;
  return [
    ...must.filter((name) => !names.includes(name)),
    ...names.filter((name) => ![...must, ...may, ...REMARKS].includes(name)),
  ];
}

/** Members that are not what they must be. */
function oddIn(rule: object, at: string): readonly Fault[] {
  const known = KINDS.flatMap(([, { must, may }]) => [...must, ...may, ...REMARKS]);
  return Object.entries(rule).flatMap(([name, value]: [string, unknown]) => {
    const form = FORMS[name] ?? TEXT;
    if (!known.includes(name) || form.fits(value)) return [];
    return [
      fileFault({
        rule: 'map-rule',
        at: `${at}/${name}`,
        field: name,
        message: {
          zh: `规则的成员 ${name} 应为 ${form.zh}；请改正。`,
          en: `The member ${name} of a rule is ${form.en}; correct it.`,
        },
      }),
    ];
  });
}

function noRule(at: string, field: string): Fault {
  return fileFault({
    rule: 'map-rule',
    at,
    field,
    message: {
      zh: '映射语言没有这样的规则（成员缺失或多余）；请改用已有规则，语言不能表达的须另写具名函数。',
      en: 'The map language has no such rule (a member is missing or unknown); use one it has. What it cannot say becomes a named function.',
    },
  });
}
