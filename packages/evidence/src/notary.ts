/** Makes the batches: reads entries in small steps, and signs a root when there are enough or the first has waited. */
import { randomBytes } from 'node:crypto';
import type { EvidenceBatch, EvidenceStore } from '@yiqiao/journal';
import type { Clock } from '@yiqiao/model';
import { whenSigned } from '@yiqiao/signer';
import type { SigningKey } from '@yiqiao/signer';
import type { Certificate } from '@yiqiao/signer/certificates';
import { bundleName, formatBundle } from './certificates.ts';
import { formatHeader, HEADER_FORMAT, headerHash, NO_PREVIOUS, parseHeader } from './header.ts';
import { encodeMembers, memberOf } from './leaf.ts';
import type { Member } from './leaf.ts';
import { rootOf } from './merkle.ts';

/** Entries digested in one step: it must hold up nobody for longer than a millisecond or two. */
const PER_STEP = 32;

/** What batches are signed with. */
export interface EvidenceSigner {
  readonly key: SigningKey;
  readonly userId: string;
  /** That of the key, then those between it and its root. */
  readonly certificates: readonly Certificate[];
}

/** What a notary is made of. */
export interface NotaryOptions {
  readonly store: EvidenceStore;
  /** The signer in force; asked for each batch. */
  signer(): EvidenceSigner;
  readonly clock: Clock;
  /** A batch is made of so many entries, or when its first entry was read so long ago; asked for at each step. */
  limits(): { readonly entries: number; readonly maxAgeMs: number };
}

/** A batch that was signed. */
export interface SignedBatch {
  readonly number: number;
  readonly count: number;
  /** Name of its header in the chain; whoever notes it elsewhere can prove the chain up to it. */
  readonly hash: string;
}

/** What came of a step. */
export interface NotaryStep {
  /** There may be more to read at once. */
  readonly more: boolean;
  readonly signed?: SignedBatch;
  /** Another node was first: it is at work on the same journal. */
  readonly lost: boolean;
}

/** What an operator wants to know. */
export interface NotaryStanding {
  /** Entries that no batch covers. */
  readonly unsigned: number;
  /** Epoch milliseconds of the last root; absent while there is none. */
  readonly signedAt?: number;
}

/** Makes batches, step by step; one at a time. */
export interface Notary {
  /** @throws GatewayError of the journal or the signer; the next step tries again. */
  step(): Promise<NotaryStep>;
  /** Signs what was read so far. */
  flush(): Promise<SignedBatch | undefined>;
  standing(): Promise<NotaryStanding>;
}

interface Position {
  readonly chain: string;
  readonly number: number;
  readonly hash: string;
  readonly last: number;
  readonly at?: number;
}

/** Creates a notary. */
export function createNotary(options: NotaryOptions): Notary {
  const { store, clock } = options;
  let position: Position | undefined;
  let members: Member[] = [];
  let firstReadAt = 0;

  const located = async (): Promise<Position> => (position ??= await locate(store));
  const seal = async (): Promise<SignedBatch | undefined> => {
    const before = await located();
    if (members.length === 0) return undefined;
    const made = await makeBatch({ before, members, options });
    const isOurs = await store.append(made.batch, formatBundle(made.signer.certificates));
    members = [];
    position = isOurs ? made.position : undefined;
    return isOurs ? { number: made.batch.number, count: made.count, hash: made.position.hash } : undefined;
  };
  return {
    flush: seal,
    async step() {
      const { last } = await located();
      const limits = options.limits();
      const wanted = Math.max(1, Math.min(PER_STEP, limits.entries - members.length));
      const entries = await store.entriesAfter(members.at(-1)?.id ?? last, wanted);
      if (members.length === 0) firstReadAt = clock.now();
      members.push(...entries.map(memberOf));
      const isDue =
        members.length >= limits.entries || Math.abs(clock.now() - firstReadAt) >= limits.maxAgeMs;
      const hasWork = isDue && members.length > 0;
      const signed = hasWork ? await seal() : undefined;
      return {
        more: entries.length === wanted,
        lost: hasWork && signed === undefined,
        ...(signed !== undefined && { signed }),
      };
    },
    async standing() {
      const { last, at } = await locate(store);
      return { unsigned: await store.countAfter(last), ...(at !== undefined && { signedAt: at }) };
    },
  };
}

async function locate(store: EvidenceStore): Promise<Position> {
  const last = await store.lastBatch();
  if (last === undefined)
    return { chain: randomBytes(16).toString('hex'), number: 0, hash: NO_PREVIOUS, last: 0 };
  const header = parseHeader(last.header);
  // A header that was changed is found by the check; the chain goes on from what is there.
  return {
    chain: header?.chain ?? '',
    number: last.number,
    hash: headerHash(last.header),
    last: last.last,
    ...(header !== undefined && { at: header.at }),
  };
}

async function makeBatch(of: {
  before: Position;
  members: readonly Member[];
  options: NotaryOptions;
}): Promise<{ batch: EvidenceBatch; position: Position; signer: EvidenceSigner; count: number }> {
  const { before, members, options } = of;
  const signer = options.signer();
  const certificate = bundleName(signer.certificates);
  const [first, last] = [members[0]?.id ?? 0, members.at(-1)?.id ?? 0];
  const at = options.clock.now();
  const header = formatHeader({
    format: HEADER_FORMAT,
    chain: before.chain,
    number: before.number + 1,
    previous: before.hash,
    first,
    last,
    count: members.length,
    root: rootOf(members.map(({ leaf }) => leaf)).toString('hex'),
    audit: (await options.store.auditEnd()) ?? { id: 0, hash: '' },
    at,
    userId: signer.userId,
    certificate,
  });
  const bytes = Buffer.from(header);
  const sign = signer.key.createSigner({ userId: signer.userId });
  const signature = await whenSigned(() => sign.sign(bytes));
  const number = before.number + 1;
  return {
    batch: { number, first, last, header, members: encodeMembers(members), signature, certificate },
    position: { chain: before.chain, number, hash: headerHash(header), last, at },
    signer,
    count: members.length,
  };
}
