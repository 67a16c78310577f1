/** How a mistake is made in a copy of a built-in profile. */

/** A JSON file. */
export type Content = Record<string, unknown>;

/** Changes a file; `undefined` takes it away, a text or bytes are written as they are. */
export type Edit = (
  file: string,
  change: (content: Content) => Content | string | Buffer | undefined,
) => void;

/** One mistake. */
export interface Mistake {
  /** What the profile does. */
  readonly title: string;
  /** The built-in profile that is copied. */
  readonly like: string;
  readonly make: (edit: Edit) => void;
  /** Ends of the places that must be told; the remedy belongs to the first. */
  readonly at: string | readonly string[];
  /** What the English text must say. */
  readonly remedy: RegExp;
}

/** The file of a profile itself. */
export const PROFILE = 'profile.json';

/** Sets the member at a path; `undefined` takes it away. */
export function set(content: unknown, path: readonly (string | number)[], value: unknown): Content {
  const [step = '', ...rest] = path;
  const holder = (
    Array.isArray(content) ? [...(content as unknown[])] : { ...(content as Content) }
  ) as Content;
  if (rest.length > 0) holder[step] = set(holder[step] ?? {}, rest, value);
  else if (value === undefined) delete holder[step];
  else holder[step] = value;
  return holder;
}

/** Sets the member at a path of a file; `undefined` takes it away. */
export const change =
  (file: string, path: readonly (string | number)[], value: unknown) =>
  (edit: Edit): void =>
    edit(file, (content) => set(content, path, value));

/** A map with five rules in its request. */
export const SI11 = 'maps/SI11.json';
