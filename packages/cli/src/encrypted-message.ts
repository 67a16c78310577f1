/** Whether a message is encrypted: told as that, in place of a body of a wrong type. */
import { GatewayError } from '@yiqiao/model';
import type { Profile } from '@yiqiao/registry';

/** How a profile says that messages are encrypted. Source: the profile's `encryption`. */
interface Encryption {
  readonly algorithm?: string;
  readonly signing?: string;
}

const BASE64_OR_HEX = /^[A-Za-z0-9+/_\-\s]{16,}={0,2}\s*$/;

/** @throws GatewayError `MESSAGE_ENCRYPTED` when `input` or `output` is the text of a cipher. */
export function refuseEncrypted(profile: Profile, bytes: Uint8Array): void {
  const root = jsonIn(bytes);
  if (root === undefined) return;
  const member = ['input', 'output'].find((name) => isCipher(root[name]));
  if (member === undefined) return;
  const { algorithm = saysWhich(root) ?? 'SM4', signing } = (profile.data['encryption'] ?? {}) as Encryption;
  const how = signing === undefined ? '' : ` signing: ${signing}`;
  const message = {
    zh: `${member} 是 ${algorithm} 密文，此命令没有密钥。请用与平台约定的密钥解密后，以解密所得的对象代替该成员再核对；网关配置${how === '' ? '加密签名方案' : how}后会自行解密。`,
    en: `${member} is ${algorithm} ciphertext and this command has no key. Decrypt it with the key agreed with the platform, put the object in its place and check again; a gateway whose peer has${how === '' ? ' a signing profile that encrypts' : how} decrypts by itself.`,
  };
  const label = { zh: '交易正文', en: 'body of the message' };
  const fault = { rule: 'encrypted', at: `/${member}`, field: member, label, message };
  throw new GatewayError('MESSAGE_ENCRYPTED', { faults: [fault] });
}

function jsonIn(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    // The decoder takes a byte order mark away.
    const root: unknown = JSON.parse(new TextDecoder('utf-8').decode(bytes));
    return typeof root === 'object' && root !== null ? (root as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isCipher(value: unknown): boolean {
  return typeof value === 'string' && BASE64_OR_HEX.test(value);
}

/** What some senders name beside the text: `enc_type`, `enctype`. */
function saysWhich(root: Readonly<Record<string, unknown>>): string | undefined {
  const told = root['enc_type'] ?? root['enctype'];
  return typeof told === 'string' && /^SM\d/i.test(told) ? told : undefined;
}
