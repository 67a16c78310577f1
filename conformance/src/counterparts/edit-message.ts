/** Changes the bytes of a national message and signs it anew, so that only what was changed is wrong. */
import { leaf, parseMessage, signText } from '@yiqiao/sandbox';
import type { SandboxKeys } from '@yiqiao/sandbox';
import type { Template } from '../kits/types.ts';
import { withMember } from '../run/fill.ts';
import type { OwnObject } from '../run/own-reading.ts';

/** What is changed. Paths start at the envelope: `output.setlinfo.balc`, `infcode`. */
export interface MessageEdit {
  readonly set?: Readonly<Record<string, Template>>;
  readonly remove?: readonly string[];
  /** Pairs of a regular expression and what stands in its place, in the text of the message. */
  readonly replace?: readonly (readonly [pattern: string, by: string])[];
}

/** Where the body stands. */
export type BodyName = 'input' | 'output';

/** Makes the edit; bytes that are no message are left as they are. */
export function editMessage(
  bytes: Buffer,
  edit: MessageEdit,
  { body, keys }: { readonly body: BodyName; readonly keys: SandboxKeys | undefined },
): Buffer {
  const original = bytes.toString('utf8');
  let text = original;
  for (const [pattern, by] of edit.replace ?? []) text = text.replaceAll(new RegExp(pattern, 'gu'), by);
  const envelope = findMessage(Buffer.from(text));
  if (envelope === undefined) return text === original ? bytes : Buffer.from(text);
  let changed = envelope as { readonly [name: string]: Template };
  for (const [path, value] of Object.entries(edit.set ?? {}))
    changed = withMember(changed, path.split('.'), value);
  for (const path of edit.remove ?? []) changed = withMember(changed, path.split('.'), undefined);
  // What an edit does not touch keeps its own signature, a bad one too.
  const isTouched = JSON.stringify(changed) !== JSON.stringify(findMessage(bytes));
  return isTouched ? writeSigned(changed as OwnObject, { body, keys }) : bytes;
}

/** Writes an envelope, signed when there are keys and it bore a signature. */
export function writeSigned(
  envelope: OwnObject,
  { body, keys }: { readonly body: BodyName; readonly keys: SandboxKeys | undefined },
): Buffer {
  if (keys === undefined || leaf(envelope, 'cainfo') === '') return Buffer.from(JSON.stringify(envelope));
  const signed = { ...envelope, cainfo: signText(JSON.stringify(envelope[body] ?? null), keys) };
  return Buffer.from(JSON.stringify(signed));
}

/** A message, or nothing for bytes that are none. */
export function findMessage(bytes: Buffer): OwnObject | undefined {
  try {
    return parseMessage(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
