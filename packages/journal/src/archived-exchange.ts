/** What is still known of an exchange whose entries lie in a file: as of one whose messages have been deleted. */
import type { ExchangeRow } from './exchange-row.ts';
import type { Exchange } from './types.ts';

/** From its row alone. */
export function archivedExchange(row: ExchangeRow): Exchange {
  const { id, peer, institution, messageId, digest, transaction, state, endedAt, acceptedAt } = row;
  return {
    id,
    key: { peer, institution, messageId },
    digest,
    transaction,
    operation: '',
    received: { bytes: new Uint8Array(), contentType: '' },
    acceptedAt,
    state: state as Exchange['state'],
    legs: [],
    ...(endedAt !== null && { endedAt }),
    expired: true,
  };
}
