/** What a message is read with before its sender is known: a codec, a dialect and a baseline profile. */
import { GatewayError } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import type { Profile, Registry } from '@yiqiao/registry';
import { createNationalJson, createPredecessorXml, createWireCodec } from '@yiqiao/wire';
import type { FindLayout, WireCodec, WireLimits } from '@yiqiao/wire';
import type { Dialect } from './dialect.ts';
import { createMapFileDialect } from './map-file-dialect.ts';
import { createNationalDialect } from './national-dialect.ts';
import { soundProfile } from './profile-check.ts';

/** One way in. */
export interface Door {
  readonly profile: Profile;
  readonly codec: WireCodec;
  readonly dialect: Dialect;
  readonly clock: Clock;
  /** Mints `inf_refmsgid`. */
  referenceId(): string;
}

/** All ways in; that of a region is made when it is first asked for. */
export interface Doors {
  readonly national: Door;
  readonly predecessor: Door;
  /**
   * The door of a profile. Those of the national form share a codec, those of the predecessor too; any other has its own.
   * @throws GatewayError `PROFILE_BROKEN` for a profile with faults (all of them), for a form that no source shows, or
   *   whose answers nobody can write.
   */
  of(profile: Profile): Door;
}

/** The dialect of a profile. */
function createDialect(registry: Registry, profile: Profile, clock: Clock): Dialect {
  return profile.dialect === 'national'
    ? createNationalDialect(registry, profile)
    : createMapFileDialect(registry, profile, clock);
}

/** Answers of such a form cannot be written: nobody would know whether they tell a success. */
function unanswerable({ id }: Profile): GatewayError {
  const message = {
    zh: `方案 ${id} 的应答如何表示成败没有来源可证（envelope.answer），补上之前不能用于连接。`,
    en: `How an answer of the profile ${id} tells success is not attested (envelope.answer); until it is, no connection can use it.`,
  };
  const fault = {
    rule: 'profile',
    at: '/envelope/answer',
    field: 'answer',
    label: { zh: '应答', en: 'answer' },
    message,
  };
  return new GatewayError('PROFILE_BROKEN', { faults: [fault], facts: { profile: id } });
}

/** Creates the doors; a codec, a dialect and its maps are shared by all connections of a profile. */
export function createDoors(options: {
  registry: Registry;
  clock: Clock;
  limits: WireLimits;
  referenceId(): string;
}): Doors {
  const { registry, clock, limits, referenceId } = options;
  const shared = new Map<string, WireCodec>([['predecessor-xml', createPredecessorXml({ limits })]]);
  const codecOf = (profile: Profile): WireCodec => {
    const codec = shared.get(profile.codec);
    if (codec !== undefined) return codec;
    const layout: FindLayout = (transaction, direction) =>
      registry.definition(profile.id, transaction)?.[direction];
    if (profile.codec === 'national-json') {
      return createNationalJson({
        limits,
        layout,
        envelope: (direction) => registry.envelope(profile.id, direction),
      });
    }
    const own = createWireCodec(profile, { limits, layout });
    if (profile.envelope['answer'] === undefined) throw unanswerable(profile);
    return own;
  };
  const doors = new Map<string, Door>();
  const made = (profile: Profile): Door => {
    let door = doors.get(profile.id);
    if (door === undefined) {
      const codec = codecOf(profile);
      door = { profile, codec, dialect: createDialect(registry, profile, clock), clock, referenceId };
      doors.set(profile.id, door);
    }
    return door;
  };
  return {
    of(profile) {
      return made(soundProfile(registry, profile.id));
    },
    // The doors of last resort only read what nobody is known to send, so that no check of theirs delays a start.
    get national() {
      return made(registry.profile('national'));
    },
    get predecessor() {
      return made(registry.profile('predecessor-xml'));
    },
  };
}
