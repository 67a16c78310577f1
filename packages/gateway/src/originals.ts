/** Earlier messages of a caller, as a two-phase form asks for them. */
import type { Original } from '@yiqiao/insurance-platform';
import type { Awaitable, ExchangeKey, ExchangeState, Found, Journal } from '@yiqiao/journal';
import type { CanonicalRequest } from '@yiqiao/model';
import { decodeCanonical } from '@yiqiao/router';

const STATES: Readonly<Record<ExchangeState, Original['state']>> = {
  sent: 'open',
  unknown: 'open',
  answered: 'answered',
  rejected: 'rejected',
  reversed: 'reversed',
  'handed-to-person': 'handed-to-person',
};

/** The message on record under this key; `undefined` when there is none, nothing was ever sent for it, or its messages have been deleted. */
export function findOriginal(journal: Journal, key: ExchangeKey): Awaitable<Original | undefined> {
  const found = journal.find(key, '');
  return found instanceof Promise ? found.then(originalOf) : originalOf(found);
}

function originalOf(found: Found): Original | undefined {
  if (!('exchange' in found)) return undefined;
  const { transaction, state, legs } = found.exchange;
  const leg = legs.find(({ purpose }) => purpose === 'forward');
  if (leg === undefined || found.exchange.expired === true) return undefined;
  const { header } = decodeCanonical<CanonicalRequest>(leg.request);
  return { transaction, state: STATES[state], header };
}
