/** Where a core of the sandbox is bent by the change of a faulty system. */
import type { Bend, CoreRequest, TransactionHandler } from '@yiqiao/sandbox';
import { isNode } from '../../run/own-reading.ts';
import type { OwnObject, OwnValue } from '../../run/own-reading.ts';
import { matches } from '../../run/plan.ts';
import { withEntrance } from '../../sound/entrance.ts';
import { changeBody } from '../bodies.ts';
import { named, together } from '../by-name.ts';
import type { Change } from '../types.ts';
import type { SystemState } from './acts.ts';
import { BEHAVIOURS } from './behaviours.ts';
import { CARE_BEHAVIOURS } from './care-behaviours.ts';
import { CARE_OFFICE_BEHAVIOURS } from './care-office-behaviours.ts';
import { CARE_QUERY_BEHAVIOURS } from './care-query-behaviours.ts';
import { CARE_RECORD_BEHAVIOURS } from './care-record-behaviours.ts';
import { CARE_STAY_BEHAVIOURS } from './care-stay-behaviours.ts';
import { CREDENTIAL_BEHAVIOURS } from './credential-behaviours.ts';
import { CUTOVER_BEHAVIOURS } from './cutover-behaviours.ts';
import { EARS } from './ears.ts';
import { withForgetting } from './forgetting.ts';
import { LIST_BEHAVIOURS } from './list-behaviours.ts';
import { MATRIX_BEHAVIOURS } from './matrix-behaviours.ts';
import { withMending } from './mend.ts';
import type { Usual } from './mend.ts';
import { DONE, isDone, isRefused } from './messages.ts';
import { OUTSIDE_BEHAVIOURS } from './outside-behaviours.ts';
import { OUTSIDE_EARS } from './outside-ears.ts';
import { RECON_BEHAVIOURS } from './recon-behaviours.ts';
import { RECON_FILE_BEHAVIOURS } from './recon-file-behaviours.ts';
import { RESTART_BEHAVIOURS } from './restart-behaviours.ts';

const ALL_BEHAVIOURS = together([
  BEHAVIOURS,
  CARE_BEHAVIOURS,
  CARE_OFFICE_BEHAVIOURS,
  CARE_QUERY_BEHAVIOURS,
  CARE_RECORD_BEHAVIOURS,
  CARE_STAY_BEHAVIOURS,
  CREDENTIAL_BEHAVIOURS,
  CUTOVER_BEHAVIOURS,
  LIST_BEHAVIOURS,
  MATRIX_BEHAVIOURS,
  OUTSIDE_BEHAVIOURS,
  RECON_BEHAVIOURS,
  RECON_FILE_BEHAVIOURS,
  RESTART_BEHAVIOURS,
]);
const ALL_EARS = together([EARS, OUTSIDE_EARS]);

/** The bend of a change. @throws RangeError for a change that names nothing known */
export function bendOf(change: Change, usual: Usual): Bend {
  const system: SystemState = { starts: usual.starts ?? (() => 1) };
  const { hears: ear, envelope } = change;
  return {
    around: aroundOf(change, { usual, system }),
    ...(ear !== undefined && named(ALL_EARS, ear)(system)),
    ...(envelope !== undefined && { spoil: (bytes) => withEnvelope(bytes, envelope) }),
  };
}

function aroundOf(
  { mends, refuses, forgives, forgets, request: asked, answer: answers = [], behaves }: Change,
  { usual, system }: { readonly usual: Usual; readonly system: SystemState },
): NonNullable<Bend['around']> {
  const forgetful = forgets === undefined ? asItIs : withForgetting(forgets, system);
  const acts = behaves === undefined ? asItIs : named(ALL_BEHAVIOURS, behaves)(system);
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
      if (!isDone(answer) || !isNode(answer.output as OwnValue)) return answer;
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
    return forgives.of.includes(request.infno) && isRefused(answer, forgives.words) ? DONE : answer;
  };
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
