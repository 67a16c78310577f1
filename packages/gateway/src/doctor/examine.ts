/** Looks at everything that a gateway needs, before it starts and while it serves. Changes nothing. */
import { systemClock } from '@yiqiao/model';
import type { Clock, Fault } from '@yiqiao/model';
import type { CertificateState } from '../certificate-book.ts';
import { loadConfig } from '../config.ts';
import type { Config } from '../config.ts';
import { checkGatewayConfig } from '../gateway.ts';
import { examineDatabase } from './database.ts';
import { ok } from './finding.ts';
import type { Finding } from './finding.ts';
import { examinePorts } from './listening.ts';
import { examineDisk, examineMachine } from './machine.ts';
import { examinePeers } from './reach.ts';

/**
 * Examines the machine for one configuration: the file itself, program, disk, ports, certificates, far sides, clock.
 * Takes some seconds where far sides do not answer. A configuration with faults is told with all of them, and what
 * hangs on it is not looked at.
 */
export async function examineGateway(file: string, clock: Clock = systemClock): Promise<readonly Finding[]> {
  const { faults } = checkGatewayConfig(file);
  if (faults.length > 0) return faults.map((fault) => tellFault(file, fault));
  const config = loadConfig(file);
  const fit = { zh: '可用', en: 'fit to start a gateway' };
  return [
    ok('configuration', file, fit),
    ...examineMachine(config),
    ...(await examineStore(config)),
    ...(await examinePorts(config)),
    ...examineCertificates(config, clock),
    ...(await examinePeers(config.peers, clock)),
  ];
}

/** A file of its own, or a database that several share. */
async function examineStore({ journal }: Config): Promise<readonly Finding[]> {
  return journal.postgres === undefined
    ? examineDisk(journal.file)
    : [await examineDatabase(journal.postgres)];
}

function tellFault(file: string, { at, message }: Fault): Finding {
  return { check: 'configuration', target: `${file}${at}`, level: 'fault', found: message, remedy: MEND };
}

const MEND = {
  zh: '按提示改正后运行 yiqiao config check',
  en: 'mend it, then run yiqiao config check',
};

function examineCertificates({ certificates }: Config, clock: Clock): readonly Finding[] {
  const now = clock.now();
  certificates.look(now);
  return certificates.list(now).map(tellCertificate);
}

function tellCertificate({ peer, use, id, daysLeft, level, reasons }: CertificateState): Finding {
  const target = `${peer} ${use} ${id}`;
  const end = Number.isFinite(daysLeft)
    ? { zh: `剩余 ${daysLeft} 天`, en: `${daysLeft} days left` }
    : { zh: '无期限', en: 'no end' };
  const doubts = reasons.length === 0 ? '' : `, ${reasons.join(', ')}`;
  const found = { zh: end.zh + doubts, en: end.en + doubts };
  if (level === 'fine' && reasons.length === 0) return ok('certificate', target, found);
  const isFault = level === 'expired' || reasons.length > 0;
  const remedy = {
    zh: '见 docs/keys-and-certificates.md 更换；新旧可并存，先配新的再停旧的',
    en: 'renew it as docs/keys-and-certificates.md says; old and new may stand side by side',
  };
  return { check: 'certificate', target, level: isFault ? 'fault' : 'warning', found, remedy };
}
