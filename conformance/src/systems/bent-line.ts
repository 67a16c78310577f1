/** A line that is bent in one place: with it beside our gateway or client, the two together are a faulty one. */
import type { SandboxKeys } from '@yiqiao/sandbox';
import { editMessage } from '../counterparts/edit-message.ts';
import type { BodyName, MessageEdit } from '../counterparts/edit-message.ts';
import type { OnTheWay, Pass, PassingAnswer } from '../counterparts/line.ts';
import { infnoOf } from '../faulty/on-the-way.ts';

/** An edit of the messages of some transactions; of all when none are named. */
export interface LineEdit extends MessageEdit {
  readonly of?: readonly string[];
  /** Pairs of a regular expression and what stands in its place, in the bytes: what is left need be no message. */
  readonly bytes?: readonly (readonly [pattern: string, by: string])[];
}

/** How a line is bent. */
export interface LineChange {
  /** What is changed in messages on their way to the far side, and in answers on their way back. */
  readonly request?: LineEdit;
  readonly answer?: LineEdit;
  /** A name of the behaviours in src/faulty of gateways or clients. */
  readonly does?: string;
  /** What the behaviour is about: transaction numbers, or what it names itself. */
  readonly about?: readonly string[];
}

/** Who signs the messages that pass, and who the answers; nobody when absent. */
export interface Signers {
  readonly asker?: SandboxKeys | undefined;
  readonly teller?: SandboxKeys | undefined;
}

/** Makes the bend of a line; `act` is what somebody on it does. */
export function bendLine(
  { request, answer }: LineChange,
  { asker, teller, act = (message, go) => go(message) }: Signers & { readonly act?: Pass | undefined },
): Pass {
  return async (message, go) => {
    const infno = infnoOf(message);
    const told = await act(edited(message, request, { infno, body: 'input', keys: asker }), go);
    if (told === undefined || told === 'silence') return told;
    return edited(told, answer, { infno, body: 'output', keys: teller });
  };
}

function edited<T extends OnTheWay | PassingAnswer>(
  message: T,
  edit: LineEdit | undefined,
  how: { readonly infno: string; readonly body: BodyName; readonly keys: SandboxKeys | undefined },
): T {
  if (edit === undefined || edit.of?.includes(how.infno) === false) return message;
  let bytes = editMessage(message.bytes, edit, how);
  for (const [pattern, by] of edit.bytes ?? []) {
    const text = bytes.toString('utf8');
    const changed = text.replaceAll(new RegExp(pattern, 'gu'), by);
    // Bytes that no pattern fits stay as they are, in whatever charset.
    if (changed !== text) bytes = Buffer.from(changed);
  }
  return { ...message, bytes };
}
