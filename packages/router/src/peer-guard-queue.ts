/** Who may call a far side now, who waits, and who is sent away. One queue per far side. */
import { GatewayError } from '@yiqiao/model';
import type { CallContext, Clock } from '@yiqiao/model';
import type { Scheduler } from './types.ts';

/** The queue before one far side. */
export interface PeerQueue {
  /**
   * Takes a place; `leave` gives it back. What is owed waits before everything new and is never sent away.
   * @throws GatewayError `PEER_BUSY`: too many wait, or it waited too long; `UPSTREAM_UNREACHABLE` for what is owed, and
   *   when the program stops. Nothing was sent.
   */
  enter(call: QueuedCall): Promise<void> | undefined;
  leave(): void;
  /** Sends away all that is new and waits. */
  sendAway(error: () => GatewayError): void;
  readonly active: number;
  readonly waiting: number;
}

/** What the queue looks at of a call. */
export type QueuedCall = Pick<CallContext, 'deadline' | 'signal' | 'resolving'>;

/** What a queue is made from; the limits are read at each use. */
export interface PeerQueueOptions {
  readonly peer: string;
  limits(): { readonly connections: number; readonly queue: number };
  readonly clock: Clock;
  readonly scheduler: Scheduler;
}

interface Waiter {
  go(): void;
  refuse(error: GatewayError): void;
}

/** Creates an empty queue. */
export function createPeerQueue(options: PeerQueueOptions): PeerQueue {
  const { peer, limits, clock, scheduler } = options;
  const owed = new Set<Waiter>();
  const fresh = new Set<Waiter>();
  let active = 0;

  const refusal = (call: QueuedCall, reason: string): GatewayError => {
    const code = call.resolving || reason === 'aborted' ? 'UPSTREAM_UNREACHABLE' : 'PEER_BUSY';
    return new GatewayError(code, { facts: { peer, reason } });
  };
  const wait = (call: QueuedCall): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const line = call.resolving ? owed : fresh;
    const left = (): void => {
      line.delete(waiter);
      cancel();
      call.signal.removeEventListener('abort', abort);
    };
    const waiter: Waiter = {
      go() {
        left();
        resolve();
      },
      refuse(error) {
        left();
        reject(error);
      },
    };
    const abort = (): void => waiter.refuse(refusal(call, 'aborted'));
    const cancel = scheduler.after(Math.max(0, call.deadline - clock.now()), () =>
      waiter.refuse(refusal(call, 'waited-too-long')),
    );
    call.signal.addEventListener('abort', abort);
    line.add(waiter);
    return promise;
  };
  return {
    get active() {
      return active;
    },
    get waiting() {
      return owed.size + fresh.size;
    },
    enter(call) {
      const { connections, queue } = limits();
      if (active < connections) {
        active += 1;
        return undefined;
      }
      if (call.signal.aborted) throw refusal(call, 'aborted');
      if (!call.resolving && fresh.size >= queue) throw refusal(call, 'queue-full');
      return wait(call);
    },
    leave() {
      active -= 1;
      // More than one may go when a reload has allowed more connections.
      for (const waiter of [...owed, ...fresh]) {
        if (active >= limits().connections) return;
        active += 1;
        waiter.go();
      }
    },
    sendAway(error) {
      for (const waiter of fresh) waiter.refuse(error());
    },
  };
}
