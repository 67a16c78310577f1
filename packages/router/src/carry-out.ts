/** A message that changes something, step by step, from its arrival to its end. */
import { GatewayError } from '@yiqiao/model';
import type { CanonicalResponse } from '@yiqiao/model';
import { checkFirst, planFor } from './ask.ts';
import { addHop, attemptRequest, doubtOf } from './attempt.ts';
import type { Case, Hop, HopEnd } from './case.ts';
import { finishAnswered, finishUndone } from './finish.ts';
import { toGatewayError } from './machine.ts';
import type { Machine } from './machine.ts';
import type { Ending, Incoming } from './types.ts';
import { resolveHop, settleAttempt } from './ways-out.ts';

/** Does what a writing message asks, and ends the exchange. */
export async function carryOut(machine: Machine, opened: Case, incoming: Incoming): Promise<Ending> {
  const responses: CanonicalResponse[] = [];
  for (const index of incoming.steps.keys()) {
    const end = await takeStep(machine, opened, { incoming, index, responses });
    if (end.state !== 'answered') return finishUndone(machine, opened, end, incoming);
    responses.push(end.response);
  }
  return finishAnswered(machine, opened, responses, incoming);
}

interface StepAt {
  readonly incoming: Incoming;
  readonly index: number;
  readonly responses: readonly CanonicalResponse[];
}

async function takeStep(machine: Machine, opened: Case, at: StepAt): Promise<HopEnd> {
  let hop: Hop;
  try {
    hop = await prepareHop(machine, opened, at);
  } catch (error) {
    return { state: 'rejected', error: toGatewayError(error) };
  }
  const attempt = await attemptRequest(machine, opened, hop);
  return attempt.kind === 'unknown'
    ? resolveHop(machine, opened, hop, doubtOf(attempt))
    : settleAttempt(machine, opened, hop, attempt);
}

/** @throws GatewayError when the step is refused before anything is sent. */
async function prepareHop(machine: Machine, opened: Case, at: StepAt): Promise<Hop> {
  const { incoming, index, responses } = at;
  const step = incoming.steps[index];
  if (step === undefined) throw new GatewayError('INTERNAL', { facts: { step: index } });
  const request = await step.build(responses);
  const plan = planFor(machine, step, request);
  await checkFirst(machine, plan, request, incoming.deadline);
  if (opened.id === undefined && machine.deps.clock.now() >= incoming.deadline) {
    throw new GatewayError('UPSTREAM_UNREACHABLE', { facts: { callerLeft: true } });
  }
  if (!machine.deps.adapters.has(plan.main)) {
    throw new GatewayError('ROUTE_MISSING', { facts: { peer: plan.main } });
  }
  const { main: peer, recordAfter } = plan;
  return addHop(machine, opened, {
    purpose: 'forward',
    peer,
    request,
    step: index,
    recordAfter,
    keepsTime: true,
  });
}
