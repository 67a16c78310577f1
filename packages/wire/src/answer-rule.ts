/** How a form tells whether an answer is a success: data of the profile. */
import { GatewayError, leafText } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import { fault, refusal } from './faults.ts';
import { profileFault } from './settings.ts';
import type { CodecProfile, Settings } from './settings.ts';
import type { OutgoingResponse, WireHint } from './types.ts';

/** Where code and text of an answer stand. */
export interface AnswerWords {
  readonly success: boolean;
  readonly code: string;
  readonly text: string;
}

/** Reads and writes the words of answers. */
export interface AnswerRule {
  /** Member of the envelope that holds the code, `undefined` when it travels beside the message. */
  readonly codeMember: string | undefined;
  readonly textMember: string | undefined;
  /**
   * @throws GatewayError `MESSAGE_NOT_READABLE` when success cannot be told, with the sender's own word;
   *   the far side may have acted
   */
  read(envelope: WireObject, hint?: WireHint): AnswerWords;
  /**
   * Code and text as members of the envelope; a code that would contradict the success is put into the form's own.
   * @throws GatewayError `PROFILE_BROKEN` when the form has no known place
   */
  members(message: OutgoingResponse): WireObject;
  /** Code, text and what else of the envelope travels beside the message. */
  beside(message: OutgoingResponse): Readonly<Record<string, string>>;
}

/** A place: a member of the envelope, or an argument of the call. */
interface Place {
  readonly beside: boolean;
  readonly name: string;
}

const BESIDE = 'beside:';
const INTEGER = /^[+-]?\d{1,9}$/;

function placeOf(text: string): Place {
  return text.startsWith(BESIDE)
    ? { beside: true, name: text.slice(BESIDE.length) }
    : { beside: false, name: text };
}

function valueAt(place: Place, envelope: WireObject, hint: WireHint | undefined): string | undefined {
  if (!place.beside) return leafText(Object.hasOwn(envelope, place.name) ? envelope[place.name] : undefined);
  const beside = hint?.beside ?? {};
  return Object.hasOwn(beside, place.name) ? beside[place.name] : undefined;
}

/** Code of a refusal where the one at hand would not be read as one. */
const REFUSED = '-1';

/** How a form tells success by its code. */
interface Judge {
  /** `true`, `false`, or `undefined` when the code does not tell. */
  tells(code: string): boolean | undefined;
  /** The code that says success here. */
  readonly done: string;
}

function judgeOf(settings: Settings): Judge {
  const unclear = new Set(settings.texts('unclear'));
  if (settings.has('equals')) {
    const done = settings.text('equals');
    return { done, tells: (code) => (code === '' || unclear.has(code) ? undefined : code === done) };
  }
  const least = settings.count('atLeast');
  let done = least;
  while (unclear.has(String(done))) done += 1;
  return {
    done: String(done),
    tells: (code) => (!INTEGER.test(code) || unclear.has(code) ? undefined : Number(code) >= least),
  };
}

function untold(at: string, upstream: { code: string; text: string }): GatewayError {
  const faults = [
    fault({
      rule: 'required',
      at,
      zh: '应答没有可识别的结果码，无法判断成败；请核对报文是否完整，以及方案的 envelope.answer。',
      en: 'The answer has no code that can be recognised, so success cannot be told; see whether it is whole, and envelope.answer of the profile.',
    }),
  ];
  return new GatewayError('MESSAGE_NOT_READABLE', { faults, upstream });
}

/** A code that came as a number stays one. */
function asItCame(given: WireValue | undefined, code: string): WireValue {
  return given !== undefined && leafText(given) === code ? given : code;
}

/** The rule of a form whose sources do not tell how success is told: nothing is guessed. */
function unknownRule(profile: CodecProfile): AnswerRule {
  const refuse = (): never => {
    throw refusal('PROFILE_BROKEN', [
      profileFault(profile.id, '/envelope/answer', {
        zh: '此地区应答的成败标志没有来源可证，取得后请补在此处。',
        en: 'No source tells how an answer of this region says success; add it here once it is known.',
      }),
    ]);
  };
  return {
    codeMember: undefined,
    textMember: undefined,
    read: () => {
      throw untold('', { code: '', text: '' });
    },
    members: refuse,
    beside: refuse,
  };
}

/** The rule of a profile's `envelope.answer`: `code`, `text`, `success`, `beside`. */
export function createAnswerRule(profile: CodecProfile, settings: Settings): AnswerRule {
  if (!settings.has('answer')) return unknownRule(profile);
  const answer = settings.section('answer');
  const code = placeOf(answer.text('code'));
  const text = answer.has('text') ? placeOf(answer.text('text')) : undefined;
  const carried = answer.texts('beside');
  const judge = judgeOf(answer.section('success'));
  const inside = (place: Place | undefined): string | undefined =>
    place === undefined || place.beside ? undefined : place.name;
  const codeOf = ({ success, code: given }: OutgoingResponse): string => {
    if (judge.tells(given) === success) return given;
    return success ? judge.done : REFUSED;
  };
  return {
    codeMember: inside(code),
    textMember: inside(text),
    read(envelope, hint) {
      const found = (valueAt(code, envelope, hint) ?? '').trim();
      const words = text === undefined ? '' : (valueAt(text, envelope, hint) ?? '');
      const success = judge.tells(found);
      if (success === undefined) throw untold(`/${code.name}`, { code: found, text: words });
      return { success, code: found, text: words };
    },
    members: (message) => ({
      ...(code.beside ? {} : { [code.name]: asItCame(message.envelope[code.name], codeOf(message)) }),
      ...(text === undefined || text.beside ? {} : { [text.name]: message.text }),
    }),
    beside: (message) => ({
      ...(code.beside ? { [code.name]: codeOf(message) } : {}),
      ...(text?.beside === true ? { [text.name]: message.text } : {}),
      ...Object.fromEntries(carried.map((name) => [name, leafText(message.envelope[name]) ?? ''])),
    }),
  };
}

/** Arguments of the call that belong to the envelope of an answer (`beside` in `envelope.answer`). */
export function besideMembers(names: readonly string[], hint: WireHint | undefined): WireObject {
  const beside = hint?.beside ?? {};
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(beside, name)).map((name) => [name, beside[name] ?? '']),
  );
}
