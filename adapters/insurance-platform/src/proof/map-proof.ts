/** What the check of a profile's maps tells, and how its faults are made. */
import type { Fault } from '@yiqiao/model';

/** Knowledge that a map declares as dropped, or as without a place on the other side. */
export interface DeclaredLoss {
  readonly transaction: string;
  readonly operation: string;
  readonly direction: 'request' | 'response';
  /** `lost`: dropped on the way; `without-equal`: the other side has no place for it; `unattested`: none is known. */
  readonly kind: 'lost' | 'without-equal' | 'unattested';
  /** Elements of the profile's own form. */
  readonly wire: readonly string[];
  /** Canonical paths. */
  readonly model: readonly string[];
  readonly because: string;
}

/** What is known of the maps of one profile. */
export interface MapProof {
  readonly profile: string;
  readonly dialect: string;
  readonly ok: boolean;
  /** Transactions of the profile. */
  readonly transactions: number;
  /** Those that become canonical operations. */
  readonly mapped: number;
  /** Those that do not: passed on in the national form, or in a form of their own for which there is no map. */
  readonly unmapped: readonly string[];
  /** Why a transaction of a form of its own has no map. */
  readonly notMapped: Readonly<Record<string, string>>;
  /** Maps that know no source for fields that the national form requires: they carry no live messages. */
  readonly incomplete: readonly { readonly map: string; readonly fields: readonly string[] }[];
  /** Fields with a place in the model. */
  readonly carried: number;
  /** Fields that travel as they are and have no place in the model; only within the same form. */
  readonly verbatim: number;
  /** Elements and canonical fields that a map declares as lost. */
  readonly lost: number;
  /** Those for which the other side has no place. */
  readonly withoutEqual: number;
  /** Rules that no source states. */
  readonly inferred: number;
  /** Names whose counterpart no source tells: declared so by maps, and all fields of a form of its own without map. */
  readonly unattested: number;
  /** Fields without English name; beyond the baseline's own, for a profile that extends it. */
  readonly unnamed: readonly string[];
  /** Generated messages that came back as they were. */
  readonly roundTrips: number;
  readonly losses: readonly DeclaredLoss[];
  readonly faults: readonly Fault[];
  /** What a person should look at: codes beyond an open national list. */
  readonly remarks: readonly Fault[];
}

/** A profile of which nothing is known yet. */
export const NOTHING_PROVEN: Omit<MapProof, 'profile' | 'dialect'> = {
  ok: true,
  transactions: 0,
  mapped: 0,
  unmapped: [],
  notMapped: {},
  incomplete: [],
  carried: 0,
  verbatim: 0,
  lost: 0,
  withoutEqual: 0,
  inferred: 0,
  unattested: 0,
  unnamed: [],
  roundTrips: 0,
  losses: [],
  faults: [],
  remarks: [],
};

/**
 * The fault of a generated message that did not come back as it was.
 * @param place file and place of its map
 * @param pointer what differed in the message
 */
export function roundTripFault(place: string, pointer: string): Fault {
  const field = pointer.split('/').at(-1) ?? '';
  return {
    rule: 'map-round-trip',
    at: place,
    field,
    found: pointer,
    label: { zh: field, en: field },
    message: {
      zh: '生成的报文经规范模型往返后此处与原值不同；请改正映射，或声明该项。',
      en: 'A generated message is not the same here after its way through the model; correct the map or declare it.',
    },
  };
}
