export { createTransport, tlsSettings } from './transport.ts';
export type {
  FileTransport,
  TlsOptions,
  Transport,
  TransportOptions,
  TransportRequest,
} from './transport.ts';
export type { TransportReply } from './post-handler.ts';
export type { IsFile, TransportFile } from './file-handler.ts';
