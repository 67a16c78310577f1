/** Profiles whose files cannot be read as what they are, and rules that no message could ever fit. */
import { change, PROFILE, set, SI11 } from './profile-edits.ts';
import type { Mistake } from './profile-edits.ts';

/** Adds a rule behind those of the request of SI11, where it is the sixth. */
export const added = (value: object): Pick<Mistake, 'like' | 'make'> => ({
  like: 'shanghai',
  make: (edit) =>
    edit(SI11, (content) => {
      const [step] = content['steps'] as readonly [
        { readonly request: { readonly rules: readonly object[] } },
      ];
      const { request } = step;
      return set(content, ['steps', 0, 'request', 'rules'], [...request.rules, value]);
    }),
});
/** Where it stands. */
export const SIXTH = 'maps/SI11.json#/steps/0/request/rules/5';

/** Files that cannot be read as what they are. */
export const SPOILT_FILES: readonly Mistake[] = [
  {
    title: 'is empty',
    like: 'shanghai',
    make: (edit) => edit(PROFILE, () => ''),
    at: 'profile.json#',
    remedy: /the file is empty; fill it, or remove it/,
  },
  {
    title: 'has no profile.json',
    like: 'chongqing',
    make: (edit) => edit(PROFILE, () => undefined),
    at: 'profile.json#',
    remedy: /no profile\.json; add it/,
  },
  {
    title: 'is no JSON at some place',
    like: 'shanghai',
    make: (edit) =>
      edit(PROFILE, (content) => JSON.stringify(content, null, 2).replace('"version"', 'version')),
    at: 'profile.json#',
    remedy: /at line 3, column 3 stands version.*check commas, quotes and brackets/,
  },
  {
    title: 'is UTF-16',
    like: 'shanghai',
    make: (edit) => edit(PROFILE, (content) => Buffer.from(JSON.stringify(content), 'utf16le')),
    at: 'profile.json#',
    remedy: /not UTF-8 .*save it as UTF-8/,
  },
  {
    title: 'has a map in GBK',
    like: 'shanghai',
    make: (edit) => edit(SI11, () => Buffer.from([0x22, 0xd6, 0xd8, 0xc7, 0xec, 0x22])),
    at: 'maps/SI11.json#',
    remedy: /not UTF-8 .*save it as UTF-8/,
  },
  {
    title: 'has a member twice',
    like: 'shanghai',
    make: (edit) =>
      edit(PROFILE, (content) =>
        JSON.stringify(content).replace('"version"', '"codec":"plain-xml","version"'),
      ),
    at: 'profile.json#/codec',
    remedy: /only the last would count\. Remove one/,
  },
  {
    title: 'extends itself',
    like: 'chongqing',
    make: (edit) => edit(PROFILE, (content) => ({ ...content, extends: content['id'] })),
    at: 'profile.json#/extends',
    remedy: /goes in a circle: .*break it/,
  },
  {
    title: 'extends a profile that there is not',
    like: 'chongqing',
    make: change(PROFILE, ['extends'], 'nowhere'),
    at: 'profile.json#/extends',
    remedy: /no profile nowhere; known: .*Correct the name/,
  },
  {
    title: 'has a misspelt member, a wrong path and broken files besides',
    like: 'chongqing',
    make: (edit) => {
      change(PROFILE, ['overlay'], {
        transactions: {
          '2207': { respnse: {}, request: { data: { relax: ['cert_no'] } } },
          '9998': { request: {} },
        },
      })(edit);
      change(PROFILE, ['clockToleranceMinutes'], -1)(edit);
    },
    at: [
      'profile.json#/overlay/transactions/2207/respnse',
      'profile.json#/overlay/transactions/2207/request/data/relax/cert_no',
      'profile.json#/overlay/transactions/9998',
      'profile.json#/clockToleranceMinutes',
    ],
    remedy: /should it be response\? Correct the name/,
  },
  {
    title: 'misspells members of a definition',
    like: 'shanghai',
    make: (edit) => {
      change('transactions/SI11.json', ['rquest'], [])(edit);
      change('transactions/SI11.json', ['request', 0, 'fields', 0, 'requird'], true)(edit);
    },
    at: ['transactions/SI11.json#/rquest', 'transactions/SI11.json#/request/0/fields/0/requird'],
    remedy: /should it be request\? Correct the name/,
  },
  {
    title: 'has readings of its elements that are no list',
    like: 'shanghai',
    make: change('elements.json', ['elements', 'msgid', 'national'], 'msgid'),
    at: 'elements.json#/elements/msgid/national',
    remedy: /another type than array; correct it/,
  },
  {
    title: 'confirms by a transaction that there is not',
    like: 'zhejiang',
    make: change(PROFILE, ['twoPhase', 'calls', 0, 'transaction'], '9998'),
    at: 'profile.json#/twoPhase/calls/0/transaction 9998',
    remedy: /no definition of this transaction; add its file/,
  },
  {
    title: 'says of a map that it is surely so',
    like: 'shanghai',
    make: (edit) => {
      change(SI11, ['confidence'], 'surely')(edit);
      change(SI11, ['steps', 0, 'request', 'rules', 0, 'confidence'], 'perhaps')(edit);
    },
    at: ['maps/SI11.json#/confidence', 'maps/SI11.json#/steps/0/request/rules/0/confidence'],
    remedy: /surely is not allowed; possible: two sources, one source/,
  },
];

/** Rules that the language knows, and no message could ever fit. */
export const SPOILT_RULES: readonly Mistake[] = [
  {
    title: 'converts by a codec that there is not, into a place that there is not',
    ...added({ from: 'cardtype', to: 'nosuch', as: 'morse' }),
    at: [`${SIXTH} morse`, `${SIXTH} nosuch`],
    remedy: /no known codec, table, function/,
  },
  {
    title: 'changes a value by a function that there is not',
    ...added({ fill: 'careType', from: 'wire:cardtype', fn: 'dance' }),
    at: `${SIXTH} dance`,
    remedy: /no known codec, table, function/,
  },
  {
    title: 'translates by a table that there is not',
    ...added({ fill: 'careType', from: 'wire:cardtype', table: 'nosuch' }),
    at: `${SIXTH} nosuch`,
    remedy: /no known codec, table, function/,
  },
  {
    title: 'reads an element that there is not',
    ...added({ from: 'nosuch', to: 'careType' }),
    at: `${SIXTH} nosuch`,
    remedy: /no such name; correct it/,
  },
  {
    title: 'reads two elements into one place',
    ...added({ from: 'cardtype', to: 'credentialType' }),
    at: `${SIXTH} credentialType`,
    remedy: /which of them counts would be a guess; remove one/,
  },
  {
    title: 'takes a single element for a list',
    ...added({ list: 'cardtype', to: 'careType', rules: [] }),
    at: [`${SIXTH} cardtype`, `${SIXTH} careType`],
    remedy: /no list or node.*use from\/to/,
  },
  {
    title: 'chooses among more amounts than the function knows',
    ...added({ from: 'totalexpense', sum: ['total', 'total', 'total'], as: 'fen', fn: 'fundOfScheme' }),
    at: `${SIXTH} sum`,
    remedy: /chooses among 2, and sum names 3/,
  },
  {
    title: 'has members of other types',
    ...added({ from: 7, to: null, maxLength: 'x', bare: 'no' }),
    at: [`${SIXTH}/from`, `${SIXTH}/to`, `${SIXTH}/maxLength`, `${SIXTH}/bare`],
    remedy: /The member from of a rule is a text/,
  },
  {
    title: 'fills a constant that a closed list lacks',
    like: 'predecessor-xml',
    make: (edit) => {
      edit('maps/0211.json', (content) => set(content, ['steps', 0, 'response', 'rules', 0], SEX));
    },
    at: 'maps/0211.json#/steps/0/response/rules/0/constant 7',
    remedy: /closed, has no such code/,
  },
  {
    title: 'fills an amount with a constant',
    ...added({ fill: 'total', constant: 12.5 }),
    at: `${SIXTH}/constant 12.5`,
    remedy: /or it has another form; correct it/,
  },
  {
    title: 'names beside the rules elements that there are not',
    like: 'shanghai',
    make: (edit) => {
      change(SI11, ['records'], { visit: 'nosuch' })(edit);
      change(SI11, ['steps', 0, 'request', 'required'], ['nosuch'])(edit);
      change(SI11, ['when'], [{ from: 'nosuch' }])(edit);
    },
    at: [
      'maps/SI11.json#/records/visit nosuch',
      'maps/SI11.json#/steps/0/request/required nosuch',
      'maps/SI11.json#/when/0 nosuch',
    ],
    remedy: /no such name; correct it/,
  },
];

const SEX = { fill: 'person.gender', constant: '7' };
