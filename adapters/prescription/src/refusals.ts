/** Why something is refused, in our codes: by our own life cycle, or by the centre. */
import { ERRORS, GatewayError } from '@yiqiao/model';
import type { CentreFacts, CirculationFacts } from './facts.ts';
import type { Hindrance, LifeEvent, Stage } from './life.ts';

const LIMITS: ReadonlySet<string> = new Set(['uses', 'interval', 'quantity']);

/** The error for an event that our own life cycle refuses; nothing was sent. */
export function hindranceError(
  { life }: CirculationFacts,
  hindrance: Hindrance,
  at: { readonly stage: Stage; readonly event: LifeEvent['kind'] },
): GatewayError {
  const limit = LIMITS.has(hindrance) ? { limit: hindrance } : {};
  return new GatewayError(life.refusals[hindrance], {
    facts: { state: at.stage, event: at.event, reason: hindrance, ...limit },
  });
}

/** A refusal of the centre under our code where its number is known; its own words stay in `details.upstream`. */
export function namedRefusal(error: GatewayError, { refusals }: CentreFacts): GatewayError {
  const { upstream } = error.details;
  const code = upstream === undefined ? undefined : refusals.codes[upstream.code];
  if (error.code !== 'UPSTREAM_REJECTED' || upstream === undefined || code === undefined) return error;
  if (!(code in ERRORS)) return error;
  const limit = refusals.limits[upstream.code];
  const facts = { ...error.details.facts, saidBy: 'centre', ...(limit === undefined ? {} : { limit }) };
  return new GatewayError(code, { ...error.details, facts }, { cause: error });
}
