/** Where a core of the sandbox is bent by the change of a faulty system. */
import type { Bend, CoreRequest, TransactionHandler } from '@yiqiao/sandbox';
import { isNode } from '../run/own-reading.ts';
import type { OwnObject, OwnValue } from '../run/own-reading.ts';
import { withEntrance } from '../sound/entrance.ts';
import { BEHAVIOURS } from './behaviours.ts';
import { CARE_BEHAVIOURS } from './care-behaviours.ts';
import { changeBody } from './bodies.ts';
import { EARS } from './ears.ts';
import { withMending } from './mend.ts';
import type { Usual } from './mend.ts';
import type { Change } from './types.ts';

/** The bend of a change. @throws RangeError for a change that names nothing known */
export function bendOf(change: Change, usual: Usual): Bend {
  const around = aroundOf(change, usual);
  const { hears: ear, envelope } = change;
  return {
    around,
    ...(ear === undefined ? {} : named(EARS, ear)()),
    ...(envelope !== undefined && { spoil: (bytes) => withEnvelope(bytes, envelope) }),
  };
}

function aroundOf(
  { mends, refuses, request: asked, answer: answers = [], behaves }: Change,
  usual: Usual,
): NonNullable<Bend['around']> {
  const acts =
    behaves === undefined
      ? (handler: TransactionHandler) => handler
      : named({ ...BEHAVIOURS, ...CARE_BEHAVIOURS }, behaves)();
  const entrance =
    mends === undefined
      ? withEntrance(usual.registry)
      : withMending(
          usual,
          ({ rule, transaction }) =>
            rule === mends.rule && (mends.transaction ?? transaction) === transaction,
        );
  const heard = (request: CoreRequest): CoreRequest =>
    asked?.of.includes(request.infno) === true
      ? { ...request, input: changeBody(request.input, asked, request.input) }
      : request;
  return (handler) => {
    const inner = acts(handler);
    const entered = entrance(asked?.early === true ? inner : (request) => inner(heard(request)));
    return (request) => {
      if (request.infno === refuses) return { refusal: '本系统不受理该交易' };
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
