export { ExactNumber, isWireObject, leafText } from './wire-value.ts';
export type { WireLeaf, WireObject, WireValue } from './wire-value.ts';
export {
  fen,
  findDecimal,
  findFen,
  formatFen,
  lineAmount,
  parseDecimal,
  parseFen,
  ratioOf,
  sumFen,
} from './money.ts';
export type { Decimal, Fen } from './money.ts';
export { ERRORS } from './error-catalogue.ts';
export { GatewayError } from './errors.ts';
export { findToldCode, isErrorCode } from './told-code.ts';
export type { ErrorCode, ErrorDetails, ErrorKind, ErrorOrigin, ErrorOutcome, Responsible } from './errors.ts';
export type { Deviation, Fault } from './fault.ts';
export type {
  CanonicalLeaf,
  CanonicalObject,
  CanonicalRequest,
  CanonicalResponse,
  CanonicalValue,
  Carried,
  CommitKey,
  Content,
  FileAnswer,
  MessageHeader,
} from './message.ts';
export { canQuery, canReverse, isTwoPhase } from './adapter.ts';
export type {
  Adapter,
  AdapterWithQuery,
  AdapterWithReversal,
  AdapterWithTwoPhase,
  CallContext,
  CommitResult,
  LateAnswer,
  QueryResult,
  ReversalResult,
  SentRecord,
  StagedMessage,
  Transcript,
} from './adapter.ts';
export { systemClock } from './ports.ts';
export type { Clock } from './ports.ts';
export type { Operation, OperationBodies } from './canonical.generated.ts';
export { compactTime, findTime, formatTime } from './china-time.ts';
export { EMPTY_HEADER } from './message.ts';
export {
  citizenCheckCharacter,
  createIdentifierSearch,
  maskIdentifier,
  maskIdentifiers,
} from './identifiers.ts';
export type { FindIdentifiers, FoundIdentifier, IdentifierKind } from './identifiers.ts';
