/** What a new profile begins with: files that open, and leave to fill in what only its author knows. */

import { TO_FILL_IN } from '@yiqiao/insurance-platform';

/** How the messages of a region look: the national form with differences, or names and bytes of its own. */
export type Likeness = 'national' | 'delimited' | 'xml' | 'json';

/** All of them, the usual one first. */
export const LIKENESSES: readonly Likeness[] = ['national', 'delimited', 'xml', 'json'];

/** Files of a new profile: path below its folder → content, texts as they are. */
export type StartFiles = Readonly<Record<string, string | Readonly<Record<string, unknown>>>>;

/** The files that a profile of this kind begins with. */
export function startFiles(id: string, like: Likeness): StartFiles {
  const { profile, files } = STARTS[like];
  const head = {
    id,
    ...(like === 'national' ? { extends: 'national' } : {}),
    version: '1',
    title: { zh: `${TO_FILL_IN}: 地区或平台名称`, en: `${TO_FILL_IN}: name of the region or platform` },
  };
  const dialect = like === 'national' ? {} : { dialect: id };
  const maps = {
    envelope: [],
    header: [],
    tables: {},
    notMapped: {},
    source: `${TO_FILL_IN}: where the meaning of the names was seen`,
    confidence: 'inferred',
  };
  const tail = { source: `${TO_FILL_IN}: where each fact was seen`, confidence: 'inferred' };
  return {
    'profile.json': { ...head, ...dialect, ...profile, ...(like === 'national' ? {} : { maps }), ...tail },
    ...files,
  };
}

interface Start {
  readonly profile: Readonly<Record<string, unknown>>;
  readonly files: StartFiles;
}

const leaf = (name: string): object => ({ name, label: { zh: name }, type: 'string', required: false });

/** One transaction of a form of its own: a code, a name and a list of items. */
const transaction = (list: string): Readonly<Record<string, unknown>> => ({
  number: '01',
  name: { zh: '示例交易', en: 'Example transaction' },
  request: [
    { node: '', repeated: false, fields: [leaf('person'), { ...leaf(list), type: 'array' }] },
    { node: list, repeated: true, fields: [leaf('item'), leaf('amount')] },
  ],
  response: [{ node: '', repeated: false, fields: [leaf('serial')] }],
});

const ENVELOPE = { request: [leaf('operator')], response: [leaf('code'), leaf('message')] };
const ANSWER = { code: 'code', text: 'message', success: { equals: '0' } };

const STARTS: Readonly<Record<Likeness, Start>> = {
  national: {
    profile: { overlay: { transactions: {} } },
    files: {
      'samples/2205.request.json.txt': `${JSON.stringify({
        infno: '2205',
        msgid: 'H00000000001202601010800000001',
        mdtrtarea_admvs: '000000',
        insuplc_admdvs: '000000',
        recer_sys_code: '99',
        infver: '1.0.0',
        opter_type: '1',
        opter: '0001',
        opter_name: '测试经办',
        inf_time: '2026-01-01 08:00:00',
        fixmedins_code: 'H00000000001',
        fixmedins_name: '示例医院',
        sign_no: 'Q0001',
        input: { data: { mdtrt_id: 'S0001', chrg_bchno: 'B0001', local_flag: '1' } },
      })}\n`,
    },
  },
  delimited: {
    profile: {
      codec: 'delimited-text',
      textOnly: true,
      envelope: {
        charset: 'GBK',
        open: '$$',
        close: '$$',
        fieldSeparator: '~',
        itemSeparator: '%%',
        requestPrefix: ['operator'],
        responsePrefix: ['code', 'message'],
        answer: ANSWER,
      },
    },
    files: {
      'envelope.json': ENVELOPE,
      'transactions/01.json': transaction('items'),
      'samples/01.request.txt': '$$0001~P0001~A%%1.00%%B%%2.00$$',
    },
  },
  xml: {
    profile: {
      codec: 'plain-xml',
      textOnly: true,
      envelope: {
        charset: 'UTF-8',
        request: { root: 'data', envelope: ['operator'], lists: { items: 'elements' } },
        response: { root: 'data', envelope: ['code', 'message'] },
        answer: ANSWER,
      },
    },
    files: {
      'envelope.json': ENVELOPE,
      'transactions/01.json': transaction('items'),
      'samples/01.request.xml':
        '<data><operator>0001</operator><person>P0001</person><items><item>A</item><amount>1.00</amount></items></data>\n',
    },
  },
  json: {
    profile: {
      codec: 'framed-json',
      textOnly: true,
      envelope: {
        charset: 'UTF-8',
        request: { transaction: 'service', body: 'data', order: ['operator', 'service', 'data'] },
        response: { body: 'data', order: ['code', 'message', 'data'] },
        answer: ANSWER,
      },
    },
    files: {
      'envelope.json': { ...ENVELOPE, request: [leaf('operator'), leaf('service')] },
      'transactions/01.json': transaction('items'),
      'samples/01.request.json.txt':
        '{"operator":"0001","service":"01","data":{"person":"P0001","items":[{"item":"A","amount":"1.00"}]}}\n',
    },
  },
};
