/** yiqiao-message: SM2 in headers over the whole message, requests and answers. Source: project design, docs/signing.md. */
import { sm3 } from 'sm-crypto-v2';
import { signText } from '../sm2-signature.ts';
import { absences, memberObjections, sm2Objections, timeObjections } from './objections.ts';
import type { SchemeMoment, SchemeSettings, SigningObjection, SigningScheme } from './signing-scheme.ts';

const HEADER = 'x-yiqiao-signature';
const NAMES = [`${HEADER}-algorithm`, `${HEADER}-time`, `${HEADER}-nonce`, HEADER];
const ALGORITHM = 'SM2-SM3';

/** Both directions. */
export function createWholeScheme(settings: SchemeSettings): SigningScheme {
  const { ownName = '', peerName = '' } = settings.credentials;
  const [incoming, outgoing] = settings.side === 'server' ? ['request', 'response'] : ['response', 'request'];
  return {
    open({ bytes, headers }, moment) {
      const nonce = headers[`${HEADER}-nonce`] ?? '';
      const missing = absences(headers, NAMES);
      if (missing.length > 0) return { clear: bytes, objections: missing, nonce };
      const time = headers[`${HEADER}-time`] ?? '';
      const text = wholeText([incoming, peerName, ownName, time, nonce], { bytes, moment });
      const objections = [
        ...memberObjections(headers[`${HEADER}-algorithm`], ALGORITHM, `${HEADER}-algorithm`),
        ...timeObjections(time, {
          digits: 13,
          now: moment.now,
          withinMs: 300_000,
          member: `${HEADER}-time`,
        }),
        ...nonceObjections(nonce, moment),
        ...sm2Objections(headers[HEADER], text, { member: HEADER, peerPublicKey: settings.peerPublicKey }),
      ];
      return { clear: bytes, objections, nonce };
    },
    seal(clear, moment) {
      const { nonce = '', now } = moment;
      const time = String(now);
      const text = wholeText([outgoing, ownName, peerName, time, nonce], { bytes: clear, moment });
      const keys = settings.keys ?? { privateKey: '', publicKey: '' };
      return {
        bytes: clear,
        headers: {
          [HEADER]: signText(text, keys),
          [`${HEADER}-algorithm`]: ALGORITHM,
          [`${HEADER}-time`]: time,
          [`${HEADER}-nonce`]: nonce,
        },
      };
    },
  };
}

/** The text under the signature: a line for each part, the digest of the bytes last. */
function wholeText(
  parts: readonly (string | undefined)[],
  { bytes, moment }: { readonly bytes: Buffer; readonly moment: SchemeMoment },
): string {
  const { transaction = '', messageId = '' } = moment;
  const lines = ['yiqiao-message-1', ...parts, transaction, messageId].map((part) =>
    encodeURIComponent(part ?? ''),
  );
  return [...lines, sm3(bytes)].join('\n');
}

/** A nonce of an answer is that of its request. */
function nonceObjections(nonce: string, moment: SchemeMoment): readonly SigningObjection[] {
  const member = `${HEADER}-nonce`;
  if (!/^[\w-]{16,64}$/.test(nonce)) return [{ what: 'nonce', member }];
  return moment.nonce === undefined || moment.nonce === nonce ? [] : [{ what: 'other-request', member }];
}
