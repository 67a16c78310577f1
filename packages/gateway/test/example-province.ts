/** A province that exists in files only: its folder of profiles, as an operator would write it. Nothing of it is real. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const field = (name: string, required = true): object => ({
  name,
  label: { zh: name },
  type: 'string',
  required,
});

const node = (...names: readonly string[]): object => ({
  node: '',
  repeated: false,
  fields: names.map((name) => field(name)),
});

const transaction = (number: string, request: object, response: object): object => ({
  number,
  name: { zh: number, en: number },
  scope: 'profile',
  request: [request],
  response: [response],
  confidence: 'project design',
  sources: [],
});

const IDENTITY = [
  { from: '证件号', to: 'certificateNumber' },
  { fill: 'credentialNumber', from: 'wire:证件号' },
  { fill: 'credentialType', constant: '02' },
  { fill: 'certificateType', constant: '01' },
];

/** Canonical fields that the province's form has no place for, by transaction. */
const WITHOUT_EQUAL: Readonly<Record<string, Readonly<Record<'request' | 'response', string>>>> = {
  '01': {
    request: 'cardSerial beginTime',
    response:
      'person.certificateType person.certificateNumber person.gender person.ethnicity person.birthDate person.age person.extension insurances.accountBalance insurances.insuranceType insurances.personType insurances.insuranceStatus insurances.insuredSince insurances.insurancePausedSince insurances.civilServant insurances.insuredRegion insurances.employerName identities.identityCategory identities.personTypeLevel identities.remark identities.beginTime identities.endTime',
  },
  '02': {
    request: 'cardSerial attendingDoctorCode doctorName extension',
    response: 'personNumber visitRecordNumber extension',
  },
  '03': {
    request:
      'cardSerial invoiceNumber selfFunded overLimitSelfPaid firstSelfPaid extension publicHospitalReform',
    response:
      'visitId personNumber personName certificateType certificateNumber gender ethnicity birthDate age insuranceType personType civilServant settlementTime credentialType careType selfFunded overLimitSelfPaid firstSelfPaid inScope deductiblePaid poolPaid poolPaymentRatio civilServantPaid enterpriseSupplementPaid criticalIllnessPaid largeExpensePaid medicalAidPaid otherPaid fundPaid personalPart accountPaid hospitalPart accountBalance accountMutualAidPaid institutionSettlementId clearingAgency clearingMethod clearingType disabilityAidPaid extension fundPayments.fundType fundPayments.inScope fundPayments.payableLimit fundPayments.fundAmount fundPayments.fundTypeName fundPayments.settlementProcess',
  },
};

const withoutEqual = (number: string, side: 'request' | 'response'): readonly object[] => [
  { model: WITHOUT_EQUAL[number]?.[side].split(' ') ?? [], because: 'the form has no place for it' },
];

const map = (
  number: string,
  operation: string,
  request: readonly object[],
  response: readonly object[],
): object => ({
  transaction: number,
  title: { zh: number, en: number },
  steps: [
    {
      operation,
      request: { rules: request, noEqual: withoutEqual(number, 'request') },
      response: { rules: response, noEqual: withoutEqual(number, 'response') },
    },
  ],
  source: 'made up for a test',
  confidence: 'project design',
});

/** Delimited text in GBK, called through a relay; the same content is the same message sent again. */
const DELIMITED = {
  id: 'delimited-example',
  version: '1',
  title: { zh: '分隔符示例', en: 'Delimited example' },
  codec: 'delimited-text',
  dialect: 'delimited-example',
  textOnly: true,
  envelope: {
    charset: 'GBK',
    open: '$$',
    close: '$$',
    fieldSeparator: '~',
    itemSeparator: '%%',
    requestPrefix: ['机构', '操作员'],
    responsePrefix: ['状态', '信息'],
    answer: { code: '状态', text: '信息', success: { equals: '0' } },
  },
  messageId: { whenEmpty: [{ way: 'digest' }] },
  maps: {
    envelope: [],
    header: [
      { fill: 'header:institutionCode', from: 'envelope:机构' },
      { fill: 'header:institutionName', from: 'envelope:机构' },
      { fill: 'header:operator', from: 'envelope:操作员' },
      { fill: 'header:operatorName', from: 'envelope:操作员' },
      { fill: 'header:operatorType', constant: '1' },
      { fill: 'header:careRegion', constant: '530100' },
      { from: '参保地', to: 'header:insuredRegion' },
    ],
    tables: {},
    source: 'made up for a test',
    confidence: 'project design',
  },
  source: 'made up for a test',
  confidence: 'project design',
};

/** National JSON with one field more. */
const OVERLAY = {
  id: 'overlay-example',
  extends: 'national',
  version: '1',
  title: { zh: '叠加示例', en: 'Overlay example' },
  overlay: { transactions: { '2207': { request: { data: { add: [field('cons_type')] } } } } },
  source: 'made up for a test',
  confidence: 'project design',
};

/** COM calls of the Guizhou kind: XML, serial and code beside it, confirmation and cancellation without message. */
const CALLED = {
  ...DELIMITED,
  id: 'called-example',
  title: { zh: '调用示例', en: 'Called example' },
  codec: 'plain-xml',
  dialect: 'called-example',
  envelope: {
    charset: 'GBK',
    request: { root: 'input' },
    response: { root: 'output' },
    answer: {
      code: 'beside:appcode',
      text: 'beside:appmsg',
      beside: ['jylsh'],
      success: { atLeast: 0, unclear: ['0'] },
    },
  },
  answerEnvelope: { jylsh: 'header:messageId' },
  maps: {
    ...DELIMITED.maps,
    header: [
      { fill: 'header:operator', constant: '0001' },
      { fill: 'header:operatorName', constant: '未提供' },
      { fill: 'header:operatorType', constant: '1' },
      { from: '参保地', to: 'header:insuredRegion' },
    ],
  },
  twoPhase: {
    calls: [
      { transaction: 'confirm', does: 'confirm', original: 'beside:jylsh', bare: true },
      { transaction: 'cancel', does: 'cancel', original: 'beside:jylsh', bare: true },
      {
        transaction: '49',
        does: 'confirm',
        original: '流水号',
        when: { 事务结果: ['1'] },
        answer: { 流水号: 'original' },
      },
      { transaction: '49', does: 'cancel', original: '流水号', when: { 事务结果: ['0'] } },
      {
        transaction: '91',
        does: 'query',
        original: '流水号',
        answer: { 流水号: 'original', 状态: 'state' },
        states: { done: 'Y', notDone: 'N' },
      },
    ],
  },
};

const SETTLEMENT = node('个人编号', '证件号', '就诊号', '批次', '总额', '范围内', '参保地');

const SETTLE = map(
  '03',
  'settleOutpatient',
  [
    ...IDENTITY,
    { from: '个人编号', to: 'personNumber' },
    { from: '就诊号', to: 'visitId' },
    { from: '批次', to: 'chargeBatch' },
    { from: '总额', to: 'total', as: 'fen' },
    { from: '范围内', to: 'inScope', as: 'fen' },
    { fill: 'careType', constant: '11' },
    { fill: 'settlementMethod', constant: '01' },
    { fill: 'insuranceType', constant: '310' },
    { fill: 'accountUsed', constant: '0' },
  ],
  [
    { from: '结算号', to: 'settlementId' },
    { from: '总额', to: 'total', as: 'fen' },
    { from: '现金', to: 'cashPaid', as: 'fen' },
  ],
);

const FILES: Readonly<Record<string, object>> = {
  'delimited-example/profile.json': DELIMITED,
  'delimited-example/envelope.json': {
    request: [field('机构'), field('操作员', false)],
    response: [field('状态'), field('信息', false)],
  },
  'delimited-example/transactions/01.json': transaction(
    '01',
    node('证件号', '姓名', '参保地'),
    node('个人编号', '姓名'),
  ),
  'delimited-example/transactions/02.json': transaction(
    '02',
    node('个人编号', '证件号', '姓名', '门诊号', '科室', '挂号时间', '参保地'),
    node('就诊号'),
  ),
  'delimited-example/transactions/03.json': transaction('03', SETTLEMENT, node('结算号', '总额', '现金')),
  'delimited-example/maps/01.json': map(
    '01',
    'identifyPerson',
    [...IDENTITY, { from: '姓名', to: 'personName' }],
    [
      { from: '个人编号', to: 'person.personNumber' },
      { from: '姓名', to: 'person.personName' },
    ],
  ),
  'delimited-example/maps/02.json': map(
    '02',
    'registerOutpatient',
    [
      ...IDENTITY,
      { from: '个人编号', to: 'personNumber' },
      { from: '姓名', to: 'personName' },
      { from: '门诊号', to: 'visitRecordNumber' },
      { from: '科室', to: 'departmentCode' },
      { fill: 'departmentName', from: 'wire:科室' },
      { fill: 'specialty', from: 'wire:科室' },
      { from: '挂号时间', to: 'beginTime', as: 'datetime14' },
      { fill: 'insuranceType', constant: '310' },
      { fill: 'personType', constant: '11' },
    ],
    [{ from: '就诊号', to: 'visitId' }],
  ),
  'delimited-example/maps/03.json': SETTLE,
  'overlay-example/profile.json': OVERLAY,
  'called-example/profile.json': CALLED,
  'called-example/envelope.json': { request: [], response: [field('jylsh', false)] },
  'called-example/transactions/03.json': transaction('03', SETTLEMENT, node('结算号', '总额', '现金')),
  'called-example/transactions/49.json': transaction('49', node('流水号', '事务结果'), node('流水号')),
  'called-example/transactions/91.json': transaction('91', node('流水号'), node('流水号', '状态')),
  'called-example/maps/03.json': SETTLE,
};

/** Writes the folder; further or other files may be given, `undefined` leaves one out. */
export function writeProvince(
  folder: string,
  changes: Readonly<Record<string, object | undefined>> = {},
): void {
  for (const [path, content] of Object.entries({ ...FILES, ...changes })) {
    if (content === undefined) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), JSON.stringify(content));
  }
}

/** A file of the province, to be changed. */
export function provinceFile(path: string): Readonly<Record<string, unknown>> {
  return FILES[path] as Readonly<Record<string, unknown>>;
}

const GBK = new TextDecoder('gbk');

/** Two-byte characters of GBK by character, read out of the decoder: the platform has no encoder. */
const TWO_BYTES: ReadonlyMap<string, Buffer> = new Map(
  Array.from({ length: 0x7e * 0xbf }, (_, index): [string, Buffer] => {
    const bytes = Buffer.from([0x81 + Math.floor(index / 0xbf), 0x40 + (index % 0xbf)]);
    return [GBK.decode(bytes), bytes];
  }).filter(([text]) => text.length === 1 && text !== '\ufffd'),
);

/** A message of the province: institution, operator and the given fields, in GBK. */
export function delimited(institution: string, ...fields: readonly string[]): Buffer<ArrayBuffer> {
  return inGbk(`$$${[institution, '0001', ...fields].join('~')}$$`);
}

/** A text in GBK. */
export function inGbk(text: string): Buffer<ArrayBuffer> {
  return Buffer.concat(Array.from(text, (one) => TWO_BYTES.get(one) ?? Buffer.from(one)));
}

/** The fields of an answer: state, text, and what the transaction has. */
export function fieldsOf(bytes: Uint8Array): string[] {
  const text = new TextDecoder('gbk', { fatal: true }).decode(bytes);
  return text.slice('$$'.length, -'$$'.length).split('~');
}
