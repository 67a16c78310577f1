export { daysLeft, expiryLevel } from './certificates/expiry.ts';
export type { ExpiryLevel } from './certificates/expiry.ts';
export { watchFastVerification } from './fast-verify/acceleration.ts';
export type { KnownNode } from './diagnosis/removed-members.ts';
export { diagnosisFault } from './diagnosis/causes.ts';
export type { Cause, Diagnosis } from './diagnosis/causes.ts';
export { diagnoseSignature } from './diagnosis/diagnose.ts';
export { diagnoseDigest } from './diagnosis/diagnose-digest.ts';
export type { DigestEvidence } from './diagnosis/diagnose-digest.ts';
export type { DifferenceCode } from './diagnosis/difference-texts.ts';
export type { BodyEvidence, EnvelopeEvidence, SuspectKey } from './diagnosis/evidence.ts';
export { createKeyPair } from './key-pair.ts';
export type { KeyPair } from './key-pair.ts';
export { describeKey, parsePrivateKey, parsePublicKey } from './keys.ts';
export type { KeyDescription, Sm2PrivateKey, Sm2PublicKey } from './keys.ts';
export { assertKnownAnswers } from './known-answers.ts';
export { readJsonObject } from './json-text.ts';
export { createLoginSource, createTokenSource } from './login-source.ts';
export type { Login, LoginSource, TokenClient, TokenRequest } from './login-source.ts';
export { createMessageProtection } from './message-protection.ts';
export type {
  CheckedHeaders,
  Direction,
  IncomingHeaders,
  IncomingMessage,
  MessageProtection,
  OpenedMessage,
  OutgoingMessage,
  ProtectionSettings,
  SealedBody,
} from './protection/contract.ts';
export { createMessageSigner, createMessageVerifier } from './message-signature.ts';
export type { MessageSigner, MessageVerifier } from './message-signature.ts';
export type { VerifyingKey } from './verifying-keys.ts';
export type {
  CredentialRule,
  SessionSigningProfile,
  SignatureText,
  SigningProfile,
  Sm2SigningProfile,
  VariantRule,
  WholeSigningProfile,
} from './signing-profile.ts';
export { createRemoteSigningKey, createSignerClient } from './remote-signer/client.ts';
export type { SignerAddress, SignerClient } from './remote-signer/client.ts';
export { createSignerService } from './remote-signer/service.ts';
export { createSeal, findSealing } from './sealing.ts';
export type { Seal, SealingAlgorithm } from './sealing.ts';
export { whenSigned } from './signed-later.ts';
export { createSigningKey, keyId } from './signing-key.ts';
export type { KeyValidity, OwnKey, SigningKey } from './signing-key.ts';
export { createSm2Signer, createSm2Verifier } from './sm2.ts';
export type { Sm2Options, Sm2Signer, Sm2Verifier } from './sm2.ts';
export { sm3 } from './sm3.ts';
