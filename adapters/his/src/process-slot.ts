/**
 * Several processes of one hospital share a store and mint message ids under one institution code: each takes a range of
 * sequences of its own for as long as it runs.
 */
import { randomUUID } from 'node:crypto';
import { GatewayError } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import type { AdapterStore } from '@yiqiao/sdk';

const SLOT = 'his.process';
const SLOTS = 8;
/** The last 399 of 9999 are left to other adapters of the institution, such as the one of bills. */
const SEQUENCES = 1_200;
const LEASE_MS = 60_000;

interface Taken {
  readonly owner: string;
  /** Epoch milliseconds until which it is left alone though nobody is heard of. */
  readonly until: number;
}

/** A range that is ours. */
export interface ProcessSlot {
  /** Last four digits of message ids, both inclusive. */
  readonly sequences: { readonly first: number; readonly last: number };
  /** Says that we still run; `false` when another process has taken the range meanwhile. */
  prolong(): boolean;
  release(): void;
}

/** Takes one. @throws GatewayError `CONFIG_INVALID` when more processes run on this store than there are ranges. */
export function takeSlot(store: AdapterStore, clock: Clock): ProcessSlot {
  const owner = randomUUID();
  const slot = store.transact((tx) => {
    for (let at = 0; at < SLOTS; at += 1) {
      const taken = tx.get<Taken>(SLOT, String(at));
      if (taken !== undefined && taken.until > clock.now()) continue;
      tx.put(SLOT, String(at), { owner, until: clock.now() + LEASE_MS });
      return at;
    }
    throw new GatewayError('CONFIG_INVALID', { faults: [TOO_MANY] });
  });
  const key = String(slot);
  const first = 1 + slot * SEQUENCES;
  return {
    sequences: { first, last: first + SEQUENCES - 1 },
    prolong: () =>
      store.transact((tx) => {
        if (tx.get<Taken>(SLOT, key)?.owner !== owner) return false;
        tx.put(SLOT, key, { owner, until: clock.now() + LEASE_MS });
        return true;
      }),
    release: () =>
      store.transact((tx) => {
        if (tx.get<Taken>(SLOT, key)?.owner === owner) tx.remove(SLOT, key);
      }),
  };
}

/** How often to prolong. */
export const PROLONG_MS = LEASE_MS / 4;

const TOO_MANY = {
  rule: 'processes',
  at: '/store',
  field: 'store',
  label: { zh: '存储文件', en: 'store' },
  message: {
    zh: `同一存储文件至多由 ${SLOTS} 个进程共用；请停止多余的进程，异常退出的在一分钟后自动让位。`,
    en: `At most ${SLOTS} processes share a store; stop some. One that was killed makes way after a minute.`,
  },
};
