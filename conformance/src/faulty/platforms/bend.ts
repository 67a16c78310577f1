/** Where a platform of the sandbox is bent by the change of a faulty one. */
import type { PlatformBend, PlatformHandler, PlatformRequest } from '@yiqiao/sandbox';
import type { PlatformObjection } from '../../systems/platforms-entrance.ts';
import { withPlatformEntrance } from '../../systems/platforms-entrance.ts';
import { changeBody } from '../bodies.ts';
import { named } from '../by-name.ts';
import { PLATFORM_BEHAVIOURS } from './behaviours.ts';
import { PLATFORM_EARS } from './ears.ts';
import { withPlatformMending } from './mend.ts';
import type { PlatformUsual } from './mend.ts';
import type { OwnObject } from '../../run/own-reading.ts';
import type { BodyChange } from '../types.ts';

/** One small change of a platform. */
export interface PlatformChange {
  /** What the entrance lets pass, with the usual value in place of what is missing or wrong; `path` may be left out. */
  readonly mends?: {
    readonly rule: PlatformObjection['rule'];
    readonly operation?: string;
    readonly path?: string;
  };
  readonly refuses?: string;
  /** Refusals of this number, or of this text where they have none, are answered as if it had gone well; with the last such answer, unless `body` says with what. */
  readonly forgives?: { readonly code: string; readonly operation?: string; readonly body?: OwnObject };
  readonly request?: BodyChange;
  readonly answer?: readonly BodyChange[];
  /** A name of behaviours.ts. */
  readonly behaves?: string;
  /** A name of ears.ts. */
  readonly hears?: string;
}

/** The bend of a change; the sound platform's when there is none. @throws RangeError for a change that names nothing known */
export function bendOfPlatform(change: PlatformChange | undefined, usual: PlatformUsual): PlatformBend {
  if (change === undefined) return { around: withPlatformEntrance(usual.rules) };
  const { hears: ear } = change;
  return { around: aroundOf(change, usual), ...(ear !== undefined && named(PLATFORM_EARS, ear)()) };
}

function aroundOf(change: PlatformChange, usual: PlatformUsual): NonNullable<PlatformBend['around']> {
  const { mends, refuses, behaves, request: asked, answer: answers = [] } = change;
  const acts =
    behaves === undefined ? (handler: PlatformHandler) => handler : named(PLATFORM_BEHAVIOURS, behaves)();
  const entrance =
    mends === undefined
      ? withPlatformEntrance(usual.rules)
      : withPlatformMending(
          usual,
          ({ rule, operation, path }) =>
            rule === mends.rule &&
            (mends.operation ?? operation) === operation &&
            (mends.path ?? path) === path,
        );
  const heard = (request: PlatformRequest): PlatformRequest =>
    asked?.of.includes(request.operation) === true
      ? { ...request, body: changeBody(request.body, asked, request.body) }
      : request;
  return (handler) => {
    const inner = acts(forgiving(handler, change.forgives));
    const entered = entrance((request) => inner(heard(request)));
    return (request) => {
      if (request.operation === refuses) return { refusal: '本平台不受理该业务' };
      const answer = entered(request);
      if (!('body' in answer)) return answer;
      const wanted = answers.filter(({ of }) => of.includes(request.operation));
      return { body: wanted.reduce((body, one) => changeBody(body, one, request.body), answer.body) };
    };
  };
}

function forgiving(handler: PlatformHandler, forgives: PlatformChange['forgives']): PlatformHandler {
  if (forgives === undefined) return handler;
  const last = new Map<string, OwnObject>();
  return (request) => {
    const { operation } = request;
    const answer = handler(request);
    if ('body' in answer) last.set(operation, answer.body);
    if ('body' in answer || (answer.code ?? answer.refusal) !== forgives.code) return answer;
    if ((forgives.operation ?? operation) !== operation) return answer;
    return { body: forgives.body ?? last.get(operation) ?? {} };
  };
}
