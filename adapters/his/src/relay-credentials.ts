/** The scanner of a desk, through its relay: an e-credential that ended between 1101 and 2207 is scanned again. */
import { GatewayError } from '@yiqiao/model';
import { createRelay, decodeCredential } from '@yiqiao/sdk';
import type { DecodedCredential } from '@yiqiao/sdk';
import type { CredentialSource } from './course/desk-types.ts';
import type { ShownCredential } from './course/visit-record.ts';

/** Where the relay is, and what a scan is told. */
export interface RelayCredentialOptions {
  readonly url: string;
  readonly token?: string;
  /** Until an answer must be here, the patient's hands included; 30 s when absent. */
  readonly timeoutMs?: number;
  /** 用码业务类型: 01301, settlement, when absent. */
  readonly businessType?: string;
  /** 医保科室. */
  readonly office: { readonly id: string; readonly name: string };
  readonly institution: { readonly code: string };
  readonly operator: { readonly id: string; readonly name: string };
}

/**
 * A source of credentials for a desk.
 * @returns one whose `renew` throws `CREDENTIAL_ENDED` when nobody shows a code or the old one comes again,
 *   `CREDENTIAL_OTHER_PERSON` when somebody else does, and what the relay tells: `DEVICE_UNAVAILABLE`, `UPSTREAM_…`
 */
export function createRelayCredentials(
  options: RelayCredentialOptions,
): CredentialSource & { close(): Promise<void> } {
  const { url, token, timeoutMs, institution, operator, office, businessType = '01301' } = options;
  const relay = createRelay({
    url,
    ...(token !== undefined && { token }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  const scan = { institution: institution.code, businessType, operator, office };
  return {
    async renew(visit, ended) {
      const shown = await decodeCredential(relay, scan).catch((error: unknown) => notShown(visit, error));
      if (!isSamePerson(shown, ended))
        throw new GatewayError('CREDENTIAL_OTHER_PERSON', { facts: { visit } });
      if (shown.token === ended.credentialNumber) throw credentialEnded(visit);
      return { credentialNumber: shown.token };
    },
    close: () => relay.close(),
  };
}

/** The decoder's own refusal: nobody shows a code, or one that it does not take. */
function notShown(visit: string, error: unknown): never {
  if (error instanceof GatewayError && error.code === 'UPSTREAM_REJECTED')
    throw credentialEnded(visit, error);
  throw error;
}

function credentialEnded(visit: string, cause?: GatewayError): GatewayError {
  const upstream = cause?.details.upstream;
  const details = { facts: { visit }, ...(upstream !== undefined && { upstream }) };
  return new GatewayError('CREDENTIAL_ENDED', details, cause && { cause });
}

/** As far as both tell who it is; 1101 with the new token decides in the end. */
function isSamePerson(shown: DecodedCredential, ended: ShownCredential): boolean {
  const told = [
    [shown.identityNumber, ended.certificateNumber],
    [shown.name, ended.personName],
  ];
  return told.every(([one = '', other = '']) => one === '' || other === '' || one === other);
}
