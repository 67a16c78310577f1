/** What a message is read with before its sender is known: a codec, a dialect and a baseline profile. */
import { GatewayError } from '@yiqiao/model';
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
  /** The door whose codec a profile speaks. @throws GatewayError `PROFILE_BROKEN` when there is none. */
  of(profile: Profile): Door;
}

/** The dialect of a profile. */
export function createDialect(registry: Registry, profile: Profile, clock: Clock): Dialect {
  return profile.dialect === 'national'
    ? createNationalDialect(registry, profile)
    : createMapFileDialect(registry, profile, clock);
}

/** A region whose shape is known as data, but which no connection can use yet. */
function notConnected({ id, codec }: Profile): GatewayError {
  const message = {
    zh: `方案 ${id} 的报文形式（${codec}）目前只能校验，还不能用于连接。`,
    en: `Messages of the profile ${id} (${codec}) can be validated, but no connection can use them yet.`,
  };
  const fault = {
    rule: 'profile',
    at: '/profile',
    field: 'profile',
    label: { zh: '方案', en: 'profile' },
    message,
  };
  return new GatewayError('PROFILE_BROKEN', { faults: [fault], facts: { profile: id } });
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
  return {
    national,
    predecessor,
    of(wanted) {
      const door = [national, predecessor].find((one) => one.profile.codec === wanted.codec);
      if (door === undefined) throw notConnected(wanted);
      return door;
    },
  };
}
