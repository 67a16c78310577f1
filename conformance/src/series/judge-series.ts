/** Holds the rules of a kit against a series of exchanges. */
import type { SuiteSigning } from '../run/inputs.ts';
import type { Exchange } from '../run/exchanges.ts';
import type { Observation } from '../run/run-scenario.ts';
import type { Registry } from '@yiqiao/registry';
import { verifyText } from '@yiqiao/sandbox';
import { createMessageVerifier } from '@yiqiao/signer';
import type { Sm2SigningProfile } from '@yiqiao/signer';
import { leaf } from '../run/own-reading.ts';
import {
  checkFits,
  checkLineAmounts,
  checkMatches,
  checkNear,
  checkParts,
  checkReadable,
  checkRowSum,
  checkSigned,
} from './message-rules.ts';
import {
  checkAtMost,
  checkFollowed,
  checkNotAfter,
  checkPreceded,
  checkResolved,
  checkUnique,
} from './order-rules.ts';
import type { Standing } from './order-rules.ts';
import { isMeant, readRecorded } from './record.ts';
import type { Recorded } from './record.ts';
import { checkDaySums, checkSum } from './sum-rules.ts';
import type { SeriesRule } from './types.ts';
import type { RuleVerdict, SeriesMatter } from './verdict.ts';

/** What is judged by which rules. */
export interface SeriesCase {
  readonly registry: Registry;
  readonly profile: string;
  readonly rules: readonly SeriesRule[];
  readonly signing?: SuiteSigning;
  /** Only messages from this place on are judged; those before are known. */
  readonly from?: number;
  /** Something may have come before and after: absences count only where the series would hold what is absent. */
  readonly excerpt?: boolean;
}

/** What each rule shows; `exchange` is the place in the series. One good observation of a rule stands for all. */
export function judgeSeries(
  series: readonly Exchange[],
  { rules, signing, from = 0, excerpt = false, ...base }: SeriesCase,
): readonly Observation[] {
  const all = series.map((one) => readOnce(one));
  const verifies = verifierOf(base.registry, signing);
  const matter: SeriesMatter = { ...base, ...(verifies !== undefined && { verifies }) };
  return rules.flatMap((rule) => judgeRule(rule, { all, from, excerpt }, matter));
}

const READ = new WeakMap<Exchange, Recorded>();

function readOnce(exchange: Exchange): Recorded {
  const read = READ.get(exchange) ?? readRecorded(exchange);
  READ.set(exchange, read);
  return read;
}

function judgeRule(
  rule: SeriesRule,
  {
    all,
    from,
    excerpt,
  }: { readonly all: readonly Recorded[]; readonly from: number; readonly excerpt: boolean },
  matter: SeriesMatter,
): readonly Observation[] {
  const { requirement } = rule;
  const found: Observation[] = [];
  for (const [exchange, one] of all.entries()) {
    if (exchange < from || !isMeant(one, rule)) continue;
    const verdict = check(rule, { all, at: exchange, excerpt }, { one, matter });
    if (verdict === undefined) continue;
    if (verdict.outcome !== 'pass') found.push({ requirement, exchange, ...verdict });
    else if (!found.some(({ outcome }) => outcome === 'pass'))
      found.push({ requirement, exchange, outcome: 'pass' });
  }
  return found;
}

function check(
  rule: SeriesRule,
  standing: Standing,
  { one, matter }: { readonly one: Recorded; readonly matter: SeriesMatter },
): RuleVerdict {
  switch (rule.rule) {
    case 'readable':
      return checkReadable(one);
    case 'signed':
      return checkSigned(one, matter);
    case 'fits':
      return checkFits(one, rule, matter);
    case 'parts':
      return checkParts(one, rule);
    case 'row-sum':
      return checkRowSum(one, rule);
    case 'line-amount':
      return checkLineAmounts(one, rule);
    case 'matches':
      return checkMatches(one, rule);
    case 'near':
      return checkNear(one, rule);
    case 'unique':
      return checkUnique(standing, rule);
    case 'preceded':
      return checkPreceded(standing, rule);
    case 'followed':
      return checkFollowed(standing, rule);
    case 'not-after':
      return checkNotAfter(standing, rule);
    case 'resolved':
      return checkResolved(standing, rule);
    case 'at-most':
      return checkAtMost(standing, rule);
    case 'day-sums':
      return checkDaySums(standing, rule);
    case 'sum':
      return checkSum(standing, rule);
  }
}

function verifierOf(registry: Registry, signing: SuiteSigning | undefined): SeriesMatter['verifies'] {
  const peer = signing?.peerPublicKey;
  if (signing === undefined || peer === undefined) return undefined;
  const profile = registry.signingProfile('fsi-main-cainfo') as Sm2SigningProfile;
  const userId = signing.userId ?? profile.userId;
  const verify = createMessageVerifier(profile, { publicKeys: [{ text: peer }], userId });
  return (text, { own, product }) => ({
    byOwn: verifyText(text, leaf(own, 'cainfo'), { ...signing, userId }),
    byProduct: passes(() => verify(product.envelope, product.signedBytes)),
  });
}

function passes(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
