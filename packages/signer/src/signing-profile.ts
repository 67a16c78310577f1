/** How a connection protects its messages, as data. Source: schemas/signing/profiles.json. */

/** How the bytes of a signature are written as text. */
export type SignatureText = 'base64' | 'hex';

/** A text in both languages. */
interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

/** One value that the far side hands over and that the configuration of a connection gives. */
export interface CredentialRule {
  readonly name: string;
  readonly label: Bilingual;
  /** Never shown, logged or repeated in an error. */
  readonly secret: boolean;
  /** Absent: must be given. */
  readonly optional?: true;
  /** Characters. */
  readonly minLength?: number;
  readonly length?: number;
}

/** One point in which sources disagree; a connection may choose otherwise than the default. */
export interface VariantRule {
  readonly name: string;
  readonly label: Bilingual;
  /** Absent: any text, or for `toleranceSeconds` any whole number. */
  readonly values?: readonly string[];
  readonly default: string;
}

interface ProfileFacts {
  readonly id: string;
  readonly credentials?: readonly CredentialRule[];
  readonly variants?: readonly VariantRule[];
}

/** SM3withSM2 over the exact bytes of the body, carried by two members of the envelope. */
export interface Sm2SigningProfile extends ProfileFacts {
  readonly algorithm: 'SM3withSM2';
  /** SM2 user id when the connection names none. */
  readonly userId: string;
  readonly signature: {
    /** Member of the envelope: `cainfo`. */
    readonly member: string;
    /** `either`: r‖s is sent, both are accepted. */
    readonly encoding: 'rs' | 'der' | 'either';
    readonly text: SignatureText;
  };
  readonly type: {
    /** Member of the envelope: `signtype`. */
    readonly member: string;
    /** What is written there; read without regard to case. */
    readonly value: string;
  };
  /** How a body is encrypted, on connections that have a key for it. */
  readonly encryption?: {
    /** Member of the envelope: `enc_type`. */
    readonly member: string;
    readonly value: string;
    readonly text: SignatureText;
  };
}

/** Whole-message envelopes and headers of gateways. Their rules are in `src/protection`. */
export interface WholeSigningProfile extends ProfileFacts {
  readonly algorithm: 'gm-envelope' | 'boss-md5' | 'tif' | 'csb' | 'oauth-bearer' | 'yiqiao-message';
  /** How the SM4 key of a gm-envelope is taken from the application id. */
  readonly derivation?: 'first-characters' | 'even-positions';
}

/** A session id that a login gave, as a member of every message. */
export interface SessionSigningProfile extends ProfileFacts {
  readonly algorithm: 'session';
  readonly member: string;
}

/** One entry of the table of signing profiles; `none` signs nothing and verifies nothing. */
export type SigningProfile =
  | Sm2SigningProfile
  | WholeSigningProfile
  | SessionSigningProfile
  | (ProfileFacts & { readonly algorithm: 'none' });
