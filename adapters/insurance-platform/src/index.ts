export { acceptRequest } from './connection.ts';
export type { AcceptedRequest, ConnectionParts } from './connection.ts';
export { writeAnswer, writeError } from './answer.ts';
export { createDialect, createDoors } from './door.ts';
export type { Door, Doors } from './door.ts';
export { createPlatformAdapter } from './platform-adapter.ts';
