/** The national envelope and the header of the model. Source: schemas/national/envelope.json, request. */
import { isWireObject, leafText } from '@yiqiao/model';
import type { MessageHeader, WireObject, WireValue } from '@yiqiao/model';

/** Members that have a place of their own in the header. */
const NAMED = new Set([
  'infno',
  'msgid',
  'mdtrtarea_admvs',
  'insuplc_admdvs',
  'fixmedins_code',
  'fixmedins_name',
  'opter_type',
  'opter',
  'opter_name',
  'inf_time',
  'sign_no',
]);

/** Members that belong to one hop alone and never travel on. */
const OF_THE_HOP = new Set(['cainfo', 'signtype', 'enc_type', 'enctype']);

/** Envelope → header. Missing members become empty text: the validator has reported them. */
export function nationalHeader(envelope: WireObject): MessageHeader {
  const text = (name: string): string => leafText(envelope[name]) ?? '';
  const others: Record<string, WireValue> = {};
  for (const name of Object.keys(envelope)) {
    const value = envelope[name];
    if (value !== undefined && !NAMED.has(name) && !OF_THE_HOP.has(name)) others[name] = value;
  }
  const insured = text('insuplc_admdvs');
  const signIn = text('sign_no');
  return {
    transaction: text('infno'),
    messageId: text('msgid'),
    careRegion: text('mdtrtarea_admvs'),
    ...(insured === '' ? {} : { insuredRegion: insured }),
    institutionCode: text('fixmedins_code'),
    institutionName: text('fixmedins_name'),
    operatorType: text('opter_type'),
    operator: text('opter'),
    operatorName: text('opter_name'),
    time: text('inf_time'),
    ...(signIn === '' ? {} : { signInNumber: signIn }),
    others,
  };
}

/** Header → envelope, in the order of the specification. */
export function nationalEnvelope(header: MessageHeader): WireObject {
  const other = (name: string, fallback: string): WireValue => {
    const value = header.others[name];
    return value === undefined || isWireObject(value) ? fallback : value;
  };
  return {
    infno: header.transaction,
    msgid: header.messageId,
    mdtrtarea_admvs: header.careRegion,
    insuplc_admdvs: header.insuredRegion ?? '',
    recer_sys_code: other('recer_sys_code', '99'),
    dev_no: other('dev_no', ''),
    dev_safe_info: other('dev_safe_info', ''),
    infver: other('infver', '1.0.0'),
    opter_type: header.operatorType,
    opter: header.operator,
    opter_name: header.operatorName,
    inf_time: header.time,
    fixmedins_code: header.institutionCode,
    fixmedins_name: header.institutionName,
    sign_no: header.signInNumber ?? '',
    ...header.others,
  };
}
