export { createRouteTable } from './route-table.ts';
export type { Route, RoutePlan, RouteQuery, RouteTable, RouteTableOptions } from './route-table.ts';
export { createExchanges } from './exchanges.ts';
export type {
  Events,
  ExchangeDeps,
  Exchanges,
  Incoming,
  Knowledge,
  LateArrival,
  Policy,
  Reply,
  RequestField,
  Scheduler,
  StateChange,
  Step,
  Told,
  WrittenReply,
} from './types.ts';
export { decodeCanonical, encodeCanonical } from './canonical-text.ts';
export { decodeRecord } from './kept.ts';
export type { RecordedBodies } from './kept.ts';
export { createPeerGuard } from './peer-guard.ts';
export type { GuardSettings, PeerChange, PeerGuard, PeerGuardOptions, PeerStatus } from './peer-guard.ts';
