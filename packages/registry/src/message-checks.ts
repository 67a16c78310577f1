/** What a registry says about messages: validators of their parts, and checks of the whole. */
import { GatewayError } from '@yiqiao/model';
import type { Definitions } from './definitions.ts';
import type { createIdentities } from './identities.ts';
import type { Profile } from './profile-types.ts';
import type { Registry } from './registry.ts';
import type { BodyValidator, Direction, NodeDefinition, ValidationMode } from './types.ts';
import { createValidatorCompiler } from './validators.ts';
import type { createVocabulary } from './vocabulary.ts';

/** Makes the checks of whole messages: envelope, fields, identities. */
export function createChecks(
  validators: Pick<Registry, 'validator' | 'envelopeValidator'>,
  resolve: (id: string) => Profile,
  {
    identities,
    definitions,
  }: { readonly identities: ReturnType<typeof createIdentities>; readonly definitions: Definitions },
): Pick<Registry, 'check' | 'checkIdentities'> {
  const checkIdentities: Registry['checkIdentities'] = (...[profileId, transaction, direction, body, at]) => {
    const number = definitions.nationalNumber(profileId, transaction);
    return identities.check(resolve(profileId), { transaction: number, direction, body, at });
  };
  return {
    checkIdentities,
    check(profileId, { transaction, direction, mode, envelope, body }) {
      const at = direction === 'request' ? '/input' : '/output';
      const found = [
        ...(envelope === undefined
          ? []
          : [validators.envelopeValidator(profileId, direction, mode)(envelope, '')]),
        validators.validator(profileId, transaction, direction, mode)(body, at),
        checkIdentities(profileId, transaction, direction, body, at),
      ];
      return {
        faults: found.flatMap(({ faults }) => faults),
        deviations: found.flatMap(({ deviations }) => deviations),
      };
    },
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
  const compile = (profileId: string, direction: Direction, nodes: readonly NodeDefinition[]): ByMode => {
    compiler ??= createValidatorCompiler(vocabulary);
    const { unknownMembers, textOnly, dialect } = resolve(profileId);
    const rules = {
      refuseUnknown: unknownMembers === 'refuse',
      textOnly,
      nationalNames: dialect === 'national',
    };
    return compiler.compile(nodes, { direction, ...rules });
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
      return keep(key, mode, compile(profileId, direction, nodes));
    },
    envelopeValidator(profileId, direction, mode) {
      const key = `${profileId} (envelope) ${direction}`;
      const found = compiled.get(`${key} ${mode}`);
      if (found !== undefined) return found;
      const fields = definitions.envelope(profileId, direction);
      return keep(key, mode, compile(profileId, direction, [{ node: '', repeated: false, fields }]));
    },
  };
}
