/** Whether a signed root holds: header, certificate, signature, link to the one before, time-stamp. */
import { checkTimeStamp } from '@yiqiao/signer/certificates';
import type { Certificate } from '@yiqiao/signer/certificates';
import { bundleName, distrust, formatBundle, isSignedWith, readBundle } from './certificates.ts';
import type { Anchors } from './certificates.ts';
import { findingOf } from './findings.ts';
import type { Finding } from './findings.ts';
import { headerHash, parseHeader } from './header.ts';
import type { BatchHeader } from './header.ts';

/** A batch as it is checked, whatever it lies in. */
export interface BatchToProve {
  readonly header: string;
  readonly signature: Uint8Array;
  readonly timeStamp?: Uint8Array | undefined;
}

/** What is known of a batch that was checked. */
export interface ProvedBatch {
  /** Absent when the text is none. */
  readonly header?: BatchHeader;
  readonly hash: string;
  /** Subject of the certificate. */
  readonly signedBy?: string;
  /** Epoch milliseconds by the authority, and its name. */
  readonly stamped?: { readonly at: number; readonly by: string };
  readonly findings: readonly Finding[];
}

/** What proofs of batches need. */
export interface ProofContext {
  /** PEM by name. */
  readonly certificates: ReadonlyMap<string, string>;
  /** Absent: certificates are taken as they are. */
  readonly anchors?: Anchors | undefined;
}

/** Checks batches one after the other; each is held against the one before when their numbers follow. */
export function createBatchProof({
  certificates,
  anchors,
}: ProofContext): (batch: BatchToProve) => ProvedBatch {
  const bundles = new Map<string, readonly Certificate[] | undefined>();
  let before: { readonly header: BatchHeader; readonly hash: string } | undefined;
  const bundleOf = (name: string): readonly Certificate[] | undefined => {
    if (!bundles.has(name)) bundles.set(name, findBundle(certificates.get(name), name));
    return bundles.get(name);
  };
  return ({ header: text, signature, timeStamp }) => {
    const header = parseHeader(text);
    const hash = headerHash(text);
    if (header === undefined) return { hash, findings: [findingOf({ kind: 'batch-changed' })] };
    const { number } = header;
    const findings: Finding[] = [];
    const add = (kind: Finding['kind'], found?: string): void => {
      findings.push(findingOf({ kind, batch: number, ...(found !== undefined && { found }) }));
    };
    if (before !== undefined && breaksChain(before, header)) add('chain-broken');
    before = { header, hash };
    const bundle = bundleOf(header.certificate);
    if (bundle === undefined) add('certificate-changed');
    else if (!isSignedWith(bundle, { userId: header.userId, text, signature })) add('signature-wrong');
    else for (const { en } of distrust(bundle, header, anchors)) add('certificate-untrusted', en);
    const stamp = timeStamp && checkTimeStamp(timeStamp, { content: Buffer.from(text), anchors });
    for (const reason of stamp?.reasons ?? []) add('time-stamp-wrong', reason);
    const signer = bundle?.[0];
    return {
      header,
      hash,
      findings,
      ...(signer !== undefined && { signedBy: signer.subject }),
      ...(stamp !== undefined && stamp.reasons.length === 0 && { stamped: { at: stamp.at, by: stamp.by } }),
    };
  };
}

function breaksChain(before: { header: BatchHeader; hash: string }, header: BatchHeader): boolean {
  if (header.chain !== before.header.chain || header.number <= before.header.number) return true;
  return header.number === before.header.number + 1 && header.previous !== before.hash;
}

/** The certificates of that name, if they are those and written as they are kept. */
function findBundle(pem: string | undefined, name: string): readonly Certificate[] | undefined {
  const bundle = pem === undefined ? undefined : readBundle(pem);
  if (bundle === undefined || bundleName(bundle) !== name) return undefined;
  return formatBundle(bundle) === pem ? bundle : undefined;
}
