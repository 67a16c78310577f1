/** The registry: everything that is known of the interface, read from schemas/ when it is first needed. */
import { GatewayError } from '@yiqiao/model';
import type { Operation, WireObject } from '@yiqiao/model';
import type { CodeStandard, CodeVerdict } from './codes/code-types.ts';
import { createDataFiles } from './data-files.ts';
import type { DataFiles } from './data-files.ts';
import { createDefinitions } from './definitions.ts';
import type { Definitions } from './definitions.ts';
import { deriveMap } from './derived-map.ts';
import { createIdentities } from './identities.ts';
import type { IdentityFile } from './identity-forms.ts';
import { createOperations } from './operations.ts';
import type { OperationSide, Operations } from './operations.ts';
import { createPoolingAreas, createRouting } from './places.ts';
import { createProfiles } from './profiles.ts';
import type { Profile } from './profile-types.ts';
import { readSigningProfile } from './signing.ts';
import type { SigningData } from './signing.ts';
import { createValidatorCompiler } from './validators.ts';
import { createVocabulary } from './vocabulary.ts';
import type {
  AnsweringSide,
  BodyValidator,
  DerivedMap,
  DictionaryEntry,
  Direction,
  Findings,
  NodeDefinition,
  OperationEntry,
  PoolingArea,
  TransactionDefinition,
  ValidationMode,
  ValueSet,
} from './types.ts';

/**
 * Knowledge of the interface. Whatever meets a faulty data file throws GatewayError `PROFILE_BROKEN`
 * naming file, place and remedy; nothing else is affected by it.
 */
export interface Registry {
  /** @throws RangeError for a name that is no operation. */
  operation(operation: Operation): OperationEntry;
  /** All operations. */
  operations(): readonly Operation[];
  /** The operation of a transaction number; with a profile, of its regional variants too (`2206A`). */
  findOperation(transaction: string, profileId?: string): OperationEntry | undefined;
  /** Wire nodes and entity names of one direction of an operation. */
  operationSide(operation: Operation, direction: Direction): OperationSide;
  /** What operations of one kind have in common: the name of the file they stand in. */
  operationFamily(operation: Operation): string;
  /** Ids of the identities that hold in a national transaction. */
  identitiesOf(transaction: string): readonly string[];
  answeringSide(transaction: string): AnsweringSide | undefined;
  /** Whether a transaction without operation changes nothing at the far side, so that it may be asked again. */
  isRead(transaction: string): boolean;
  /** The pooling area of a six-digit region code. */
  poolingArea(region: string): PoolingArea | undefined;
  /** National transaction numbers, sorted. */
  transactions(): readonly string[];
  /** Ids of all profiles that have a folder, the baseline first; nothing is read, so a broken one is among them. */
  profiles(): readonly string[];
  /**
   * Transaction numbers of a profile, inherited ones and regional variants included; sorted.
   * @throws GatewayError as `profile` does
   */
  profileTransactions(profileId: string): readonly string[];
  /** A transaction with the profile's overlay applied. */
  definition(profileId: string, transaction: string): TransactionDefinition | undefined;
  /**
   * A profile with what it inherits; its overlays are applied once to see that they fit.
   * @throws GatewayError `CONFIG_INVALID` for an unknown id, `PROFILE_BROKEN` for a faulty file
   */
  profile(id: string): Profile;
  /**
   * Compiled on first use.
   * @throws GatewayError `TRANSACTION_UNKNOWN` when the profile has no such transaction
   */
  validator(
    profileId: string,
    transaction: string,
    direction: Direction,
    mode: ValidationMode,
  ): BodyValidator;
  /** Validates the root members besides the body; call it with `at` = ''. */
  envelopeValidator(profileId: string, direction: Direction, mode: ValidationMode): BodyValidator;
  /** Identities between amounts: attested ones of a request are faults, all others deviations. */
  checkIdentities(...message: IdentityArguments): Findings;
  /** The dictionary's entry of a national wire name. */
  findName(wireName: string): DictionaryEntry | undefined;
  valueSet(name: string): ValueSet | undefined;
  /** The national business codes and related identifiers. */
  codeStandards(): readonly CodeStandard[];
  /** What each standard says of a code, or the one with this id. */
  explainCode(code: string, standardId?: string): readonly CodeVerdict[];
  /**
   * How the national form of an operation becomes the canonical body; with a profile, in its names.
   * @throws GatewayError `TRANSACTION_UNKNOWN` when the profile uses the number for a transaction of its own
   */
  nationalMap(operation: Operation, profileId?: string): DerivedMap;
  /** A profile's map of a transaction, its own or inherited, as parsed from `provincial/ID/maps/TRANSACTION.json`. */
  mapFile(profileId: string, transaction: string): unknown;
  /** Transactions for which a profile has a map, its own or inherited; sorted. */
  mapFiles(profileId: string): readonly string[];
  /** @throws GatewayError `CONFIG_INVALID` when there is no such signing profile; the known ones are listed. */
  signingProfile(id: string): SigningData;
}

/** Profile id, transaction number in its numbering, direction, body, pointer of the body. */
type IdentityArguments = readonly [
  profileId: string,
  transaction: string,
  direction: Direction,
  body: WireObject | null,
  at: string,
];

/** `schemas`: URL of another schemas folder, with a slash at its end; tests use it. */
export function createRegistry(options: { readonly schemas?: URL } = {}): Registry {
  const root = options.schemas ?? new URL('./', import.meta.resolve('@yiqiao/schemas/package.json'));
  const files = createDataFiles(root);
  const profiles = createProfiles(files);
  const definitions = createDefinitions(files, profiles);
  const operations = createOperations(files);
  const poolingArea = createPoolingAreas(files);
  const vocabulary = createVocabulary(files, (code) => poolingArea(code) !== undefined);
  const identities = createIdentities(
    () => files.read('national/identities.json') as IdentityFile,
    (name) => vocabulary.findName(name),
  );
  const validators = createValidators(definitions, vocabulary, profiles.resolve);
  const checked = new Set<string>();
  return {
    ...operationLookups(operations, definitions),
    ...createRouting(files),
    poolingArea,
    transactions: () => definitions.list('national'),
    profiles: () => ['national', ...files.list('provincial')],
    profileTransactions: (profileId) => {
      const numbers = profiles
        .resolve(profileId)
        .lineage.flatMap((id) => [
          ...definitions.list(id),
          ...Object.keys(profiles.resolve(id).overlay.transactions ?? {}),
        ]);
      return [...new Set(numbers)].toSorted();
    },
    definition: definitions.find,
    profile(id) {
      const profile = profiles.resolve(id);
      for (const one of profile.lineage) {
        if (!checked.has(one)) definitions.check(profiles.resolve(one));
        checked.add(one);
      }
      return profile;
    },
    ...validators,
    identitiesOf: (transaction) => identities.of(transaction),
    checkIdentities(...[profileId, transaction, direction, body, at]) {
      const number = definitions.nationalNumber(profileId, transaction);
      return identities.check(profiles.resolve(profileId), { transaction: number, direction, body, at });
    },
    findName: (wireName) => vocabulary.findName(wireName),
    valueSet: (name) => vocabulary.findValueSet(name),
    codeStandards: vocabulary.codes.list,
    explainCode: vocabulary.codes.explain,
    nationalMap(operation, profileId = 'national') {
      const { transaction } = operations.entry(operation);
      // A region that uses the number for something else must never be sent the operation under it.
      if (definitions.nationalNumber(profileId, transaction) !== transaction)
        throw new GatewayError('TRANSACTION_UNKNOWN', { facts: { transaction, profile: profileId } });
      return deriveMap(operation, profileId, { operations, definitions, findName: vocabulary.findName });
    },
    mapFile: (profileId, transaction) =>
      profiles
        .resolve(profileId)
        .lineage.toReversed()
        .map((id) => findMapFile(files, id, transaction))
        .find((file) => file !== undefined),
    mapFiles: (profileId) => {
      const { lineage } = profiles.resolve(profileId);
      return [...new Set(lineage.flatMap((id) => files.list(`provincial/${id}/maps`)))].toSorted();
    },
    signingProfile: (id) => readSigningProfile(files, id),
  };
}

function operationLookups(
  operations: Operations,
  definitions: Definitions,
): Pick<Registry, 'operation' | 'operations' | 'findOperation' | 'operationSide' | 'operationFamily'> {
  return {
    operation: (operation) => operations.entry(operation),
    operations: () => operations.list(),
    findOperation(transaction, profileId) {
      const number =
        profileId === undefined ? transaction : definitions.nationalNumber(profileId, transaction);
      return operations.findByTransaction(number);
    },
    operationSide: (operation, direction) => operations.side(operation, direction),
    operationFamily: (operation) => operations.family(operation),
  };
}

type ByMode = (mode: ValidationMode) => BodyValidator;

function createValidators(
  definitions: Definitions,
  vocabulary: ReturnType<typeof createVocabulary>,
  resolve: (id: string) => Profile,
): Pick<Registry, 'validator' | 'envelopeValidator'> {
  let compiler: ReturnType<typeof createValidatorCompiler> | undefined;
  const compiled = new Map<string, BodyValidator>();
  const compile = (profileId: string, direction: Direction, nodes: readonly NodeDefinition[]): ByMode => {
    compiler ??= createValidatorCompiler(vocabulary);
    const { unknownMembers, textOnly } = resolve(profileId);
    const rules = { refuseUnknown: unknownMembers === 'refuse', textOnly };
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

function findMapFile(files: DataFiles, profileId: string, transaction: string): unknown {
  if (!/^[a-z0-9-]+$/.test(profileId) || !/^\w+$/.test(transaction)) return undefined;
  return files.find(`provincial/${profileId}/maps/${transaction}.json`);
}
