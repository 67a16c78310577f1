/** What the typed client adds to a bare signed call: the same 2207, made by hand and by the SDK, in turn. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { inBenchPlace, median } from './bench-place.ts';
import type { PartResult, Size } from './bench-place.ts';
import type { SideSettings } from './client-side.ts';

/** The most that the client may cost, as a part of the bare call. */
const LIMIT = 0.1;

/** The body of the measured message as a vendor's program writes it. */
const BODY: SideSettings['body'] = {
  personNumber: '00000000000000000000000001',
  credentialType: '02',
  credentialNumber: '000000199001010018',
  cardSerial: '',
  certificateType: '01',
  certificateNumber: '000000199001010018',
  careType: '11',
  total: '328.50',
  settlementMethod: '01',
  visitId: '00000020260101000001',
  chargeBatch: 'B202601010001',
  insuranceType: '310',
  accountUsed: '1',
  invoiceNumber: '',
  selfFunded: '20.00',
  overLimitSelfPaid: '0.00',
  firstSelfPaid: '8.85',
  inScope: '299.65',
  extension: '{"OTP_ER_REFL_FLAG":"2"}',
  publicHospitalReform: '',
};

/** Measures CPU, not time: the far side is another process. */
export function measureClient({ rounds, count }: Size): Promise<PartResult> {
  return inBenchPlace(async ({ farSide, exchange, requests }) => {
    const [message = ''] = requests(1);
    const { caller, farSide: far } = exchange.keys;
    const settings: SideSettings = {
      url: farSide.url,
      message: JSON.parse(message) as SideSettings['message'],
      body: BODY,
      privateKey: caller.privateKey,
      publicKey: caller.publicKey,
      farPublicKey: far.publicKey,
    };
    const bare = await startSide('bare', settings);
    const client = await startSide('client', settings);
    const micros = { bare: [] as number[], client: [] as number[] };
    try {
      // The first round warms both up: nobody's code is fast before it is compiled.
      for (let round = 0; round <= rounds; round += 1) {
        const [byHand, byClient] = [await ask(bare, count), await ask(client, count)];
        if (round === 0) continue;
        micros.bare.push(byHand);
        micros.client.push(byClient);
      }
    } finally {
      bare.kill();
      client.kill();
    }
    const [bareMicros, clientMicros] = [median(micros.bare), median(micros.client)];
    const added = median(micros.client.map((one, round) => one / (micros.bare[round] ?? Number.NaN))) - 1;
    const figures = { bareMicros, clientMicros, added, limit: LIMIT, withinLimit: added <= LIMIT };
    return { ok: true, figures };
  });
}

async function startSide(side: 'bare' | 'client', settings: SideSettings): Promise<ChildProcess> {
  const child = fork(new URL('client-side.ts', import.meta.url), [side]);
  child.send(settings);
  await once(child, 'message');
  return child;
}

async function ask(child: ChildProcess, count: number): Promise<number> {
  child.send(count);
  const [micros] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('a side of the benchmark ended'))),
  ])) as [number];
  return micros;
}
