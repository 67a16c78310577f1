/** The writes that are under way or in doubt: kept while the program runs, and beyond it where the vendor keeps them. */
import { formatTime, GatewayError } from '@yiqiao/model';
import type { AdapterWithReversal, CanonicalResponse, Clock, Operation } from '@yiqiao/model';
import type { OperationEntry } from '@yiqiao/registry';
import type { ClientSettings, ClientResolution, SavedRequest } from './client-types.ts';
import type { Known } from './knowledge.ts';
import { findOut } from './resolving.ts';
import type { Doubtful } from './resolving.ts';
import { clientRequest, restoreRequest, saveRequest } from './saved-requests.ts';
import type { ClientRequest } from './saved-requests.ts';
import type { Limits } from './sending.ts';

/** What doubts are resolved with. */
export interface DoubtParts {
  readonly adapter: AdapterWithReversal;
  readonly clock: Clock;
  readonly settings: ClientSettings;
  readonly dialect: string;
  knowledge(operation: Operation): Known;
  limits(): Limits;
  mint(): string;
  /** Sends a message again that may have arrived. */
  send(request: ClientRequest, entry: OperationEntry, limits: Limits): Promise<CanonicalResponse>;
}

/** What resolving comes to, before the answer is told. */
export type Resolved =
  | Exclude<ClientResolution, { readonly state: 'answered' }>
  | { readonly state: 'answered'; readonly request: ClientRequest; readonly response: CanonicalResponse };

/** The book of writes. */
export interface Doubts {
  /** Keeps a write before it leaves. */
  begin(request: ClientRequest): Promise<void>;
  /** It has ended. */
  end(messageId: string): Promise<void>;
  /** @throws GatewayError `ORIGINAL_NOT_FOUND` for a message that nobody kept */
  resolve(message: unknown): Promise<Resolved>;
}

const IN_FLIGHT_MS = 120_000;

/** Opens the book. */
export function createDoubts(parts: DoubtParts): Doubts {
  const { clock, settings, dialect } = parts;
  const { record } = settings;
  const open = new Map<string, SavedRequest>();
  const keep = async (saved: SavedRequest): Promise<void> => {
    await record?.save(saved);
    open.set(saved.messageId, saved);
  };
  const end = async (messageId: string): Promise<void> => {
    open.delete(messageId);
    try {
      await record?.end(messageId);
    } catch (error) {
      // What was done is told all the same; the record then names a message that is asked about in vain.
      process.emitWarning(`record of a Yiqiao client could not end ${messageId}: ${String(error)}`);
    }
  };

  const resolveSaved = async (saved: SavedRequest): Promise<Resolved> => {
    const known = parts.knowledge(saved.operation);
    const { entry, shape } = known;
    const request = restoreRequest(saved, { shape, dialect });
    const found = await findOut(
      {
        adapter: parts.adapter,
        clock,
        inFlightMs: settings.inFlightMs ?? IN_FLIGHT_MS,
        idempotent: settings.farSide === 'idempotent',
        context: () => ({
          ...parts.limits(),
          resolving: true,
          recordSent: async () => {},
          noteReply: () => {},
        }),
        repeat: (doubtful) => parts.send(request, doubtful.entry, parts.limits()),
        reversal: (doubtful, body) => reversalOf(parts, { saved, doubtful, body, keep }),
      },
      { request, entry, sentAt: saved.savedAt },
    );
    if (found.state !== 'unknown') await end(saved.messageId);
    if (found.state === 'answered') return { ...found, request };
    return found.state === 'not-done' ? found : { ...found, ...hintsOf(known) };
  };

  return {
    begin: (request) => keep(saveRequest(request, clock.now())),
    end,
    async resolve(message) {
      const messageId = idOf(message);
      const saved = open.get(messageId) ?? (await record?.load(messageId));
      if (saved === undefined) throw new GatewayError('ORIGINAL_NOT_FOUND', { facts: { messageId } });
      return resolveSaved(saved);
    },
  };
}

function idOf(message: unknown): string {
  if (typeof message === 'string') return message;
  const id = message instanceof GatewayError ? message.details.facts?.['messageId'] : undefined;
  return typeof id === 'string' ? id : '';
}

/** What a person, or the vendor's own program, may do where nothing is found out by itself. */
function hintsOf({ askWith, entry: { undoneBy } }: Known): { askWith?: Operation; undoWith?: Operation } {
  return {
    ...(askWith === undefined ? {} : { askWith }),
    ...(undoneBy === undefined ? {} : { undoWith: undoneBy }),
  };
}

/** The 2601 of a message: its id is kept with the message before it is first sent. */
async function reversalOf(
  { knowledge, mint, clock, dialect }: DoubtParts,
  of: {
    readonly saved: SavedRequest;
    readonly doubtful: Doubtful;
    readonly body: Parameters<typeof clientRequest>[1]['body'];
    keep(saved: SavedRequest): Promise<void>;
  },
): Promise<ClientRequest> {
  const reversalId = of.saved.reversalId ?? mint();
  if (of.saved.reversalId === undefined) await of.keep({ ...of.saved, reversalId });
  const { transaction } = knowledge('reverseTransaction').entry;
  const header = {
    ...of.doubtful.request.header,
    transaction,
    messageId: reversalId,
    time: formatTime(clock.now()),
  };
  return clientRequest(header, { operation: 'reverseTransaction', body: of.body, carried: {}, dialect });
}
