/** E-credentials (医保电子凭证): a code that is scanned becomes a person and a token, and the token ends. Source: 6101. */
import { GatewayError, systemClock } from '@yiqiao/model';
import type { Clock, Fault, OperationBodies } from '@yiqiao/model';
import type { PaymentPort } from './payment-port.ts';

/** What is scanned, where and by whom; uses (`01301` 结算, `02121` 药店购药) are in `orders.json`, credential. */
export type CredentialScan = OperationBodies['decodeCredentialCode']['request'];

/** Whose credential it is. */
export type CredentialHolder = OperationBodies['decodeCredentialCode']['response'];

/** Whoever can decode: the credential centre (6101), or a relay to the library beside the scanner. */
export interface CredentialSource {
  decode(scan: CredentialScan): Promise<CredentialHolder>;
}

/** A credential that was scanned. Its token goes into 6201 and 6203, and into `mdtrt_cert_no` of 1101. */
export interface ScannedCredential {
  readonly holder: CredentialHolder;
  /** Epoch milliseconds. */
  readonly endsAt: number;
}

/** Scans credentials, and knows how long they are good. */
export interface CredentialDesk {
  /** @throws GatewayError `MESSAGE_INVALID`; of the source; `UPSTREAM_REPLY_UNUSABLE` when it tells no token. */
  scan(scan: CredentialScan): Promise<ScannedCredential>;
  /** The token, while it is good. @throws GatewayError `CREDENTIAL_ENDED`. */
  token(scanned: ScannedCredential): string;
}

/** How long a token is good is not public; an hour is a guess to be configured. */
const GOOD_FOR_MS = 3_600_000;

/** The centre as a source. */
export function credentialCentre(port: PaymentPort): CredentialSource {
  return { decode: async (scan) => (await port.call('decodeCredentialCode', scan)).body };
}

/** Creates a desk. */
export function createCredentialDesk(options: {
  readonly source: CredentialSource;
  readonly goodForMs?: number;
  readonly clock?: Clock;
}): CredentialDesk {
  const { source, goodForMs = GOOD_FOR_MS, clock = systemClock } = options;
  return {
    async scan(scan) {
      requireMembers(scan);
      const holder = await source.decode(scan);
      if ((holder.credentialToken as string | undefined) === undefined || holder.credentialToken === '')
        throw new GatewayError('UPSTREAM_REPLY_UNUSABLE', { facts: { missing: 'ecToken' } });
      return { holder, endsAt: clock.now() + goodForMs };
    },
    token({ holder, endsAt }) {
      if (clock.now() < endsAt) return holder.credentialToken;
      throw new GatewayError('CREDENTIAL_ENDED', { facts: { endedMs: clock.now() - endsAt } });
    },
  };
}

/** What 6101 requires; the document prints its members under the name of a class, which the registry does not check. */
const REQUIRED = {
  organizationId: '机构ID',
  credentialUse: '用码业务类型',
  operatorStaffNumber: '操作员工号',
  operatorStaffName: '操作员姓名',
  officeCode: '医保科室编号',
  officeName: '科室名称',
} as const satisfies Partial<Record<keyof CredentialScan, string>>;

function requireMembers(scan: CredentialScan): void {
  const faults = Object.entries(REQUIRED)
    .filter(([name]) => ((scan[name as keyof typeof REQUIRED] as string | undefined) ?? '') === '')
    .map(([field, zh]): Fault => {
      const message = {
        zh: '必填项缺失或为空，请填写后重发。',
        en: 'Required, but absent or blank; fill it in.',
      };
      return { rule: 'required', at: `/${field}`, field, label: { zh, en: field }, message };
    });
  if (faults.length > 0) throw new GatewayError('MESSAGE_INVALID', { faults });
}
