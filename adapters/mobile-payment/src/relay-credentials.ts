/** The decoder beside the scanner as a source of credentials, in place of 6101. Source: ec.query. */
import { decodeCredential } from '@yiqiao/sdk';
import type { DeviceFunction, Relay } from '@yiqiao/sdk';
import type { CredentialSource } from './credentials.ts';

/**
 * A relay as a source; what the decoder does not tell of the person is blank.
 * @param device the decoder's function; the known `credentialDecoder` when absent
 */
export function relayCredentials(relay: Relay, device?: DeviceFunction): CredentialSource {
  return {
    async decode(scan) {
      const { organizationId, credentialUse, deviceType } = scan;
      const shown = await decodeCredential(
        relay,
        {
          institution: organizationId,
          businessType: credentialUse,
          operator: { id: scan.operatorStaffNumber, name: scan.operatorStaffName },
          office: { id: scan.officeCode, name: scan.officeName },
          ...(deviceType !== undefined && { deviceType }),
        },
        device === undefined ? {} : { device },
      );
      return {
        credentialToken: shown.token,
        userName: shown.name ?? '',
        userCertificateNumber: shown.identityNumber ?? '',
        userCertificateType: shown.identityType ?? '',
        userInsuredRegion: shown.insuredRegion ?? '',
      };
    },
  };
}
