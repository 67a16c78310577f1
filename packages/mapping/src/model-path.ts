/** Paths into a canonical body, as map files write them: `total`, `person.personName`, `diagnoses.0.diagnosisCode`. */
import type { CanonicalObject, CanonicalValue, MessageHeader } from '@yiqiao/model';
import { currentInsurance } from './functions.ts';

/** A canonical body or header under construction. */
export type MutableModel = { [name: string]: CanonicalValue | undefined };

/** One place of the model. */
export interface ModelPath {
  /** As written in the map. */
  readonly text: string;
  /** The member, when the path is one plain member of the current object; else ''. */
  readonly name: string;
  readonly get: (target: CanonicalObject, header: HeaderView) => CanonicalValue | undefined;
  /** `false` when the place cannot be reached: list items are made in order only, and never by a default. */
  readonly set: (target: MutableModel, header: MutableModel, value: CanonicalValue) => boolean;
}

/** Header members as far as they are known. */
export type HeaderView = Partial<MessageHeader>;

const HEADER = 'header:';
const INDEX = /^\d+$/;

function stepInto(value: CanonicalValue | undefined, segment: string, header: HeaderView) {
  if (Array.isArray(value)) {
    const list = value as readonly CanonicalObject[];
    return segment === 'current' ? currentInsurance(list, header.insuredRegion) : list[Number(segment)];
  }
  return typeof value === 'object' ? (value as CanonicalObject)[segment] : undefined;
}

/** Follows a path; `current` chooses the insurance in force, a number counts list items from 0. */
export function follow(
  from: CanonicalValue | undefined,
  segments: readonly string[],
  header: HeaderView,
): CanonicalValue | undefined {
  let value = from;
  for (const segment of segments) {
    if (value === undefined) return undefined;
    value = stepInto(value, segment, header);
  }
  return value;
}

function isItem(segment: string | undefined): boolean {
  return segment === 'current' || (segment !== undefined && INDEX.test(segment));
}

/** Container for the next segment, made when it is absent and may be made. */
function descend(
  holder: MutableModel | CanonicalValue[],
  segment: string,
  { next, create }: { readonly next: string; readonly create: boolean },
) {
  const index = segment === 'current' ? 0 : Number(segment);
  const present = Array.isArray(holder) ? holder[index] : holder[segment];
  if (present !== undefined) return present as MutableModel | CanonicalValue[];
  const made: MutableModel | CanonicalValue[] = isItem(next) ? [] : {};
  if (Array.isArray(holder)) {
    if (!create || index !== holder.length) return undefined;
    holder.push(made as CanonicalValue);
  } else {
    holder[segment] = made as CanonicalValue;
  }
  return made;
}

interface Way {
  readonly segments: readonly string[];
  readonly create: boolean;
}

function setAlong(target: MutableModel, { segments, create }: Way, value: CanonicalValue): boolean {
  let holder: MutableModel | CanonicalValue[] = target;
  for (let i = 0; i < segments.length - 1; i += 1) {
    const next = descend(holder, segments[i] as string, { next: segments[i + 1] as string, create });
    if (next === undefined) return false;
    holder = next;
  }
  (holder as MutableModel)[segments.at(-1) as string] = value;
  return true;
}

/**
 * Compiles a path. `header:NAME` reaches the message header instead of the body.
 * `create`: whether setting may add list items (defaults must not).
 */
export function compilePath(text: string, options: { readonly create: boolean }): ModelPath {
  if (text.startsWith(HEADER)) {
    const name = text.slice(HEADER.length) as keyof MessageHeader;
    return {
      text,
      name: '',
      get: (_, header) => header[name] as CanonicalValue | undefined,
      set: (_, header, value) => {
        header[name] = value;
        return true;
      },
    };
  }
  const segments = text.split('.');
  const way: Way = { segments, create: options.create };
  return {
    text,
    name: segments.length === 1 ? text : '',
    get: (target, header) => follow(target, segments, header),
    set: (target, _, value) => setAlong(target, way, value),
  };
}

/** The path without list positions: `diagnoses.0.diagnosisCode` → `diagnoses.diagnosisCode`. */
export function fieldPath(text: string): string {
  return text
    .split('.')
    .filter((segment) => !isItem(segment))
    .join('.');
}
