/** What came lately, so that a message that is sent again is told from one that passes for it. */
import { hash } from 'node:crypto';
import { GatewayError } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';

/** Longer than any signature is taken after its time: the widest tolerance is half an hour, to either side. */
const REMEMBERED_MS = 3_600_000;
/** Beyond this the oldest are forgotten. */
const MOST = 300_000;

/** The memory. */
export interface SeenMessages {
  /** @throws GatewayError `MESSAGE_REPLAYED` when a signature of this random text came with other bytes. */
  nonce(peer: string, nonce: string, bytes: Uint8Array): void;
  /** @throws GatewayError `MESSAGE_ID_REUSED` when a reading message of this id had another content. */
  reading(peer: string, of: { institution: string; messageId: string; digest: string }): void;
}

/** Creates an empty memory. */
export function createSeenMessages(clock: Clock, most = MOST): SeenMessages {
  const seen = new Map<string, { readonly digest: string; readonly at: number }>();
  const forget = (now: number): void => {
    for (const [key, { at }] of seen) {
      if (seen.size <= most && at + REMEMBERED_MS > now) return;
      seen.delete(key);
    }
  };
  /** Whether it is new, or came before as it is. */
  const isSame = (key: string, digest: string): boolean => {
    const now = clock.now();
    const before = seen.get(key);
    if (before !== undefined && before.at + REMEMBERED_MS > now) return before.digest === digest;
    seen.delete(key);
    seen.set(key, { digest, at: now });
    forget(now);
    return true;
  };
  return {
    nonce(peer, nonce, bytes) {
      if (!isSame(`nonce\n${peer}\n${nonce}`, hash('sha256', bytes, 'base64')))
        throw new GatewayError('MESSAGE_REPLAYED');
    },
    reading(peer, { institution, messageId, digest }) {
      if (!isSame(`read\n${peer}\n${institution}\n${messageId}`, digest))
        throw new GatewayError('MESSAGE_ID_REUSED', { facts: { messageId } });
    },
  };
}
