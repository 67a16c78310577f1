/** A national request out of its JSON. Source: envelope.json, request. */
import { ExactNumber, isWireObject, leafText } from '@yiqiao/model';
import type { Deviation, Fault, WireObject, WireValue } from '@yiqiao/model';
import { fault, refusal } from './faults.ts';
import {
  blanksDeviation,
  listOfOneDeviation,
  onlyObject,
  readEnvelope,
  readJsonInText,
} from './national-envelope.ts';
import type { EnvelopeReading, FoundEnvelope } from './national-envelope.ts';
import type { WireLimits, WireRequest } from './types.ts';
import type { EnvelopeMarks } from './wrapped-envelope.ts';

const DATE_ONLY = /^\d{4}-\d{2}-\d{2}$/;

const REQUEST: EnvelopeMarks = {
  isEnvelope: (members) => Object.hasOwn(members, 'infno') || Object.hasOwn(members, 'input'),
  mention: /"(?:infno|input)"\s*:/,
  names: ['infno', 'msgid', 'inf_time', 'input'],
};

function missing(at: string, zh: string, en: string): Fault {
  return fault({ rule: 'required', at, zh, en });
}

function missingText(at: string, name: string): Fault {
  return missing(at, `缺少 ${name}，请填写。`, `${name} is missing; fill it in.`);
}

/** A member that must be text and not empty; faults and deviations are added to the lists. */
function requireText(found: FoundEnvelope, name: string, faults: Fault[]): string {
  const value = found.members[name];
  const at = `${found.at}/${name}`;
  const text = leafText(Object.hasOwn(found.members, name) ? value : undefined);
  if (text === undefined || text === '') {
    faults.push(missingText(at, name));
    return '';
  }
  if (value instanceof ExactNumber) found.deviations.push(numberDeviation(at, text));
  return text;
}

function numberDeviation(at: string, found: string): Deviation {
  return fault({
    rule: 'type',
    at,
    found,
    zh: '应为字符串，收到的是数字，按其文本处理。',
    en: 'Text is expected; a number came and is taken by its text.',
  });
}

function requireBody(found: FoundEnvelope, limits: WireLimits, faults: Fault[]): WireObject {
  const at = `${found.at}/input`;
  const value: WireValue | undefined = Object.hasOwn(found.members, 'input')
    ? found.members['input']
    : undefined;
  if (isWireObject(value)) return value;
  const opened = typeof value === 'string' ? readJsonInText(value, at, limits) : undefined;
  if (isWireObject(opened?.root)) {
    found.deviations.push(...opened.deviations);
    return opened.root;
  }
  const only = onlyObject(value);
  if (only !== undefined) {
    found.deviations.push(listOfOneDeviation(at));
    return only;
  }
  if (value === undefined || value === null || value === '') {
    faults.push(
      missing(
        at,
        '缺少 input，请填写交易输入对象。',
        'input is missing; send the object of the transaction.',
      ),
    );
  } else {
    faults.push(fault({ rule: 'type', at, zh: 'input 应为对象 {…}。', en: 'input must be an object {…}.' }));
  }
  return {};
}

/** `inf_time` with a date only is completed to midnight, which the clock check then judges. */
function completeTime(found: FoundEnvelope, value: WireValue): WireValue {
  if (typeof value !== 'string' || !DATE_ONLY.test(value)) return value;
  found.deviations.push(
    fault({
      rule: 'date-only',
      at: `${found.at}/inf_time`,
      found: value,
      zh: '交易时间只有日期，按当日 00:00:00 处理；请发送 yyyy-MM-dd HH:mm:ss。',
      en: 'The time has a date only and is taken as 00:00:00 of that day; send yyyy-MM-dd HH:mm:ss.',
    }),
  );
  return `${value} 00:00:00`;
}

/** The transaction without the blanks around it. */
function requireTransaction(found: FoundEnvelope, faults: Fault[]): string {
  const text = requireText(found, 'infno', faults);
  const transaction = text.trim();
  const at = `${found.at}/infno`;
  if (transaction !== text) found.deviations.push(blanksDeviation(at));
  if (transaction === '' && text !== '') faults.push(missingText(at, 'infno'));
  return transaction;
}

/** The members but the body, in their order. Own members only: a member may be named `__proto__`. */
function envelopeOf(found: FoundEnvelope, transaction: string): WireObject {
  const { input: _input, ...members } = found.members;
  const isTrimmed = typeof members['infno'] === 'string' && members['infno'] !== transaction;
  const envelope = isTrimmed ? { ...members, infno: transaction } : members;
  if (Object.hasOwn(envelope, 'inf_time')) {
    const time = completeTime(found, envelope['inf_time'] as WireValue);
    if (time !== envelope['inf_time']) return { ...envelope, inf_time: time };
  }
  return envelope;
}

/**
 * Reads a national request.
 * @throws GatewayError `MESSAGE_INVALID` naming all of infno, msgid and input that are missing, and what reading throws
 */
export function readNationalRequest(bytes: Uint8Array, reading: Omit<EnvelopeReading, 'marks'>): WireRequest {
  const { limits } = reading;
  const found = readEnvelope(bytes, { ...reading, marks: REQUEST });
  const faults: Fault[] = [];
  const transaction = requireTransaction(found, faults);
  requireText(found, 'msgid', faults);
  const body = requireBody(found, limits, faults);
  if (faults.length > 0) throw refusal('MESSAGE_INVALID', faults, { count: faults.length });
  const envelope = envelopeOf(found, transaction);
  return { transaction, envelope, body, signedBytes: found.bytesOf('input'), deviations: found.deviations };
}
