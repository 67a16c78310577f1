/** How a connection signs, as data. Source: schemas/signing/profiles.json. */

/** How the bytes of a signature are written as text. */
export type SignatureText = 'base64' | 'hex';

/** SM3withSM2 over the exact bytes of the body, carried by two members of the envelope. */
export interface Sm2SigningProfile {
  readonly id: string;
  readonly algorithm: 'SM3withSM2';
  /** SM2 user id when the connection names none. */
  readonly userId: string;
  readonly signature: {
    /** Member of the envelope: `cainfo`. */
    readonly member: string;
    readonly encoding: 'rs' | 'der';
    readonly text: SignatureText;
  };
  readonly type: {
    /** Member of the envelope: `signtype`. */
    readonly member: string;
    /** What is written there; read without regard to case. */
    readonly value: string;
  };
}

/** One entry of the table of signing profiles; `none` signs nothing and verifies nothing. */
export type SigningProfile = Sm2SigningProfile | { readonly id: string; readonly algorithm: 'none' };
