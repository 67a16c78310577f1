export { createNationalJson } from './national-json.ts';
export type { NationalJsonOptions } from './national-json.ts';
export { formatJson } from './json-writer.ts';
export { createJsonForm, createUrlEncodedForm } from './message-forms.ts';
export type { FormMessage, FormOptions, MessageForm } from './message-forms.ts';
export { createXmlForm } from './xml-form.ts';
export type { SoapPlace, XmlFormOptions } from './xml-form.ts';
export { createPredecessorXml } from './predecessor-xml.ts';
export type { PredecessorXmlOptions } from './predecessor-xml.ts';
export { createWireCodec } from './wire-codec.ts';
export type { WireCodecOptions } from './wire-codec.ts';
export type { CodecProfile } from './settings.ts';
export type { FindLayout, LayoutNode } from './layout.ts';
export type {
  OutgoingRequest,
  OutgoingResponse,
  SignBody,
  WireCodec,
  WireHint,
  WireLimits,
  WireRequest,
  WireResponse,
} from './types.ts';
export { parseText } from './text-bytes.ts';
