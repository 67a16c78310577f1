/** Signatures of the suite's own messages, good ones and those that are wrong in one way. */
import { createSandboxKeys, signText } from '@yiqiao/sandbox';
import { createSm2Signer, parsePrivateKey } from '@yiqiao/signer';
import type { SignWay } from '../kits/types.ts';
import type { SuiteSigning } from './inputs.ts';

const DEFAULT_USER_ID = '1234567812345678';
const OTHER_USER_ID = '8765432187654321';

/** Members that go into the envelope for a body. */
export type SignMembers = (body: string, way: SignWay) => Readonly<Record<string, string>>;

/** Signs with the product's signer; the strange key and the other user id are the sandbox's. */
export function createSuiteSigner(signing: SuiteSigning | undefined): SignMembers {
  if (signing === undefined) return () => ({ cainfo: '', signtype: '' });
  const userId = signing.userId ?? DEFAULT_USER_ID;
  const key = parsePrivateKey(signing.privateKey);
  const rs = createSm2Signer(key, { userId });
  const der = createSm2Signer(key, { userId, encoding: 'der' });
  const stranger = createSandboxKeys();
  const sign = (body: string): Buffer => rs.sign(Buffer.from(body));
  const ways: Readonly<Partial<Record<SignWay, (body: string) => string>>> = {
    good: (body) => sign(body).toString('base64'),
    empty: () => '',
    stranger: (body) => signText(body, { ...stranger, userId }),
    'other-body': (body) => sign(`${body} `).toString('base64'),
    'other-user-id': (body) => signText(body, { ...signing, userId: OTHER_USER_ID }),
    der: (body) => der.sign(Buffer.from(body)).toString('base64'),
    hex: (body) => sign(body).toString('hex'),
    cut: (body) => sign(body).subarray(0, 63).toString('base64'),
    longer: (body) => Buffer.concat([sign(body), Buffer.of(0)]).toString('base64'),
    zero: () => Buffer.alloc(64).toString('base64'),
    swapped: (body) => {
      const signature = sign(body);
      return Buffer.concat([signature.subarray(32), signature.subarray(0, 32)]).toString('base64');
    },
  };
  return (body, way) => {
    if (way === 'none') return {};
    const make = ways[way];
    if (make === undefined) throw new Error(`cainfo has no way ${way}`);
    return { cainfo: make(body), signtype: 'SM2' };
  };
}
