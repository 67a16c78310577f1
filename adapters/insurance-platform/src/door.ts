/** What a message is read with before its sender is known: a codec, a dialect and a baseline profile. */
import type { Clock } from '@yiqiao/model';
import type { Profile, Registry } from '@yiqiao/registry';
import { createNationalJson, createPredecessorXml } from '@yiqiao/wire';
import type { WireCodec, WireLimits } from '@yiqiao/wire';
import type { Dialect } from './dialect.ts';
import { createMapFileDialect } from './map-file-dialect.ts';
import { createNationalDialect } from './national-dialect.ts';

/** One way in. */
export interface Door {
  readonly profile: Profile;
  readonly codec: WireCodec;
  readonly dialect: Dialect;
  readonly clock: Clock;
  /** Mints `inf_refmsgid`. */
  referenceId(): string;
}

/** All ways in. */
export interface Doors {
  readonly national: Door;
  readonly predecessor: Door;
  /** The door whose codec a profile speaks. */
  of(profile: Profile): Door;
}

/** The dialect of a profile. */
export function createDialect(registry: Registry, profile: Profile, clock: Clock): Dialect {
  return profile.dialect === 'national'
    ? createNationalDialect(registry, profile)
    : createMapFileDialect(registry, profile, clock);
}

/** Creates the doors; codecs and maps are shared by all connections. */
export function createDoors(options: {
  registry: Registry;
  clock: Clock;
  limits: WireLimits;
  referenceId(): string;
}): Doors {
  const { registry, clock, limits, referenceId } = options;
  const baseline = registry.profile('national');
  const national: Door = {
    profile: baseline,
    codec: createNationalJson({ limits }),
    dialect: createNationalDialect(registry, baseline),
    clock,
    referenceId,
  };
  const profile = registry.profile('predecessor-xml');
  const predecessor: Door = {
    profile,
    codec: createPredecessorXml({ limits }),
    dialect: createMapFileDialect(registry, profile, clock),
    clock,
    referenceId,
  };
  return { national, predecessor, of: ({ codec }) => (codec === 'national-json' ? national : predecessor) };
}
