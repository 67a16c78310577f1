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

/** Finds rules that the language does not have; `at` is the pointer of the list. */
export function shapeFaults(rules: unknown, at: string): Fault[] {
  if (!Array.isArray(rules)) return [faultAt(at, 'rules')];
  return rules.flatMap((rule: unknown, index) => {
    const place = `${at}/${index}`;
    if (typeof rule !== 'object' || rule === null) return [faultAt(place, String(index))];
    const strange = strangeIn(rule);
    if (strange !== undefined) return [faultAt(place, strange)];
    return 'rules' in rule ? shapeFaults(rule.rules, `${place}/rules`) : [];
  });
}

/** The member that is missing or unknown. */
function strangeIn(rule: object): string | undefined {
  const kind = KINDS.find(([name]) => Object.hasOwn(rule, name));
  if (kind === undefined) return Object.keys(rule)[0] ?? 'from';
  const [, { must, may }] = kind;
  const names = Object.keys(rule);
  return (
    must.find((name) => !names.includes(name)) ??
    names.find((name) => ![...must, ...may, ...REMARKS].includes(name))
  );
}

function faultAt(at: string, field: string): Fault {
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
