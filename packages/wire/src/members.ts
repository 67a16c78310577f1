/** Members of a message, in part. */
import type { WireObject } from '@yiqiao/model';

/** The members but those named, in their order. */
export function without(members: WireObject, names: readonly string[]): WireObject {
  return Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name)));
}
