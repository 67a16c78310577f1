/** A gateway as hub between a signing caller and a signing far side, in a folder of its own. */
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
}): string {
  const { folder, farSide, keys, signed } = options;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'gateway.key.pem'), keys.gateway.privateKey, { mode: 0o600 });
  const signing = (publicHex: string): string =>
    signed ? `signing: { publicKeys: [{ text: "${publicHex}" }] }` : 'signing: { profile: none }';
  const file = join(folder, 'gateway.yaml');
  writeFileSync(
    file,
    `role: hub
region: "000000"
name: measured
listen: { port: 0 }
journal: journal.sqlite
signing: { privateKey: { file: gateway.key.pem } }
peers:
  - id: caller
    from: { any: true }
    ${signing(keys.caller.publicHex)}
  - id: far-side
    to: { url: "${farSide}", connections: 64 }
    ${signing(keys.farSide.publicHex)}
routes:
  - { insured: "*", peer: far-side }
`,
  );
  return file;
}
