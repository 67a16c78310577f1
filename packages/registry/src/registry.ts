/** The registry: everything that is known of the interface, read from schemas/ when it is first needed. */
import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import type { Fault, Operation, WireObject } from '@yiqiao/model';
import type { CodeStandard, CodeVerdict } from './codes/code-types.ts';
import { createDataFiles } from './data-files.ts';
import { createDefinitions } from './definitions.ts';
import type { Definitions } from './definitions.ts';
import { deriveMap } from './derived-map.ts';
import { createIdentities, identityLookups } from './identities.ts';
import type { IdentityUse } from './identity-forms.ts';
import { createChecks, createValidators } from './message-checks.ts';
import { createOperations } from './operations.ts';
import type { OperationSide, Operations } from './operations.ts';
import { createPoolingAreas, createRouting } from './places.ts';
import type { Routing } from './places.ts';
import { createProfileCheck } from './profile-check.ts';
import { otherForms } from './other-forms.ts';
import type { OtherForms } from './other-forms.ts';
import { profileParts } from './profile-parts.ts';
import type { PartState } from './profile-parts.ts';
import { createProfiles } from './profiles.ts';
import type { Profile } from './profile-types.ts';
import { mapLookups } from './map-files.ts';
import { readSigningProfile } from './signing.ts';
import type { SigningData } from './signing.ts';
import { unknownTransaction } from './unknown-transaction.ts';
import { madeOncePerTurn } from './turn-memory.ts';
import { createVocabulary } from './vocabulary.ts';
import type {
  AnsweringSide,
  BodyValidator,
  CheckedFindings,
  CheckedMessage,
  DerivedMap,
  DictionaryEntry,
  Direction,
  FieldDefinition,
  Findings,
  OperationEntry,
  Party,
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
  /** Ids of the identities that the messages of a transaction are held against, in the numbering of the profile. */
  identitiesOf(transaction: string, profileId?: string): readonly string[];
  /** All that concern a transaction, those that no message of it can show included, with the reason. */
  identityUses(profileId: string, transaction: string): readonly IdentityUse[];
  /** The side that answers a national number, or a number as `nationalNumber` gives it. */
  answeringSide(transaction: string): AnsweringSide | undefined;
  /** Whether a transaction without operation changes nothing at the far side, so that it may be asked again. */
  isRead(transaction: string): boolean;
  /**
   * What a profile's number stands for inside: the national number, also of a variant (`2206A` → `2206`). A
   * transaction of a region's own bears the region before its number (`guangdong-shenzhen:7102`), so that it takes
   * nothing from the national one of the same number.
   */
  nationalNumber(profileId: string, transaction: string): string;
  /**
   * Whether such a party may send the transaction (a number as `nationalNumber` gives it); `undefined` when
   * nobody says who sends it.
   */
  maySend(party: Party, transaction: string): boolean | undefined;
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
  /** `TRANSACTION_UNKNOWN` with the place of the number, the known ones near it, and how to see the others. */
  unknownTransaction(profileId: string, transaction: string): GatewayError;
  /** The members of an envelope, with the profile's overlay applied; empty when none are listed. */
  envelope(profileId: string, direction: Direction): readonly FieldDefinition[];
  /**
   * A transaction with the profile's overlay applied. A number with a letter behind it that nothing defines (`2207A`)
   * is taken for the one without it, inferred; `check` says so.
   */
  definition(profileId: string, transaction: string): TransactionDefinition | undefined;
  /**
   * A profile with what it inherits; its overlays are applied once to see that they fit.
   * @throws GatewayError `CONFIG_INVALID` for an unknown id, `PROFILE_BROKEN` for a faulty file
   */
  profile(id: string): Profile;
  /** Transaction → profile of the form in which the region speaks it, where that is another one. */
  otherForms(profileId: string): OtherForms;
  /** Which parts of a profile are there, inherited or declared unknown. @throws GatewayError as `profile` does */
  profileParts(id: string): readonly PartState[];
  /** A profile as `profile` gives it, its overlays not looked at: for checks only. @throws GatewayError as `profile` */
  readProfile(id: string): Profile;
  /**
   * All that is wrong with a profile, with what it inherits and with the files beside it, each fault at its file and
   * place; what its maps mean is the business of `@yiqiao/mapping`.
   * @throws GatewayError `CONFIG_INVALID` for an unknown id
   */
  profileFaults(id: string): readonly Fault[];
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
  /**
   * All that is wrong or odd about a message: its envelope, its fields (below `/input` or `/output`), its amounts.
   * In tolerant mode, forms that can mean one thing only are put right first: `body` is what is to be mapped.
   * @throws GatewayError as `validator`
   */
  check(profileId: string, message: CheckedMessage): CheckedFindings;
  /** Validates the root members besides the body; call it with `at` = ''. */
  envelopeValidator(profileId: string, direction: Direction, mode: ValidationMode): BodyValidator;
  /** Identities between amounts: attested ones of a request are faults, all others deviations. */
  checkIdentities(...message: IdentityArguments): Findings;
  /** The dictionary's entry of a national wire name. */
  findName(wireName: string): DictionaryEntry | undefined;
  valueSet(name: string): ValueSet | undefined;
  /** The public sources: id, as in every `sources` → what it is. */
  sources(): ReadonlyMap<string, string>;
  /** The national business codes and related identifiers. */
  codeStandards(): readonly CodeStandard[];
  /** What each standard says of a code, or the one with this id, or those whose codes a field of this wire name holds. */
  explainCode(code: string, name?: string): readonly CodeVerdict[];
  /**
   * How the national form of an operation becomes the canonical body; with a profile, in its names.
   * @throws GatewayError `TRANSACTION_UNKNOWN` when the profile uses the number for a transaction of its own
   */
  nationalMap(operation: Operation, profileId?: string): DerivedMap;
  /** A map file of a profile, its own or inherited, as parsed from `provincial/ID/maps/NAME.json`; the name is a transaction, or `TRANSACTION-CASE`. */
  mapFile(profileId: string, transaction: string): unknown;
  /** Names of the map files of a profile, its own or inherited; sorted. */
  mapFiles(profileId: string): readonly string[];
  /** The profile of the lineage that has a map file; `undefined` when none has. */
  mapOwner(profileId: string, name: string): string | undefined;
  /** Local name → national wire names that its label is read as, from a profile's `elements.json`; own names only. */
  counterparts(profileId: string): ReadonlyMap<string, readonly string[]>;
  /** @throws GatewayError `CONFIG_INVALID` when there is no such signing profile; the known ones are listed. */
  signingProfile(id: string): SigningData;
  /**
   * A file about a platform around the settlement, as parsed from `peripheral/PLATFORM/NAME.json`.
   * @throws GatewayError `PROFILE_BROKEN` when there is none, or it is not JSON.
   */
  peripheral(platform: string, name: string): unknown;
  /** Names of the files about such a platform; sorted. */
  peripherals(platform: string): readonly string[];
}

/** Profile id, transaction number in its numbering, direction, body, pointer of the body; of an answer, what was asked. */
type IdentityArguments = readonly [
  profileId: string,
  transaction: string,
  direction: Direction,
  body: WireObject | null,
  at: string,
  asked?: WireObject,
];

/**
 * `schemas`: URL of another schemas folder; `regions`: URL of a folder with further profiles, each a folder as in
 * `schemas/provincial`, which come before those. Both with a slash at their end.
 */
export function createRegistry(options: { readonly schemas?: URL; readonly regions?: URL } = {}): Registry {
  const root = options.schemas ?? new URL('./', import.meta.resolve('@yiqiao/schemas/package.json'));
  const own = new URL('provincial/', root).href;
  const files = createDataFiles(root, options.regions?.href === own ? undefined : options.regions);
  const profiles = createProfiles(files);
  const definitions = createDefinitions(files, profiles);
  const operations = createOperations(files);
  const poolingArea = createPoolingAreas(files);
  const vocabulary = createVocabulary(files, (code) => poolingArea(code) !== undefined);
  const identities = createIdentities({ files, definitions, vocabulary });
  // The check of a profile asks for the same maps at every rule.
  const derived = madeOncePerTurn((operation: Operation, profileId: string) =>
    deriveMap(operation, profileId, { operations, definitions, findName: vocabulary.findName }),
  );
  const check = createProfileCheck({
    files,
    profiles,
    definitions,
    knownIdentities: () => identities.ids(),
    findCodes: vocabulary.findCodes,
    valueSetNames: () => files.list('national/value-sets'),
    operations: operations.list,
    entry: operations.entry,
    findByTransaction: operations.findByTransaction,
    nationalMap: (operation) => derived(operation, 'national'),
  });
  const validators = createValidators(definitions, vocabulary, profiles.resolve);
  return {
    ...operationLookups(operations, definitions),
    ...routingLookups(createRouting(files), { definitions, operations }),
    poolingArea,
    transactions: () => definitions.list('national'),
    profiles: () => ['national', ...files.regions()],
    profileTransactions: definitions.all,
    unknownTransaction: (profileId, transaction) =>
      unknownTransaction(profiles.resolve(profileId), definitions.all(profileId), transaction),
    envelope: definitions.envelope,
    definition: definitions.find,
    profile: check.open,
    readProfile: profiles.resolve,
    profileFaults: check.faults,
    otherForms: (id) => otherForms(profiles.resolve(id)),
    profileParts: (id) => profileParts(profiles.resolve(id), { files, resolve: profiles.resolve }),
    ...validators,
    ...createChecks(validators, (profileId) => profiles.resolve(profileId), {
      identities,
      definitions,
      vocabulary,
    }),
    ...identityLookups(identities, profiles.resolve),
    findName: (wireName) => vocabulary.findName(wireName),
    valueSet: (name) => vocabulary.findValueSet(name),
    sources: () => new Map(Object.entries(files.read('national/sources.json') as Record<string, string>)),
    codeStandards: vocabulary.codes.list,
    explainCode: vocabulary.codes.explain,
    nationalMap(operation, profileId = 'national') {
      const { transaction } = operations.entry(operation);
      // A region that uses the number for something else must never be sent the operation under it.
      if (definitions.nationalNumber(profileId, transaction) !== transaction)
        throw new GatewayError('TRANSACTION_UNKNOWN', { facts: { transaction, profile: profileId } });
      return derived(operation, profileId);
    },
    ...mapLookups(files, profiles),
    signingProfile: (id) => readSigningProfile(files, id),
    peripheral: (platform, name) => files.read(`peripheral/${fileName(platform)}/${fileName(name)}.json`),
    peripherals: (platform) => files.list(`peripheral/${fileName(platform)}`),
  };
}

/** Names come from the program, never from a message. */
function fileName(name: string): string {
  assert(/^[a-z0-9][\w-]*$/.test(name), 'a peripheral file has a plain name');
  return name;
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

/** A region's own transaction says of itself what the national numbers have in routing.json. */
function routingLookups(
  routing: Routing,
  { definitions, operations }: { readonly definitions: Definitions; readonly operations: Operations },
): Pick<Registry, 'answeringSide' | 'isRead' | 'nationalNumber' | 'maySend'> {
  return {
    nationalNumber: (profileId, transaction) => definitions.nationalNumber(profileId, transaction),
    answeringSide(transaction) {
      const own = definitions.findOwn(transaction);
      return own === undefined ? routing.answeringSide(transaction) : (own.answeredBy ?? 'care-place');
    },
    isRead(transaction) {
      const own = definitions.findOwn(transaction);
      return own === undefined ? routing.isRead(transaction) : own.effect === 'read';
    },
    maySend(party, transaction) {
      const entry = operations.findByTransaction(transaction);
      if (entry !== undefined) return entry.sender.includes(party);
      const definition = definitions.findOwn(transaction) ?? definitions.find('national', transaction);
      return routing.parties(definition?.sender?.zh ?? '')?.includes(party);
    },
  };
}
