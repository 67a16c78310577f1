import { GatewayError } from '@yiqiao/model';

/** An error of a certificate file. */
export function certificateInvalid(seen: string, cause?: unknown): GatewayError {
  const message = {
    zh: `不是可用的证书文件（所见：${seen}）；请提供 PEM 或 DER 格式的 X.509 文件。`,
    en: `Not a usable certificate file, but ${seen}; give X.509 as PEM or DER.`,
  };
  const label = { zh: '证书', en: 'certificate' };
  return new GatewayError(
    'CERTIFICATE_INVALID',
    { facts: { seen }, faults: [{ rule: 'certificate', at: '', field: '', label, found: seen, message }] },
    { cause },
  );
}
