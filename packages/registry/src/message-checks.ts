/** What a registry says about messages: validators of their parts, and checks of the whole. */
import type { Fault, WireObject } from '@yiqiao/model';
import type { Definitions } from './definitions.ts';
import type { createIdentities } from './identities.ts';
import { bodyLacks, envelopeLacks } from './may-lack.ts';
import type { MayLack } from './may-lack.ts';
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
import { unknownTransaction } from './unknown-transaction.ts';
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
    { transaction, direction, mode, asked, envelope }: CheckedMessage,
    body: WireObject | null,
  ): Findings => {
    const at = pointerOf(direction);
    return joined(
      validators.validator(profileId, transaction, direction, mode)(body, at, envelope),
      checkIdentities(profileId, transaction, direction, body, at, asked),
    );
  };
  return {
    checkIdentities,
    check(profileId, message) {
      const { direction, mode, envelope, body } = message;
      const validated =
        envelope === undefined
          ? NOTHING_FOUND
          : validators.envelopeValidator(profileId, direction, mode)(envelope, '');
      const base = parts.definitions.takenFor(profileId, message.transaction);
      const head = base === undefined ? validated : joined(validated, takenFor(base, message));
      if (message.success === false) return { ...head, body };
      const found = checkBody(profileId, message, body);
      if (mode === 'tolerant' && mayBePutRight(found)) {
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

/** A number with a letter behind it that is taken for the one without it. */
function takenFor(base: string, { transaction, direction }: CheckedMessage): Findings {
  const deviation = {
    rule: 'transaction-variant',
    at: direction === 'request' ? '/infno' : '',
    field: 'infno',
    found: transaction,
    label: { zh: '交易编号', en: 'transaction number' },
    message: {
      zh: `交易 ${transaction} 没有自己的定义，按 ${base} 处理；有差别的，请在方案的 overlay.transactions 中写明（like: "${base}"）。`,
      en: `Transaction ${transaction} has no definition of its own and is taken for ${base}; where it differs, say so in overlay.transactions of the profile (like: "${base}").`,
    },
  };
  return { faults: [], deviations: [deviation] };
}

/** Rules under which a form is found that can be put right; a message without them is not looked at twice. */
const PERHAPS: ReadonlySet<string> = new Set([
  'amount',
  'number',
  'precision',
  'structure',
  'type',
  'node-shape',
  'unknown-member',
]);

function mayBePutRight({ faults, deviations }: Findings): boolean {
  const mayBe = ({ rule, found }: Fault): boolean =>
    PERHAPS.has(rule) || (rule === 'required' && found !== undefined);
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
    { nodes, mayLack }: { readonly nodes: readonly NodeDefinition[]; readonly mayLack: MayLack | undefined },
  ): ByMode => {
    compiler ??= createValidatorCompiler(vocabulary);
    const { unknownMembers, textOnly, dialect } = resolve(profileId);
    const rules = {
      refuseUnknown: unknownMembers === 'refuse',
      textOnly,
      nationalNames: dialect === 'national',
    };
    return compiler.compile(nodes, { direction, ...rules, mayLack });
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
      const definition = definitions.find(profileId, transaction);
      if (definition === undefined)
        throw unknownTransaction(resolve(profileId), definitions.all(profileId), transaction);
      const mayLack = bodyLacks(resolve(profileId), definition, vocabulary);
      return keep(key, mode, compile(profileId, direction, { nodes: definition[direction], mayLack }));
    },
    envelopeValidator(profileId, direction, mode) {
      const key = `${profileId} (envelope) ${direction}`;
      const found = compiled.get(`${key} ${mode}`);
      if (found !== undefined) return found;
      const fields = definitions.envelope(profileId, direction);
      const nodes = [{ node: '', repeated: false, fields }];
      return keep(key, mode, compile(profileId, direction, { nodes, mayLack: envelopeLacks(fields) }));
    },
  };
}
