/** The keys of the sandbox, in memory and as files of its folder. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSandboxKeys } from '@yiqiao/sandbox';
import { createKeyPair } from '@yiqiao/signer';

/** All keys of a sandbox. */
export type WorldKeys = ReturnType<typeof makeWorldKeys>;

/**
 * Makes keys of the gateways as the product has them and keys of the simulated systems by their own library. Files, for
 * gateways and for programs of others: `REGION.key.pem`, `REGION.pub.pem`, `his-530000.key` (hex), `his-530000.key.pem`.
 */
export function makeWorldKeys(folder: string) {
  const gateways = {
    g530000: createKeyPair(),
    g440000: createKeyPair(),
    hub: createKeyPair(),
    g330000: createKeyPair(),
  };
  for (const [name, pair] of Object.entries(gateways)) {
    const file = join(folder, name.replace(/^g/, ''));
    writeFileSync(`${file}.key.pem`, pair.privateKey, { mode: 0o600 });
    writeFileSync(`${file}.pub.pem`, pair.publicKey);
  }
  const simulated = {
    his: createSandboxKeys(),
    core530000: createSandboxKeys(),
    core440000: createSandboxKeys(),
    core330000: createSandboxKeys(),
  };
  const { privateKey, publicKey } = simulated.his;
  writeFileSync(join(folder, 'his-530000.key'), `${privateKey}\n`, { mode: 0o600 });
  writeFileSync(join(folder, 'his-530000.key.pem'), pemOf(privateKey, publicKey), { mode: 0o600 });
  return { gateways, simulated };
}

/** PKCS#8 of a key in hex: fixed lengths, so that what stands around the numbers is fixed. Source: RFC 5208, RFC 5915. */
function pemOf(privateHex: string, publicHex: string): string {
  const der = `308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420${privateHex}a144034200${publicHex}`;
  const lines =
    Buffer.from(der, 'hex')
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
}
