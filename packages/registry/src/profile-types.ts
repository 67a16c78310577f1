/** A profile: how one region, platform or predecessor speaks. Source: schemas/national/profile.json, schemas/provincial. */
import type { Confidence, FieldDefinition, OwnCodes } from './types.ts';

/** Differences of one node, or of the envelope. */
export interface NodeOverlay {
  /** Fields that the baseline lacks. */
  readonly add?: readonly FieldDefinition[];
  /** Wire names of fields that are not required here. */
  readonly relax?: readonly string[];
  /** Baseline name → name used here. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Wire name → length used here. */
  readonly measure?: Readonly<Record<string, number | string>>;
  /** For a node that the baseline lacks: whether it is a list. */
  readonly repeated?: boolean;
}

/** Differences of one direction: node name (empty: directly under the body) → differences. */
export type DirectionOverlay = Readonly<Record<string, NodeOverlay>>;

/** Differences of one transaction. */
export interface TransactionOverlay {
  /** The number is a regional variant of this transaction. */
  readonly like?: string;
  readonly request?: DirectionOverlay;
  readonly response?: DirectionOverlay;
}

/** Differences of a profile from its baseline. */
export interface Overlay {
  readonly transactions?: Readonly<Record<string, TransactionOverlay>>;
  readonly envelope?: { readonly request?: NodeOverlay; readonly response?: NodeOverlay };
  /** Name of a value set → codes of the region that it lacks, wherever a field has that value set. */
  readonly valueSets?: Readonly<Record<string, OwnCodes>>;
}

/** How a broken identity counts in a request; in a response it is always a deviation. */
export type IdentityPolicy = 'enforce' | 'warn' | 'off';

/** A profile with everything it inherits filled in. */
export interface Profile {
  readonly id: string;
  /** Ids from the baseline to this profile. */
  readonly lineage: readonly string[];
  readonly version: string;
  readonly title: { readonly zh: string; readonly en: string };
  /** Shape of the bytes; an open set, whose members `@yiqiao/wire` knows. */
  readonly codec: string;
  /** Map family whose names the messages use: `national`, or the id of the profile that the names come from. */
  readonly dialect: string;
  /** Whether the shape has text only, so that a number in quotes is no departure. */
  readonly textOnly: boolean;
  /** Whether errors are told by HTTP status, or always in an envelope with status 200. */
  readonly errorStatus: 'always-200' | 'by-code';
  readonly clockToleranceMinutes: number;
  /** Options of the codec and of the envelope, such as `infverDefault`. */
  readonly envelope: Readonly<Record<string, unknown>>;
  /** Whether answers are kept on record for later maps. */
  readonly keepsRecords: boolean;
  /** Members beyond the definition: reported, or refused. */
  readonly unknownMembers: 'report' | 'refuse';
  /** Identity id → policy, where it differs from the default. */
  readonly identities: Readonly<Record<string, IdentityPolicy>>;
  readonly overlay: Overlay;
  readonly source: string;
  readonly confidence: Confidence;
  /** The file as it is, for members that concern other rooms (header rules of a map family). */
  readonly data: Readonly<Record<string, unknown>>;
}
