/** Puts the last root under the time of an authority; the chain carries it to all that came before. */
import type { EvidenceStore } from '@yiqiao/journal';
import { makeTimeStampRequest, readTimeStampAnswer } from '@yiqiao/signer/certificates';
import type { TimeStampHash } from '@yiqiao/signer/certificates';

/** Posts a request (DER) to an authority; resolves with its answer. Source: RFC 3161, 3.4. */
export type TimeStamper = (request: Uint8Array) => Promise<Uint8Array>;

/**
 * Asks for a time-stamp over the header of the last batch and puts it on record; the number of the batch, or
 * `undefined` when there is none without.
 * @throws GatewayError `CERTIFICATE_INVALID`: a refusal or the answer to something else; what `post` throws.
 */
export async function stampLast(
  store: EvidenceStore,
  { post, hash }: { readonly post: TimeStamper; readonly hash: TimeStampHash },
): Promise<number | undefined> {
  const last = await store.lastBatch();
  if (last === undefined || last.timeStamp !== undefined) return undefined;
  const request = makeTimeStampRequest(Buffer.from(last.header), hash);
  await store.stamp(last.number, readTimeStampAnswer(await post(request), request));
  return last.number;
}
