/** What is known of a failing signature, brought into the form in which it is searched. */
import { GatewayError, leafText } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import { parsePublicKey } from '../keys.ts';
import { chooseSettings } from '../protection/chosen-settings.ts';
import type { ProtectionSettings } from '../protection/contract.ts';
import { findUserId, openEnvelope, readForm } from '../protection/gm-envelope.ts';
import type { Sm2SigningProfile, WholeSigningProfile } from '../signing-profile.ts';
import type { VerifyingKey } from '../verifying-keys.ts';
import type { DifferenceCode } from './difference-texts.ts';
import { readSignedEnvelope } from './envelope-readings.ts';
import { distinct } from './reading.ts';
import type { Reading } from './reading.ts';
import type { CandidateKey } from './search.ts';
import type { AgreedWriting } from './signature-readings.ts';
import { readBeforeRemoval } from './removed-members.ts';
import type { KnownNode } from './removed-members.ts';
import { readSignedBody } from './signed-readings.ts';

/** A key that may have signed. `other`: it belongs to another party than the one expected. */
export interface SuspectKey extends VerifyingKey {
  readonly name: string;
  readonly other?: boolean;
}

/** A message whose signature fails, with everything that may help. */
export interface SignatureEvidence {
  /** Credentials and variants as the connection has them, and the user id of the far side. */
  readonly settings?: Pick<ProtectionSettings, 'credentials' | 'variants' | 'peerUserId'>;
  readonly keys: readonly SuspectKey[];
  /** Other texts that may be the user id: institution code, client id. */
  readonly userIds?: readonly string[];
  /** The application secret, where the profile has none among its credentials. */
  readonly appSecret?: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** A message of the main interface. */
export interface BodyEvidence extends SignatureEvidence {
  readonly profile: Sm2SigningProfile;
  readonly envelope: WireObject;
  /** The exact bytes of the clear body. */
  readonly body: Uint8Array;
  /** The bytes of the whole message. */
  readonly message?: Uint8Array;
  /** The text that stood in the place of an encrypted body. */
  readonly sealed?: string;
  /** Nodes of the transaction with the members they may have, in the order of the specification. */
  readonly nodes?: readonly KnownNode[];
}

/** A whole-message envelope. */
export interface EnvelopeEvidence extends SignatureEvidence {
  readonly profile: WholeSigningProfile & { readonly algorithm: 'gm-envelope' };
  /** The bytes as they came. */
  readonly message: Uint8Array;
}

/** Evidence ready to be searched. */
export interface Matter {
  /** The signature as text; empty when there is none. */
  readonly signature: string;
  readonly agreed: AgreedWriting;
  readonly texts: readonly Reading<Uint8Array>[];
  readonly userIds: readonly Reading<string | undefined>[];
  readonly keys: readonly Reading<CandidateKey>[];
  /** Many more texts, to be tried with nothing else changed. */
  readonly furtherTexts: readonly Reading<Uint8Array>[];
}

const DEFAULT_USER_ID = '1234567812345678';

/** @throws GatewayError `KEY_INVALID`, `CONFIG_INVALID`. */
export function prepareBody(evidence: BodyEvidence): Matter {
  const { profile, settings = {}, envelope } = evidence;
  const chosen = chooseSettings(profile, { side: 'server', ...settings });
  const { signature } = profile;
  const encoding = chosen.variant('encoding');
  return {
    signature: leafText(envelope[signature.member]) ?? '',
    agreed: {
      encoding: encoding === 'der' || encoding === 'either' ? encoding : signature.encoding,
      text: chosen.variant('text') === 'hex' ? 'hex' : signature.text,
    },
    texts: readSignedBody(evidence),
    furtherTexts: readBeforeRemoval(evidence.body, evidence.nodes ?? []),
    userIds: readUserIds(evidence, settings.peerUserId ?? profile.userId),
    keys: readKeys(evidence),
  };
}

/** @throws GatewayError `KEY_INVALID`, `CONFIG_INVALID`, `CIPHERTEXT_INVALID` and those of reading JSON. */
export function prepareEnvelope(evidence: EnvelopeEvidence): Matter {
  const { profile, settings = {} } = evidence;
  const chosen = chooseSettings(profile, { side: 'server', ...settings });
  const app = { id: chosen.credential('appId'), secret: chosen.credential('appSecret') };
  const { message, signData } = openEnvelope(evidence.message, { app, derivation: profile.derivation });
  const encoding = chosen.variant('encoding');
  return {
    signature: leafText(signData) ?? '',
    agreed: { encoding: encoding === 'der' || encoding === 'either' ? encoding : 'rs', text: 'base64' },
    furtherTexts: [],
    texts: readSignedEnvelope(message, { secret: app.secret, form: readForm(chosen) }),
    userIds: readUserIds(
      { ...evidence, appSecret: app.secret },
      settings.peerUserId ?? findUserId(chosen, app.secret),
    ),
    keys: readKeys(evidence),
  };
}

function readUserIds(
  { appSecret, userIds = [] }: SignatureEvidence,
  agreed: string,
): readonly Reading<string | undefined>[] {
  const known: [DifferenceCode, string | undefined][] = [
    ['user-id-default', DEFAULT_USER_ID],
    ['user-id-app-secret', appSecret],
    ['user-id-empty', ''],
    ...userIds.map((id): [DifferenceCode, string] => ['user-id-other', id]),
  ];
  const readings = known.flatMap(([code, value]): Reading<string>[] =>
    value === undefined || Buffer.byteLength(value) > LONGEST_USER_ID ? [] : [{ value, differences: [code] }],
  );
  return [
    ...distinct([{ value: agreed, differences: [] }, ...readings]),
    { value: undefined, differences: ['no-identity-digest'] },
  ];
}

/** Of SM2, by its two bytes of length in bits. */
const LONGEST_USER_ID = 8_191;

function readKeys({ keys, now }: SignatureEvidence): readonly Reading<CandidateKey>[] {
  if (keys.length === 0) throw new GatewayError('KEY_INVALID', { facts: { seen: 'no key at all' } });
  return keys.map((suspect) => {
    const key = parsePublicKey(suspect.text);
    const notBefore = suspect.notBefore ?? key.notBefore ?? -Infinity;
    const notAfter = suspect.notAfter ?? key.notAfter ?? Infinity;
    const differences: DifferenceCode[] = [
      ...(suspect.other === true ? (['key-other'] as const) : []),
      ...(now < notBefore || now > notAfter ? (['key-expired'] as const) : []),
    ];
    return { value: { name: suspect.name, key }, differences };
  });
}
