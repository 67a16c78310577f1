/** Writes as they are kept: plain JSON, and back. */
import { EMPTY_HEADER, ExactNumber } from '@yiqiao/model';
import type { CanonicalRequest, MessageHeader, Operation, WireValue } from '@yiqiao/model';
import type { SavedRequest } from './client-types.ts';
import { plainBody, readBody } from './read-body.ts';
import type { BodyShape } from './read-body.ts';

/** A request of the client; always canonical. */
export type ClientRequest = CanonicalRequest & {
  readonly content: { readonly form: 'canonical' };
};

/** Request → what is kept. */
export function saveRequest(request: ClientRequest, savedAt: number): SavedRequest {
  const { header, content } = request;
  const { transaction, messageId } = header;
  return {
    messageId,
    operation: content.operation,
    body: plainBody(content.body),
    header: { ...header, transaction },
    carried: Object.fromEntries(Object.entries(content.carried).map(([at, value]) => [at, plainWire(value)])),
    savedAt,
  };
}

/** What was kept → request. @throws GatewayError `MESSAGE_INVALID` when it does not fit the operation (any more). */
export function restoreRequest(
  saved: SavedRequest,
  { shape, dialect }: { readonly shape: BodyShape; readonly dialect: string },
): ClientRequest {
  const header = { ...EMPTY_HEADER, ...saved.header } as MessageHeader;
  const carried = Object.entries(saved.carried).map(([at, value]) => [at, wireOf(value)] as const);
  return clientRequest(header, {
    operation: saved.operation,
    body: readBody(shape, saved.body),
    carried: Object.fromEntries(carried),
    dialect,
  });
}

/** A request in canonical form. */
export function clientRequest(
  header: MessageHeader,
  content: {
    readonly operation: Operation;
    readonly body: ReturnType<typeof readBody>;
    readonly carried: Readonly<Record<string, WireValue>>;
    readonly dialect: string;
  },
): ClientRequest {
  return { header, content: { form: 'canonical', ...content } };
}

/** JSON has no exact numbers: such a one is kept as `{ "exact": TEXT }`. */
function plainWire(value: WireValue): unknown {
  if (value instanceof ExactNumber) return { exact: value.text };
  if (Array.isArray(value)) return value.map((item: WireValue) => plainWire(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plainWire(member)]));
}

function wireOf(value: unknown): WireValue {
  if (Array.isArray(value)) return value.map(wireOf);
  if (typeof value !== 'object' || value === null) return value as WireValue;
  const members = Object.entries(value);
  const [only] = members;
  if (members.length === 1 && only?.[0] === 'exact') return new ExactNumber(String(only[1]));
  return Object.fromEntries(members.map(([name, member]) => [name, wireOf(member)]));
}
