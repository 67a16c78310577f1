/** An envelope inside of what was put around it, met by its shape: the names of wrappers are anybody's. */
import { isWireObject } from '@yiqiao/model';
import type { Deviation, WireObject, WireValue } from '@yiqiao/model';
import { fault } from './faults.ts';
import { jsonDeviations } from './json-deviations.ts';
import { pointerStep } from './json-place.ts';
import { parseDeepJson } from './json-reader.ts';
import type { JsonText } from './json-reader.ts';
import { bareName } from './national-names.ts';
import type { WireLimits } from './types.ts';

/** What an envelope is known by. */
export interface EnvelopeMarks {
  isEnvelope(members: WireObject): boolean;
  /** Stands in every JSON text that holds one; texts without it are not read. */
  readonly mention: RegExp;
  /** Names of the members that are read here; the definition has more. */
  readonly names: readonly string[];
}

/** An object around an envelope. */
export interface Wrapper {
  readonly at: string;
  readonly members: WireObject;
}

/** An envelope that stands inside of something else. */
export interface WrappedEnvelope {
  readonly members: WireObject;
  readonly at: string;
  /** The JSON text that it stands in. */
  readonly json: JsonText;
  /** Whether that is a string of the message, and not the message itself. */
  readonly isText: boolean;
  /** Objects around it, the outermost first. */
  readonly wrappers: readonly Wrapper[];
  readonly deviations: readonly Deviation[];
}

/** A value of the message, and the one that holds it. */
interface Spot {
  readonly value: WireValue;
  readonly json: JsonText;
  readonly holder?: Spot;
  /** Name or index in the holder; none of what was read out of a string, which is the holder then. */
  readonly step?: string;
}

/** The widest seen is an envelope as text in a list in a list in a member. */
const MAX_LAYERS = 4;
const OPENS_OBJECT = /^\s*\{/;

const WRAPPED = {
  zh: '报文外另有包装，已拆开。',
  en: 'The envelope stands inside a wrapper; it was taken out.',
};
const WRAPPED_TEXT = {
  zh: '报文以 JSON 文本放在另一层包装内，已拆开；请直接发送报文。',
  en: 'The envelope stands as JSON text inside a wrapper; it was opened and taken out. Send the envelope itself.',
};

/**
 * The only envelope inside of a text that is none itself: of the nearest layer that has any; there, an object comes
 * before a text. Further in, one member of an envelope does not make one, and what is a spoiled envelope by its own
 * members is no wrapper. `undefined` where there is none, or more than one.
 * @throws GatewayError what reading the text of a member throws
 */
export function findWrapped(
  text: string,
  marks: EnvelopeMarks,
  limits: WireLimits,
): WrappedEnvelope | undefined {
  const json = parseDeepJson(text, limits);
  const root: Spot = { value: json.root, json };
  let layer = typeof json.root === 'string' ? [root] : inside(root);
  for (let depth = 1; depth <= MAX_LAYERS && layer.length > 0; depth += 1) {
    const opened = layer.flatMap((spot) => openText(spot, marks, limits));
    const fits = ({ value }: Spot): boolean =>
      isWireObject(value) && marks.isEnvelope(value) && (depth === 1 || countNames(value, marks) > 1);
    const objects = layer.filter(fits);
    const found = objects.length > 0 ? objects : opened.filter(fits);
    if (found.length > 0) return found.length === 1 && found[0] ? placeOf(found[0]) : undefined;
    if (isWireObject(json.root) && countNames(json.root, marks) > 0) return undefined;
    layer = [...layer, ...opened].flatMap(inside);
  }
  return undefined;
}

/** What an object or a list holds, but for the values that hold nothing. */
function inside(holder: Spot): Spot[] {
  const { value, json } = holder;
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .filter(([, held]) => typeof held === 'string' || Array.isArray(held) || isWireObject(held as WireValue))
    .map(([step, held]) => ({ value: held as WireValue, json, holder, step }));
}

function openText(holder: Spot, { mention }: EnvelopeMarks, limits: WireLimits): Spot[] {
  const { value } = holder;
  if (typeof value !== 'string' || !OPENS_OBJECT.test(value) || !mention.test(value)) return [];
  const json = parseDeepJson(value, limits, pointerOf(holder));
  return [{ value: json.root, json, holder }];
}

/** How many members of an envelope are there, in any spelling. */
function countNames(members: WireObject, { names }: EnvelopeMarks): number {
  const own = new Set(Object.keys(members).map(bareName));
  return names.filter((name) => own.has(bareName(name))).length;
}

function pointerOf({ holder, step }: Spot): string {
  if (holder === undefined) return '';
  return pointerOf(holder) + (step === undefined ? '' : `/${pointerStep(step)}`);
}

/** The spots around one, the outermost first. */
function around({ holder }: Spot): readonly Spot[] {
  return holder === undefined ? [] : [...around(holder), holder];
}

function placeOf(spot: Spot): WrappedEnvelope {
  const at = pointerOf(spot);
  const chain = [...around(spot), spot];
  const texts = chain.filter(({ holder, step }) => holder !== undefined && step === undefined);
  const isText = texts.length > 0;
  return {
    members: spot.value as WireObject,
    at,
    json: spot.json,
    isText,
    wrappers: around(spot).flatMap((one) =>
      isWireObject(one.value) ? [{ at: pointerOf(one), members: one.value }] : [],
    ),
    deviations: [
      fault({ rule: 'wrapper', at, ...(isText ? WRAPPED_TEXT : WRAPPED) }),
      ...chain.flatMap(leftBehind),
      ...texts.flatMap((text) => jsonDeviations(text.json, pointerOf(text))),
    ],
  };
}

/** What stands beside a spot. */
function leftBehind({ holder, step }: Spot): readonly Deviation[] {
  if (holder === undefined || step === undefined) return [];
  const base = pointerOf(holder);
  return Object.keys(holder.value as object)
    .filter((name) => name !== step)
    .map((name) =>
      fault({
        rule: 'not-carried',
        at: `${base}/${pointerStep(name)}`,
        zh: '包装层的成员不属于报文，不再转送。',
        en: 'This member of the wrapper is no part of the message and does not travel on.',
      }),
    );
}
