export { openStore, sealStore } from './store/open-store.ts';
export type { StoreOptions } from './store/open-store.ts';
export type { KeysOfFile } from './store/store-keys.ts';
export type { StoreEncryption } from './store/vault.ts';
export type {
  AdapterStore,
  JobState,
  JobTable,
  ListOptions,
  NewJob,
  StoredDocument,
  StoredJob,
  StoreReader,
  StoreTransaction,
} from './store/types.ts';
export { keepingSettings } from './outbox/keeping.ts';
export type { Forgotten, Keeping } from './outbox/keeping.ts';
export { outboxRoutes } from './outbox/outbox-routes.ts';
export { createOutbox } from './outbox/outbox.ts';
export type {
  JobHandler,
  JobResult,
  Outbox,
  OutboxJob,
  OutboxOptions,
  OutboxProblem,
} from './outbox/outbox.ts';
export { findTrace } from './trace/find-trace.ts';
export type { TraceEvent, TraceRef } from './trace/types.ts';
export { readSettings } from './settings/read-settings.ts';
export { setting } from './settings/setting.ts';
export type { OptionalSetting, Setting, SettingsOf, SettingsShape } from './settings/setting-types.ts';
export { answerError, answerJson, readJsonBody } from './listener/json-body.ts';
export { startListener } from './listener/listener.ts';
export type { Listener, ListenerOptions } from './listener/listener.ts';
export type { ListenerAnswer, ListenerRequest, ListenerRoute } from './listener/listener-types.ts';
export { codecOf, formCodec, jsonCodec, xmlCodec } from './adapter/codecs.ts';
export type { AdapterCodec } from './adapter/codecs.ts';
export { connectAdapter } from './adapter/connect-adapter.ts';
export type {
  AdapterHooks,
  CallNote,
  CallOptions,
  ConnectedAdapter,
  ConnectionSettings,
  RawExchange,
  Resolution,
} from './adapter/connection-types.ts';
export { defineAdapter } from './adapter/define-adapter.ts';
export type {
  AdapterDefinition,
  AdapterSpec,
  CallDefinition,
  CallOutcome,
  MessageParts,
  NotificationContent,
  NotificationDefinition,
  NotificationResult,
  OperationTypes,
  PollingDefinition,
  Refusal,
  SentCall,
  StagedCall,
  StagedResult,
  StagedRule,
  TwoPhaseRule,
  WayOut,
} from './adapter/definition-types.ts';
export { readMembers } from './adapter/member-reader.ts';
export type { MemberReader } from './adapter/member-reader.ts';
export { signingSetting } from './adapter/signing.ts';
export type { AdapterSigning } from './adapter/signing.ts';
export { createNotificationDesk } from './adapter/notification-desk.ts';
export type {
  DeskOptions,
  NotificationDesk,
  NotificationHandler,
  NotificationVerdict,
} from './adapter/notification-desk.ts';
export { createPoller } from './adapter/polling.ts';
export type { Poller, PollerOptions, PollProblem } from './adapter/polling.ts';
export type {
  IdentifiedPerson,
  SettledEvent,
  SettledLine,
  UndoneEvent,
} from './adapter/settlement-events.ts';
export { toAdapter } from './adapter/to-adapter.ts';
export { nationalShape } from './adapter/national-shape.ts';
export type { NationalShape, ShapedBody } from './adapter/national-shape.ts';
export { poolingAreaOf, readPeripheral, transactionOf } from './adapter/peripheral.ts';
export { createServiceClient, insuranceSettings, senderSettings } from './service/insurance-side.ts';
export type { ServiceClientOptions } from './service/insurance-side.ts';
export { defineService } from './service/service.ts';
export type {
  AdapterService,
  ServiceDefinition,
  ServiceHealth,
  ServiceLog,
  ServiceParts,
} from './service/service.ts';
export { createJsonForm, createUrlEncodedForm, createXmlForm } from '@yiqiao/wire';
export type { FormMessage, FormOptions, MessageForm, SoapPlace, XmlFormOptions } from '@yiqiao/wire';
export { createClient } from './client/client.ts';
export { describeError } from './client/describe-error.ts';
export type { ErrorDescription } from './client/describe-error.ts';
export type { AnswerOf, Given, RequestOf } from './client/bodies.ts';
export type {
  Answer,
  Client,
  ClientCallOptions,
  ClientHooks,
  ClientRecord,
  ClientResolution,
  ClientSettings,
  ClientSigning,
  MessageEvent,
  Operator,
  RawMessage,
  SavedRequest,
  Sender,
  SignInSettings,
} from './client/client-types.ts';
export type { Families } from './client/families.generated.ts';
export {
  compactTime,
  ERRORS,
  ExactNumber,
  fen,
  findDecimal,
  findFen,
  findTime,
  formatFen,
  formatTime,
  GatewayError,
  isWireObject,
  leafText,
  lineAmount,
  parseDecimal,
  parseFen,
  sumFen,
  systemClock,
} from '@yiqiao/model';
export type {
  Clock,
  Decimal,
  Deviation,
  ErrorCode,
  ErrorDetails,
  Fault,
  Fen,
  FileAnswer,
  Operation,
  OperationBodies,
  WireObject,
  WireValue,
} from '@yiqiao/model';
export type { TlsOptions } from '@yiqiao/transport';
export { field, fieldMap } from './adapter/field-map.ts';
export type { Field, FieldMap, Fields, ModelOf, NumberForm, OptionalField } from './adapter/field-map.ts';
export { createCredentialSession } from './relay/credential-session.ts';
export type {
  CredentialSession,
  CredentialSessionOptions,
  CredentialState,
} from './relay/credential-session.ts';
export { decodeCredential, knownDevice, readCard } from './relay/devices.ts';
export type {
  CredentialScan,
  DecodedCredential,
  DeviceFunction,
  KnownDevice,
  ReadCard,
  ReadCardOptions,
} from './relay/devices.ts';
export { createRelay } from './relay/relay.ts';
export type { Relay, RelayAnswer, RelayCallOptions, RelaySettings } from './relay/relay.ts';
