export { createAccounts } from './accounts.ts';
export type { Accounts } from './accounts.ts';
export { startCarePlaceCore } from './care-place/care-place-core.ts';
export type { CarePlaceOptions } from './care-place/care-place-core.ts';
export { careCatalogue } from './catalogue.ts';
export type { Catalogue, CatalogueItem } from './catalogue.ts';
export { splitFee } from './fee-split.ts';
export type { FeeSplit } from './fee-split.ts';
export { startInsuredPlaceCore } from './insured-place/insured-place-core.ts';
export type { InsuredPlaceCore, InsuredPlaceOptions } from './insured-place/insured-place-core.ts';
export { DEFAULT_RULES } from './insured-place/benefit-rules.ts';
export type { BenefitRules, HospitalLevel, SchemeRules, StayRules } from './insured-place/benefit-rules.ts';
export { computeBenefit, computeStayBenefit } from './insured-place/benefit.ts';
export type { Benefit, BenefitCase, StayCase } from './insured-place/benefit.ts';
export { identityNumber, sandboxPersons } from './insured-place/persons.ts';
export type { Filing, Person } from './insured-place/persons.ts';
export type { Bend, CoreOptions, CoreRequest, RunningCore, TransactionHandler } from './core-server.ts';
export type { CoreAnswer } from './core-answer.ts';
export { child, leaf, parseMessage, rawMember } from './national-message.ts';
export type { JsonObject, JsonValue } from './national-message.ts';
export { FAULT_KINDS } from './faults.ts';
export type { Fault, FaultKind, Faults, InjectedFault } from './faults.ts';
export type { Ledger, LedgerRow, LedgerState } from './ledger.ts';
export type { Scheduler } from './scheduler.ts';
export { createSandboxKeys, signText, verifyText } from './sm2-signature.ts';
export type { SandboxKeys, SandboxSigning } from './sm2-signature.ts';
export { createSigningScheme } from './signing/signing-scheme.ts';
export type {
  OpenedByScheme,
  ProtectedMessage,
  SchemeMoment,
  SchemeSettings,
  SigningObjection,
  SigningScheme,
} from './signing/signing-scheme.ts';
export { createNationalHis } from './his/national-his.ts';
export type { NationalHis } from './his/national-his.ts';
export type { NationalHisOptions } from './his/national-channel.ts';
export { createPredecessorHis } from './his/predecessor-his.ts';
export type { PredecessorHis, PredecessorHisOptions } from './his/predecessor-his.ts';
export type {
  Credential,
  FeeItem,
  His,
  HisOptions,
  HisVisit,
  InpatientSteps,
  MoneySteps,
  Patient,
  PharmacySteps,
  SettledCharge,
  Settlement,
  SplitLine,
  VisitPlan,
} from './his/his.ts';
export type { Charged, Told } from './his/told.ts';
export { credentialOf, visitScripts } from './visits/visit-scripts.ts';
export type { VisitScript } from './visits/visit-scripts.ts';
export { furtherScripts } from './visits/further-scripts.ts';
export { runVisit } from './visits/run-visit.ts';
export type { OutcomeCode, Receipt, ReceiptLine, ReceiptPayment, ReceiptSplit } from './visits/receipt.ts';
export { displayWidth, formatReceipt } from './visits/receipt-text.ts';
export { startEInvoicePlatform } from './platforms/e-invoice/e-invoice-platform.ts';
export type { EInvoicePlatform, EInvoicePlatformOptions } from './platforms/e-invoice/e-invoice-platform.ts';
export { openBossAnswer, signBoss } from './platforms/e-invoice/boss-envelope.ts';
export type { BossAccount, ReadBossAnswer } from './platforms/e-invoice/boss-envelope.ts';
export type {
  PlatformAnswer,
  PlatformBend,
  PlatformHandler,
  PlatformRequest,
} from './platforms/platform-bend.ts';
export { openEnvelopeAnswer, sealEnvelope } from './platforms/gm-envelope.ts';
export type { EnvelopeContent, EnvelopeSettings, ReadEnvelopeAnswer } from './platforms/gm-envelope.ts';
export { startPrescriptionCentre } from './platforms/prescription/prescription-centre.ts';
export type {
  PrescriptionCentre,
  PrescriptionCentreOptions,
} from './platforms/prescription/prescription-centre.ts';
export type { CentreCaller } from './platforms/prescription/doors.ts';
export type { CentreRow } from './platforms/prescription/book.ts';
export { Life as CentrePrescriptionLife } from './platforms/prescription/life.ts';
export { startPaymentPlatform } from './platforms/mobile-payment/payment-platform.ts';
export type { PaymentPlatform, PaymentPlatformOptions } from './platforms/mobile-payment/payment-platform.ts';
export { startProvinceCore } from './province-core.ts';
export type { ProvinceCore } from './province-core.ts';
export { startRelayStandIn } from './platforms/relay/relay-stand-in.ts';
export type { RelayStandIn, RelayStandInOptions } from './platforms/relay/relay-stand-in.ts';
export { unzipText } from './zip-archive.ts';
