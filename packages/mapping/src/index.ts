export { compileNationalMap, NATIONAL_DIALECT } from './national-map.ts';
export type { NationalMapOptions } from './national-map.ts';
export { compileMapFile, findStrangeRules } from './file-map.ts';
export { checkMap, findMissing } from './check-map.ts';
export { findForeignConstants } from './check-rules.ts';
export { checkTableAlone, findForeignCodes } from './check-facts.ts';
export type { MapFacts, MapSides, MissingField } from './check-map.ts';
export { mapFamilyOf } from './map-file.ts';
export type { CompiledFileMap, FileMapOptions } from './file-map.ts';
export type { DirectionRules, MapFamily, MapFile, RecordKey, Rule } from './map-file.ts';
export type {
  CompiledMap,
  DirectionMap,
  MapContext,
  MappedContent,
  Origin,
  ToModel,
  ToWire,
} from './types.ts';
