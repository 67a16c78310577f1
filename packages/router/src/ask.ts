/** Messages that change nothing: reads, and the trial before a settlement. */
import { GatewayError, leafText } from '@yiqiao/model';
import type { CallContext, CanonicalRequest, CanonicalResponse } from '@yiqiao/model';
import type { OperationEntry } from '@yiqiao/registry';
import { recordsOf } from './kept.ts';
import type { AnsweredMessage } from './kept.ts';
import { toGatewayError } from './machine.ts';
import type { Machine } from './machine.ts';
import { withCallersNumber } from './own-number.ts';
import { bodyOf, buildRequest, operationOf, trialBody } from './requests.ts';
import type { RoutePlan } from './route-table.ts';
import type { Ending, ExchangeDeps, Incoming, Step } from './types.ts';

/** What is known of a step's operation. */
function entryOf(deps: ExchangeDeps, step: Step): OperationEntry | undefined {
  return step.operation === undefined
    ? deps.registry.findOperation(step.transaction)
    : deps.registry.operation(step.operation);
}

/** True when no step of a message changes anything. */
export function isReading(deps: ExchangeDeps, incoming: Incoming): boolean {
  return incoming.steps.every((step) => (entryOf(deps, step)?.effect ?? step.effect ?? 'write') === 'read');
}

/** Does what a reading message asks. Nobody waits for the journal, unless others have it in common. */
export async function read(machine: Machine, incoming: Incoming): Promise<Ending> {
  const responses: CanonicalResponse[] = [];
  const messages: AnsweredMessage[] = [];
  try {
    for (const step of incoming.steps) {
      const request = await step.build(responses);
      const plan = planFor(machine, step, request);
      await checkFirst(machine, plan, request, incoming.deadline);
      const response = await ask(machine, plan.main, request, incoming.deadline);
      responses.push(response);
      messages.push({ request, response, entry: entryOf(machine.deps, step) });
    }
  } catch (error) {
    return { state: 'rejected', error: toGatewayError(error) };
  }
  const records = incoming.keepsRecords ? recordsOf(incoming.key.institution, messages) : [];
  if (records.length > 0) await machine.deps.journal.keep(records);
  return { state: 'answered', responses };
}

/** @throws GatewayError `REGION_UNKNOWN` | `ROUTE_MISSING`. */
export function planFor(machine: Machine, step: Step, request: CanonicalRequest): RoutePlan {
  const { careRegion, insuredRegion, others } = request.header;
  const version = leafText(others['infver']);
  return machine.deps.routes.plan({
    transaction: step.transaction,
    careRegion,
    ...(insuredRegion !== undefined && { insuredRegion }),
    ...(version !== undefined && { version }),
  });
}

/**
 * Lets the care place's core refuse before anything is done.
 * @throws GatewayError its refusal, or `UPSTREAM_UNREACHABLE` when it does not answer: nothing was done.
 */
export async function checkFirst(
  machine: Machine,
  plan: RoutePlan,
  request: CanonicalRequest,
  deadline: number,
): Promise<void> {
  const operation = operationOf(request);
  const trial = operation === undefined ? undefined : machine.deps.registry.operation(operation).checkedBy;
  if (plan.checkFirst === undefined || trial === undefined) return;
  const { registry } = machine.deps;
  const body = trialBody(registry.requestFields(trial), bodyOf(request));
  try {
    await ask(machine, plan.checkFirst, buildRequest(request, registry.operation(trial), body), deadline);
  } catch (cause) {
    const error = toGatewayError(cause);
    if (error.kind.outcome === 'rejected') throw error;
    throw new GatewayError('UPSTREAM_UNREACHABLE', { facts: { peer: plan.checkFirst } }, { cause });
  }
}

/** Asks once, and once more after a pause when the peer was not reached. */
async function ask(
  machine: Machine,
  peer: string,
  request: CanonicalRequest,
  deadline: number,
): Promise<CanonicalResponse> {
  try {
    return await askOnce(machine, peer, request, deadline);
  } catch (error) {
    const unreached = error instanceof GatewayError && error.code === 'UPSTREAM_UNREACHABLE';
    const pauseMs = machine.backOffMs(1);
    if (!unreached || machine.stop.stopping || machine.deps.clock.now() + pauseMs >= deadline) throw error;
    await machine.stop.pause(pauseMs).catch(() => {
      throw error;
    });
    return askOnce(machine, peer, request, deadline);
  }
}

async function askOnce(
  machine: Machine,
  peer: string,
  request: CanonicalRequest,
  deadline: number,
): Promise<CanonicalResponse> {
  const { adapters, clock, events, mintMessageId, policy } = machine.deps;
  const adapter = adapters.get(peer);
  if (adapter === undefined) throw new GatewayError('ROUTE_MISSING', { facts: { peer } });
  const context: CallContext = {
    deadline: Math.min(deadline, clock.now() + policy.replyTimeoutMs(peer, operationOf(request))),
    signal: machine.stop.signal,
    resolving: false,
    recordSent: async () => undefined,
    noteReply: () => undefined,
  };
  const { header, content } = request;
  const messageId = mintMessageId(header.institutionCode);
  const response = await adapter.execute({ header: { ...header, messageId }, content }, context);
  if (response.deviations.length > 0) {
    events.onDeviations?.(peer, header.transaction, response.deviations);
  }
  return withCallersNumber(response, { passedOn: messageId, callers: header.messageId });
}
