/** A message that changes something, step by step, from its arrival to its end. */
import { GatewayError } from '@yiqiao/model';
import type { CanonicalRequest, CanonicalResponse } from '@yiqiao/model';
import { checkFirst, planFor } from './ask.ts';
import { addHop, attemptRequest, doubtOf } from './attempt.ts';
import type { Case, Hop, HopEnd } from './case.ts';
import { confirmAll } from './commit.ts';
import { finishAnswered, finishUndone } from './finish.ts';
import { givenToPerson } from './further-on.ts';
import { toGatewayError } from './machine.ts';
import type { Machine } from './machine.ts';
import { takeUp } from './matters.ts';
import { naturalKeysOf } from './natural-keys.ts';
import type { Ending, Incoming } from './types.ts';
import { resolveHop, settleAttempt } from './ways-out.ts';

/** Does what a writing message asks, and ends the exchange. */
export async function carryOut(machine: Machine, opened: Case, incoming: Incoming): Promise<Ending> {
  const responses: CanonicalResponse[] = [];
  const matter: Taken = { giveBack: undefined };
  try {
    for (const index of incoming.steps.keys()) {
      const end = await takeStep(machine, opened, { incoming, index, responses, matter });
      if (end.state !== 'answered') return await finishUndone(machine, opened, end, incoming);
      responses.push(end.response);
    }
    return await finishAnswered(machine, opened, responses, incoming);
  } finally {
    matter.giveBack?.();
  }
}

/** The matter that a message has taken up, until its end. */
interface Taken {
  giveBack: (() => void) | undefined;
}

interface StepAt {
  readonly matter: Taken;
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
  switch (attempt.kind) {
    case 'unknown':
      return resolveHop(machine, opened, hop, doubtOf(attempt));
    case 'person':
      return givenToPerson(machine, opened, hop, attempt.error);
    case 'answered':
    case 'refused':
    case 'silent':
      return confirmStep(machine, opened, at, settleAttempt(machine, opened, hop, attempt));
  }
}

/** What comes next may need what was computed; the last step is confirmed once its answer can be told. */
async function confirmStep(machine: Machine, opened: Case, at: StepAt, end: HopEnd): Promise<HopEnd> {
  const isLast = at.index === at.incoming.steps.length - 1;
  if (end.state !== 'answered' || isLast) return end;
  const fault = await confirmAll(machine, opened);
  return fault === undefined ? end : { state: 'unresolved', reason: fault };
}

/** @throws GatewayError when the step is refused before anything is sent. */
async function prepareHop(machine: Machine, opened: Case, at: StepAt): Promise<Hop> {
  const { incoming, index, responses } = at;
  const step = incoming.steps[index];
  if (step === undefined) throw new GatewayError('INTERNAL', { facts: { step: index } });
  const request = await step.build(responses);
  await takeUpMatter(machine, opened, at, request);
  const plan = planFor(machine, step, request);
  await checkFirst(machine, plan, request, incoming.deadline);
  if (opened.id === undefined && machine.deps.clock.now() >= incoming.deadline) {
    // By now the caller may be sending it again: a refusal of one copy would not hold for the other.
    throw new GatewayError('EXCHANGE_IN_PROGRESS', { facts: { callerLeft: true } });
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

/** Only the first message of an exchange names its matter: it is what opens the record. */
async function takeUpMatter(
  machine: Machine,
  opened: Case,
  { incoming, index, matter }: StepAt,
  request: CanonicalRequest,
): Promise<void> {
  const entry = index === 0 ? machine.deps.registry.findOperation(request.header.transaction) : undefined;
  const naturalKeys = naturalKeysOf(entry, request);
  if (entry === undefined || naturalKeys.length === 0) return;
  opened.naturalKeys = naturalKeys;
  matter.giveBack = await takeUp(machine, opened, { entry, request, deadline: incoming.deadline });
}
