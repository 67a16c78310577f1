/** Errors of who a caller is and what it may do: signatures, certificates, rights. Part of the error catalogue. */
import { caller } from './caller-errors.ts';
import { askTechnician } from './cashier-texts.ts';
import type { ErrorKind } from './errors.ts';

export const TRUST_ERRORS = {
  OPERATION_NOT_ALLOWED: {
    ...caller,
    http: 403,
    kind: 'technical',
    cause: {
      zh: '本机构或本区划无权发起该交易。',
      en: 'This peer may not send this transaction, for this institution or region.',
    },
    cashier: askTechnician,
  },
  SIGNATURE_MISSING: {
    ...caller,
    http: 401,
    kind: 'technical',
    cause: {
      zh: '该连接要求签名，报文未带签名（主接口为 cainfo/signtype，其他方案见连接约定的成员或 HTTP 头）。',
      en: 'This connection requires a signature; it is missing (main interface: cainfo, signtype; else the agreed members or headers).',
    },
    cashier: askTechnician,
  },
  SIGNATURE_INVALID: {
    ...caller,
    http: 401,
    kind: 'technical',
    cause: {
      zh: '签名验证失败：签名须按连接约定的方案计算（主接口：覆盖 input 的原始字节，SM3withSM2，r‖s 的 base64，用户标识按连接约定）。',
      en: 'The signature does not verify: it must be made as agreed (main interface: over the exact bytes of input, SM3withSM2, base64 of r‖s, with the agreed user id).',
    },
    cashier: askTechnician,
  },
  SIGNATURE_KEY_EXPIRED: {
    ...caller,
    http: 401,
    kind: 'technical',
    cause: {
      zh: '签名所用密钥或证书已过有效期，请更换。',
      en: 'The signing key or certificate has expired; replace it.',
    },
    cashier: askTechnician,
  },
  SIGNATURE_KEY_NOT_YET_VALID: {
    ...caller,
    http: 401,
    kind: 'technical',
    cause: {
      zh: '签名所用密钥或证书尚未生效，请核对启用时间和双方时钟，此前仍用旧密钥签名。',
      en: 'The signing key or certificate does not hold yet; check its begin and both clocks, and sign with the old one until then.',
    },
    cashier: askTechnician,
  },
  CERTIFICATE_REVOKED: {
    ...caller,
    http: 401,
    kind: 'technical',
    cause: {
      zh: '签名所用证书已被颁发机构吊销，请更换证书。',
      en: 'The certificate of the signing key has been revoked by its authority; get a new one.',
    },
    cashier: askTechnician,
  },
  CERTIFICATE_NOT_BELIEVED: {
    ...caller,
    http: 401,
    kind: 'technical',
    cause: {
      zh: '签名所用证书目前不可信（证书链、吊销信息过期等），原因见网关日志。',
      en: 'The certificate of the signing key is not believed at present (chain, outdated revocation list …); this gateway’s log tells why.',
    },
    cashier: askTechnician,
  },
  CLOCK_SKEWED: {
    ...caller,
    kind: 'technical',
    cause: {
      zh: '交易时间 inf_time 与网关时间相差过大，请校准服务器时钟。',
      en: 'inf_time is too far from this gateway’s clock; set the sender’s clock right.',
    },
    cashier: askTechnician,
  },
  PEER_UNKNOWN: {
    ...caller,
    http: 404,
    kind: 'technical',
    cause: {
      zh: '地址中的对端未在网关配置中登记，或没有 from，不得由此送入报文。',
      en: 'The configuration has no peer of the name in the address, or it has no from; no message may come in there.',
    },
    cashier: askTechnician,
  },
  SIGNATURE_MALFORMED: {
    ...caller,
    http: 401,
    kind: 'technical',
    cause: {
      zh: '签名值本身不成形（编码、长度、r 或 s 的取值，或末尾有多余字节），请检查签名的编码方式。',
      en: 'The signature is not one at all (writing, length, value of r or s, bytes left over); check how it is encoded.',
    },
    cashier: askTechnician,
  },
  SIGNATURE_ALGORITHM_WRONG: {
    ...caller,
    http: 401,
    kind: 'technical',
    cause: {
      zh: '签名或加密算法与连接约定不符，不予降级。',
      en: 'Another algorithm than agreed for signing or encrypting; nothing weaker is accepted instead.',
    },
    cashier: askTechnician,
  },
  SIGNATURE_OUTDATED: {
    ...caller,
    http: 401,
    kind: 'technical',
    cause: {
      zh: '签名所带时间戳无法识别或与网关时间相差过大，请校准服务器时钟并重新签名。',
      en: 'The time in the signature is unreadable or too far from this gateway’s; set the clock right and sign again.',
    },
    cashier: askTechnician,
  },
  CREDENTIAL_UNKNOWN: {
    ...caller,
    http: 401,
    kind: 'technical',
    cause: {
      zh: '应用编号、访问密钥、令牌或会话不是本连接的，请核对配置。',
      en: 'Application id, access key, token or session is not one of this connection; check the configuration.',
    },
    cashier: askTechnician,
  },
  CIPHERTEXT_INVALID: {
    ...caller,
    kind: 'technical',
    cause: {
      zh: '约定加密的内容未加密或无法解密，请核对 SM4 密钥与密文编码。',
      en: 'What is to be encrypted is not, or cannot be decrypted; check the SM4 key and how the text is written.',
    },
    cashier: askTechnician,
  },
  TRANSACTION_NOT_ALLOWED: {
    ...caller,
    http: 403,
    kind: 'technical',
    cause: {
      zh: '该对端无权发起该交易：不在其交易清单内，或应由另一类单位发起。',
      en: 'This peer may not send this transaction: it is not on its list, or another kind of party sends it.',
    },
    cashier: askTechnician,
  },
  INSTITUTION_NOT_ALLOWED: {
    ...caller,
    http: 403,
    kind: 'technical',
    cause: {
      zh: '报文中的机构或就医地不属于该对端，不得代其他机构办理。',
      en: 'Institution or place of care of the message is not one of this peer; it cannot speak for another.',
    },
    cashier: askTechnician,
  },
  REGION_NOT_ALLOWED: {
    ...caller,
    http: 403,
    kind: 'technical',
    cause: {
      zh: '该对端无权查询或办理该参保地人员的业务。',
      en: 'This peer may not ask about the insured of this place.',
    },
    cashier: askTechnician,
  },
  CLIENT_CERTIFICATE_MISSING: {
    ...caller,
    http: 401,
    kind: 'technical',
    cause: {
      zh: '该对端须以客户端证书建立 TLS 连接，本连接未出示可信证书。',
      en: 'This peer has to connect with a client certificate; no trusted one was shown.',
    },
    cashier: askTechnician,
  },
  CLIENT_CERTIFICATE_FOREIGN: {
    ...caller,
    http: 401,
    kind: 'technical',
    cause: {
      zh: '客户端证书不是该对端的（指纹或主体与配置不符）。',
      en: 'The client certificate is not that of this peer (fingerprint or subject differs from the configuration).',
    },
    cashier: askTechnician,
  },
  MESSAGE_REPLAYED: {
    ...caller,
    http: 409,
    kind: 'technical',
    cause: {
      zh: '签名所带随机数已随另一报文用过；每次签名须用新的随机数。',
      en: 'The random text of this signature came with another message before; each signature needs a new one.',
    },
    cashier: askTechnician,
  },
} as const satisfies Record<string, ErrorKind>;
