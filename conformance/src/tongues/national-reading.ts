/** Two readings of an answer, the sandbox's and the product's, and whether they are the same. */
import { GatewayError } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import { verifyText } from '@yiqiao/sandbox';
import { createMessageVerifier, diagnoseSignature } from '@yiqiao/signer';
import type { Sm2SigningProfile } from '@yiqiao/signer';
import { createNationalJson } from '@yiqiao/wire';
import type { WireResponse } from '@yiqiao/wire';
import type { Bilingual } from '../kits/types.ts';
import type { SuiteSigning } from '../run/inputs.ts';
import { child, isNode, leaf, leavesOf, parseMessage, plainText, rawMember } from '../run/own-reading.ts';
import type { OwnObject } from '../run/own-reading.ts';
import type { Answer, ReadAnswer } from '../run/read-answer.ts';
import { attempt, readByTolerance, wireLeaves } from './two-readings.ts';

/** Reads answers; `forProduct`: the same answer as the product opened it, where the two open it themselves. */
export type ReadPair = (bytes: Buffer, forProduct?: Buffer) => ReadAnswer;

/** Makes the reader of a run. */
export function createAnswerReader(registry: Registry, signing: SuiteSigning | undefined): ReadPair {
  const codec = createNationalJson();
  const check = createSignatureCheck(registry, signing);
  return (bytes, forProduct = bytes) => {
    const own = attempt(() => parseMessage(plainText(bytes)));
    const product = attempt(() => codec.readResponse(forProduct));
    if (own instanceof Error || product instanceof Error) return oneFailed({ own, product });
    const difference = findDifference(own, product);
    if (difference !== undefined)
      return readByTolerance(product.deviations) ?? { state: 'disagreement', why: difference };
    const { code, text, success, body } = product;
    const signature = check(bytes, own, product);
    if (signature === 'disagreement') return { state: 'disagreement', why: SIGNATURE_READINGS };
    const output = child(own, 'output');
    return {
      state: 'read',
      answer: {
        success,
        code,
        text,
        body,
        envelope: own,
        output,
        ...(signature !== undefined && { signature }),
      },
    };
  };
}

const SIGNATURE_READINGS: Bilingual = {
  zh: '两套密码实现对应答签名的结论不一致',
  en: 'the two implementations of SM2 disagree on the signature of the answer',
};

/**
 * What neither reads is no answer. The product also refuses what is ambiguous (a member twice, bytes that are no
 * UTF-8, no status code), which the sandbox's codec overlooks: there the product's word counts, since it names the place.
 */
function oneFailed({ own, product }: { own: OwnObject | Error; product: WireResponse | Error }): ReadAnswer {
  if (product instanceof Error) {
    const [fault] = product instanceof GatewayError ? (product.details.faults ?? []) : [];
    const why = fault?.message ?? { zh: '应答不是可识别的 JSON 报文', en: 'the answer is no JSON message' };
    return { state: 'unreadable', why };
  }
  const tolerated = readByTolerance(product.deviations);
  if (tolerated !== undefined) return tolerated;
  const reason = own instanceof Error ? own.message : '';
  return {
    state: 'disagreement',
    why: {
      zh: `只有一套编解码能读此应答（${reason}）`,
      en: `only one of the two codecs can read the answer (${reason})`,
    },
  };
}

function findDifference(own: OwnObject, product: WireResponse): Bilingual | undefined {
  const code = leaf(own, 'infcode');
  if (code !== product.code) return differs('/infcode', code, product.code);
  const output = own['output'];
  if (!isNode(output)) return undefined;
  const ours = new Map(leavesOf(output));
  for (const [place, text] of wireLeaves(product.body ?? {})) {
    if (ours.get(place) !== text && ours.has(place)) return differs(place, '…', '…');
    ours.delete(place);
  }
  const [missed] = ours.keys();
  return missed === undefined ? undefined : differs(missed, '…', '');
}

function differs(place: string, own: string, product: string): Bilingual {
  return {
    zh: `两套编解码对 ${place} 的读法不一致（${own} / ${product}）`,
    en: `the two codecs read ${place} differently (${own} / ${product})`,
  };
}

type SignatureCheck = (
  bytes: Buffer,
  own: OwnObject,
  product: WireResponse,
) => Answer['signature'] | 'disagreement';

function createSignatureCheck(registry: Registry, signing: SuiteSigning | undefined): SignatureCheck {
  const peer = signing?.peerPublicKey;
  if (signing === undefined || peer === undefined) return () => undefined;
  const profile = registry.signingProfile('fsi-main-cainfo') as Sm2SigningProfile;
  const userId = signing.userId ?? profile.userId;
  const verify = createMessageVerifier(profile, { publicKeys: [{ text: peer }], userId });
  return (bytes, own, product) => {
    const text = rawMember(bytes.toString('utf8'), 'output') ?? '';
    const byOwn = verifyText(text, leaf(own, 'cainfo'), { ...signing, userId });
    const failed = attempt(() => verify(product.envelope, product.signedBytes));
    const byProduct = !(failed instanceof Error);
    if (byOwn && byProduct) return { good: true, why: { zh: '验签通过', en: 'the signature verifies' } };
    // The product also wants signtype and the strict encoding, so only its acceptance alone is a contradiction.
    if (byProduct) return 'disagreement';
    const { causes, verdict } = diagnoseSignature({
      profile,
      envelope: product.envelope,
      body: product.signedBytes,
      message: bytes,
      keys: [
        { name: 'target', text: peer },
        { name: 'suite', text: signing.publicKey, other: true },
      ],
      now: Date.now(),
    });
    const [cause] = causes;
    return {
      good: false,
      why: cause ?? { zh: `验签失败（${verdict}）`, en: `the signature fails (${verdict})` },
    };
  };
}
