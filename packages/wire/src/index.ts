export { createNationalJson } from './national-json.ts';
export type { NationalJsonOptions } from './national-json.ts';
export { createPredecessorXml } from './predecessor-xml.ts';
export type { PredecessorXmlOptions } from './predecessor-xml.ts';
export type {
  OutgoingRequest,
  OutgoingResponse,
  SignBody,
  WireCodec,
  WireLimits,
  WireRequest,
  WireResponse,
} from './types.ts';
