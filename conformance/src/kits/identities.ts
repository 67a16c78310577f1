/** Relations between amounts of an answer, reckoned by the suite itself. Source: schemas/national/identities.json. */
import type { Confidence } from '@yiqiao/registry';
import { child, children, fenOf, leaf } from '../run/own-reading.ts';
import type { OwnObject } from '../run/own-reading.ts';

interface Relation {
  readonly confidence: Confidence;
  readonly total: string;
  /** The total is the sum of these; of an upper bound, their sum is at most the total. */
  readonly parts: readonly string[];
  readonly bound?: true;
  /** Rows whose amounts are added instead of parts, without those of these kinds. */
  readonly rows?: {
    readonly node: string;
    readonly member: string;
    readonly kind: string;
    readonly without: readonly string[];
  };
}

const FUNDS = [
  'hifp_pay',
  'cvlserv_pay',
  'hifes_pay',
  'hifmi_pay',
  'hifob_pay',
  'hifdm_pay',
  'maf_pay',
  'oth_pay',
];

const RELATIONS: Readonly<Record<string, Relation>> = {
  'total-by-payer': {
    confidence: 'two sources',
    total: 'medfee_sumamt',
    parts: ['fund_pay_sumamt', 'psn_part_amt', 'hosp_part_amt'],
  },
  'personal-split': { confidence: 'one source', total: 'psn_part_amt', parts: ['acct_pay', 'psn_cash_pay'] },
  'mutual-aid-inside-account': {
    confidence: 'one source',
    total: 'acct_pay',
    parts: ['acct_mulaid_pay'],
    bound: true,
  },
  'fund-split': { confidence: 'one source', total: 'fund_pay_sumamt', parts: FUNDS },
  'fund-items': {
    confidence: 'inferred',
    total: 'fund_pay_sumamt',
    parts: [],
    rows: { node: 'setldetail', member: 'fund_payamt', kind: 'fund_pay_type', without: ['310200', '999997'] },
  },
  'scope-split': {
    confidence: 'inferred',
    total: 'medfee_sumamt',
    parts: ['fulamt_ownpay_amt', 'overlmt_selfpay', 'preselfpay_amt', 'inscp_scp_amt'],
  },
};

/** A relation in words, and how well it is attested; `undefined` for one that is not reckoned here. */
export function describeRelation(
  id: string,
): { readonly formula: string; readonly confidence: Confidence } | undefined {
  const relation = RELATIONS[id];
  if (relation === undefined) return undefined;
  const { total, parts, rows, bound, confidence } = relation;
  if (rows !== undefined)
    return {
      confidence,
      formula: `${total} = Σ ${rows.node}.${rows.member} (${rows.without.join(', ')} excluded)`,
    };
  return { confidence, formula: bound ? `${parts.join()} <= ${total}` : `${total} = ${parts.join(' + ')}` };
}

/** Whether a relation holds in `setlinfo` of an answer; amounts that are absent count as nothing. */
export function holdsRelation(id: string, output: OwnObject): boolean {
  const relation = RELATIONS[id];
  if (relation === undefined) return true;
  const { total, parts, rows, bound } = relation;
  const info = child(output, 'setlinfo');
  const sum = (rows === undefined ? parts.map((name) => fenOf(info, name)) : rowAmounts(output, rows)).reduce(
    (all, one) => all + one,
    0n,
  );
  return bound ? sum <= fenOf(info, total) : sum === fenOf(info, total);
}

function rowAmounts(
  output: OwnObject,
  { node, member, kind, without }: NonNullable<Relation['rows']>,
): bigint[] {
  return children(output, node)
    .filter((row) => !without.includes(leaf(row, kind)))
    .map((row) => fenOf(row, member));
}
