/** Taking back a message that was several messages to the far side (the predecessor's 0212), newest first. */
import type { CanonicalRequest } from '@yiqiao/model';
import type { Exchange } from '@yiqiao/journal';
import { addHop } from './attempt.ts';
import { encodeCanonical } from './canonical-text.ts';
import { fallsWithAnother, forwardHops, restoreCase } from './case.ts';
import type { Case, Hop } from './case.ts';
import { finishAnswered, finishUndone } from './finish.ts';
import type { Caller } from './finish.ts';
import type { Machine } from './machine.ts';
import { bodyOf, buildRequest, reversalBody, reversalSuccess, undoBodies } from './requests.ts';
import type { Ending } from './types.ts';
import { insist } from './ways-out.ts';

/** Whether each step of an ended exchange can be taken back. */
export function canTakeBackSteps(machine: Machine, original: Exchange): boolean {
  return original.state === 'answered' && planOf(machine, original) !== undefined;
}

/** Takes the steps back and ends the exchange that asked for it; goes on after a restart. */
export async function takeBackSteps(
  machine: Machine,
  opened: Case,
  original: Exchange,
  caller?: Caller,
): Promise<Ending> {
  opened.reverses = original.id;
  const plan = planOf(machine, original) ?? [];
  for (const [index, { of, request }] of plan.entries()) {
    const hop =
      hopFor(opened, of, request) ??
      addHop(machine, opened, { purpose: 'forward', peer: of.peer, request, step: of.step });
    if (hop.state === 'answered') continue;
    const end = await insist(machine, opened, hop, { doubtful: hop.number !== undefined });
    if (end?.state === 'answered') continue;
    const untouched = index === 0 && end?.state === 'rejected';
    return finishUndone(
      machine,
      opened,
      untouched ? end : { state: 'unresolved', reason: 'not-taken-back' },
      caller,
    );
  }
  return finishAnswered(machine, opened, [reversalSuccess('')], caller);
}

interface TakeBack {
  readonly of: Hop;
  readonly request: CanonicalRequest;
}

/** The messages that take the steps back, newest first; `undefined` when one step cannot be taken back. */
function planOf(machine: Machine, original: Exchange): readonly TakeBack[] | undefined {
  const hops = forwardHops(restoreCase(machine.deps, original)).toReversed();
  const plan: TakeBack[] = [];
  for (const hop of hops) {
    if (fallsWithAnother(hop, hops)) continue;
    const requests = takeBackOf(machine, hop);
    if (requests.length === 0) return undefined;
    plan.push(...requests.map((request) => ({ of: hop, request })));
  }
  return plan;
}

function takeBackOf({ deps }: Machine, hop: Hop): readonly CanonicalRequest[] {
  const { registry } = deps;
  const { entry, request, response } = hop;
  if (entry?.reversible === true) {
    const body = reversalBody(request);
    return body === undefined ? [] : [buildRequest(request, registry.operation('reverseTransaction'), body)];
  }
  if (entry?.undoneBy === undefined) return [];
  const undo = registry.operation(entry.undoneBy);
  const bodies = undoBodies(registry.requestFields(undo.operation), request, response);
  return bodies.map((body) => buildRequest(request, undo, body));
}

/** The message on record that takes this step back. */
function hopFor(opened: Case, of: Hop, request: CanonicalRequest): Hop | undefined {
  const body = encodeCanonical(bodyOf(request));
  return opened.hops.find((hop) => hop.step === of.step && encodeCanonical(bodyOf(hop.request)) === body);
}
