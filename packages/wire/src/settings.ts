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

/** What reading found so far; the sections of one profile have it in common. */
interface Reading {
  readonly profileId: string;
  readonly faults: Fault[];
  /** Pointer of a section → its members, and the names that were asked for. */
  readonly sections: Map<string, { readonly values: Members; readonly asked: Set<string> }>;
}

/** Reads settings; `finish` throws when one was wrong, or when one stands there that nothing asked for. */
export class Settings {
  readonly #pointer: string;
  readonly #values: Members;
  readonly #asked: Set<string>;
  readonly #reading: Reading;

  private constructor(pointer: string, values: Members, reading: Reading) {
    const known = reading.sections.get(pointer) ?? { values, asked: new Set() };
    reading.sections.set(pointer, known);
    this.#pointer = pointer;
    this.#values = values;
    this.#asked = known.asked;
    this.#reading = reading;
  }

  /** The settings of a profile. */
  static of(profile: CodecProfile): Settings {
    const reading = { profileId: profile.id, faults: [], sections: new Map() };
    return new Settings('/envelope', profile.envelope, reading);
  }

  /** Names of the members, where any name may stand. */
  get names(): readonly string[] {
    const names = Object.keys(this.#values);
    for (const name of names) this.#asked.add(name);
    return names;
  }

  has(name: string): boolean {
    this.#asked.add(name);
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
    return this.#inner(escaped(name), inner);
  }

  /** The settings of each item of a list. */
  items(name: string): readonly Settings[] {
    const value = this.#value(name) ?? [];
    const list =
      Array.isArray(value) && value.every(isMembers)
        ? value
        : this.#wrong<Members[]>(name, { zh: '应为对象列表', en: 'a list of objects is expected' }, []);
    return list.map((item, index) => this.#inner(`${escaped(name)}/${index}`, item));
  }

  /** Notes that a member contradicts others. */
  refuse(name: string, message: { zh: string; en: string }): void {
    this.#wrong(name, message, undefined);
  }

  /** @throws GatewayError `PROFILE_BROKEN` with every fault so far, and every member that nothing asked for */
  finish(): void {
    const { profileId, faults, sections } = this.#reading;
    const strange = [...sections].flatMap(([pointer, { values, asked }]) =>
      Object.keys(values)
        .filter((name) => !asked.has(name))
        .map((name) => unknownSetting(profileId, `${pointer}/${escaped(name)}`, { name, known: [...asked] })),
    );
    const all = [...faults, ...strange];
    if (all.length > 0) throw refusal('PROFILE_BROKEN', all, { profile: profileId });
  }

  #value(name: string): unknown {
    this.#asked.add(name);
    return Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
  }

  #inner(step: string, values: Members): Settings {
    return new Settings(`${this.#pointer}/${step}`, values, this.#reading);
  }

  #wrong<T>(name: string, { zh, en }: { zh: string; en: string }, otherwise: T): T {
    const { profileId, faults } = this.#reading;
    const found = profileFault(profileId, `${this.#pointer}/${escaped(name)}`, {
      zh: `${zh}，请改正。`,
      en: `${en}; correct it.`,
    });
    // Both halves of a form may ask for the same member.
    if (faults.every(({ at }) => at !== found.at)) faults.push(found);
    return otherwise;
  }
}

/** A member name as a step of a JSON pointer. */
function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unknownSetting(
  profileId: string,
  pointer: string,
  { name, known }: { readonly name: string; readonly known: readonly string[] },
): Fault {
  return profileFault(profileId, pointer, {
    zh: `此处没有设置 ${name}，或与其他设置并用时不起作用；可用：${known.join('、')}。请改正或删去。`,
    en: `There is no setting ${name} here, or it does nothing beside the others; possible: ${known.join(', ')}. Correct the name, or leave it out.`,
  });
}
