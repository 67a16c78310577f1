/** What is said of a number that a profile does not know: where it stands, which known ones are near, what to do. */
import { GatewayError, maskIdentifiers } from '@yiqiao/model';
import { distance } from './profile-faults.ts';
import type { Profile } from './profile-types.ts';

/** The longest number of any interface is half as long; what comes from outside may be of any length. */
const LONGEST = 40;

/** Near numbers that are named. */
const MOST_NAMED = 6;

/** Changes of one character that still make a number near. */
const FARTHEST = 2;

/** `TRANSACTION_UNKNOWN` with the place of the number, the known ones that are near, and how to see the others. */
export function unknownTransaction(
  profile: Profile,
  known: readonly string[],
  transaction: string,
): GatewayError {
  const { id } = profile;
  const at = placeOf(profile);
  const field = at.slice(at.lastIndexOf('/') + 1);
  const found = maskIdentifiers(transaction.slice(0, 2 * LONGEST)).slice(0, LONGEST);
  const near = nearest(known, found);
  const fault = {
    rule: 'transaction',
    at,
    field,
    found,
    label: { zh: '交易编号', en: 'transaction number' },
    message: { zh: zhText(profile, found, near), en: enText(profile, found, near) },
  };
  return new GatewayError('TRANSACTION_UNKNOWN', {
    faults: [fault],
    facts: { transaction: found, profile: id },
  });
}

function zhText({ id }: Profile, found: string, near: readonly string[]): string {
  const like = near.length === 0 ? '' : `，相近的有 ${near.join('、')}`;
  return (
    `方案 ${id} 没有交易 ${found}${like}；请核对编号（yiqiao spec show ${near[0] ?? '编号'} --profile ${id} 可查），` +
    `确为地方交易的，请在方案的 overlay.transactions 中以 like 指明，或补交易定义。`
  );
}

function enText({ id }: Profile, found: string, near: readonly string[]): string {
  const like = near.length === 0 ? '' : `; near it are ${near.join(', ')}`;
  return (
    `The profile ${id} has no transaction ${found}${like}. Correct the number ` +
    `(see yiqiao spec show ${near[0] ?? 'NUMBER'} --profile ${id}); if the region has it, ` +
    `add it to overlay.transactions with like, or its definition.`
  );
}

/** Where requests of the form tell their transaction; `/transaction` when the call tells it. */
function placeOf({ codec, dialect, envelope }: Profile): string {
  if (codec === 'predecessor-xml') return '/TransNo';
  const { transaction } = (envelope['request'] ?? {}) as { readonly transaction?: unknown };
  if (typeof transaction === 'string' && transaction !== '') return `/${transaction}`;
  return dialect === 'national' ? '/infno' : '/transaction';
}

/** The nearest, those first that begin alike. */
function nearest(known: readonly string[], text: string): readonly string[] {
  const placed = known.map((number) => ({ number, far: distance(number, text) }));
  const least = Math.min(...placed.map(({ far }) => far), FARTHEST);
  return placed
    .filter(({ far }) => far === least)
    .toSorted((one, other) => alike(other.number, text) - alike(one.number, text))
    .slice(0, MOST_NAMED)
    .map(({ number }) => number);
}

/** How many characters two texts begin with in common. */
function alike(one: string, other: string): number {
  let count = 0;
  while (count < one.length && one[count] === other[count]) count += 1;
  return count;
}
