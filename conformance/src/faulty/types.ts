/** Systems that are wrong on purpose. Data: conformance/faulty/*.json. */
import type { Bilingual } from '../kits/types.ts';
import type { Forgetting } from './cores/forgetting.ts';
import type { Objection } from '../sound/entrance.ts';

/** Changes a body of one transaction or several. Paths as `setlinfo.acct_pay`; `*` stands for each row of a list. */
export interface BodyChange {
  readonly of: readonly string[];
  /** Only when these members of the request have these texts; `""` is for what is absent. */
  readonly where?: Readonly<Record<string, string>>;
  readonly set?: Readonly<Record<string, string | number>>;
  readonly remove?: readonly string[];
  /** Amounts in 元 that are added. */
  readonly add?: Readonly<Record<string, string>>;
  readonly swap?: readonly [string, string];
}

/** One small change of the sandbox. Several members make one fault together. */
export interface Change {
  /** What the entrance lets pass, with the usual value in place of what is missing or wrong. */
  readonly mends?: { readonly rule: Objection['rule']; readonly transaction?: string };
  /** Transactions that it does not know; `*` for anything, here and in `mends`. */
  readonly refuses?: string | readonly string[];
  /** Says yes, and does nothing, where the sandbox refuses these transactions with these words. */
  readonly forgives?: { readonly of: readonly string[]; readonly words: string };
  /** Forgets with a new start what was done before it. */
  readonly forgets?: Forgetting;
  /** `early`: before the check at the entrance. */
  readonly request?: BodyChange & { readonly early?: true };
  readonly answer?: readonly BodyChange[];
  /** Members of the envelope of every answer, as JSON; `$` stands for the value that was there. */
  readonly envelope?: Readonly<Record<string, string>>;
  /** A name of cores/behaviours.ts and its neighbours. */
  readonly behaves?: string;
  /** A name of cores/ears.ts: how bytes are heard, signatures trusted, or answers written. */
  readonly hears?: string;
}

/** One change of the door that stands before a system and verifies and signs by a signing profile. */
export interface DoorChange {
  /** Objections that it does not make: `signature`, `absent`, or for one member alone `absent:x-tif-nonce`. */
  readonly overlooks?: readonly string[];
  /** Refuses good messages in which this expression is found. */
  readonly distrusts?: string;
  /** How its answers are wrong. */
  readonly answers?: 'stranger' | 'unsigned';
  readonly acts?: 'before-checking';
}

/** One change of a door that speaks another form than the national one; with `care` and `insured`, of what is behind it. */
export interface DialectChange {
  readonly refuses?: string;
  /** What it does not refuse for: `0304/visit`, `0305/settlement`, `0214/settled`. */
  readonly overlooks?: readonly string[];
  /** Transaction of which it puts the usual value in place of what is missing. */
  readonly mends?: string;
  /** Transactions to which it says yes and does nothing behind itself. */
  readonly lies?: readonly string[];
  /** A settlement that was reversed stays in its book. */
  readonly keeps?: true;
  /** A person who is registered already gets the same visit. */
  readonly reuses?: true;
  readonly request?: BodyChange;
  readonly answer?: readonly BodyChange[];
  /** Members around the answer with another value; `when`: only where the status code is this. */
  readonly envelope?: Readonly<Record<string, string>>;
  /** Members around the answer that are left out. */
  readonly remove?: readonly string[];
  readonly charset?: string;
  /** Says yes to what is no message. */
  readonly welcomes?: true;
  readonly hears?: 'its-beginning';
  /** Does a message that is sent again once more. */
  readonly forgets?: true;
  readonly care?: Change;
  readonly insured?: Change;
}

/** One faulty system. */
export interface FaultySystem {
  readonly id: string;
  readonly kit: string;
  readonly text: Bilingual;
  /** As its system understands it; `Change` for cores of the sandbox. */
  readonly change: unknown;
  /** Requirements that it must fail, with `*` for anything; each pattern must be met. */
  readonly fails: readonly string[];
  /** Requirements that fall with them. */
  readonly also?: readonly string[];
}
