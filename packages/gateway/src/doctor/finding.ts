/** What a look at a machine and its gateway comes to. */

/** A text for operators. */
export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

/** Parts of a machine that are looked at. */
export type CheckName =
  'configuration' | 'machine' | 'clock' | 'disk' | 'store' | 'port' | 'certificate' | 'peer';

/** One thing that was looked at. Nothing in it is secret, nor names a person. */
export interface Finding {
  readonly check: CheckName;
  /** What was looked at: a peer, a folder, an address; `''` for the machine as a whole. */
  readonly target: string;
  /** `warning`: it works today. `fault`: it does not work, or money is at risk. */
  readonly level: 'ok' | 'warning' | 'fault';
  /** What was found, figures with units. */
  readonly found: Bilingual;
  /** What to do; absent when all is well. */
  readonly remedy?: Bilingual;
}

/** A finding that needs nothing. */
export function ok(check: CheckName, target: string, found: Bilingual): Finding {
  return { check, target, level: 'ok', found };
}
