/** Who answers a message: by role, answering side, insured place, transaction and version. */
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import type { AnsweringSide, PoolingArea } from '@yiqiao/registry';

/** Way to an insured place. */
export interface Route {
  /** Code of a pooling area, of a province (`xx0000`), or `*`. */
  readonly insured: string;
  readonly peer: string;
  /** Only these national transactions; all when absent. */
  readonly transactions?: readonly string[];
  /** Only this interface version (`infver`); all when absent. */
  readonly version?: string;
}

/** What a route table is made from. */
export interface RouteTableOptions {
  readonly role: 'care-place' | 'hub' | 'insured-place';
  /** Region code of this gateway. */
  readonly region: string;
  readonly routes: readonly Route[];
  /** Peer ids of the cores behind this gateway. */
  readonly carePlaceCore?: string;
  readonly insuredPlaceCore?: string;
  /** Whether the care place's core can be told what another place decided; it can when absent. */
  readonly coreTakesDecisions?: boolean;
  readonly registry: {
    answeringSide(transaction: string): AnsweringSide | undefined;
    poolingArea(region: string): PoolingArea | undefined;
  };
}

/** What decides the way of a message. */
export interface RouteQuery {
  /** National transaction number. */
  readonly transaction: string;
  readonly careRegion: string;
  /** Absent means local. */
  readonly insuredRegion?: string;
  readonly version?: string;
}

/** Where a message goes. All are peer ids. */
export interface RoutePlan {
  /** Who decides. */
  readonly main: string;
  /** Asked before anything is done; its refusal refuses the message. */
  readonly checkFirst?: string;
  /** Told afterwards what `main` answered. */
  readonly recordAfter?: string;
}

/** A route table. */
export interface RouteTable {
  /** @throws GatewayError `REGION_UNKNOWN` | `ROUTE_MISSING` | `FORMAT_LIMIT` (the core cannot be told the result). */
  plan(query: RouteQuery): RoutePlan;
}

/**
 * Creates a route table. Regions are compared by pooling area, never by their first digits, which
 * misroutes counties of municipalities and province-level schemes. Source: cross-province.json, routingRule.
 * @throws GatewayError `REGION_UNKNOWN` when the own region of a care or insured place is in no pooling area.
 */
export function createRouteTable(options: RouteTableOptions): RouteTable {
  if (options.role === 'hub') return { plan: (query) => ({ main: remotePeer(options, query) }) };
  const ownProvince = areaOf(options, options.region, { region: options.region }).province;
  switch (options.role) {
    case 'insured-place':
      return { plan: (query) => planInsuredPlace(options, ownProvince, query) };
    case 'care-place':
      return { plan: (query) => planCarePlace(options, ownProvince, query) };
  }
}

function planInsuredPlace(options: RouteTableOptions, ownProvince: string, query: RouteQuery): RoutePlan {
  const { insuredRegion } = query;
  const elsewhere =
    insuredRegion !== undefined && areaOf(options, insuredRegion, facts(query)).province !== ownProvince;
  return { main: elsewhere ? missing(query) : (options.insuredPlaceCore ?? missing(query)) };
}

function planCarePlace(options: RouteTableOptions, ownProvince: string, query: RouteQuery): RoutePlan {
  const core = options.carePlaceCore;
  const side = options.registry.answeringSide(query.transaction) ?? missing(query);
  const { careRegion, insuredRegion } = query;
  // The predecessor's reversal names no place of care.
  if (careRegion !== '') areaOf(options, careRegion, facts(query));
  const local =
    side === 'care-place' ||
    insuredRegion === undefined ||
    areaOf(options, insuredRegion, facts(query)).province === ownProvince;
  if (local) return { main: core ?? missing(query) };
  const main = remotePeer(options, query);
  // A core that carries off-site care itself decides, and knows what it decided.
  if (side !== 'both' || core === undefined || main === core) return { main };
  if (options.coreTakesDecisions === false) throw untold(query, core);
  return { main, checkFirst: core, recordAfter: core };
}

/** The other place must not decide what the own core can never be told. */
function untold(query: RouteQuery, core: string): GatewayError {
  const fault: Fault = {
    rule: 'no-decision',
    at: '/infno',
    field: 'infno',
    found: query.transaction,
    label: { zh: '交易', en: 'transaction' },
    message: {
      zh: `就医地核心（${core}）的接口容不下参保地的结算结果，${query.transaction} 未发往任何一方。该核心若自行办理异地结算，请把 routes 也指向它；否则请改用可接收结果的核心接口。`,
      en: `The form of the care place's core (${core}) has no room for what the insured place decides, so ${query.transaction} was sent to nobody. If that core carries off-site care itself, point routes to it too; else connect a core that can be told.`,
    },
  };
  return new GatewayError('FORMAT_LIMIT', { faults: [fault], facts: { ...facts(query), peer: core } });
}

/** Peer of the route that says most about the insured place, then about transaction and version. */
function remotePeer(options: RouteTableOptions, query: RouteQuery): string {
  const area = areaOf(options, query.insuredRegion ?? '', facts(query));
  let best: Route | undefined;
  let bestRank = -1;
  for (const route of options.routes) {
    const rank = rankOf(route, area, query);
    if (rank > bestRank) [best, bestRank] = [route, rank];
  }
  return best?.peer ?? missing(query);
}

/** -1 when the route does not apply; a pool counts more than a province, a province more than `*`. */
function rankOf(route: Route, area: PoolingArea, query: RouteQuery): number {
  const place = ['*', area.province, area.pool].lastIndexOf(route.insured);
  if (place < 0) return -1;
  if (route.transactions !== undefined && !route.transactions.includes(query.transaction)) return -1;
  if (route.version !== undefined && route.version !== query.version) return -1;
  return place * 4 + (route.transactions === undefined ? 0 : 2) + (route.version === undefined ? 0 : 1);
}

function areaOf(options: RouteTableOptions, region: string, details: Record<string, string>): PoolingArea {
  const area = options.registry.poolingArea(region);
  if (area === undefined) throw new GatewayError('REGION_UNKNOWN', { facts: { ...details, region } });
  return area;
}

function missing(query: RouteQuery): never {
  throw new GatewayError('ROUTE_MISSING', { facts: facts(query) });
}

function facts(query: RouteQuery): Record<string, string> {
  return {
    transaction: query.transaction,
    careRegion: query.careRegion,
    ...(query.insuredRegion !== undefined && { insuredRegion: query.insuredRegion }),
  };
}
