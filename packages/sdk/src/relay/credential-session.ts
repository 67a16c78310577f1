/**
 * The e-credential of one person at one desk. Its token ends some time after it was scanned (how long is not public), and
 * between 1101 and 2207 a visit may take longer: then it is scanned again, before a message leaves with a dead one.
 */
import { GatewayError, systemClock } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import type { DecodedCredential } from './devices.ts';

/** What a session is made with. */
export interface CredentialSessionOptions {
  /** Has the code scanned and decoded: `() => decodeCredential(relay, scan)`. */
  readonly scan: () => Promise<DecodedCredential>;
  /** How long a token is taken to hold after its scan; 15 min when absent. No public fact: ask your region. */
  readonly holdsMs?: number;
  /** How long before its end a new scan is asked for; 60 s when absent. */
  readonly renewBeforeMs?: number;
  /** Has the person show the code again, before it is scanned; what it throws or rejects with ends the session. */
  readonly askAgain?: (reason: 'ends-soon' | 'ended' | 'refused') => Promise<void> | void;
  readonly clock?: Clock;
}

/** `none`: nothing was scanned yet. */
export type CredentialState = 'none' | 'holds' | 'ends-soon' | 'ended';

/** The session of one person. */
export interface CredentialSession {
  /** Scans the code that is shown now. @throws GatewayError as `decodeCredential`. */
  show(): Promise<DecodedCredential>;
  /**
   * A token that holds: the known one, or one of a new scan.
   * @throws GatewayError `CREDENTIAL_ENDED` when it has ended and no new one came; `CREDENTIAL_OTHER_PERSON` when
   *   somebody else's code was shown: the old token is used no more then.
   */
  token(): Promise<string>;
  /** As `token`, in the shape in which a HIS asks for another credential number. */
  renew(): Promise<{ readonly credentialNumber: string }>;
  /** The far side said that the token has ended: the next `token` scans again, whatever the clock says. */
  refused(): void;
  state(): CredentialState;
  /** Epoch milliseconds, `undefined` when nothing was scanned. */
  endsAt(): number | undefined;
}

const HOLDS_MS = 15 * 60_000;
const RENEW_BEFORE_MS = 60_000;

/** Makes a session; nothing is scanned before it is asked for. */
export function createCredentialSession(options: CredentialSessionOptions): CredentialSession {
  const {
    scan,
    askAgain,
    clock = systemClock,
    holdsMs = HOLDS_MS,
    renewBeforeMs = RENEW_BEFORE_MS,
  } = options;
  let known: { readonly credential: DecodedCredential; readonly endsAt: number } | undefined;
  let isRefused = false;
  let pending: Promise<string> | undefined;

  const state = (): CredentialState => {
    if (known === undefined) return 'none';
    const left = known.endsAt - clock.now();
    if (isRefused || left <= 0) return 'ended';
    return left <= renewBeforeMs ? 'ends-soon' : 'holds';
  };
  const show = async (): Promise<DecodedCredential> => {
    // The token is younger than this: it was made while the code was decoded.
    const begun = clock.now();
    const credential = await scan();
    const former = known?.credential;
    known = { credential, endsAt: begun + holdsMs };
    isRefused = false;
    if (former !== undefined && !isSamePerson(former, credential)) {
      known = undefined;
      throw new GatewayError('CREDENTIAL_OTHER_PERSON');
    }
    return credential;
  };
  const again = async (): Promise<string> => {
    const before = state();
    try {
      if (before !== 'none')
        await askAgain?.(isRefused ? 'refused' : before === 'ends-soon' ? 'ends-soon' : 'ended');
      return (await show()).token;
    } catch (cause) {
      if (cause instanceof GatewayError && cause.code === 'CREDENTIAL_OTHER_PERSON') throw cause;
      // The old one still holds for a moment: better than nothing.
      if (known !== undefined && state() === 'ends-soon') return known.credential.token;
      if (before === 'none') throw cause;
      throw new GatewayError('CREDENTIAL_ENDED', {}, { cause });
    } finally {
      pending = undefined;
    }
  };
  const token = async (): Promise<string> => {
    if (known !== undefined && state() === 'holds') return known.credential.token;
    // Whoever asks at the same time waits for the same scan.
    pending ??= again();
    return pending;
  };
  return {
    show,
    token,
    renew: async () => ({ credentialNumber: await token() }),
    refused: () => {
      isRefused = true;
    },
    state,
    endsAt: () => known?.endsAt,
  };
}

/** By identity number where both tell one, else by name; where nothing is told, nothing contradicts. */
function isSamePerson(one: DecodedCredential, other: DecodedCredential): boolean {
  if (one.identityNumber !== undefined && other.identityNumber !== undefined)
    return one.identityNumber === other.identityNumber;
  return one.name === undefined || other.name === undefined || one.name === other.name;
}
