/** What signing evidence costs the messages, and how long the check of a large journal takes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkEvidence, createNotary } from '@yiqiao/evidence';
import type { EvidenceSigner } from '@yiqiao/evidence';
import { createSqliteJournal } from '@yiqiao/journal';
import { systemClock } from '@yiqiao/model';
import { createSigningKey } from '@yiqiao/signer';
import { makeTestPki, readCertificates } from '@yiqiao/signer/certificates';
import { inBenchPlace, isAnswered, median } from './bench-place.ts';
import type { PartResult, Size } from './bench-place.ts';
import { runLoad } from './load.ts';

const AIMS = { p99: 1.5, verifySeconds: 60 } as const;

/** Entries of a batch while messages are measured: small, so that many roots are signed in a round. */
const BATCH = 256;

/** p99 of a gateway that signs evidence over that of one that does not, in rounds that take turns. */
export function measureSigning(size: Size): Promise<PartResult> {
  return inBenchPlace(async (place) => {
    const pki = testPki();
    const further = `evidence:
  key:
    text: ${JSON.stringify(pki.key)}
    certificate: { text: ${JSON.stringify(pki.certificates)} }
  entries: ${BATCH}
  seconds: 1
`;
    const subjects = {
      without: await place.startGateway('gateway', 'without'),
      signing: await place.startGateway('gateway', 'signing', { further }),
    };
    const p99: Record<keyof typeof subjects, number[]> = { without: [], signing: [] };
    let failed = 0;
    for (let round = 0; round <= size.rounds; round += 1) {
      const inOrder = ['without', 'signing'] as const;
      for (const name of round % 2 === 0 ? inOrder : inOrder.toReversed()) {
        const bodies = place.requests(size.count);
        const { latenciesMs, expected } = await runLoad({
          ...size,
          url: subjects[name].url,
          body: (index) => bodies[index] ?? '',
          expect: isAnswered,
        });
        failed += size.count - expected;
        if (round > 0) p99[name].push(latenciesMs.toSorted()[Math.floor(size.count * 0.99)] ?? Number.NaN);
      }
    }
    const [without, signing] = [median(p99.without), median(p99.signing)];
    const ratio = Number((signing / without).toFixed(3));
    const shown = { withoutMs: Number(without.toFixed(2)), signingMs: Number(signing.toFixed(2)) };
    return { ok: failed === 0, figures: { ...shown, ratio, aim: AIMS.p99, met: ratio <= AIMS.p99, failed } };
  });
}

/** Seconds for the check of a journal with so many signed entries. */
export async function measureVerification(entries = 1_000_000): Promise<PartResult> {
  const folder = mkdtempSync(join(tmpdir(), 'yiqiao-bench-evidence-'));
  const file = join(folder, 'journal.sqlite');
  try {
    const pki = testPki();
    await writeSigned(file, entries, pki);
    const began = performance.now();
    const verdict = await checkEvidence({ file }, { anchors: pki.anchors });
    const seconds = Number(((performance.now() - began) / 1_000).toFixed(1));
    return {
      ok: verdict.entries === entries && verdict.unsigned === 0 && verdict.found === 0,
      figures: {
        entries,
        batches: verdict.batches,
        seconds,
        aim: AIMS.verifySeconds,
        met: seconds <= AIMS.verifySeconds,
      },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Exchanges of two entries each, of the size of a settlement. */
async function writeSigned(file: string, entries: number, pki: TestPki): Promise<void> {
  const journal = createSqliteJournal({ file, clock: systemClock });
  const message = { bytes: Buffer.alloc(1_200, 'x'), contentType: 'application/json' };
  const named = { transaction: '2207', operation: 'settleOutpatient' };
  const settle = async (n: number): Promise<void> => {
    const messageId = `M${n}`;
    const id = await journal.open(
      {
        ...named,
        key: { peer: 'his', institution: 'H00000000001', messageId },
        digest: messageId,
        received: message,
        acceptedAt: n,
      },
      {
        ...named,
        purpose: 'forward',
        peer: 'hub',
        messageId,
        step: 0,
        request: '{}',
        sent: message,
        sentAt: n,
      },
    );
    await journal.end(id, { state: 'answered', at: n, reply: message });
  };
  const AT_ONCE = 500;
  for (let n = 0; n < entries / 2; n += AT_ONCE) {
    const count = Math.min(AT_ONCE, entries / 2 - n);
    await Promise.all(Array.from({ length: count }, (_, index) => settle(n + index)));
  }
  const { evidence: store } = journal;
  if (store === undefined) throw new TypeError('a journal in a file keeps evidence');
  const signer: EvidenceSigner = {
    key: createSigningKey(pki.key),
    userId: '1234567812345678',
    certificates: readCertificates(pki.certificates),
  };
  const limits = { entries: 1_024, maxAgeMs: 3_600_000 };
  const notary = createNotary({ store, signer: () => signer, clock: systemClock, limits: () => limits });
  while ((await notary.step()).more);
  await notary.flush();
  await journal.close();
}

interface TestPki {
  readonly key: string;
  readonly certificates: string;
  readonly anchors: string;
}

function testPki(): TestPki {
  const files = makeTestPki({ institutions: ['P00'], hosts: [], now: Date.now(), days: 2 });
  const text = (name: string): string => String(files.find((file) => file.name === name)?.content);
  return {
    key: text('P00.sign.key.pem'),
    certificates: text('P00.sign.pem') + text('intermediate.pem'),
    anchors: text('root.pem'),
  };
}
