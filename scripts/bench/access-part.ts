/** What it costs to ask whether a peer may send a message, and whether it came before. */
import type { MessageHeader } from '@yiqiao/model';
import { EMPTY_HEADER, systemClock } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import { refuseForeign, requireCertificate } from '../../packages/gateway/src/access.ts';
import { createRates } from '../../packages/gateway/src/rates.ts';
import { createSeenMessages } from '../../packages/gateway/src/seen-messages.ts';
import { median } from './bench-place.ts';
import type { PartResult, Size } from './bench-place.ts';

/** Microseconds of processor time that a message may take. */
const MOST_MICROS = 20;
/** Bytes of a usual settlement. */
const MESSAGE = Buffer.alloc(2_048, 0x61);
/** So many for each exchange of the other parts: one alone is too short to be measured. */
const REPEATED = 20;

/** Runs every check of a peer that has them all, in this process. */
export async function measureAccess({ rounds, count }: Size): Promise<PartResult> {
  const check = createCheck();
  const times = count * REPEATED;
  check(times);
  const micros = Array.from({ length: rounds }, () => {
    const before = process.cpuUsage();
    check(times);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / times;
  });
  const perMessage = Number(median(micros).toFixed(2));
  return { ok: true, figures: { micros: perMessage, mostMicros: MOST_MICROS } };
}

function createCheck(): (times: number) => void {
  const registry = createRegistry();
  const seen = createSeenMessages(systemClock);
  const rates = createRates(systemClock);
  const rate = { perSecond: 1_000_000, burst: 1_000_000 };
  const certificate = { fingerprint: 'AA'.repeat(32), subject: { CN: 'H53010000001' } };
  const from = {
    institutions: ['H53010000001'],
    careRegions: [],
    any: false,
    kind: 'hospital',
    transactions: ['2206', '2207', '2208'],
    insuredRegions: ['530000', '330000'],
    certificate: { fingerprints: [certificate.fingerprint], subject: { CN: 'H53010000001' } },
    rate,
  } as const;
  const caller = { from, connection: { profile: registry.profile('national') } };
  const header: MessageHeader = { ...EMPTY_HEADER, insuredRegion: '330100' };
  let serial = 0;
  return (times) => {
    for (let index = 0; index < times; index += 1) {
      serial += 1;
      requireCertificate(caller, certificate);
      refuseForeign(caller, { header, transaction: '2207' }, registry);
      seen.nonce('his', `nonce-${serial}`, MESSAGE);
      seen.reading('his', { institution: 'H53010000001', messageId: String(serial), digest: 'digest' });
      rates.take('his', rate);
    }
  };
}
