/** Members of the national envelope that came in another spelling: `INFNO`, `InfNo`, `recerSysCode`. */
import type { Deviation, WireObject } from '@yiqiao/model';
import { fault } from './faults.ts';
import { pointerStep } from './json-place.ts';

/** An envelope under the names of its definition. */
interface SpelledMembers {
  readonly members: WireObject;
  readonly deviations: readonly Deviation[];
  /** The name under which a member came. */
  cameAs(name: string): string;
}

/** Names without case and underscores, as spellings differ in. */
export function bareName(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

function hasCapital(name: string): boolean {
  return /[A-Z]/.test(name);
}

/**
 * Gives members with capitals in their names the names of the envelope, which are all in lower case; one that stands
 * there in two spellings is left alone, and so is a name that the envelope does not have (`TOKEN`).
 */
export function spellMembers(
  members: WireObject,
  at: string,
  known: () => readonly string[],
): SpelledMembers {
  const names = Object.keys(members);
  if (!names.some(hasCapital)) return { members, deviations: [], cameAs: (name) => name };
  const right = new Map(known().map((name) => [bareName(name), name]));
  const counts = Map.groupBy(names, bareName);
  const read = (name: string): string => {
    const found = right.get(bareName(name));
    return found !== undefined && hasCapital(name) && counts.get(bareName(name))?.length === 1 ? found : name;
  };
  const spelled = names.map((name) => [name, read(name)] as const).filter(([name, used]) => name !== used);
  if (spelled.length === 0) return { members, deviations: [], cameAs: (name) => name };
  const came = new Map(spelled.map(([name, used]) => [used, name]));
  return {
    members: Object.fromEntries(Object.entries(members).map(([name, value]) => [read(name), value])),
    deviations: spelled.map(([name, used]) => nameDeviation(`${at}/${pointerStep(name)}`, used)),
    cameAs: (name) => came.get(name) ?? name,
  };
}

function nameDeviation(at: string, used: string): Deviation {
  return fault({
    rule: 'name-form',
    at,
    zh: `名称的大小写或下划线与规范不同，已按规范名称 ${used} 读取。`,
    en: `A name in another case, or without underscores; read as ${used}, its name in the definition.`,
  });
}
