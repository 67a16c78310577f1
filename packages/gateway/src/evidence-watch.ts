/** Makes evidence while the gateway serves: in small steps between messages, and a time-stamp now and then. */
import { createNotary, stampLast } from '@yiqiao/evidence';
import type { Notary, NotaryStanding, NotaryStep } from '@yiqiao/evidence';
import type { EvidenceStore, Journal } from '@yiqiao/journal';
import { GatewayError } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import type { Scheduler } from '@yiqiao/router';
import { createTransport } from '@yiqiao/transport';
import type { Logger } from 'pino';
import type { EvidenceConfig } from './config-evidence.ts';

/** Between two steps while there is more: messages come first. */
const PAUSE_MS = 2;
/** Between two looks when there was nothing more. */
const IDLE_MS = 250;
/** After another node was first: it signs for all, and this one looks now and then whether it still does. */
const STANDBY_MS = 60_000;
/** After a failure of the journal, the signer or the authority. */
const RETRY_MS = 5_000;
/** What a stopping gateway still signs; what is left is signed after the next start. */
const LAST_STEPS = 64;
/** An authority that has not answered by then is asked again later. */
const ANSWER_MS = 10_000;
const ANSWER_BYTES = 65_536;

/** What the watch works on. */
export interface EvidenceWatchParts {
  readonly journal: Journal;
  /** As configured now; a reload may change it, begin it or end it. */
  evidence(): EvidenceConfig | undefined;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
}

/** Evidence of one gateway. */
export interface EvidenceWatch {
  /** `undefined` where no evidence is made. */
  standing(): Promise<NotaryStanding | undefined>;
  /** Signs what has been read, and stops. */
  stop(): Promise<void>;
}

/** Begins at once and goes on until `stop`. A failure is logged and tried again. */
export function watchEvidence(parts: EvidenceWatchParts): EvidenceWatch {
  const { journal, evidence, scheduler, logger } = parts;
  const store = journal.evidence;
  if (store === undefined) return NO_WATCH;
  const notary = createConfiguredNotary(store, parts);
  let stampedAt = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;

  const note = (signed: NotaryStep['signed']): void => {
    if (signed !== undefined) logger.info(signed, 'evidence signed');
  };
  const stamp = async (settings: EvidenceConfig['timeStamp']): Promise<void> => {
    const now = parts.clock.now();
    if (settings === undefined || Math.abs(now - stampedAt) < settings.everyMs) return;
    const batch = await stampLast(store, {
      post: (query) => askAuthority(settings.url, query),
      hash: settings.hash,
    });
    if (batch === undefined) return;
    stampedAt = now;
    logger.info({ batch }, 'evidence time-stamped');
  };
  const run = async (): Promise<void> => {
    const settings = evidence();
    let wait = IDLE_MS;
    try {
      if (settings !== undefined) {
        const { more, lost, signed } = await notary.step();
        note(signed);
        if (lost) wait = STANDBY_MS;
        else if (more) wait = PAUSE_MS;
        else await stamp(settings.timeStamp);
      }
    } catch (error) {
      wait = RETRY_MS;
      logger.error(
        { ...(error instanceof GatewayError ? { code: error.code } : {}), err: error },
        'evidence',
      );
    }
    if (!stopped) cancel = scheduler.after(wait, begin);
  };
  const begin = (): void => {
    running = run();
  };
  begin();
  return {
    standing: async () => (evidence() === undefined ? undefined : notary.standing()),
    async stop() {
      stopped = true;
      cancel?.();
      await running;
      if (evidence() === undefined) return;
      try {
        for (let left = LAST_STEPS; left > 0; left -= 1) {
          const { more, signed } = await notary.step();
          note(signed);
          if (!more) break;
        }
        note(await notary.flush());
      } catch (error) {
        logger.error({ err: error }, 'evidence');
      }
    },
  };
}

const NO_WATCH: EvidenceWatch = {
  standing: () => Promise.resolve(undefined),
  stop: () => Promise.resolve(),
};

function createConfiguredNotary(store: EvidenceStore, { evidence, clock }: EvidenceWatchParts): Notary {
  const settings = (): EvidenceConfig => {
    const found = evidence();
    if (found === undefined) throw new TypeError('evidence is asked for where none is configured');
    return found;
  };
  return createNotary({
    store,
    clock,
    signer: () => settings().signer,
    limits: settings,
  });
}

/** Source: RFC 3161, 3.4. */
async function askAuthority(url: string, query: Uint8Array): Promise<Uint8Array> {
  const transport = createTransport({
    url,
    connections: 1,
    timeouts: { connectMs: ANSWER_MS, idleMs: 1_000 },
    maxResponseBytes: ANSWER_BYTES,
  });
  try {
    const { body } = await transport.post({
      body: query,
      contentType: 'application/timestamp-query',
      deadline: Date.now() + ANSWER_MS,
      signal: new AbortController().signal,
    });
    return body;
  } finally {
    await transport.close();
  }
}
