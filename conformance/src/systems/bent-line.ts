/** A line that is bent in one place: with it beside our gateway, the two together are a faulty gateway. */
import { leaf } from '@yiqiao/sandbox';
import type { SandboxKeys } from '@yiqiao/sandbox';
import { editMessage, findMessage } from '../counterparts/edit-message.ts';
import type { BodyName, MessageEdit } from '../counterparts/edit-message.ts';
import type { Go, OnTheWay, Pass, PassingAnswer } from '../counterparts/line.ts';
import { GATEWAY_BEHAVIOURS } from '../faulty/gateways/behaviours.ts';

/** An edit of the messages of some transactions; of all when none are named. */
export interface LineEdit extends MessageEdit {
  readonly of?: readonly string[];
}

/** What makes a gateway faulty. */
export interface GatewayChange {
  /** Where the line is bent: before the gateway's own door (`his`), or before a counterpart, by its name. */
  readonly at?: string;
  /** What is changed in messages on their way to the far side, and in answers on their way back. */
  readonly request?: LineEdit;
  readonly answer?: LineEdit;
  /** A name of src/faulty/gateways/behaviours.ts. */
  readonly does?: string;
  /** What the behaviour is about: transaction numbers, or what it names itself. */
  readonly about?: readonly string[];
  /** What a new start brings: an empty journal, or no gateway at all. */
  readonly restart?: 'forgets' | 'stays-down';
}

/** The keys around a line: of the gateway, and of the suite. */
export interface LineKeys {
  readonly own: SandboxKeys;
  readonly suite: SandboxKeys;
}

/** Who signs the messages that pass, and who the answers. */
export interface Signers {
  readonly asker: SandboxKeys;
  readonly teller: SandboxKeys;
}

/** Makes the bend of a line. @throws RangeError for a behaviour that is not there */
export function bendLine({ request, answer, does, about = [] }: GatewayChange, signers: Signers): Pass {
  const behaviour = does === undefined ? undefined : GATEWAY_BEHAVIOURS[does];
  if (does !== undefined && behaviour === undefined) throw new RangeError(`no such fault: ${does}`);
  const act = behaviour?.({ signers, about }) ?? ((message: OnTheWay, go: Go) => go(message));
  return async (message, go) => {
    const infno = infnoOf(message.bytes);
    const asked = edited(message, request, { infno, body: 'input', keys: signers.asker });
    const told = await act(asked, go);
    if (told === undefined || told === 'silence') return told;
    return edited(told, answer, { infno, body: 'output', keys: signers.teller });
  };
}

function edited<T extends OnTheWay | PassingAnswer>(
  message: T,
  edit: LineEdit | undefined,
  { infno, body, keys }: { readonly infno: string; readonly body: BodyName; readonly keys: SandboxKeys },
): T {
  if (edit === undefined || edit.of?.includes(infno) === false) return message;
  return { ...message, bytes: editMessage(message.bytes, edit, { body, keys }) };
}

function infnoOf(bytes: Buffer): string {
  const envelope = findMessage(bytes);
  return envelope === undefined ? '' : leaf(envelope, 'infno');
}
