/** Where a core of the sandbox is bent by the change of a faulty system. */
import assert from 'node:assert/strict';
import type { Bend, CoreRequest, TransactionHandler } from '@yiqiao/sandbox';
import { isNode } from '../../run/own-reading.ts';
import type { OwnObject, OwnValue } from '../../run/own-reading.ts';
import { matches } from '../../run/plan.ts';
import { withEntrance } from '../../sound/entrance.ts';
import { BEHAVIOURS } from './behaviours.ts';
import { CARE_BEHAVIOURS } from './care-behaviours.ts';
import { changeBody } from './bodies.ts';
import { CREDENTIAL_BEHAVIOURS } from './credential-behaviours.ts';
import { EARS } from './ears.ts';
import { withForgetting } from './forgetting.ts';
import { MATRIX_BEHAVIOURS } from './matrix-behaviours.ts';
import { withMending } from './mend.ts';
import type { Usual } from './mend.ts';
import { OFFICE_BEHAVIOURS } from './office-behaviours.ts';
import { OUTSIDE_BEHAVIOURS } from './outside-behaviours.ts';
import { OUTSIDE_EARS } from './outside-ears.ts';
import { RESTART_BEHAVIOURS } from './restart-behaviours.ts';
import type { Change } from '../types.ts';

const ALL_BEHAVIOURS = together([
  BEHAVIOURS,
  CARE_BEHAVIOURS,
  MATRIX_BEHAVIOURS,
  OFFICE_BEHAVIOURS,
  OUTSIDE_BEHAVIOURS,
  CREDENTIAL_BEHAVIOURS,
  RESTART_BEHAVIOURS,
]);
const ALL_EARS = together([EARS, OUTSIDE_EARS]);

/** One list by name. A name that stands twice would hide a faulty system behind another. */
function together<T>(lists: readonly Readonly<Record<string, T>>[]): Readonly<Record<string, T>> {
  const names = lists.flatMap((list) => Object.keys(list));
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  assert(twice === undefined, `two faults are called ${twice}`);
  return Object.assign({}, ...lists) as Readonly<Record<string, T>>;
}

/** The bend of a change. @throws RangeError for a change that names nothing known */
export function bendOf(change: Change, usual: Usual): Bend {
  const around = aroundOf(change, usual);
  const { hears: ear, envelope } = change;
  return {
    around,
    ...(ear === undefined ? {} : named(ALL_EARS, ear)({ starts: usual.starts ?? (() => 1) })),
    ...(envelope !== undefined && { spoil: (bytes) => withEnvelope(bytes, envelope) }),
  };
}

function aroundOf(
  { mends, refuses, forgives, forgets, request: asked, answer: answers = [], behaves }: Change,
  usual: Usual,
): NonNullable<Bend['around']> {
  const state = { starts: usual.starts ?? (() => 1) };
  const forgetful = forgets === undefined ? asItIs : withForgetting(forgets, state);
  const acts = behaves === undefined ? asItIs : named(ALL_BEHAVIOURS, behaves)(state);
  const entrance =
    mends === undefined
      ? withEntrance(usual.registry)
      : withMending(
          usual,
          ({ rule, transaction }) => rule === mends.rule && matches(mends.transaction ?? '*', transaction),
        );
  const heard = (request: CoreRequest): CoreRequest =>
    asked?.of.includes(request.infno) === true
      ? { ...request, input: changeBody(request.input, asked, request.input) }
      : request;
  return (handler) => {
    const inner = forgetful(forgiving(acts(handler), forgives));
    const entered = entrance(asked?.early === true ? inner : (request) => inner(heard(request)));
    return (request) => {
      if ([refuses ?? []].flat().some((pattern) => matches(pattern, request.infno)))
        return { refusal: '本系统不受理该交易' };
      const answer = entered(asked?.early === true ? heard(request) : request);
      if (!('output' in answer) || !isNode(answer.output as OwnValue)) return answer;
      const wanted = answers.filter(({ of }) => of.includes(request.infno));
      const output = wanted.reduce(
        (body, one) => changeBody(body, one, request.input),
        answer.output as OwnObject,
      );
      return { output };
    };
  };
}

const asItIs = (handler: TransactionHandler): TransactionHandler => handler;

/** Says yes where the sandbox refuses with these words, and does nothing. */
function forgiving(go: TransactionHandler, forgives: Change['forgives']): TransactionHandler {
  if (forgives === undefined) return go;
  return (request) => {
    const answer = go(request);
    const forgiven =
      forgives.of.includes(request.infno) && 'refusal' in answer && answer.refusal.includes(forgives.words);
    return forgiven ? { output: null } : answer;
  };
}

function named<T>(all: Readonly<Record<string, T>>, name: string): T {
  const found = all[name];
  if (found === undefined) throw new RangeError(`no such fault: ${name}`);
  return found;
}

/** Texts of envelope members put into the bytes of an answer; a member's value is JSON. */
function withEnvelope(bytes: Buffer, members: Readonly<Record<string, string>>): Buffer {
  let text = bytes.toString('utf8');
  for (const [name, value] of Object.entries(members)) {
    const found = new RegExp(`"${name}":(?:"(?:[^"\\\\]|\\\\.)*"|[^,}]*)`).exec(text)?.[0];
    if (found !== undefined) {
      const before = found.slice(name.length + 3);
      text = text.replace(found, () => `"${name}":${value.replace('$', before)}`);
    }
  }
  return Buffer.from(text);
}
