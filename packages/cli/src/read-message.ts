/** Reads a message from a file in the form of a profile. */
import type { Deviation, WireObject } from '@yiqiao/model';
import type { Profile, Registry } from '@yiqiao/registry';
import { createWireCodec } from '@yiqiao/wire';

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
  readonly deviations: readonly Deviation[];
}

/** @throws GatewayError with faults when the message cannot be read, Error when an answer's transaction is not given */
export function readMessage(
  { registry, profile, bytes }: MessageSource,
  options: { readonly transaction?: string; readonly response?: boolean },
): ReadMessage {
  const codec = createWireCodec(profile, {
    layout: (transaction, direction) => registry.definition(profile.id, transaction)?.[direction],
  });
  const hint = options.transaction === undefined ? undefined : { transaction: options.transaction };
  if (options.response !== true) return codec.readRequest(bytes, hint);
  if (options.transaction === undefined) {
    throw new Error(
      '应答报文不含交易编号，请用 --transaction 指明 / an answer does not tell its transaction: give --transaction',
    );
  }
  return { ...codec.readResponse(bytes, hint), transaction: options.transaction };
}
