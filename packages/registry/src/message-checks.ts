/** What a registry says about messages: validators of their parts, and checks of the whole. */
import { GatewayError } from '@yiqiao/model';
import type { Fault, WireObject } from '@yiqiao/model';
import type { Definitions } from './definitions.ts';
import type { createIdentities } from './identities.ts';
import type { Profile } from './profile-types.ts';
import { createPutRight } from './put-right.ts';
import type { PutBodyRight } from './put-right.ts';
import type { Registry } from './registry.ts';
import type {
  BodyValidator,
  CheckedMessage,
  Direction,
  Findings,
  NodeDefinition,
  ValidationMode,
} from './types.ts';
import { createValidatorCompiler } from './validators.ts';
import type { createVocabulary } from './vocabulary.ts';

/** Makes the checks of whole messages: envelope, fields, identities. */
export function createChecks(
  validators: Pick<Registry, 'validator' | 'envelopeValidator'>,
  resolve: (id: string) => Profile,
  parts: {
    readonly identities: ReturnType<typeof createIdentities>;
    readonly definitions: Definitions;
    readonly vocabulary: ReturnType<typeof createVocabulary>;
  },
): Pick<Registry, 'check' | 'checkIdentities'> {
  const { identities } = parts;
  const putRight = createPuttingRight(resolve, parts);
  const checkIdentities: Registry['checkIdentities'] = (
    ...[profileId, transaction, direction, body, at, asked]
  ) => identities.check(resolve(profileId), { transaction, direction, body, at, asked });
  const checkBody = (
    profileId: string,
    { transaction, direction, mode, asked }: CheckedMessage,
    body: WireObject | null,
  ): Findings => {
    const at = pointerOf(direction);
    return joined(
      validators.validator(profileId, transaction, direction, mode)(body, at),
      checkIdentities(profileId, transaction, direction, body, at, asked),
    );
  };
  return {
    checkIdentities,
    check(profileId, message) {
      const { direction, mode, envelope, body } = message;
      const head =
        envelope === undefined
          ? NOTHING_FOUND
          : validators.envelopeValidator(profileId, direction, mode)(envelope, '');
      const taken = letteredFindings(profileId, message);
      const found = checkBody(profileId, message, body);
      if (mode === 'tolerant' && mayBePutRight(found, direction)) {
        const right = putRight(profileId, message)(body, pointerOf(direction));
        if (right.deviations.length > 0) {
          const again = checkBody(profileId, message, right.body);
          return { ...joined(head, { faults: [], deviations: right.deviations }, again), body: right.body };
        }
      }
      return { ...joined(head, found), body };
    },
  };
}

const NOTHING_FOUND: Findings = { faults: [], deviations: [] };

function pointerOf(direction: Direction): string {
  return direction === 'request' ? '/input' : '/output';
}

function joined(...found: readonly Findings[]): Findings {
  return {
    faults: found.flatMap(({ faults }) => faults),
    deviations: found.flatMap(({ deviations }) => deviations),
  };
}

/** Rules under which a form is found that can be put right; a message without them is not looked at twice. */
const PERHAPS: ReadonlySet<string> = new Set(['amount', 'number', 'precision', 'structure', 'type']);

function mayBePutRight({ faults, deviations }: Findings, direction: Direction): boolean {
  const mayBe = ({ rule, field }: Fault): boolean =>
    PERHAPS.has(rule) ||
    (direction === 'request' &&
      rule === 'unknown-member' &&
      (/[A-Z]/.test(field) || faults.some((fault) => fault.rule === 'required')));
  return faults.some(mayBe) || deviations.some(mayBe);
}

/** What can be put right in each half of a transaction, compiled when it is first needed. */
function createPuttingRight(
  resolve: (id: string) => Profile,
  {
    definitions,
    vocabulary,
  }: { readonly definitions: Definitions; readonly vocabulary: ReturnType<typeof createVocabulary> },
): (profileId: string, message: CheckedMessage) => PutBodyRight {
  const compiled = new Map<string, PutBodyRight>();
  return (profileId, { transaction, direction }) => {
    const key = `${profileId} ${transaction} ${direction}`;
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const nodes = definitions.find(profileId, transaction)?.[direction] ?? [];
    const nationalNames = resolve(profileId).dialect === 'national';
    const { findValueSet } = vocabulary;
    const made = createPutRight(nodes, { direction, nationalNames, findValueSet }, vocabulary);
    compiled.set(key, made);
    return made;
  };
}

/**
 * Members of a national envelope that a request cannot be routed, mapped, told apart or timed without. What else is
 * required there is passed on: the far side tells whether it wants it.
 */
const NEEDED: ReadonlySet<string> = new Set([
  'infno',
  'msgid',
  'mdtrtarea_admvs',
  'insuplc_admdvs',
  'inf_time',
  'fixmedins_code',
]);

/** A validator of either mode. */
type ByMode = (mode: ValidationMode) => BodyValidator;

/** Makes the validators, each compiled when it is first asked for. */
export function createValidators(
  definitions: Definitions,
  vocabulary: ReturnType<typeof createVocabulary>,
  resolve: (id: string) => Profile,
): Pick<Registry, 'validator' | 'envelopeValidator'> {
  let compiler: ReturnType<typeof createValidatorCompiler> | undefined;
  const compiled = new Map<string, BodyValidator>();
  const compile = (
    profileId: string,
    direction: Direction,
    { nodes, ...more }: { readonly nodes: readonly NodeDefinition[]; readonly needed?: ReadonlySet<string> },
  ): ByMode => {
    compiler ??= createValidatorCompiler(vocabulary);
    const { unknownMembers, textOnly, dialect } = resolve(profileId);
    const rules = {
      refuseUnknown: unknownMembers === 'refuse',
      textOnly,
      nationalNames: dialect === 'national',
    };
    return compiler.compile(nodes, { direction, ...rules, ...more });
  };
  const keep = (prefix: string, mode: ValidationMode, byMode: ByMode): BodyValidator => {
    compiled.set(`${prefix} strict`, byMode('strict'));
    compiled.set(`${prefix} tolerant`, byMode('tolerant'));
    return byMode(mode);
  };
  return {
    validator(...[profileId, transaction, direction, mode]) {
      const key = `${profileId} ${transaction} ${direction}`;
      const found = compiled.get(`${key} ${mode}`);
      if (found !== undefined) return found;
      const nodes = definitions.find(profileId, transaction)?.[direction];
      if (nodes === undefined) throw new GatewayError('TRANSACTION_UNKNOWN', { facts: { transaction } });
      return keep(key, mode, compile(profileId, direction, { nodes }));
    },
    envelopeValidator(profileId, direction, mode) {
      const key = `${profileId} (envelope) ${direction}`;
      const found = compiled.get(`${key} ${mode}`);
      if (found !== undefined) return found;
      const fields = definitions.envelope(profileId, direction);
      const isRequest = direction === 'request' && resolve(profileId).dialect === 'national';
      const nodes = [{ node: '', repeated: false, fields }];
      const rules = { nodes, ...(isRequest && { needed: NEEDED }) };
      return keep(key, mode, compile(profileId, direction, rules));
    },
  };
}
