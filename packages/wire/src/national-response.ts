/** A national answer out of its JSON, with the variety of answers really sent. Source: envelope.json, observed/. */
import { ExactNumber, GatewayError, isWireObject, leafText } from '@yiqiao/model';
import type { Deviation, WireObject, WireValue } from '@yiqiao/model';
import { fault } from './faults.ts';
import type { FaultText } from './faults.ts';
import { pointerStep } from './json-place.ts';
import { isWholeList } from './layout.ts';
import type { FindLayout } from './layout.ts';
import {
  blanksDeviation,
  listOfOneDeviation,
  onlyObject,
  readEnvelope,
  readJsonInText,
} from './national-envelope.ts';
import type { EnvelopeReading, FoundEnvelope, OpenedText } from './national-envelope.ts';
import type { WireHint, WireResponse } from './types.ts';
import type { EnvelopeMarks } from './wrapped-envelope.ts';
import { findFailure } from './wrapper-words.ts';

/** `0`, `-1`, and as some send them `"0"`, `0.0`. Any other text is no status code. */
const CODE = /^[+-]?\d{1,9}(?:\.0+)?$/;
const SUCCESS = /^[+-]?0+(?:\.0+)?$/;
const SUCCESS_TEXT = /^(?:success|ok|成功|操作成功)$/i;

/** Whether a status code means success. */
export function isNationalSuccess(code: string): boolean {
  return SUCCESS.test(code);
}

/** The code without the blanks around it. */
function codeOf(members: WireObject): string | undefined {
  const text = leafText(Object.hasOwn(members, 'infcode') ? members['infcode'] : undefined)?.trim();
  return text !== undefined && CODE.test(text) ? text : undefined;
}

const ANSWER: EnvelopeMarks = {
  isEnvelope: (members) => codeOf(members) !== undefined,
  mention: /"infcode"\s*:/,
  names: ['infcode', 'err_msg', 'output'],
};

/** What an answer without envelope says for itself, e.g. an HTTP gateway's `{"code":401,"message":"…"}`. */
function foreignWord(members: WireObject): { code: string; text: string } | undefined {
  const code = leafText(members['infcode'] ?? members['code'] ?? members['flag'] ?? undefined);
  const text = leafText(
    members['err_msg'] ?? members['message'] ?? members['msg'] ?? members['cause'] ?? undefined,
  );
  return code === undefined && text === undefined ? undefined : { code: code ?? '', text: text ?? '' };
}

/** What an answer without code may be, by what it has instead. */
function natureOf(members: WireObject, isForeign: boolean): { zh: string; en: string } {
  if (['infcode', 'err_msg', 'output'].some((name) => Object.hasOwn(members, name)))
    return {
      zh: '对方可能已办理：请查询结果，勿当失败另行发送。',
      en: 'The far side may have acted: find out, and do not send it anew as if it had failed.',
    };
  if (isForeign)
    return {
      zh: '它有自己的结果码或说明，不是国家格式：可能出自平台之前的网关，或属于另一种接口，应以该接口的方案读取。',
      en: 'It has a code or text of its own: it is from a gateway in front of the platform, or of another interface, whose profile reads it.',
    };
  return {
    zh: 'infcode、err_msg、output 均无，不是国家格式的应答：请核对报文是否完整、方案是否正确。',
    en: 'It has neither infcode, err_msg nor output and is no answer of the national form: check that it is whole, and the profile.',
  };
}

function noCode({ members, at }: FoundEnvelope): GatewayError {
  const upstream = foreignWord(members);
  const { zh, en } = natureOf(members, upstream !== undefined);
  const faults = [
    fault({
      rule: 'required',
      at: `${at}/infcode`,
      zh: `应答没有可识别的 infcode（0 或 -1），无法判断成败。${zh}`,
      en: `The answer has no infcode (0 or -1) that can be recognised; success cannot be told. ${en}`,
    }),
  ];
  return new GatewayError('MESSAGE_NOT_READABLE', upstream === undefined ? { faults } : { faults, upstream });
}

/**
 * A success inside a wrapper that tells a failure: `infcode` is 0 as well where nobody has set it, so that it can not be told
 * whether the far side has acted.
 * @throws GatewayError `MESSAGE_NOT_READABLE`, with the word of the wrapper
 */
function refuseContradiction({ wrappers, at }: FoundEnvelope): void {
  for (const { members, at: around } of wrappers) {
    const failed = findFailure(members);
    if (failed === undefined) continue;
    const faults = [
      fault({
        rule: 'contradiction',
        at: `${around}/${pointerStep(failed.name)}`,
        found: failed.found,
        zh: `包装层表示失败，其中的应答（${at}）却表示成功，无法判断成败。对方可能已办理：请查询结果，勿当失败另行发送。`,
        en: `The wrapper tells a failure and the answer in it (${at}) a success; which of them holds cannot be told. The far side may have acted: find out, and do not send it anew as if it had failed.`,
      }),
    ];
    const upstream = foreignWord(members);
    throw new GatewayError(
      'MESSAGE_NOT_READABLE',
      upstream === undefined ? { faults } : { faults, upstream },
    );
  }
}

/** Reports and goes on. */
function note(found: FoundEnvelope, text: FaultText): void {
  found.deviations.push(fault({ ...text, at: found.at + text.at }));
}

function noteCode(found: FoundEnvelope, code: string): void {
  const value = found.members['infcode'];
  if (value instanceof ExactNumber && /^-?\d+$/.test(code)) return;
  if (leafText(value) !== code) found.deviations.push(blanksDeviation(`${found.at}/infcode`));
  note(found, {
    rule: 'type',
    at: '/infcode',
    found: code,
    zh: 'infcode 应为数字 0 或 -1，按其文本处理。',
    en: 'infcode should be the number 0 or -1; it is taken by its text.',
  });
}

function ownText(members: WireObject, name: string): string {
  return leafText(Object.hasOwn(members, name) ? members[name] : undefined) ?? '';
}

/** The text of an answer, from `err_msg` or else `message`. */
function textOf(found: FoundEnvelope, success: boolean): string {
  const { members } = found;
  const usesOther = !Object.hasOwn(members, 'err_msg') && Object.hasOwn(members, 'message');
  const at = usesOther ? '/message' : '/err_msg';
  const text = ownText(members, usesOther ? 'message' : 'err_msg');
  if (usesOther) {
    note(found, {
      rule: 'name',
      at,
      zh: '以 message 代替 err_msg。',
      en: 'message stands in place of err_msg.',
    });
  }
  if (success && text !== '') {
    const plain = SUCCESS_TEXT.test(text.trim());
    note(found, {
      rule: plain ? 'success-text' : 'text-beside-success',
      at,
      ...(plain ? { found: text } : {}),
      zh: plain ? '成功应答的 err_msg 应为空。' : 'infcode 表示成功，却带有错误信息；按成功处理，请核对。',
      en: plain
        ? 'err_msg of a success should be empty.'
        : 'infcode says success but there is an error text; taken as success, check it.',
    });
  }
  return text;
}

/** Root members that are nodes of the output: neither leaf nor text. */
function nodesBeside(members: WireObject): string[] {
  return Object.keys(members).filter((name) => {
    const value = members[name];
    return name !== 'output' && (isWireObject(value) || Array.isArray(value));
  });
}

function besideDeviation(at: string): Deviation {
  return fault({
    rule: 'node-beside-output',
    at,
    zh: '节点应在 output 之内，却与其并列，已移入。',
    en: 'This node belongs inside output but stands beside it; it was moved in.',
  });
}

/** How an answer is read. */
interface ResponseReading extends Omit<EnvelopeReading, 'marks'> {
  /** Definitions of the profile's transactions, where they are known. */
  readonly layout?: FindLayout | undefined;
  readonly hint?: WireHint | undefined;
}

interface OutputReading extends ResponseReading {
  readonly success: boolean;
}

/** Whether the definition says that the answer is an object; where it is not known nothing is said. */
function isObjectByLayout({ layout, hint }: ResponseReading): boolean {
  const transaction = hint?.transaction;
  if (layout === undefined || transaction === undefined) return false;
  return isWholeList(layout(transaction, 'response')) === false;
}

/** A refusal stays a refusal whatever its output holds; of a success, an output that cannot be read is told. */
function openText(text: string, at: string, { limits, success }: OutputReading): OpenedText | undefined {
  try {
    return readJsonInText(text, at, limits);
  } catch (error) {
    if (success || !(error instanceof GatewayError)) throw error;
    return undefined;
  }
}

/** The value of `output` as a node, or `null`; what is neither keeps its value under an empty node name. */
function outputOf(found: FoundEnvelope, reading: OutputReading): WireObject | null {
  const at = `${found.at}/output`;
  const value: WireValue | undefined = Object.hasOwn(found.members, 'output')
    ? found.members['output']
    : null;
  if (value === null || value === undefined) return null;
  if (isWireObject(value)) return value;
  const only = onlyObject(value);
  if (only !== undefined && isObjectByLayout(reading)) {
    found.deviations.push(listOfOneDeviation(at));
    return only;
  }
  // Some answers are a list as a whole (5204); whether this one may be, its definition says.
  if (Array.isArray(value) && value.every((one: WireValue) => isWireObject(one))) return { '': value };
  const opened = typeof value === 'string' ? openText(value, at, reading) : undefined;
  if (isWireObject(opened?.root)) {
    found.deviations.push(...opened.deviations);
    return opened.root;
  }
  note(found, {
    rule: 'type',
    at: '/output',
    zh: 'output 应为对象或 null；原值未改动，置于空节点名之下。',
    en: 'output should be an object or null; its value is unchanged, under an empty node name.',
  });
  return value === '' ? null : { '': value };
}

/** Body and envelope: nodes that stand beside `output` are moved into it, unless it has one of that name. */
function divide(
  found: FoundEnvelope,
  reading: OutputReading,
): { envelope: WireObject; body: WireObject | null } {
  const body = outputOf(found, reading);
  const { output: _output, ...envelope } = found.members;
  const moved = nodesBeside(found.members).filter((name) => body === null || !Object.hasOwn(body, name));
  if (moved.length === 0) return { envelope, body };
  found.deviations.push(...moved.map((name) => besideDeviation(`${found.at}/${pointerStep(name)}`)));
  const isMoved = ([name]: [string, WireValue]): boolean => moved.includes(name);
  const members = Object.entries(envelope);
  return {
    envelope: Object.fromEntries(members.filter((member) => !isMoved(member))),
    body: Object.fromEntries([...members.filter(isMoved), ...Object.entries(body ?? {})]),
  };
}

/**
 * Reads a national answer.
 * @throws GatewayError `MESSAGE_NOT_READABLE` when success cannot be told, with the sender's own word if it has
 *   one, and what reading throws
 */
export function readNationalResponse(bytes: Uint8Array, reading: ResponseReading): WireResponse {
  const found = readEnvelope(bytes, { ...reading, marks: ANSWER });
  const code = codeOf(found.members);
  if (code === undefined) throw noCode(found);
  const success = isNationalSuccess(code);
  if (success) refuseContradiction(found);
  noteCode(found, code);
  const text = textOf(found, success);
  const { envelope, body } = divide(found, { ...reading, success });
  return {
    success,
    code,
    text,
    envelope,
    body,
    signedBytes: found.bytesOf('output'),
    deviations: found.deviations,
    faults: [],
  };
}
