/** What a gateway further on tells beside any envelope: that the message is with a person, or what the person found. */
import { GatewayError } from '@yiqiao/model';

/** First line of the text that a gateway answers with when it has no envelope to give, and the reason further down. */
const TOLD = /^\[(HANDED_TO_PERSON|CONFIRMED_BY_PERSON)\]/;
const REASON = /^reason=(.+)$/m;

/** The error that the text of an answer without envelope names; `undefined` for every other text. */
export function findToldPerson(body: Uint8Array, peer: string): GatewayError | undefined {
  const text = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, 4_096)).toString('utf8');
  const code = TOLD.exec(text)?.[1] as 'HANDED_TO_PERSON' | 'CONFIRMED_BY_PERSON' | undefined;
  if (code === undefined) return undefined;
  const reason = REASON.exec(text)?.[1];
  return new GatewayError(code, { facts: { peer, ...(reason !== undefined && { reason }) } });
}
