export { nearest } from './profile-faults.ts';
export { profilePath } from './profiles.ts';
export { createRegistry } from './registry.ts';
export type { Registry } from './registry.ts';
export type { CodeStandard, CodeVerdict } from './codes/code-types.ts';
export type { SigningData } from './signing.ts';
export type { IdentityUse } from './identity-forms.ts';
export type { OperationSide } from './operations.ts';
export type { PartState } from './profile-parts.ts';
export type { IdentityPolicy, NodeOverlay, Overlay, Profile, TransactionOverlay } from './profile-types.ts';
export type {
  AnsweringSide,
  BodyValidator,
  CheckedFindings,
  Confidence,
  DerivedMap,
  DictionaryEntry,
  Direction,
  FieldDefinition,
  OwnCodes,
  FieldMap,
  FieldType,
  Findings,
  KeptRecord,
  LeafForm,
  NodeDefinition,
  NodeMap,
  OperationEntry,
  Party,
  PoolingArea,
  RecordKind,
  RecordRule,
  TransactionDefinition,
  ValidationMode,
  ValueSet,
  WayOut,
} from './types.ts';
export { wantedForm } from './wanted-form.ts';
