/** What settings are described with, and what reading them gives. */
import type { Fault } from '@yiqiao/model';

/** Where a value stands, and what is wrong so far. */
export interface SettingPlace {
  /** JSON pointer. */
  readonly at: string;
  readonly faults: Fault[];
}

/** One setting: what it may be, and what it is then. */
export interface Setting<T> {
  /** Reads a value that is there; adds faults and gives `undefined` when it is not fit. */
  readonly read: (value: unknown, place: SettingPlace) => T | undefined;
  /** What stands in when it is absent. */
  readonly fallback?: { readonly value: T };
}

/** One that may be absent: then the member is absent, too. */
export interface OptionalSetting<T> extends Setting<T> {
  readonly isOptional: true;
}

/** The members of a section. */
export type SettingsShape = Readonly<Record<string, Setting<unknown>>>;

type ValueOf<S> = S extends Setting<infer T> ? T : never;

/** What reading a shape gives. */
export type SettingsOf<S extends SettingsShape> = {
  readonly [K in keyof S as S[K] extends OptionalSetting<unknown> ? never : K]: ValueOf<S[K]>;
} & {
  readonly [K in keyof S as S[K] extends OptionalSetting<unknown> ? K : never]?: ValueOf<S[K]>;
};
