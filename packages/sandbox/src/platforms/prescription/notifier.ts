/** Tells hospitals of audits and dispensings, and goes on until they have acknowledged. */
import { request } from 'undici';
import type { Clock } from '@yiqiao/model';
import { dateTime } from '../../china-time.ts';
import { leaf, parseMessage, writeMessage } from '../../national-message.ts';
import type { JsonObject } from '../../national-message.ts';
import type { Scheduler } from '../../scheduler.ts';
import { signText } from '../../sm2-signature.ts';
import { sealEnvelope } from '../gm-envelope.ts';
import type { EnvelopeSettings } from '../gm-envelope.ts';

/** What a hospital is told. The spec gives names only: path and payload are project design. */
export interface Notification {
  readonly kind: 'rxChkInfoNotify' | 'rxSetlInfoNotify';
  /** Number of the prescription. */
  readonly about: string;
  /** Tells it from every other. */
  readonly serial: number;
  readonly url: string;
  readonly data: JsonObject;
  readonly settings: EnvelopeSettings;
  /** Of the hospital that hears it. */
  readonly hospital: { readonly code: string; readonly form: 'epc' | 'national' };
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
async function send(notification: Notification, now: number): Promise<boolean> {
  const isNational = notification.hospital.form === 'national';
  try {
    const { statusCode, body } = await request(addressOf(notification), {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: isNational ? nationalMessage(notification, now) : epcMessage(notification, now),
      headersTimeout: 5_000,
      bodyTimeout: 5_000,
    });
    const answer = parseMessage(await body.text());
    return statusCode === 200 && leaf(answer, isNational ? 'infcode' : 'code') === '0';
  } catch {
    return false;
  }
}

/** In the national form everything comes to the address itself. */
function addressOf({ kind, url, hospital }: Notification): URL {
  return hospital.form === 'national' ? new URL(url) : new URL(kind, url.endsWith('/') ? url : `${url}/`);
}

function epcMessage({ kind, data, settings }: Notification, now: number): Buffer {
  return sealEnvelope(settings, { members: { version: '1.0.0', transType: kind }, data, now });
}

const TRANSACTIONS = { rxChkInfoNotify: '7108', rxSetlInfoNotify: '7109' } as const;

/** 7108 or 7109. The same notification has the same msgid each time. */
function nationalMessage(
  { kind, about, data, settings, hospital, serial }: Notification,
  now: number,
): string {
  const { seltdelts, ...members } = data;
  const input = JSON.stringify({ data: members, ...(seltdelts !== undefined && { seltdelts }) });
  const envelope = {
    infno: TRANSACTIONS[kind],
    msgid: `${about.slice(0, 12).padEnd(12, '0')}${String(serial).padStart(18, '0')}`,
    mdtrtarea_admvs: '000000',
    insuplc_admdvs: '000000',
    recer_sys_code: '99',
    infver: '1.0.0',
    opter_type: '3',
    opter: '0001',
    opter_name: '处方中心',
    inf_time: dateTime(now),
    fixmedins_code: hospital.code,
    cainfo: signText(input, settings),
    signtype: 'SM2',
    input: null,
  };
  return writeMessage(envelope, 'input', input);
}
