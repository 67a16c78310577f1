/** `yiqiao sign diagnose`: why a signature fails. */
import { readFileSync } from 'node:fs';
import { createRegistry } from '@yiqiao/registry';
import type { SigningData } from '@yiqiao/registry';
import { diagnoseDigest, diagnoseSignature, diagnosisFault } from '@yiqiao/signer';
import type { Diagnosis, KnownNode, SuspectKey } from '@yiqiao/signer';
import type { Report } from './report.ts';
import { readHeaders, readNational, readSettings, readSuspect } from './sign-files.ts';
import type { NationalMessage, SettingsFile } from './sign-files.ts';

/** Options of the command. */
export interface DiagnoseOptions {
  readonly message: string;
  /** Of the sender; not for profiles without SM2. */
  readonly key?: string;
  readonly profile: string;
  readonly otherKeys?: readonly string[];
  readonly settings?: string;
  /** File of JSON with the headers that came. */
  readonly headers?: string;
}

/** Exit code 0 when the signature is good as agreed, else 1. @throws GatewayError when the message cannot be read. */
export function diagnoseFile(report: Report, options: DiagnoseOptions): number {
  const diagnosis = diagnose(options);
  const { verdict, causes, tried, attempts, complete } = diagnosis;
  report.line(HEADINGS[verdict]);
  for (const { zh, en, remedies } of causes) {
    report.line(`  - ${zh}\n    ${en}`);
    for (const remedy of remedies) report.line(`    → ${remedy.zh}\n      ${remedy.en}`);
  }
  if (verdict === 'unexplained') {
    const { message } = diagnosisFault(diagnosis);
    report.line(`  ${message.zh}\n  ${message.en}`);
    for (const [name, codes] of Object.entries(tried)) report.line(`  ${name}: ${codes.join(', ') || '–'}`);
    if (!complete) report.line('  时间所限，未能试完 / not everything was tried in the time allowed');
  }
  return report.finish(verdict === 'valid', { verdict, causes, tried, attempts, complete });
}

const HEADINGS: Readonly<Record<Diagnosis['verdict'], string>> = {
  valid: '✓ 验签通过 / the signature is good',
  explained: '✗ 验签不通过，原因已查明 / the signature fails, and this is why',
  missing: '✗ 报文没有签名 / there is no signature',
  unexplained: '✗ 验签不通过，原因未查明 / the signature fails for no known reason',
};

function diagnose(options: DiagnoseOptions): Diagnosis {
  const profile = createRegistry().signingProfile(options.profile);
  const settings = readSettings(options.settings);
  const common = {
    message: readFileSync(options.message),
    settings: connectionSettings(settings),
    now: Date.now(),
  };
  switch (profile.algorithm) {
    case 'SM3withSM2':
      return diagnoseBody(options, profile, settings);
    case 'gm-envelope':
      return diagnoseSignature({
        ...common,
        keys: readKeys(options),
        userIds: settings.userIds ?? [],
        profile: { ...profile, algorithm: 'gm-envelope' },
      });
    case 'tif':
    case 'csb':
      return diagnoseDigest({ ...common, profile, headers: readHeaders(options.headers) });
    case 'boss-md5':
      return diagnoseDigest({ ...common, profile });
    case 'yiqiao-message':
    case 'oauth-bearer':
    case 'session':
    case 'none':
      throw new Error(`${profile.id}: 该方案没有可诊断的签名 / this profile has no signature to diagnose`);
  }
}

function diagnoseBody(
  options: DiagnoseOptions,
  profile: SigningData & { readonly algorithm: 'SM3withSM2' },
  settings: SettingsFile,
): Diagnosis {
  const message = readFileSync(options.message);
  const national = readNational(message, profile, settings);
  const { envelope, body, sealed } = national;
  const { appSecret, userIds = [] } = settings;
  const institution = envelope['fixmedins_code'];
  return diagnoseSignature({
    profile,
    message,
    envelope,
    body,
    settings: connectionSettings(settings),
    keys: readKeys(options),
    userIds: [...userIds, ...(typeof institution === 'string' ? [institution] : [])],
    ...(appSecret === undefined ? {} : { appSecret }),
    ...(sealed === undefined ? {} : { sealed }),
    nodes: knownNodes(national),
    now: Date.now(),
  });
}

/** What the transaction's nodes may hold: a sender may have signed before it took members out. */
function knownNodes({ transaction, direction }: NationalMessage): readonly KnownNode[] {
  const nodes = createRegistry().definition('national', transaction)?.[direction] ?? [];
  return nodes.map(({ node, fields }) => ({ node, names: fields.map(({ name }) => name) }));
}

function connectionSettings({ credentials, variants, peerUserId }: SettingsFile) {
  return {
    ...(credentials === undefined ? {} : { credentials }),
    ...(variants === undefined ? {} : { variants }),
    ...(peerUserId === undefined ? {} : { peerUserId }),
  };
}

function readKeys({ key, otherKeys = [] }: DiagnoseOptions): readonly SuspectKey[] {
  if (key === undefined) {
    throw new Error('请用 --key 给出发送方的公钥或证书 / give the key or certificate of the sender: --key');
  }
  return [readSuspect(key, false), ...otherKeys.map((file) => readSuspect(file, true))];
}
