/** The messages of an evidence file, byte for byte, e.g. to check the signatures that they carry themselves. */
import { parseContainer } from './container.ts';
import { partsOf } from './parts.ts';

/** One message. */
export interface ExtractedMessage {
  readonly entry: number;
  /** Where it stands in the entry, e.g. `received`, `leg.sent`, `legs.0.reply`. */
  readonly name: string;
  /** Media type. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** All messages of a file, in order; none of one that cannot be read. Whether they are as signed is not looked at. */
export function extractMessages(file: Uint8Array): readonly ExtractedMessage[] {
  const { container } = parseContainer(file);
  return (container?.entries ?? []).flatMap(({ id, facts, payloadHash, content }) => {
    if (content.state !== 'whole') return [];
    const clear = Buffer.from(content.bytes, 'base64');
    return partsOf(facts, { isOld: payloadHash === null }).flatMap(({ name, from, to, type }) =>
      type === undefined ? [] : [{ entry: id, name, type, bytes: clear.subarray(from, to) }],
    );
  });
}
