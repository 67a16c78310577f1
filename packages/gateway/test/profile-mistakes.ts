/** Mistakes of profiles, each made in a copy of a built-in one, with the place and the remedy that must be told. */
import { change, PROFILE, SI11 } from './profile-edits.ts';
import type { Content, Edit, Mistake } from './profile-edits.ts';
import { added, SIXTH, SPOILT_FILES, SPOILT_RULES } from './profile-spoilt.ts';

const fill = (name: string, value: string): Pick<Mistake, 'like' | 'make' | 'at'> => ({
  like: 'chongqing',
  make: change(PROFILE, ['fills', '2207', 0, name], value),
  at: `profile.json#/fills/2207/0/${name}`,
});

const table = (name: string, value: unknown): Pick<Mistake, 'like' | 'make'> => ({
  like: 'zhejiang',
  make: change(PROFILE, ['maps', 'tables', 'accountUsed', name], value),
});

const PAIRS = [
  { wire: '0', model: '0' },
  { wire: '1', model: '1' },
];
const rule = (value: object): ((edit: Edit) => void) =>
  change(SI11, ['steps', 0, 'request', 'rules', 0], value);
const lost = (value: object): Pick<Mistake, 'like' | 'make'> => ({
  like: 'shanghai',
  make: change(SI11, ['steps', 0, 'response', 'lost'], [value]),
});
const overlay = (value: object): ((edit: Edit) => void) =>
  change(PROFILE, ['overlay'], { transactions: { '2207': { request: { data: value } } } });
const FIELD = { name: 'local_flag', label: { zh: '本地标志' }, type: 'string', required: false };

export const MISTAKES: readonly Mistake[] = [
  {
    title: 'names a codec that there is not',
    like: 'shanghai',
    make: change(PROFILE, ['codec'], 'morse'),
    at: 'profile.json#/codec',
    remedy: /no codec morse; known: .*framed-json.* Correct the name/,
  },
  {
    title: 'names such a codec and extends the national form',
    like: 'chongqing',
    make: change(PROFILE, ['codec'], 'morse'),
    at: ['profile.json#/codec', 'profile.json#/dialect'],
    remedy: /no codec morse/,
  },
  {
    title: 'names such a codec and lacks its envelope',
    like: 'shanghai',
    make: (edit) => {
      change(PROFILE, ['codec'], 'morse')(edit);
      edit('envelope.json', () => undefined);
    },
    at: ['profile.json#/codec', 'envelope.json#'],
    remedy: /no codec morse/,
  },
  {
    title: 'names a charset that there is not',
    like: 'shanghai',
    make: change(PROFILE, ['envelope', 'charset'], 'BIG5'),
    at: 'profile.json#/envelope/charset',
    remedy: /one of GBK, GB18030, UTF-8/,
  },
  {
    title: 'does not say how an answer tells success',
    like: 'shanghai',
    make: change(PROFILE, ['envelope', 'answer'], undefined),
    at: 'profile.json#/envelope/answer',
    remedy: /unknownParts\.answer/,
  },
  {
    title: 'takes the code of an answer from a member that there is not',
    like: 'shanghai',
    make: change(PROFILE, ['envelope', 'answer', 'code'], 'nosuch'),
    at: 'profile.json#/envelope/answer/code',
    remedy: /no nosuch .*xxfhm.*beside:NAME/,
  },
  {
    title: 'tells success in a word that there is not',
    like: 'shanghai',
    make: change(PROFILE, ['envelope', 'answer', 'success'], { equalz: 'P001' }),
    at: 'profile.json#/envelope/answer/success/equalz',
    remedy: /possible: .*equals/,
  },
  {
    title: 'misspells a setting',
    like: 'zhejiang',
    make: (edit) => {
      change(PROFILE, ['envelope', 'fieldSeparator'], undefined)(edit);
      change(PROFILE, ['envelope', 'feildSeparator'], '~')(edit);
    },
    at: ['profile.json#/envelope/feildSeparator', 'profile.json#/envelope/fieldSeparator'],
    remedy: /possible: .*fieldSeparator/,
  },
  {
    title: 'misspells a setting that may be left out',
    like: 'guizhou-guiyang',
    make: change(PROFILE, ['envelope', 'atributeBlankMayLack'], true),
    at: 'profile.json#/envelope/atributeBlankMayLack',
    remedy: /possible: .*attributeBlankMayLack/,
  },
  {
    title: 'gives a record a length that its fields do not make',
    like: 'zhejiang',
    make: change(PROFILE, ['envelope', 'records', 'IC信息', 'totalLength'], 100),
    at: 'profile.json#/envelope/records/IC信息/totalLength',
    remedy: /the fields make 276 bytes/,
  },
  {
    title: 'has a map for a form of its own and names the national one',
    like: 'shanghai',
    make: change(PROFILE, ['dialect'], undefined),
    at: 'profile.json#/dialect',
    remedy: /dialect says whose names they have/,
  },
  {
    title: 'maps a code to one that a closed list lacks',
    like: 'predecessor-xml',
    make: (edit) => {
      change(PROFILE, ['maps', 'tables', 'sex'], {
        pairs: [
          { wire: '1', model: '1' },
          { wire: '2', model: '7' },
        ],
        otherwise: 'same',
        because: 'made up',
      })(edit);
      edit(
        'maps/0211.json',
        (content) =>
          JSON.parse(
            JSON.stringify(content).replace('"to":"person.gender"', '"to":"person.gender","table":"sex"'),
          ) as Content,
      );
    },
    at: 'profile.json#/maps/tables/sex/pairs 7',
    remedy: /closed, has no such code; correct it/,
  },
  {
    title: 'has one wire code twice',
    ...table('pairs', [...PAIRS, { wire: '1', model: '2' }]),
    at: 'profile.json#/maps/tables/accountUsed/pairs/2 1',
    remedy: /says so in `because`/,
  },
  {
    title: 'has a word for other codes that there is not',
    ...table('otherwise', 'guess'),
    at: 'profile.json#/maps/tables/accountUsed/otherwise',
    remedy: /possible: same, none/,
  },
  {
    title: 'declares a gap for a code that the form does not have',
    ...table('gaps', [
      { model: ['2'], because: 'a relative' },
      { wire: ['8'], because: 'made up' },
    ]),
    at: 'profile.json#/maps/tables/accountUsed/gaps/1 8',
    remedy: /`codes` of this table does not list this code/,
  },
  { title: 'fills a member that there is not', ...fill('to', 'nosuch'), remedy: /no nosuch in the model/ },
  {
    title: 'fills from a record that there is not',
    ...fill('record', 'nosuch'),
    remedy: /person, visit, settlement/,
  },
  { title: 'fills by a key that there is not', ...fill('key', 'nosuch'), remedy: /no nosuch in the model/ },
  {
    title: 'fills from a path that no record has',
    ...fill('from', 'response.person.nosuch'),
    remedy: /No record of a person has response\.person\.nosuch/,
  },
  {
    title: 'fills a transaction that there is not',
    like: 'chongqing',
    make: (edit) =>
      edit(PROFILE, (content) => ({
        ...content,
        fills: { '2299': (content['fills'] as Content)['2207'] },
      })),
    at: 'profile.json#/fills/2299',
    remedy: /No canonical operation has the national number 2299/,
  },
  {
    title: 'reads into a member of the header that there is not',
    like: 'shanghai',
    make: rule({ from: 'cardtype', to: 'header:nosuch' }),
    at: 'maps/SI11.json#/steps/0/request/rules/0 header:nosuch',
    remedy: /header member of the map language; correct it/,
  },
  {
    title: 'fills from a member of the header that there is not',
    like: 'shanghai',
    make: rule({ fill: 'credentialType', from: 'header:nosuch' }),
    at: 'maps/SI11.json#/steps/0/request/rules/0 header:nosuch',
    remedy: /header member of the map language; correct it/,
  },
  {
    title: 'fills from a path of a record that no record has',
    like: 'shanghai',
    make: rule({ fill: 'credentialType', from: 'record:visit.request.nosuch' }),
    at: 'maps/SI11.json#/steps/0/request/rules/0 record:visit.request.nosuch',
    remedy: /could never get a value; correct the path/,
  },
  {
    title: 'fills from a path that the request lacks',
    like: 'shanghai',
    make: change(SI11, ['steps', 0, 'response', 'rules', 0], { fill: 'careType', from: 'request:nosuch' }),
    at: 'maps/SI11.json#/steps/0/response/rules/0 request:nosuch',
    remedy: /could never get a value; correct the path/,
  },
  {
    title: 'has a header rule for a member that there is not',
    like: 'predecessor-xml',
    make: change(PROFILE, ['maps', 'header', 0], { from: 'x', to: 'header:nosuch' }),
    at: 'profile.json#/maps/header/0 header:nosuch',
    remedy: /header member of the map language; correct it/,
  },
  {
    title: 'gives a field a type that there is not',
    like: 'shanghai',
    make: change('transactions/SI11.json', ['request', 0, 'fields', 0, 'type'], 'money'),
    at: 'transactions/SI11.json#/request/0/fields/0/type',
    remedy: /money is not allowed; possible: string, number/,
  },
  {
    title: 'adds a field with a code list that there is not',
    like: 'chongqing',
    make: overlay({ add: [{ ...FIELD, valueSet: 'no_such_set' }] }),
    at: 'profile.json#/overlay/transactions/2207/request/data/add/0/valueSet',
    remedy: /no code list no_such_set .*correct the name/,
  },
  {
    title: 'gives a field a length that is none',
    like: 'chongqing',
    make: overlay({ measure: { chrg_bchno: 'abc' } }),
    at: 'profile.json#/overlay/transactions/2207/request/data/measure/chrg_bchno',
    remedy: /length abc cannot be used/,
  },
  {
    title: 'adds a field that is there already',
    like: 'chongqing',
    make: overlay({ add: [{ ...FIELD, name: 'psn_no' }] }),
    at: 'profile.json#/overlay/transactions/2207/request/data/add/0',
    remedy: /relax, measure or rename/,
  },
  {
    title: 'has variants that name one another',
    like: 'chongqing',
    make: change(PROFILE, ['overlay'], {
      transactions: { '2207X': { like: '2207Y' }, '2207Y': { like: '2207X' } },
    }),
    at: ['profile.json#/overlay/transactions/2207Y/like', 'profile.json#/overlay/transactions/2207X/like'],
    remedy: /like names the transaction 2207X, which the baseline does not have/,
  },
  {
    title: 'has a map under the number of another transaction',
    like: 'shanghai',
    make: change(SI11, ['transaction'], 'SI99'),
    at: 'maps/SI11.json#/transaction',
    remedy: /is named SI11 and holds transaction SI99/,
  },
  {
    title: 'declares a loss without reason',
    ...lost({ model: ['extension'] }),
    at: 'maps/SI11.json#/steps/0/response/lost/0/because',
    remedy: /missing; add it/,
  },
  {
    title: 'loses a number of the other side',
    ...lost({ wire: ['jssqxh'], because: 'made up' }),
    at: 'maps/SI11.json#/steps/0/response/lost/0 jssqxh',
    remedy: /identifiers and dates may not be lost/,
  },
  {
    title: 'loses a card number of the other side',
    ...lost({ wire: ['cardid'], because: 'made up' }),
    at: 'maps/SI11.json#/steps/0/response/lost/0 cardid',
    remedy: /identifiers and dates may not be lost/,
  },
  {
    title: 'maps to an operation that there is not',
    like: 'shanghai',
    make: change(SI11, ['steps', 0, 'operation'], 'danceOutpatient'),
    at: 'maps/SI11.json#/steps/0/operation',
    remedy: /no canonical operation danceOutpatient; .*Correct it/,
  },
  {
    title: 'names a wrong path of the model',
    like: 'shanghai',
    make: rule({ from: 'cardtype', to: 'nosuch' }),
    at: 'maps/SI11.json#/steps/0/request/rules/0 nosuch',
    remedy: /no such name; correct it/,
  },
  {
    title: 'has a rule that the map language lacks',
    like: 'shanghai',
    make: rule({ from: 'cardtype', into: 'credentialType' }),
    at: 'maps/SI11.json#/steps/0/request/rules/0 to',
    remedy: /no such rule/,
  },
  {
    title: 'has a map that is no JSON',
    like: 'shanghai',
    make: (edit) => edit(SI11, () => '{ "transaction": '),
    at: 'maps/SI11.json#',
    remedy: /Not well-formed JSON/,
  },
  {
    title: 'has neither map nor reason for a transaction',
    like: 'shanghai',
    make: change(PROFILE, ['maps', 'notMapped', 'SI12'], undefined),
    at: 'profile.json#/maps/notMapped/SI12',
    remedy: /write maps\/SI12\.json .*or give the reason/,
  },
  {
    title: 'has a place that is to be filled in',
    like: 'chongqing',
    make: change(PROFILE, ['source'], '待填 to fill in: where'),
    at: 'profile.json#/source',
    remedy: /Fill it in/,
  },
  ...SPOILT_FILES,
  ...SPOILT_RULES,
];

/** Those that start no gateway are the same; a few are started for. */
export const SLIPS = [
  'fills from a path that no record has',
  'misspells a setting',
  'maps to an operation that there is not',
  'is UTF-16',
  'has no profile.json',
];

/** What may be the region's own, and is only remarked on. */
export const REMARKS: readonly Mistake[] = [
  {
    title: 'maps a code to one that an open list lacks',
    like: 'zhejiang',
    make: (edit) => {
      change(
        PROFILE,
        ['maps', 'tables', 'accountUsed', 'pairs'],
        [PAIRS[0], { wire: '1', model: '9' }],
      )(edit);
      change(
        PROFILE,
        ['maps', 'tables', 'accountUsed', 'gaps'],
        [{ model: ['1', '2'], because: 'made up' }],
      )(edit);
    },
    at: 'profile.json#/maps/tables/accountUsed/pairs 9',
    remedy: /list it under `own` of the table/,
  },
  {
    title: 'adds a node with nearly the name of another',
    like: 'chongqing',
    make: (edit) =>
      change(PROFILE, ['overlay', 'transactions', '2207', 'request'], { dta: { add: [FIELD] } })(edit),
    at: 'profile.json#/overlay/transactions/2207/request/dta',
    remedy: /added as a new one; should it be data\?/,
  },
  {
    title: 'fills a constant that an open list lacks',
    ...added({ fill: 'careType', constant: '9998' }),
    at: `${SIXTH}/constant 9998`,
    remedy: /look whether the constant is right/,
  },
];
