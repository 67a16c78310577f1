/** What is known of the identities that concern a transaction: which of its messages can show them, and how well attested they are. */
import type { Identity, IdentityCheck, IdentityUse, SumCheck } from './identity-forms.ts';
import type { IdentityPolicy, Profile } from './profile-types.ts';
import type { Confidence, Direction, NodeDefinition, TransactionDefinition } from './types.ts';

const DIRECTIONS = ['request', 'response'] as const;

/** One check with what it belongs to. */
export interface PlacedCheck {
  readonly identity: Identity;
  readonly check: IdentityCheck;
}

/** What is asked about. */
export interface UsesOf {
  /** Those of the family. */
  readonly identities: readonly Identity[];
  /** The checks that concern the transaction. */
  readonly placed: readonly PlacedCheck[];
  /** National number, or the family's own. */
  readonly number: string;
  readonly definition: TransactionDefinition | undefined;
  readonly profile: Profile;
}

/** In the order of the file. */
export function identityUses(of: UsesOf): readonly IdentityUse[] {
  const { identities, placed, number } = of;
  return identities.flatMap((identity) => {
    const checks = placed.filter((one) => one.identity === identity).map(({ check }) => check);
    if (checks.length === 0 && !identity.transactions.includes(number)) return [];
    return [useOf(of, identity, checks)];
  });
}

function useOf(
  { profile, number, definition }: UsesOf,
  identity: Identity,
  checks: readonly IdentityCheck[],
): IdentityUse {
  const { id, formula, note, notRun, notCheckedAlone } = identity;
  const running = checks.filter((check) => directionsOf(check, definition).length > 0);
  const checkedIn = DIRECTIONS.filter((direction) =>
    running.some((check) => directionsOf(check, definition).includes(direction)),
  );
  const confidence =
    bestOf(running.map((check) => check.confidence ?? identity.confidence)) ?? identity.confidence;
  const reason = notRun?.[number] ?? (running.length === 0 ? notCheckedAlone : undefined);
  return {
    id,
    formula: running.length === 0 ? formula : formulasOf(identity, running),
    confidence,
    checkedIn,
    policy: policyOf(profile, id, confidence),
    ...(reason !== undefined && { reason }),
    notes: [note, ...checks.map((check) => check.note)].filter((one) => one !== undefined),
  };
}

function formulasOf({ formula }: Identity, checks: readonly IdentityCheck[]): string {
  return [...new Set(checks.map((check) => check.formula ?? formula))].join('; ');
}

/** How a broken identity counts in a request, by the profile or by how well it is attested. */
export function policyOf(profile: Profile, id: string, confidence: Confidence): IdentityPolicy {
  return profile.identities[id] ?? (confidence === 'inferred' ? 'warn' : 'enforce');
}

const ORDER: readonly Confidence[] = ['two sources', 'one source', 'inferred', 'project design'];

function bestOf(all: readonly Confidence[]): Confidence | undefined {
  return ORDER.find((one) => all.includes(one));
}

/** The halves of an exchange that have the amounts of a check. */
function directionsOf(
  check: IdentityCheck,
  definition: TransactionDefinition | undefined,
): readonly Direction[] {
  if (definition === undefined) return [];
  return DIRECTIONS.filter((direction) => {
    const total =
      check.kind === 'sum' && check.totalFrom === 'exchange' ? namesAtRoot(definition.request) : NONE;
    return canRun(check, definition[direction], total);
  });
}

const NONE: ReadonlySet<string> = new Set();

/** Operands stand in one node: the body, one of its nodes, an item of one of its lists. */
function canRun(
  check: IdentityCheck,
  nodes: readonly NodeDefinition[],
  elsewhere: ReadonlySet<string>,
): boolean {
  if (check.kind === 'sum-of-rows') {
    const holds = (node: string, name: string): boolean =>
      nodes.some((one) => one.node === node && namesOf(one).has(name));
    return holds(check.totalNode, check.total) && holds(check.rows, check.part);
  }
  const needed = operandsOf(check);
  return nodes.filter(isNear).some((node) => {
    const names = namesOf(node);
    return needed.every((name) => names.has(name) || (elsewhere.has(name) && nodeHasParts(check, names)));
  });
}

/** The body, or a node right below it: no identity looks deeper. */
function isNear({ node, parent = '' }: NodeDefinition): boolean {
  return parent === '' && !node.includes('/');
}

function nodeHasParts(check: IdentityCheck, names: ReadonlySet<string>): boolean {
  return check.kind === 'sum' && check.parts.every((part) => names.has(part));
}

function operandsOf(check: Exclude<IdentityCheck, { kind: 'sum-of-rows' }>): readonly string[] {
  switch (check.kind) {
    case 'sum':
      return sumOperands(check);
    case 'any-of':
      return check.alternatives.flatMap(sumOperands);
    case 'at-most':
      return [check.field, check.limit];
    case 'product':
      return [check.product, ...check.factors];
  }
}

function sumOperands({ total, parts, absentIsZero = [] }: SumCheck): readonly string[] {
  return [total, ...parts.filter((part) => !absentIsZero.includes(part))];
}

/** National names, also of renamed fields. */
function namesOf({ fields }: NodeDefinition): ReadonlySet<string> {
  return new Set(fields.map(({ name, nationalName }) => nationalName ?? name));
}

function namesAtRoot(nodes: readonly NodeDefinition[]): ReadonlySet<string> {
  const root = nodes.find(({ node }) => node === '');
  return root === undefined ? NONE : namesOf(root);
}
