/** A gateway as hub between a signing caller and a signing far side, in a folder of its own. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes the configuration and keys; returns the file. */
export function writeGatewayConfig(options: {
  folder: string;
  farSide: string;
  keys: Record<
    'caller' | 'gateway' | 'farSide',
    { privateKey: string; publicKey: string; publicHex: string }
  >;
  signed: boolean;
  /** Settings of the journal beside its place; a key lies in `journal.key`. */
  journal?: string;
  /** A database in place of the file. */
  postgres?: { readonly url: string; readonly schema: string };
  /** Further settings, as YAML. */
  further?: string;
  /** A far side of one province, beside the one of all others. */
  province?: { readonly region: string; readonly url: string };
}): string {
  const { folder, farSide, keys, signed, journal = '', postgres, province, further = '' } = options;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'gateway.key.pem'), keys.gateway.privateKey, { mode: 0o600 });
  writeFileSync(join(folder, 'journal.key'), randomBytes(32).toString('hex'), { mode: 0o600 });
  if (postgres !== undefined) writeFileSync(join(folder, 'database'), postgres.url, { mode: 0o600 });
  const where =
    postgres === undefined
      ? 'file: journal.sqlite'
      : `postgres: { url: { file: database }, schema: ${postgres.schema} }`;
  const signing = (publicHex: string): string =>
    signed ? `signing: { publicKeys: [{ text: "${publicHex}" }] }` : 'signing: { profile: none }';
  const file = join(folder, 'gateway.yaml');
  writeFileSync(
    file,
    `role: hub
region: "000000"
name: measured
listen: { port: 0 }
journal: { ${where}${journal} }
${province === undefined ? '' : 'outcome: { callerDeadlineMs: 1000, firstDelayMs: 200 }\n'}signing: { privateKey: { file: gateway.key.pem } }
peers:
  - id: caller
    from: { any: true }
    ${signing(keys.caller.publicHex)}
  - id: far-side
    to: { url: "${farSide}", connections: 64 }
    ${signing(keys.farSide.publicHex)}
${province === undefined ? '' : peerOf(province.url, signing(keys.farSide.publicHex))}routes:
  - { insured: "*", peer: far-side }
${province === undefined ? '' : `  - { insured: "${province.region}", peer: province }\n`}${further}`,
  );
  return file;
}

/** Short waits, so that a run shows a province that dies and what follows. */
function peerOf(url: string, signing: string): string {
  return `  - id: province
    to: { url: "${url}", replyTimeoutMs: 500, breaker: { probeAfterMs: 500 } }
    ${signing}
`;
}
