/** Earlier messages of a caller, as a two-phase form asks for them. */
import type { Original, ToldNumber } from '@yiqiao/insurance-platform';
import type { Awaitable, ExchangeKey, ExchangeState, Found, Journal } from '@yiqiao/journal';
import { EMPTY_HEADER } from '@yiqiao/model';
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

/** Kind of the records that tell which message a number was told for. */
const TOLD = 'told-number';

/**
 * The message on record under this number: its message id, or what its answer told. `undefined` when there is none,
 * nothing was ever sent for it, or its messages have been deleted.
 */
export function findOriginal(journal: Journal, key: ExchangeKey): Awaitable<Original | undefined> {
  const found = journal.find(key, '');
  return found instanceof Promise
    ? found.then((one) => originalOf(one) ?? findTold(journal, key))
    : (originalOf(found) ?? findTold(journal, key));
}

/**
 * Notes the numbers that an answer tells, before the caller hears them: what it confirms under a number that is not here
 * was never told.
 */
export function keepTold(
  journal: Pick<Journal, 'keep'>,
  { peer, institution, messageId }: ExchangeKey,
  told: readonly ToldNumber[],
): Awaitable<void> {
  return journal.keep(
    told.map(({ number, reading }) => ({
      institution,
      kind: TOLD,
      key: `${peer} ${number}`,
      body: JSON.stringify({ messageId, reading }),
    })),
  );
}

function findTold(
  journal: Journal,
  { peer, institution, messageId: number }: ExchangeKey,
): Awaitable<Original | undefined> {
  const known = (text: string | undefined): Awaitable<Original | undefined> => {
    if (text === undefined) return undefined;
    const { messageId, reading } = JSON.parse(text) as { messageId: string; reading: boolean };
    if (reading) return { state: 'answered', transaction: '', header: EMPTY_HEADER, reading: true };
    const found = journal.find({ peer, institution, messageId }, '');
    const named = (one: Found): Original | undefined => {
      const original = originalOf(one);
      return original === undefined ? undefined : { ...original, messageId };
    };
    return found instanceof Promise ? found.then(named) : named(found);
  };
  const text = journal.findRecord(institution, TOLD, `${peer} ${number}`);
  return text instanceof Promise ? text.then(known) : known(text);
}

function originalOf(found: Found): Original | undefined {
  if (!('exchange' in found)) return undefined;
  const { transaction, state, legs } = found.exchange;
  const leg = legs.find(({ purpose }) => purpose === 'forward');
  if (leg === undefined || found.exchange.expired === true) return undefined;
  const { header } = decodeCanonical<CanonicalRequest>(leg.request);
  return { transaction, state: STATES[state], header };
}
