/** What looks after a gateway while it serves: certificates that end, far sides that close, the fast verification. */
import type { Clock } from '@yiqiao/model';
import { watchFastVerification } from '@yiqiao/signer';
import type { Logger } from 'pino';
import { watchCertificates } from './certificate-watch.ts';
import { watchClosures } from './closure-watch.ts';
import type { LiveRuntime } from './live-runtime.ts';
import { systemScheduler } from './scheduler.ts';

/** All watches of one gateway. */
export interface Watches {
  /** Look now, e.g. after a reload. */
  look(): void;
  stop(): void;
}

/** Starts them; they read the configuration in force at each look. */
export function startWatches(parts: {
  readonly runtime: LiveRuntime;
  readonly clock: Clock;
  readonly logger: Logger;
}): Watches {
  const { runtime, clock, logger } = parts;
  const common = { clock, logger, scheduler: systemScheduler };
  const watches = [
    watchCertificates({ ...common, book: () => runtime.current.config.certificates }),
    watchClosures({ ...common, closures: () => runtime.current.config.closures }),
  ];
  const stopVerification = watchFastVerification((reason) => {
    logger.warn({ reason }, 'fast SM2 verification is off');
  });
  return {
    look: () => watches.forEach((watch) => watch.look()),
    stop() {
      watches.forEach((watch) => watch.stop());
      stopVerification();
    },
  };
}
