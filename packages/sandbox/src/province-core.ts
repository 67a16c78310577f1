/**
 * The simulated platform of one province, which is care place and insured place in one: who is insured and treated
 * there never leaves it. For people from elsewhere, or care elsewhere, it is only what it is asked to be.
 */
import { createAccounts } from './accounts.ts';
import { TOTALS } from './care-place/billed.ts';
import { careBehaviour } from './care-place/care-place-core.ts';
import type { CoreAnswer } from './core-answer.ts';
import { startCoreServer } from './core-server.ts';
import type {
  CoreBehaviour,
  CoreOptions,
  CoreRequest,
  RunningCore,
  TransactionHandler,
} from './core-server.ts';
import { insuredBehaviour } from './insured-place/insured-place-core.ts';
import type { InsuredPlaceCore } from './insured-place/insured-place-core.ts';
import type { Ledger } from './ledger.ts';
import { child, leaf } from './national-message.ts';
import type { JsonObject } from './national-message.ts';

/** A running provincial core. `ledger`: its books as insured place. */
export interface ProvinceCore extends InsuredPlaceCore {
  /** Its books as care place. */
  readonly careLedger: Ledger;
}

/** Both sides take part in these; the care side's check comes first. Source: schemas/national/routing.json. */
const CHECKED_BY: Readonly<Record<string, string | undefined>> = {
  '2101': '2101',
  '2102': '2101',
  '2103': undefined,
  '2206': '2206',
  '2207': '2206',
  '2208': undefined,
  '2303': '2303',
  '2304': '2303',
  '2305': undefined,
  '2601': undefined,
};
/** Trials leave nothing on record. */
const TRIALS: ReadonlySet<string> = new Set(['2101', '2206', '2303']);

/** Options of a provincial core. */
export interface ProvinceOptions extends CoreOptions {
  /** Whose insured it has on its register, six digits; its own when absent: then it is a care place with all behind it. */
  readonly insuredRegion?: string;
}

/** Starts it; care in its own region is settled by both sides in one step. */
export async function startProvinceCore(options: ProvinceOptions): Promise<ProvinceCore> {
  const { insuredRegion = options.region } = options;
  const { accounts = createAccounts() } = options;
  const care = careBehaviour({ ...options, accounts });
  const { behaviour: insured, people } = insuredBehaviour({ ...options, accounts, region: insuredRegion });
  const numbers = new Set([...Object.keys(care.handlers), ...Object.keys(insured.handlers)]);
  const handlers = Object.fromEntries(
    [...numbers].map((infno) => [infno, handlerOf(infno, { care, insured, region: options.region })]),
  );
  const core: RunningCore = await startCoreServer(options, {
    ledger: insured.ledger,
    handlers,
    elsewhere: (infno) => `不受理交易 ${infno}`,
    ...(care.pay !== undefined && { pay: care.pay }),
  });
  return { ...core, ...people, careLedger: care.ledger };
}

interface Sides {
  readonly care: CoreBehaviour;
  readonly insured: CoreBehaviour;
  readonly region: string;
}

function handlerOf(infno: string, { care, insured, region }: Sides): TransactionHandler {
  const [ofCare, ofInsured] = [care.handlers[infno], insured.handlers[infno]];
  const settles = infno in CHECKED_BY && ofInsured !== undefined;
  return (request) => {
    const isHere = leaf(request.envelope, 'mdtrtarea_admvs').slice(0, 2) === region.slice(0, 2);
    if (settles && isHere) return settleHere(infno, request, { care, insured });
    const handler = ofInsured ?? ofCare;
    return handler === undefined ? { refusal: `不受理交易 ${infno}` } : handler(request);
  };
}

/** Check, decide, record: as a gateway does it between two provinces. */
function settleHere(
  infno: string,
  request: CoreRequest,
  { care, insured }: Omit<Sides, 'region'>,
): CoreAnswer {
  const check = care.handlers[CHECKED_BY[infno] ?? ''];
  const checked = check?.({ ...request, infno: CHECKED_BY[infno] ?? infno });
  if (checked !== undefined && 'refusal' in checked) return checked;
  const answer = insured.handlers[infno]?.(withTotals(request, checked)) ?? {
    refusal: `不受理交易 ${infno}`,
  };
  if ('refusal' in answer || 'file' in answer || TRIALS.has(infno)) return answer;
  const told: JsonObject = Array.isArray(answer.output) ? {} : ((answer.output ?? {}) as JsonObject);
  const recorded = care.handlers[infno]?.({ ...request, input: { ...request.input, ...told } });
  // The gateway would repeat it until it is on record; here both sides are one, so that it can only be a fault.
  return recorded !== undefined && 'refusal' in recorded ? recorded : answer;
}

/** 2206 has no place for the parts of a total: the care side knows them, so that nobody need send them. */
function withTotals(request: CoreRequest, checked: CoreAnswer | undefined): CoreRequest {
  if (checked === undefined || !('output' in checked) || checked.output === null) return request;
  const split = child(checked.output as JsonObject, 'setlinfo');
  const parts = Object.fromEntries(TOTALS.map(([name]) => [name, split[name]]));
  const data = { ...parts, ...child(request.input, 'data') };
  return { ...request, input: { ...request.input, data } };
}
