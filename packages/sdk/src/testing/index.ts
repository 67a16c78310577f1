export { startFarSide } from './far-side.ts';
export type { FarSideFault, FarSideOptions, FarSideRequest, FaultRule, RunningFarSide } from './far-side.ts';
export { contractChecks } from './contract-checks.ts';
export type { CallSample, ContractCheck, ContractSamples, NotificationSample } from './contract-types.ts';
export { createRecorder, startReplay } from './recording.ts';
export type { MatchExchange, RecordedExchange, RecordedMessage, Recorder, Replay } from './recording.ts';
