/** What is known of each error code. Add at the end of its group; never reuse or redefine a code. */
import type { ErrorKind } from './errors.ts';

/** Business answers whose cashier text is the same. */
const askTechnician = {
  zh: '接口报文有问题，请联系信息科；本次未发生扣款。',
  en: 'The message is faulty; call the IT desk. Nothing was charged.',
};
const tryAgain = {
  zh: '系统忙或对方未连通，本次未发生扣款，请稍后重试。',
  en: 'Busy or not connected; nothing was charged. Try again later.',
};
const wait = {
  zh: '结果未知，请勿重复收费；系统正在核实，请稍候查询。',
  en: 'The outcome is not known yet. Do not charge again; it is being found out.',
};

/** Caller errors: the message was refused before anything was done. */
const caller = {
  origin: 'caller',
  outcome: 'rejected',
  http: 400,
  infcode: '-1',
  responsible: 'HIS',
} as const;

export const ERRORS = {
  MESSAGE_NOT_READABLE: {
    ...caller,
    kind: 'technical',
    cause: {
      zh: '报文不是合法的 JSON/XML，请按接口格式重新生成。',
      en: 'The message is not well-formed JSON or XML; generate it again.',
    },
    cashier: askTechnician,
  },
  CHARSET_WRONG: {
    ...caller,
    kind: 'technical',
    cause: {
      zh: '报文字符集与接口约定不符（国家接口 UTF-8，前代接口 GBK）。',
      en: 'The bytes are not in the agreed charset (national: UTF-8, predecessor: GBK).',
    },
    cashier: askTechnician,
  },
  DUPLICATE_MEMBER: {
    ...caller,
    kind: 'technical',
    cause: {
      zh: '同一对象中出现重复的成员名，取哪一个无法判断。',
      en: 'A member name occurs twice in one object; which one counts cannot be told.',
    },
    cashier: askTechnician,
  },
  MESSAGE_TOO_LARGE: {
    ...caller,
    http: 413,
    kind: 'technical',
    cause: {
      zh: '报文超过允许的大小，请分批发送。',
      en: 'The message exceeds the allowed size; send it in parts.',
    },
    cashier: askTechnician,
  },
  MESSAGE_TOO_DEEP: {
    ...caller,
    kind: 'technical',
    cause: {
      zh: '报文嵌套层数或成员数超过上限。',
      en: 'The message is nested too deeply or has too many members.',
    },
    cashier: askTechnician,
  },
  XML_FORBIDDEN: {
    ...caller,
    kind: 'technical',
    cause: {
      zh: 'XML 不得含 DTD、实体声明或处理指令。',
      en: 'XML must not contain a DTD, entity declarations or processing instructions.',
    },
    cashier: askTechnician,
  },
  MESSAGE_INVALID: {
    ...caller,
    kind: 'technical',
    cause: {
      zh: '报文字段不符合规范，逐项见明细。',
      en: 'Fields break the specification; each one is listed.',
    },
    cashier: askTechnician,
  },
  AMOUNT_INVALID: {
    ...caller,
    kind: 'technical',
    cause: {
      zh: '金额不是两位小数以内的普通十进制数（不接受指数、全角数字、-0、多余小数）。',
      en: 'An amount is not a plain decimal with at most two decimals (no exponent, full-width digits, -0).',
    },
    cashier: askTechnician,
  },
  IDENTITY_BROKEN: {
    ...caller,
    kind: 'business',
    cause: {
      zh: '金额之间的恒等关系不成立，公式、各项与差额见明细。',
      en: 'Amounts break an identity; formula, operands and difference are listed.',
    },
    cashier: {
      zh: '费用合计不平，请核对费用后重新收费；本次未扣款。',
      en: 'Totals do not add up; check the fees and charge again. Nothing was charged.',
    },
  },
  TRANSACTION_UNKNOWN: {
    ...caller,
    kind: 'technical',
    cause: {
      zh: '交易编号不在接口清单中或未对本机构开放。',
      en: 'The transaction number is not in the list or not open to this peer.',
    },
    cashier: askTechnician,
  },
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
  REGION_UNKNOWN: {
    ...caller,
    kind: 'business',
    cause: {
      zh: '参保地或就医地区划代码不在统筹区表中。',
      en: 'A region code is not in the table of pooling areas.',
    },
    cashier: {
      zh: '参保地无法识别，请核对参保信息；可先自费，回参保地手工报销。',
      en: 'The insured place is not known; check it, or pay oneself and claim by hand.',
    },
  },
  ROUTE_MISSING: {
    ...caller,
    origin: 'operator',
    responsible: 'care-place',
    kind: 'technical',
    cause: { zh: '未配置通往该参保地的线路。', en: 'No line to this insured place is configured.' },
    cashier: {
      zh: '该参保地暂未开通直接结算，可先自费，回参保地手工报销。',
      en: 'Direct settlement with that place is not open; pay oneself and claim by hand.',
    },
  },
  SIGNATURE_MISSING: {
    ...caller,
    http: 401,
    kind: 'technical',
    cause: {
      zh: '该连接要求签名，报文未带 cainfo/signtype。',
      en: 'This connection requires a signature; cainfo or signtype is missing.',
    },
    cashier: askTechnician,
  },
  SIGNATURE_INVALID: {
    ...caller,
    http: 401,
    kind: 'technical',
    cause: {
      zh: '签名验证失败：签名须覆盖 input 的原始字节，SM3withSM2，r‖s 的 base64，用户标识按连接约定。',
      en: 'The signature does not verify: it must cover the exact bytes of input, SM3withSM2, base64 of r‖s, with the agreed user id.',
    },
    cashier: askTechnician,
  },
  SIGNATURE_KEY_EXPIRED: {
    ...caller,
    http: 401,
    kind: 'technical',
    cause: {
      zh: '签名所用密钥或证书不在有效期内，请更换。',
      en: 'The signing key or certificate is outside its validity; replace it.',
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
  SIGN_IN_REQUIRED: {
    ...caller,
    kind: 'technical',
    cause: { zh: '请先签到（9001），再发其他交易。', en: 'Sign in (9001) before any other transaction.' },
    cashier: { zh: '收费窗口未签到，请重新登录医保系统。', en: 'This desk is not signed in; log in again.' },
  },
  MESSAGE_ID_REUSED: {
    ...caller,
    http: 409,
    kind: 'technical',
    cause: {
      zh: '同一 msgid 已用于内容不同的报文；每笔新交易须用新的 msgid。',
      en: 'This msgid was already used for a message with another content; a new transaction needs a new msgid.',
    },
    cashier: askTechnician,
  },
  EXCHANGE_IN_PROGRESS: {
    ...caller,
    outcome: 'unknown',
    infcode: null,
    http: 504,
    kind: 'technical',
    cause: {
      zh: '同一 msgid 的交易仍在处理中，请稍后用原报文再问。',
      en: 'The same msgid is still being worked on; ask again with the same message.',
    },
    cashier: wait,
  },
  ORIGINAL_NOT_FOUND: {
    ...caller,
    kind: 'business',
    cause: {
      zh: '未找到 omsgid/oinfno 所指的原交易，无可冲正。',
      en: 'No transaction with this omsgid and oinfno; there is nothing to reverse.',
    },
    cashier: { zh: '原交易不存在，未发生扣款。', en: 'The original does not exist; nothing was charged.' },
  },
  NOT_REVERSIBLE: {
    ...caller,
    kind: 'business',
    cause: {
      zh: '该交易不在可冲正清单中，请用相应的撤销交易。',
      en: 'This transaction cannot be reversed; use its cancellation.',
    },
    cashier: askTechnician,
  },
  FORMAT_LIMIT: {
    ...caller,
    kind: 'technical',
    cause: {
      zh: '目标格式容不下某个值（字符集、长度或无对应字段），逐项见明细。',
      en: 'The target format cannot carry a value (charset, length, no equal); each one is listed.',
    },
    cashier: askTechnician,
  },
  RECORD_MISSING: {
    ...caller,
    kind: 'business',
    cause: {
      zh: '本报文需要引用的前序业务（身份识别、登记或结算）在网关中没有记录。',
      en: 'This message refers to an earlier step (identification, registration, settlement) that is not on record.',
    },
    cashier: {
      zh: '请先完成前一步（读卡、登记或结算）再继续。',
      en: 'Do the earlier step (identify, register, settle) first.',
    },
  },
  BODY_ENCODED: {
    ...caller,
    http: 415,
    kind: 'technical',
    cause: {
      zh: '报文经过压缩（HTTP 头 Content-Encoding），请发送未压缩的报文。',
      en: 'The body is compressed (HTTP header Content-Encoding); send it uncompressed.',
    },
    cashier: askTechnician,
  },
  BUSY: {
    origin: 'gateway',
    outcome: 'rejected',
    http: 503,
    infcode: '-1',
    responsible: 'care-place',
    kind: 'technical',
    cause: {
      zh: '网关繁忙或正在停机，本报文未受理，未发生任何变化。',
      en: 'The gateway is busy or stopping; this message was not taken, nothing was done.',
    },
    cashier: tryAgain,
  },
  JOURNAL_FAILED: {
    origin: 'gateway',
    outcome: 'rejected',
    http: 503,
    infcode: '-1',
    responsible: 'care-place',
    kind: 'technical',
    cause: {
      zh: '日志无法落盘（磁盘满或损坏），报文未发出。',
      en: 'The journal could not be written (disk full or damaged); nothing was sent.',
    },
    cashier: tryAgain,
  },
  INTERNAL: {
    origin: 'gateway',
    outcome: 'unknown',
    http: 500,
    infcode: null,
    responsible: 'care-place',
    kind: 'technical',
    cause: {
      zh: '网关内部错误，结果由恢复程序查明。',
      en: 'An internal error; the outcome will be found out by recovery.',
    },
    cashier: wait,
  },
  UPSTREAM_REJECTED: {
    origin: 'upstream',
    outcome: 'rejected',
    http: 422,
    infcode: '-1',
    responsible: 'insured-place',
    kind: 'business',
    cause: { zh: '对方拒绝，原因见对方的原文。', en: 'The far side refused; its own text says why.' },
    cashier: {
      zh: '医保方拒绝本次交易，未扣款；请按提示处理。',
      en: 'The insurer refused; nothing was charged. Follow its text.',
    },
  },
  UPSTREAM_UNREACHABLE: {
    origin: 'upstream',
    outcome: 'rejected',
    http: 502,
    infcode: '-1',
    responsible: 'hub',
    kind: 'technical',
    cause: { zh: '对方未连通，报文未发出。', en: 'The far side could not be reached; nothing was sent.' },
    cashier: tryAgain,
  },
  UPSTREAM_TIMEOUT: {
    origin: 'upstream',
    outcome: 'unknown',
    http: 504,
    infcode: null,
    responsible: 'insured-place',
    kind: 'technical',
    cause: {
      zh: '已发出，未在时限内收到应答，结果未知。',
      en: 'Sent, but no answer in time; the outcome is unknown.',
    },
    cashier: wait,
  },
  UPSTREAM_REPLY_UNUSABLE: {
    origin: 'upstream',
    outcome: 'unknown',
    http: 504,
    infcode: null,
    responsible: 'insured-place',
    kind: 'technical',
    cause: {
      zh: '应答不可用（截断、验签失败、不属于本请求），结果未知。',
      en: 'The answer cannot be used (cut off, bad signature, belongs to another request); the outcome is unknown.',
    },
    cashier: wait,
  },
  REVERSED: {
    origin: 'gateway',
    outcome: 'rejected',
    http: 422,
    infcode: '-1',
    responsible: 'insured-place',
    kind: 'business',
    cause: {
      zh: '应答丢失，本交易已自动冲正，未结算。',
      en: 'The answer was lost and the transaction has been reversed; nothing is settled.',
    },
    cashier: {
      zh: '本次结算已撤回，未扣款，请重新收费。',
      en: 'This settlement was taken back; nothing was charged. Charge again.',
    },
  },
  HANDED_TO_PERSON: {
    origin: 'gateway',
    outcome: 'unknown',
    http: 504,
    infcode: null,
    responsible: 'care-place',
    kind: 'technical',
    cause: {
      zh: '无法自动查明结果，已转人工处理。',
      en: 'The outcome could not be found out automatically; a person will.',
    },
    cashier: {
      zh: '结果待人工核实，请勿重复收费，留下联系方式。',
      en: 'A person is finding out; do not charge again.',
    },
  },
  NEVER_ARRIVED: {
    origin: 'gateway',
    outcome: 'rejected',
    http: 422,
    infcode: '-1',
    responsible: 'hub',
    kind: 'technical',
    cause: {
      zh: '应答缺失，经冲正核实对方从未收到原交易，且不会再收到；未结算。',
      en: 'No answer came; the reversal showed that the far side never received the original and no longer can.',
    },
    cashier: tryAgain,
  },
  CONFIG_INVALID: {
    origin: 'operator',
    outcome: 'rejected',
    http: 500,
    infcode: '-1',
    responsible: 'care-place',
    kind: 'technical',
    cause: { zh: '配置文件有误，逐项见明细。', en: 'The configuration is wrong; each fault is listed.' },
    cashier: askTechnician,
  },
  PROFILE_BROKEN: {
    origin: 'operator',
    outcome: 'rejected',
    http: 500,
    infcode: '-1',
    responsible: 'care-place',
    kind: 'technical',
    cause: {
      zh: '数据文件（交易、映射、值集）有误，文件与位置见明细。',
      en: 'A data file (transaction, map, value set) is wrong; file and place are listed.',
    },
    cashier: askTechnician,
  },
  KEY_INVALID: {
    origin: 'operator',
    outcome: 'rejected',
    http: 500,
    infcode: '-1',
    responsible: 'care-place',
    kind: 'technical',
    cause: { zh: '密钥无法读取或不是 SM2 密钥。', en: 'A key cannot be read or is not an SM2 key.' },
    cashier: askTechnician,
  },
  JOURNAL_UNUSABLE: {
    origin: 'operator',
    outcome: 'rejected',
    http: 500,
    infcode: '-1',
    responsible: 'care-place',
    kind: 'technical',
    cause: {
      zh: '日志文件无法打开（被占用、不是日志文件、版本更新或目录不可写），原因与办法见明细。',
      en: 'The journal file cannot be opened (in use, not a journal, newer, directory not writable); reason and remedy are listed.',
    },
    cashier: askTechnician,
  },
} as const satisfies Record<string, ErrorKind>;
