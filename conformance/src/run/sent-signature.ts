/** The signature of a message that the target sent to a counterpart. */
import { leaf, parseMessage, rawMember, verifyText } from '@yiqiao/sandbox';
import { createSm2Verifier, parsePublicKey } from '@yiqiao/signer';
import type { CheckResult } from './check-matter.ts';
import type { SuiteSigning } from './inputs.ts';

const DEFAULT_USER_ID = '1234567812345678';

/** Verifies `cainfo` over `input` with two implementations. */
export function checkSentSignature(bytes: Buffer, signing: SuiteSigning | undefined): CheckResult {
  const peer = signing?.peerPublicKey;
  if (signing === undefined || peer === undefined) return { outcome: 'pass' };
  const text = bytes.toString('utf8');
  const cainfo = leaf(parseMessage(text), 'cainfo');
  const body = rawMember(text, 'input') ?? '';
  const userId = signing.userId ?? DEFAULT_USER_ID;
  const byOwn = verifyText(body, cainfo, { ...signing, userId });
  const byProduct = createSm2Verifier(parsePublicKey(peer), { userId }).verify(
    Buffer.from(body),
    Buffer.from(cainfo, 'base64'),
  );
  if (byOwn && byProduct) return { outcome: 'pass' };
  if (byOwn !== byProduct)
    return {
      outcome: 'error',
      why: {
        zh: '两套密码实现对签名的结论不一致',
        en: 'the two implementations of SM2 disagree on the signature',
      },
    };
  return {
    outcome: 'fail',
    why: {
      zh: '发往对方的报文未签名或验签失败',
      en: 'what was sent to the far side is unsigned, or its signature fails',
    },
  };
}
