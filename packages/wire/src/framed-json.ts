/** JSON whose envelope has names of its own: other members hold transaction, code, text and body. */
import { Buffer } from 'node:buffer';
import { isWireObject, leafText } from '@yiqiao/model';
import type { Deviation, Fault, WireObject, WireValue } from '@yiqiao/model';
import { besideMembers, createAnswerRule } from './answer-rule.ts';
import type { AnswerRule } from './answer-rule.ts';
import { OBJECT_FORM } from './body-form.ts';
import type { BodyForm } from './body-form.ts';
import type { Charset } from './charset.ts';
import { createConversation, itemCalls } from './conversation.ts';
import type { ShapeOptions } from './delimited-text.ts';
import { fault, refusal } from './faults.ts';
import { jsonDeviations } from './json-deviations.ts';
import { parseJson } from './json-reader.ts';
import { formatJson } from './json-writer.ts';
import { createSlots, isWholeList } from './layout.ts';
import { checkSize } from './limits.ts';
import { without } from './members.ts';
import { listOfOneDeviation, onlyObject } from './national-envelope.ts';
import { createPositions } from './positions.ts';
import { Settings } from './settings.ts';
import type { CodecProfile } from './settings.ts';
import { formatText, markDeviations, parseText } from './text-bytes.ts';
import { refuseSigning, requireTransaction } from './unsigned.ts';
import type { SignBody, WireCodec, WireHint, WireLimits, WireRequest } from './types.ts';

/** One half of an exchange. */
interface Half {
  readonly body: string;
  readonly form: BodyForm;
  /** Members of the root in the order in which they are written; others follow. */
  readonly order: readonly string[];
}

interface Shape {
  readonly charset: Charset;
  /** Member that holds the transaction; empty when the body or the call tells it. */
  readonly transaction: string;
  readonly request: Half;
  readonly response: Half;
  readonly beside: readonly string[];
  readonly answer: AnswerRule;
  readonly limits: WireLimits;
}

const FORMS = ['object', 'positions', 'conversation'] as const;

function readForm(settings: Settings, half: Settings, { layout }: ShapeOptions): BodyForm {
  const form = half.has('form') ? half.oneOf('form', FORMS) : 'object';
  if (form === 'conversation') return createConversation(layout, itemCalls(half.items('items')));
  if (form === 'object') return OBJECT_FORM;
  const widths = settings.section('widths');
  return createPositions(
    createSlots(layout),
    new Map(widths.names.map((name) => [name, widths.count(name)])),
  );
}

function readHalf(settings: Settings, name: string, options: ShapeOptions): Half {
  const half = settings.section(name);
  const form = readForm(settings, half, options);
  return { body: half.text('body'), form, order: half.texts('order') };
}

/** A conversation tells its transaction by its last call. */
function transactionMember(settings: Settings, { form }: Half): string {
  return form.transactionOf === undefined ? settings.section('request').text('transaction') : '';
}

function readShape(profile: CodecProfile, options: ShapeOptions): Shape {
  const settings = Settings.of(profile);
  const charset = settings.charset();
  const request = readHalf(settings, 'request', options);
  const shape = {
    charset,
    transaction: transactionMember(settings, request),
    request,
    response: readHalf(settings, 'response', options),
    beside: settings.section('answer').texts('beside'),
    answer: createAnswerRule(profile, settings),
    limits: options.limits,
  };
  settings.finish();
  return shape;
}

function noObject(): Error {
  return refusal('MESSAGE_NOT_READABLE', [
    fault({
      rule: 'syntax',
      at: '',
      zh: '报文最外层应为 JSON 对象 {…}；请核对报文与地址是否对应。',
      en: 'The message must be a JSON object {…}; see whether message and address belong together.',
    }),
  ]);
}

function rootOf(bytes: Uint8Array, shape: Shape): { root: WireObject; deviations: Deviation[] } {
  checkSize(bytes, shape.limits);
  const json = parseJson(parseText(bytes, shape.charset), shape.limits);
  if (!isWireObject(json.root)) throw noObject();
  return { root: json.root, deviations: [...markDeviations(bytes), ...jsonDeviations(json)] };
}

function missing(name: string, root: WireObject): Fault {
  const isNational = looksNational(root) || Object.values(root).some(looksNational);
  return fault({
    rule: 'required',
    at: `/${name}`,
    zh: isNational
      ? `缺少 ${name}：这是国家统一接口的报文（infno、input），不是本方案的形式；请以当地国家接口的方案读取，没有的用 national。`
      : `缺少 ${name} 或其形式不对，请填写。`,
    en: isNational
      ? `${name} is missing: this is a message of the national form (infno, input), not of the form of this profile. Read it with the profile of the region's national interface, or with national.`
      : `${name} is missing or has a wrong form; fill it in.`,
  });
}

function looksNational(value: WireValue): boolean {
  return isWireObject(value) && Object.hasOwn(value, 'infno') && Object.hasOwn(value, 'input');
}

function isNode(value: WireValue | undefined): boolean {
  return isWireObject(value) || Array.isArray(value);
}

function bodyAsText(at: string): Deviation {
  return fault({
    rule: 'body-as-text',
    at,
    zh: '正文是一段 JSON 文字而不是对象，已按对象读取。',
    en: 'The body is JSON in a text instead of an object; it was read as an object.',
  });
}

/** An object that came as JSON in a text, or as a list of one, is that object; whatever else came stays as it is. */
function unwrapped(
  value: WireValue | undefined,
  half: Half,
  { limits, isObject, deviations }: Unwrapping,
): WireValue | undefined {
  if (half.form !== OBJECT_FORM) return value;
  const at = `/${half.body}`;
  const only = isObject ? onlyObject(value) : undefined;
  if (only !== undefined) {
    deviations.push(listOfOneDeviation(at));
    return only;
  }
  if (typeof value !== 'string' || !value.trimStart().startsWith('{')) return value;
  try {
    const json = parseJson(value, limits, at);
    deviations.push(bodyAsText(at), ...jsonDeviations(json, at));
    return json.root;
  } catch {
    return value;
  }
}

interface Unwrapping {
  readonly limits: WireLimits;
  /** The body is known to be no list. */
  readonly isObject: boolean;
  readonly deviations: Deviation[];
}

function readRequest(bytes: Uint8Array, shape: Shape, hint: WireHint | undefined): WireRequest {
  const { root, deviations } = rootOf(bytes, shape);
  const { limits } = shape;
  const { body: name, form } = shape.request;
  const own = (member: string): WireValue | undefined =>
    Object.hasOwn(root, member) ? root[member] : undefined;
  const value = unwrapped(own(name), shape.request, { limits, isObject: true, deviations });
  const faults: Fault[] = [];
  const told = form.transactionOf === undefined;
  const byCall = told && shape.transaction === '';
  const transaction = byCall
    ? requireTransaction(hint)
    : (form.transactionOf?.(value) ?? leafText(own(shape.transaction)) ?? '');
  if (transaction === '' && told) faults.push(missing(shape.transaction, root));
  const place = { transaction, direction: 'request', at: '/input' } as const;
  const body = transaction === '' ? undefined : form.read(value, place, faults);
  const isHere = transaction === '' && told ? isNode(value) : body !== undefined;
  if (!isHere) faults.push(missing(name, root));
  if (body === undefined || faults.length > 0)
    throw refusal('MESSAGE_INVALID', faults, { count: faults.length });
  const signedBytes = Buffer.from(formatJson(value ?? null));
  return { transaction, envelope: without(root, [name]), body, signedBytes, deviations };
}

function oddBody(at: string): Fault {
  return fault({
    rule: 'type',
    at,
    zh: '正文不是约定的形式，原值未改动，置于空节点名之下；请与对方核对报文。',
    en: 'The body does not have its form; the value is unchanged, under an empty node name. Take it up with the sender.',
  });
}

/** What the body of an answer is read with. */
interface AnswerReading {
  readonly transaction: string;
  readonly faults: Fault[];
  /** The definition has a list as a whole. */
  readonly isList: boolean;
}

/**
 * The body of an answer; what does not have the form keeps its value under an empty name. A success without body lacks
 * each of its arguments.
 */
function answerBody(
  value: WireValue | undefined,
  half: Half,
  { transaction, faults, isList }: AnswerReading,
): WireObject | null {
  const place = { transaction, direction: 'response', at: '/output' } as const;
  if (value === undefined || value === null || value === '') {
    half.form.read([], place, faults);
    return null;
  }
  const body = half.form.read(value, place, faults);
  if (body !== undefined) return body;
  if (!isList) faults.push(oddBody(`/${half.body}`));
  return { '': value };
}

/** Members in the order of the form, others after them. */
function arrange(members: WireObject, order: readonly string[]): WireObject {
  const first = order.filter((name) => Object.hasOwn(members, name));
  return { ...Object.fromEntries(first.map((name) => [name, members[name] as WireValue])), ...members };
}

/** An outgoing message without its body. */
interface Outgoing {
  readonly half: Half;
  readonly members: WireObject;
  readonly body: WireObject | null;
  readonly transaction: string;
}

function write(shape: Shape, { half, members, body, transaction }: Outgoing): Uint8Array {
  const direction = half === shape.request ? 'request' : 'response';
  const at = direction === 'request' ? '/input' : '/output';
  const faults: Fault[] = [];
  const value = body === null ? null : half.form.write(body, { transaction, direction, at }, faults);
  const all = arrange({ ...members, [half.body]: value }, half.order);
  return formatText({ text: formatJson(all), members: all, at: '', faults }, shape.charset);
}

/**
 * Makes the codec of a JSON form.
 *
 * Settings: `charset`; `request` and `response` with `body`, the member that holds the body, `order`, in which the
 * members of the root are written, and `form` of the body: `object` (default), `positions` (arguments in the order of
 * the definition; `widths` of their buffers) or `conversation` (`items`); `request.transaction`, the member that holds
 * the transaction, `""` when it comes as a hint; `answer`.
 *
 * Reading: numbers keep their text; the envelope holds every other root member. `signedBytes` is the body as this codec
 * writes it: no signature of such a form is known, and a resend is known by it.
 */
export function createFramedJson(profile: CodecProfile, options: ShapeOptions): WireCodec {
  const shape = readShape(profile, options);
  return {
    contentType: `application/json; charset=${shape.charset.toLowerCase()}`,
    readRequest: (bytes, hint) => readRequest(bytes, shape, hint),
    writeRequest(message, sign?: SignBody) {
      refuseSigning(profile, sign);
      const { transaction, body, envelope } = message;
      const told = shape.transaction === '' ? {} : { [shape.transaction]: transaction };
      return write(shape, { half: shape.request, members: { ...envelope, ...told }, body, transaction });
    },
    readResponse(bytes, hint) {
      const { root, deviations } = rootOf(bytes, shape);
      const { body: name } = shape.response;
      const envelope = { ...without(root, [name]), ...besideMembers(shape.beside, hint) };
      const words = shape.answer.read(envelope, hint);
      const told = Object.hasOwn(root, name) ? root[name] : undefined;
      const { limits } = shape;
      const transaction = hint?.transaction ?? '';
      const isList = Array.isArray(told) ? isWholeList(options.layout(transaction, 'response')) : undefined;
      const value = unwrapped(told, shape.response, { limits, isObject: isList === false, deviations });
      const found: Fault[] = [];
      const body = answerBody(value, shape.response, { transaction, faults: found, isList: isList === true });
      const signedBytes = Buffer.from(formatJson(value ?? null));
      const faults = words.success ? found : [];
      return { ...words, envelope, body, signedBytes, deviations, faults };
    },
    writeResponse(message, sign?: SignBody) {
      refuseSigning(profile, sign);
      const words = shape.answer.members(message);
      const members = { ...without(message.envelope, shape.beside), ...words };
      const { body, transaction = '' } = message;
      return write(shape, { half: shape.response, members, body, transaction });
    },
    besideResponse: (message) => shape.answer.beside(message),
  };
}
