/** Settings of a codec out of a profile's `envelope`: every wrong one is named, with file and place. */
import type { Fault } from '@yiqiao/model';
import type { Charset } from './charset.ts';
import { fault, refusal } from './faults.ts';

/** The part of a profile that a codec needs. */
export interface CodecProfile {
  readonly id: string;
  readonly codec: string;
  readonly envelope: Readonly<Record<string, unknown>>;
}

type Members = Readonly<Record<string, unknown>>;

const CHARSETS: readonly Charset[] = ['GBK', 'GB18030', 'UTF-8'];

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fault of a profile's member; `pointer` is its place in the file. */
export function profileFault(
  profileId: string,
  pointer: string,
  message: { readonly zh: string; readonly en: string },
): Fault {
  return fault({
    rule: 'profile',
    at: `schemas/provincial/${profileId}/profile.json#${pointer}`,
    ...message,
  });
}

/** Reads settings; `finish` throws when one was wrong. */
export class Settings {
  readonly #profileId: string;
  readonly #pointer: string;
  readonly #values: Members;
  readonly #faults: Fault[];

  private constructor(at: { profileId: string; pointer: string }, values: Members, faults: Fault[]) {
    this.#profileId = at.profileId;
    this.#pointer = at.pointer;
    this.#values = values;
    this.#faults = faults;
  }

  /** The settings of a profile. */
  static of(profile: CodecProfile): Settings {
    return new Settings({ profileId: profile.id, pointer: '/envelope' }, profile.envelope, []);
  }

  /** Names of the members. */
  get names(): readonly string[] {
    return Object.keys(this.#values);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#values, name);
  }

  /** Text; the given one when the member is absent. */
  text(name: string, otherwise?: string): string {
    const value = this.#value(name);
    if (typeof value === 'string') return value;
    if (value === undefined && otherwise !== undefined) return otherwise;
    return this.#wrong(name, { zh: '应为文字', en: 'text is expected' }, '');
  }

  count(name: string): number {
    const value = this.#value(name);
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    return this.#wrong(name, { zh: '应为非负整数', en: 'a whole number is expected' }, 0);
  }

  /** A list of texts; empty when the member is absent. */
  texts(name: string): readonly string[] {
    const value = this.#value(name) ?? [];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    return this.#wrong(name, { zh: '应为文字列表', en: 'a list of texts is expected' }, []);
  }

  isOn(name: string): boolean {
    const value = this.#value(name) ?? false;
    if (typeof value === 'boolean') return value;
    return this.#wrong(name, { zh: '应为 true 或 false', en: 'true or false is expected' }, false);
  }

  oneOf<T extends string>(name: string, words: readonly T[]): T {
    const value = this.#value(name);
    const found = words.find((word) => word === value);
    const listed = words.join(', ');
    if (found !== undefined) return found;
    return this.#wrong(
      name,
      { zh: `应为 ${listed} 之一`, en: `one of ${listed} is expected` },
      words[0] as T,
    );
  }

  charset(): Charset {
    return this.oneOf('charset', CHARSETS);
  }

  /** The settings inside a member. */
  section(name: string): Settings {
    const value = this.#value(name) ?? {};
    const inner = isMembers(value)
      ? value
      : this.#wrong<Members>(name, { zh: '应为对象 {…}', en: 'an object {…} is expected' }, {});
    return this.#inner(name, inner);
  }

  /** The settings of each item of a list. */
  items(name: string): readonly Settings[] {
    const value = this.#value(name) ?? [];
    const list =
      Array.isArray(value) && value.every(isMembers)
        ? value
        : this.#wrong<Members[]>(name, { zh: '应为对象列表', en: 'a list of objects is expected' }, []);
    return list.map((item, index) => this.#inner(`${name}/${index}`, item));
  }

  /** Notes that a member contradicts others. */
  refuse(name: string, message: { zh: string; en: string }): void {
    this.#wrong(name, message, undefined);
  }

  /** @throws GatewayError `PROFILE_BROKEN` with every fault so far */
  finish(): void {
    if (this.#faults.length > 0) throw refusal('PROFILE_BROKEN', this.#faults, { profile: this.#profileId });
  }

  #value(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
  }

  #inner(step: string, values: Members): Settings {
    const pointer = `${this.#pointer}/${step}`;
    return new Settings({ profileId: this.#profileId, pointer }, values, this.#faults);
  }

  #wrong<T>(name: string, { zh, en }: { zh: string; en: string }, otherwise: T): T {
    const found = profileFault(this.#profileId, `${this.#pointer}/${name}`, {
      zh: `${zh}，请改正。`,
      en: `${en}; correct it.`,
    });
    // Both halves of a form may ask for the same member.
    if (this.#faults.every(({ at }) => at !== found.at)) this.#faults.push(found);
    return otherwise;
  }
}
