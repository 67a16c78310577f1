export { createTransport } from './transport.ts';
export type { Transport, TransportOptions, TransportRequest } from './transport.ts';
export type { TransportReply } from './post-handler.ts';
