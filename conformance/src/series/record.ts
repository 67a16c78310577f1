/** A recorded exchange as the rules look at it: the request read twice, the answer's state. */
import type { WireRequest } from '@yiqiao/wire';
import { createNationalJson } from '@yiqiao/wire';
import { GatewayError } from '@yiqiao/model';
import type { Bilingual } from '../kits/types.ts';
import { leavesOf, isNode, parseMessage, textOf } from '../run/own-reading.ts';
import type { OwnObject, OwnValue } from '../run/own-reading.ts';
import type { Exchange } from '../run/exchanges.ts';
import { readByTolerance, readDifferently, wireLeaves } from '../tongues/two-readings.ts';
import type { Pair, Place, RecordState, Which } from './types.ts';

/** One exchange, in order. */
export interface Recorded {
  readonly exchange: Exchange;
  readonly infno: string;
  readonly msgid: string;
  readonly state: Exclude<RecordState, 'answered' | 'any'>;
  readonly request: ReadRequest;
}

/** `disagreement`: the suite's own fault until a person has looked. */
export type ReadRequest =
  | { readonly state: 'read'; readonly own: OwnObject; readonly product: WireRequest }
  | { readonly state: 'unreadable' | 'disagreement'; readonly why: Bilingual };

const codec = createNationalJson();

/** Reads an exchange. */
export function readRecorded(exchange: Exchange): Recorded {
  const request = readRequest(exchange.sent);
  const own = request.state === 'read' ? request.own : {};
  return {
    exchange,
    infno: exchange.infno || textOf(own['infno']),
    msgid: exchange.msgid || textOf(own['msgid']),
    state: stateOf(exchange),
    request,
  };
}

function stateOf({ reply, read }: Exchange): Recorded['state'] {
  if (!reply.came || reply.status >= 500 || read?.state !== 'read') return 'unanswered';
  return read.answer.success ? 'accepted' : 'refused';
}

function readRequest(bytes: Buffer): ReadRequest {
  let product: WireRequest;
  try {
    product = codec.readRequest(bytes);
  } catch (error) {
    const [fault] = error instanceof GatewayError ? (error.details.faults ?? []) : [];
    return { state: 'unreadable', why: fault?.message ?? NO_MESSAGE };
  }
  try {
    const own = parseMessage(bytes.toString('utf8'));
    const place = findDifference(own, product);
    if (place === undefined) return { state: 'read', own, product };
    return readByTolerance(product.deviations) ?? { state: 'disagreement', why: readDifferently(place) };
  } catch {
    return (
      readByTolerance(product.deviations) ?? {
        state: 'disagreement',
        why: {
          zh: '只有一套编解码能读此报文',
          en: 'only one of the two codecs can read the message',
        },
      }
    );
  }
}

const NO_MESSAGE: Bilingual = { zh: '不是可识别的 JSON 报文', en: 'it is no JSON message' };

function findDifference(own: OwnObject, { body, transaction }: WireRequest): string | undefined {
  if (textOf(own['infno']) !== transaction) return '/infno';
  const input = own['input'];
  const ours = new Map(leavesOf(isNode(input) ? input : {}));
  for (const [place, text] of wireLeaves(body)) {
    if (ours.get(place) !== text && ours.has(place)) return place;
    ours.delete(place);
  }
  return [...ours].find(([, text]) => text !== '')?.[0];
}

/** The value at a place. */
function valueAt({ exchange, request }: Recorded, place: Place): OwnValue | undefined {
  const inAnswer = /^answer([.:])(.*)$/.exec(place);
  if (inAnswer === null) {
    const root = request.state === 'read' ? request.own : {};
    return place.startsWith(':') ? root[place.slice(1)] : follow(root['input'], place);
  }
  const [, mark, path = ''] = inAnswer;
  const envelope = exchange.read?.state === 'read' ? exchange.read.answer.envelope : {};
  return mark === ':' ? envelope[path] : follow(envelope['output'], path);
}

/** The text at a place; empty when there is none. */
export function textAt(recorded: Recorded, place: Place): string {
  return textOf(valueAt(recorded, place));
}

function follow(value: OwnValue | undefined, path: string): OwnValue | undefined {
  let found = value;
  for (const step of path.split('.')) {
    if (Array.isArray(found) && /^\d+$/.test(step)) found = (found as readonly OwnValue[])[Number(step)];
    else if (Array.isArray(found)) found = follow((found as readonly OwnValue[])[0], step);
    else found = isNode(found) && Object.hasOwn(found, step) ? found[step] : undefined;
  }
  return found;
}

/** Whether a message is meant. */
export function isMeant(one: Recorded, { of, state = 'any', given }: Which): boolean {
  if (!of.includes('*') && !of.includes(one.infno)) return false;
  if (state === 'answered' && one.state === 'unanswered') return false;
  if (state !== 'any' && state !== 'answered' && one.state !== state) return false;
  return given === undefined || new RegExp(given.pattern, 'u').test(textAt(one, given.place));
}

/**
 * Whether two messages agree at every pair of places; what is empty agrees with nothing. Where a place has rows (`*`),
 * one of them is enough.
 */
export function agree(here: Recorded, there: Recorded, pairs: readonly Pair[]): boolean {
  return pairs.every((pair) => {
    const [a, b] = typeof pair === 'string' ? [pair, pair] : pair;
    const texts = new Set(textsAt(there, b));
    return textsAt(here, a).some((text) => text !== '' && texts.has(text));
  });
}

/** The texts at a place; several where it has `*` for the rows of a list. */
function textsAt(recorded: Recorded, place: Place): readonly string[] {
  const [list = '', member] = place.split('.*.');
  if (member === undefined) return [textAt(recorded, place)];
  const rows = valueAt(recorded, list);
  const all = Array.isArray(rows) ? (rows as readonly OwnValue[]) : [rows];
  return all.map((row) => textOf(follow(row, member)));
}

/** Whether a message is another one once more: the same bytes, or the same body under the same msgid at another time. */
export function isRepetition(one: Recorded, other: Recorded): boolean {
  if (one.exchange.sent.equals(other.exchange.sent)) return true;
  const [a, b] = [one, other].map(({ request }) =>
    request.state === 'read' ? JSON.stringify(request.own['input']) : undefined,
  );
  return one.msgid === other.msgid && one.infno === other.infno && a !== undefined && a === b;
}

/** The texts of a pair. */
export function textsOf(here: Recorded, there: Recorded, pair: Pair): readonly [string, string] {
  const [a, b] = typeof pair === 'string' ? [pair, pair] : pair;
  return [textAt(here, a), textAt(there, b)];
}
