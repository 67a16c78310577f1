/** Whether far sides are reached, by whom they say they are, and what their clocks show. Sends no message. */
import { request as requestPlain } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { Clock } from '@yiqiao/model';
import { tlsSettings } from '@yiqiao/transport';
import type { PeerConfig, PeerTarget } from '../config-peers.ts';
import { ok } from './finding.ts';
import type { Bilingual, Finding } from './finding.ts';

const WAIT_MS = 5_000;

/** Signatures and the times in messages are held against a clock; the header has whole seconds. */
const SKEW_S = { warning: 10, fault: 60 };

/** One finding for each far side that is called, and one for the clock. */
export async function examinePeers(peers: readonly PeerConfig[], clock: Clock): Promise<readonly Finding[]> {
  const called = peers.flatMap(({ id, to }) => (to === undefined ? [] : [{ id, to }]));
  const answers = await Promise.all(called.map(async ({ id, to }) => ({ id, ...(await knock(to, clock)) })));
  return [...answers.map(({ id, outcome }) => tellReach(id, outcome)), tellClock(answers)];
}

type Outcome =
  | { readonly reached: true; readonly status: number; readonly tookMs: number }
  | { readonly reached: false; readonly code: string };

interface Knocked {
  readonly outcome: Outcome;
  /** How far its clock is ahead of ours. */
  readonly skewS?: number;
}

/** HEAD asks for nothing and changes nothing; an answer of any status shows that somebody is there. */
async function knock(to: PeerTarget, clock: Clock): Promise<Knocked> {
  const before = clock.now();
  try {
    const { status, date } = await head(to);
    const after = clock.now();
    // The header has whole seconds; the middle of its second is right on average.
    const theirs = Date.parse(date ?? '') + 500;
    const skewS = Math.round((theirs - (before + after) / 2) / 1_000);
    const outcome = { reached: true, status, tookMs: after - before } as const;
    return Number.isNaN(theirs) ? { outcome } : { outcome, skewS };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNREACHABLE';
    return { outcome: { reached: false, code } };
  }
}

function head(to: PeerTarget): Promise<{ status: number; date: string | undefined }> {
  const url = new URL(to.url);
  const signal = AbortSignal.timeout(WAIT_MS);
  const options: RequestOptions = { method: 'HEAD', agent: false, signal };
  return new Promise((resolve, reject) => {
    const answered = (answer: IncomingMessage): void => {
      answer.resume();
      resolve({ status: answer.statusCode ?? 0, date: answer.headers.date });
    };
    const asked =
      url.protocol === 'https:'
        ? requestSecure(url, { ...options, ...tlsSettings(to.tls ?? {}) }, answered)
        : requestPlain(url, options, answered);
    asked.on('error', reject);
    asked.end();
  });
}

function tellReach(id: string, outcome: Outcome): Finding {
  if (outcome.reached) {
    const text = `HTTP ${outcome.status}, ${outcome.tookMs} ms`;
    return ok('peer', id, { zh: text, en: text });
  }
  const { code } = outcome;
  return {
    check: 'peer',
    target: id,
    level: 'fault',
    found: { zh: `连不上（${code}）`, en: `not reached (${code})` },
    remedy: REMEDIES[code] ?? (isCertificateTrouble(code) ? CERTIFICATE_REMEDY : OTHER_REMEDY),
  };
}

const REMEDIES: Readonly<Record<string, Bilingual>> = {
  ENOTFOUND: {
    zh: '域名无法解析：检查 DNS、/etc/hosts 和 to.url',
    en: 'its name is not known here: check DNS, /etc/hosts and to.url',
  },
  ECONNREFUSED: {
    zh: '对方主机在，但端口无人监听：核对端口，或请对方启动服务',
    en: 'the host is there, nobody listens on the port: check the port, or have them start it',
  },
  ABORT_ERR: {
    zh: '五秒内没有应答：检查专线、防火墙和路由',
    en: 'no answer within five seconds: check the line, firewalls and routes',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    zh: '对方证书为自签：把其根证书放入 to.tls.anchors',
    en: 'its certificate is self-signed: put its authority into to.tls.anchors',
  },
  CERT_HAS_EXPIRED: {
    zh: '对方 TLS 证书已过期：请对方更换',
    en: 'its TLS certificate has expired: have them renew it',
  },
};
const CERTIFICATE_REMEDY: Bilingual = {
  zh: 'TLS 证书不被信任：核对 to.tls 的 anchors、serverName',
  en: 'its TLS certificate is not believed: check anchors and serverName of to.tls',
};
const OTHER_REMEDY: Bilingual = {
  zh: '检查线路、防火墙和 to.url；新报文会被立即拒绝，未明结果会一直等待',
  en: 'check line, firewall and to.url; new messages are refused at once, unknown outcomes wait',
};

function isCertificateTrouble(code: string): boolean {
  return /CERT|TLS|SSL|SIGNATURE|ISSUER/.test(code);
}

function tellClock(answers: readonly (Knocked & { readonly id: string })[]): Finding {
  const skews = answers.flatMap(({ id, skewS }) => (skewS === undefined ? [] : [{ id, skewS }]));
  const [least] = skews.toSorted((one, other) => Math.abs(one.skewS) - Math.abs(other.skewS));
  if (least === undefined) {
    return {
      check: 'clock',
      target: '',
      level: 'warning',
      found: { zh: '没有对端报告时间，无法比对', en: 'no far side told its time: not compared' },
      remedy: {
        zh: '确认本机已接入 NTP 时间源（chronyc tracking）',
        en: 'make sure that this machine follows an NTP source (chronyc tracking)',
      },
    };
  }
  // Ours is wrong when it differs from all of them; one that alone differs is theirs to mend.
  const apart = Math.abs(least.skewS);
  const list = skews.map(({ id, skewS }) => `${id} ${skewS >= 0 ? '+' : ''}${skewS} s`).join(', ');
  const found = { zh: `对端时间与本机相差 ${list}`, en: `far sides against this machine: ${list}` };
  if (apart <= SKEW_S.warning) return ok('clock', '', found);
  const remedy = {
    zh: '本机时间不准：校准 NTP。报文时间和签名时间超差会被对端拒绝',
    en: 'the clock of this machine is off: set NTP right. Far sides refuse messages and signatures of another time',
  };
  return { check: 'clock', target: '', level: apart > SKEW_S.fault ? 'fault' : 'warning', found, remedy };
}
