/** 9001 签到: done once per operator and day, for all calls that wait for it, and again when it is refused. */
import { GatewayError } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import { createLoginSource } from '@yiqiao/signer';
import type { LoginSource } from '@yiqiao/signer';
import type { Operator, SignInSettings } from './client-types.ts';

/** The sign-ins of one client. */
export interface SignIns {
  /** 签到编号 `sign_no` of an operator; signs in when there is none of today. */
  current(operator: Operator): Promise<string>;
  /** Whether an error asks for signing in again; the number is forgotten then. */
  isRefused(error: unknown, operator: Operator, signInNumber: string): boolean;
}

const DAY_MS = 86_400_000;
/** Days begin at midnight in China. */
const OFFSET_MS = 8 * 3_600_000;

/** Makes the book of sign-ins; `ask` sends 9001. */
export function createSignIns(
  settings: SignInSettings | undefined,
  clock: Clock,
  ask: (operator: Operator) => Promise<string>,
): SignIns {
  const { refusedBy = ['签到'] } = settings ?? {};
  const sources = new Map<string, LoginSource>();
  const sourceOf = (operator: Operator): LoginSource => {
    const known = sources.get(operator.id);
    if (known !== undefined) return known;
    const source = createLoginSource(async (now) => ({
      text: await ask(operator),
      endsAt: now - ((now + OFFSET_MS) % DAY_MS) + DAY_MS,
    }));
    sources.set(operator.id, source);
    return source;
  };
  return {
    current: (operator) => sourceOf(operator).current(clock.now()),
    isRefused(error, operator, signInNumber) {
      if (!(error instanceof GatewayError) || error.kind.outcome !== 'rejected') return false;
      const text = error.details.upstream?.text ?? '';
      const refused = error.code === 'SIGN_IN_REQUIRED' || refusedBy.some((word) => text.includes(word));
      if (refused) sourceOf(operator).forget(signInNumber);
      return refused;
    },
  };
}
