/** A line between a client of ours and the platform that the suite plays: bent in one place, both are a faulty client. */
import { leaf } from '@yiqiao/sandbox';
import type { SandboxKeys } from '@yiqiao/sandbox';
import { editMessage, findMessage } from '../counterparts/edit-message.ts';
import type { MessageEdit } from '../counterparts/edit-message.ts';
import { openLine } from '../counterparts/line.ts';
import type { Go, Line, OnTheWay, Pass, PassingAnswer } from '../counterparts/line.ts';
import { CLIENT_BEHAVIOURS } from '../faulty/clients/behaviours.ts';

/** An edit of the messages of some transactions; of all when none are named. */
interface ClientEdit extends MessageEdit {
  readonly of?: readonly string[];
  /** Pairs of a regular expression and what stands in its place, in the bytes: what is left need be no message. */
  readonly bytes?: readonly (readonly [pattern: string, by: string])[];
}

/** What makes a client faulty. */
export interface ClientChange {
  /** What is changed in messages that leave, and in answers before the client sees them. */
  readonly request?: ClientEdit;
  readonly answer?: ClientEdit;
  /** A name of src/faulty/clients/behaviours.ts, and the transactions that it is about. */
  readonly does?: string;
  readonly about?: readonly string[];
  /** What the cashier does: answers to questions by name, and deeds in place of others. */
  readonly says?: Readonly<Record<string, 'yes' | 'no'>>;
  readonly acts?: Readonly<Record<string, string>>;
  /** The client believes every answer: it has no key of the platform. */
  readonly believes?: true;
}

/** Who signs what passes; nobody when absent. */
interface LineKeys {
  readonly asker?: SandboxKeys;
  readonly teller?: SandboxKeys;
}

/** Opens the line. @throws RangeError for a behaviour that is not there */
export async function openClientLine(
  to: string,
  change: ClientChange | undefined,
  keys: LineKeys = {},
): Promise<Line> {
  return await openLine({ to: () => to, pass: bendOf(change ?? {}, keys) });
}

function bendOf({ request, answer, does, about = [] }: ClientChange, { asker, teller }: LineKeys): Pass {
  const behaviour = does === undefined ? undefined : CLIENT_BEHAVIOURS[does];
  if (does !== undefined && behaviour === undefined) throw new RangeError(`no such fault: ${does}`);
  const act = behaviour?.(about) ?? ((message: OnTheWay, go: Go) => go(message));
  return async (message, go) => {
    const infno = infnoOf(message.bytes);
    const told = await act(edited(message, request, { infno, body: 'input', keys: asker }), go);
    if (told === undefined || told === 'silence') return told;
    return edited(told, answer, { infno, body: 'output', keys: teller });
  };
}

function edited<T extends OnTheWay | PassingAnswer>(
  message: T,
  edit: ClientEdit | undefined,
  {
    infno,
    body,
    keys,
  }: {
    readonly infno: string;
    readonly body: 'input' | 'output';
    readonly keys: SandboxKeys | undefined;
  },
): T {
  if (edit === undefined || edit.of?.includes(infno) === false) return message;
  const text = message.bytes.toString('utf8');
  // What is not touched keeps its bytes and its signature.
  const bytes = touches(edit, text) ? editMessage(message.bytes, edit, { body, keys }) : message.bytes;
  const pairs = (edit.bytes ?? []).filter(([pattern]) =>
    new RegExp(pattern, 'u').test(bytes.toString('utf8')),
  );
  if (pairs.length === 0) return { ...message, bytes };
  const changed = pairs.reduce(
    (all, [pattern, by]) => all.replaceAll(new RegExp(pattern, 'gu'), by),
    bytes.toString('utf8'),
  );
  return { ...message, bytes: Buffer.from(changed) };
}

function touches({ set, remove, replace = [] }: ClientEdit, text: string): boolean {
  const named = [...Object.keys(set ?? {}), ...(remove ?? [])];
  return named.length > 0 || replace.some(([pattern]) => new RegExp(pattern, 'u').test(text));
}

/** Transaction number of a message; empty when it has none. */
function infnoOf(bytes: Buffer): string {
  const envelope = findMessage(bytes);
  return envelope === undefined ? '' : leaf(envelope, 'infno');
}
