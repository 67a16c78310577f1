/** Tells hospitals of audits and dispensings, and goes on until they have acknowledged. */
import { request } from 'undici';
import type { Clock } from '@yiqiao/model';
import { leaf, parseMessage } from '../../national-message.ts';
import type { JsonObject } from '../../national-message.ts';
import type { Scheduler } from '../../scheduler.ts';
import { sealEnvelope } from '../gm-envelope.ts';
import type { EnvelopeSettings } from '../gm-envelope.ts';

/** What a hospital is told. The spec gives names only: path and payload are project design. */
export interface Notification {
  readonly kind: 'rxChkInfoNotify' | 'rxSetlInfoNotify';
  /** Number of the prescription. */
  readonly about: string;
  readonly url: string;
  readonly data: JsonObject;
  readonly settings: EnvelopeSettings;
}

/** A notification as the ledger shows it. */
export interface ToldRow {
  readonly kind: Notification['kind'];
  readonly hiRxno: string;
  readonly attempts: number;
  readonly acknowledged: boolean;
}

/** Sends notifications. */
export interface Notifier {
  /** Owes one; it is sent soon, and again while it is not acknowledged. */
  owe(notification: Notification): void;
  /** Tries everything that is owed once, in order, now. */
  deliver(): Promise<void>;
  rows(): readonly ToldRow[];
  stop(): void;
}

interface Owed {
  readonly notification: Notification;
  attempts: number;
  acknowledged: boolean;
}

const FIRST_WAIT_MS = 500;
const ATTEMPTS = 20;

/** Makes a notifier; `byItself` false: only `deliver` sends. */
export function createNotifier(parts: {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly byItself: boolean;
}): Notifier {
  const { clock, scheduler, byItself } = parts;
  const all: Owed[] = [];
  let isStopped = false;
  let working: Promise<void> = Promise.resolve();

  async function tryAll(): Promise<void> {
    for (const one of all) {
      if (isStopped || one.acknowledged || one.attempts >= ATTEMPTS) continue;
      one.attempts += 1;
      one.acknowledged = await send(one.notification, clock.now());
    }
  }

  function deliver(): Promise<void> {
    working = working.then(tryAll);
    return working;
  }

  async function goOn(): Promise<void> {
    await deliver();
    for (let wait = FIRST_WAIT_MS; !isStopped && isOwed(all); wait = Math.min(wait * 2, 60_000)) {
      await scheduler.wait(wait);
      await deliver();
    }
  }

  return {
    owe(notification) {
      all.push({ notification, attempts: 0, acknowledged: false });
      if (byItself) void goOn();
    },
    deliver,
    rows: () =>
      all.map(({ notification: { kind, about }, attempts, acknowledged }) => ({
        kind,
        hiRxno: about,
        attempts,
        acknowledged,
      })),
    stop() {
      isStopped = true;
    },
  };
}

function isOwed(all: readonly Owed[]): boolean {
  return all.some(({ acknowledged, attempts }) => !acknowledged && attempts < ATTEMPTS);
}

/** Whether the hospital has taken it: HTTP 200 and code 0. */
async function send({ kind, url, data, settings }: Notification, now: number): Promise<boolean> {
  try {
    const { statusCode, body } = await request(new URL(kind, url.endsWith('/') ? url : `${url}/`), {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: sealEnvelope(settings, { members: { version: '1.0.0', transType: kind }, data, now }),
      headersTimeout: 5_000,
      bodyTimeout: 5_000,
    });
    const text = await body.text();
    return statusCode === 200 && leaf(parseMessage(text), 'code') === '0';
  } catch {
    return false;
  }
}
