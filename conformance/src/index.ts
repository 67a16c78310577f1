export { isExactObject, memberOf, NumberText, readExact } from './exact-json.ts';
export type { ExactObject, ExactValue } from './exact-json.ts';
export { findDifferences } from './differences.ts';
export { startFarSide } from './far-side.ts';
export type { FarAnswer, FarSide } from './far-side.ts';
export { readObserved } from './observed.ts';
export type { Expectation, ObservedMessage, Question } from './observed.ts';
export { askingInstitution, farAnswer, replay } from './replay.ts';
export type { Told } from './replay.ts';
