/** The messages of an exchange as text, for those who may see persons. */
import type { Exchange } from '@yiqiao/journal';
import type { Transcript } from '@yiqiao/model';

/** One message. */
export interface ContentView {
  /** `received` from the caller, `told` to it, `sent` to a far side, its `reply`. */
  readonly kind: 'received' | 'told' | 'sent' | 'reply';
  readonly leg?: number;
  readonly contentType: string;
  readonly text: string;
}

/** All messages of an exchange in the order of its legs. */
export function contentsOf({ received, reply, legs }: Exchange): readonly ContentView[] {
  const views = legs.flatMap(({ number, sent, reply: answer }) => [
    viewOf('sent', sent, number),
    ...(answer === undefined ? [] : [viewOf('reply', answer, number)]),
  ]);
  const told = reply === undefined ? [] : [viewOf('told', reply)];
  return [viewOf('received', received), ...views, ...told];
}

function viewOf(kind: ContentView['kind'], { bytes, contentType }: Transcript, leg?: number): ContentView {
  return { kind, ...(leg !== undefined && { leg }), contentType, text: textOf(bytes, contentType) };
}

function textOf(bytes: Uint8Array, contentType: string): string {
  const declared = /charset="?([\w-]+)/i.exec(contentType)?.[1] ?? encodingOfXml(bytes) ?? 'utf-8';
  try {
    return new TextDecoder(declared).decode(bytes);
  } catch {
    // A charset that nobody knows; the message came all the same.
    return new TextDecoder().decode(bytes);
  }
}

/** XML says its encoding in its first line. */
function encodingOfXml(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 100)).toString('latin1');
  return /^<\?xml[^>]*encoding=["']([\w-]+)/.exec(start)?.[1];
}
