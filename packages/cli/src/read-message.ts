/** Reads a message from a file in the form of a profile. */
import { leafText } from '@yiqiao/model';
import type { Deviation, Fault, WireObject } from '@yiqiao/model';
import type { Profile, Registry } from '@yiqiao/registry';
import { createWireCodec } from '@yiqiao/wire';
import type { WireCodec } from '@yiqiao/wire';
import { refuseEncrypted } from './encrypted-message.ts';

/** A message and the profile whose form it has. */
export interface MessageSource {
  readonly registry: Registry;
  readonly profile: Profile;
  readonly bytes: Uint8Array;
}

/** A message as it was read. */
export interface ReadMessage {
  readonly transaction: string;
  readonly envelope: WireObject;
  readonly body: WireObject | null;
  /** Of an answer: false where it refuses. */
  readonly success?: boolean;
  readonly deviations: readonly Deviation[];
  /** What the form of an answer lacks; of a request it is thrown. */
  readonly faults: readonly Fault[];
}

/** What the command line tells of a message. */
export interface MessageTold {
  readonly transaction?: string;
  readonly response?: boolean;
  /** `NAME=VALUE`, each an argument of the call that carried the message. */
  readonly beside?: readonly string[];
}

/**
 * @throws GatewayError `MESSAGE_ENCRYPTED`, or with faults when the message cannot be read; Error when the command
 *   line does not tell what the message leaves open: the transaction of an answer, or its code beside it
 */
export function readMessage({ registry, profile, bytes }: MessageSource, told: MessageTold): ReadMessage {
  const codec = createWireCodec(profile, {
    layout: (transaction, direction) => registry.definition(profile.id, transaction)?.[direction],
    envelope: (direction) => registry.envelope(profile.id, direction),
  });
  const beside = readBeside(told.beside ?? []);
  if (profile.dialect === 'national') refuseEncrypted(profile, bytes);
  if (told.response !== true)
    return { ...codec.readRequest(bytes, hintOf(told.transaction, beside)), faults: [] };
  requireCode(profile, beside);
  const transaction =
    told.transaction ?? transactionOf(profile, codec.readResponse(bytes, { beside }).envelope);
  return { ...codec.readResponse(bytes, hintOf(transaction, beside)), transaction };
}

type Hint = NonNullable<Parameters<WireCodec['readResponse']>[1]>;

function hintOf(transaction: string | undefined, beside: Readonly<Record<string, string>>): Hint {
  return { beside, ...(transaction === undefined ? {} : { transaction }) };
}

/** Name and value of each argument, in the spelling in which the profile has the name. */
function readBeside(told: readonly string[]): Readonly<Record<string, string>> {
  const entries = told.map((text): [string, string] => {
    const at = text.indexOf('=');
    if (at < 1) throw new Error(`--beside ${text}: 应写作 名称=值 / write NAME=VALUE`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
  return Object.fromEntries(entries);
}

/** Where a form has its result code beside the message, nothing can be read without it. */
function requireCode(profile: Profile, beside: Readonly<Record<string, string>>): void {
  const name = codeBeside(profile);
  if (name === undefined || Object.hasOwn(beside, name)) return;
  throw new Error(
    `${profile.id} 的结果码不在报文之内，请以 --beside ${name}=值 给出 / ` +
      `the result code of ${profile.id} stands beside the message: give --beside ${name}=VALUE`,
  );
}

/** The argument of the call that tells the result code, where the form has it beside the message. */
export function codeBeside(profile: Profile): string | undefined {
  const { code = '' } = (profile.envelope['answer'] ?? {}) as { readonly code?: string };
  const [place, name = ''] = code.split(':');
  return place === 'beside' ? name : undefined;
}

/** The transaction that an answer names, where its form has a member for it. */
function transactionOf(profile: Profile, envelope: WireObject): string {
  const { transaction: member = 'infno' } = (profile.envelope['request'] ?? {}) as {
    readonly transaction?: string;
  };
  const transaction = leafText(Object.hasOwn(envelope, member) ? envelope[member] : undefined) ?? '';
  if (transaction !== '') return transaction;
  throw new Error(
    '应答报文不含交易编号，请用 --transaction 指明 / an answer does not tell its transaction: give --transaction',
  );
}
