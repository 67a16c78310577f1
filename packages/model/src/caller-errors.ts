/** Errors of the caller's message, refused before anything was done. Part of the error catalogue. */
import { askTechnician, wait } from './cashier-texts.ts';
import type { ErrorKind } from './errors.ts';

/** What all errors of a caller have in common: the message was refused before anything was done. */
export const caller = {
  origin: 'caller',
  outcome: 'rejected',
  http: 400,
  infcode: '-1',
  responsible: 'HIS',
} as const;

export const CALLER_ERRORS = {
  MESSAGE_NOT_READABLE: {
    ...caller,
    kind: 'technical',
    cause: {
      zh: '报文不是合法的 JSON/XML，或缺少据以辨认的内容，请按接口格式重新生成。',
      en: 'The message is not well-formed JSON or XML, or lacks what it is known by; generate it again.',
    },
    cashier: askTechnician,
  },
  CHARSET_WRONG: {
    ...caller,
    kind: 'technical',
    cause: {
      zh: '报文字节不合字符集：与接口约定或自身声明不符（国家接口 UTF-8，前代接口 GBK），或有汉字按字节截断；请按明细中的位置更正。',
      en: 'The bytes are not in the agreed or declared charset (national: UTF-8, predecessor: GBK), or a character was cut in half; correct them at the place that is told.',
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
      zh: 'XML 不得含 DTD、自定义实体或处理指令；请删去，所需文字直接写出后重新发送。',
      en: 'XML must not contain a DTD, entities of its own or processing instructions; leave them out, write the text itself and send it again.',
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
  TRANSACTION_NOT_CARRIED: {
    ...caller,
    kind: 'technical',
    cause: {
      zh: '该交易在本地区接口清单中，但本网关不办理；原因见明细与方案的 maps.notMapped、twoPhase。',
      en: 'The region’s list has this transaction, but this gateway does not carry it; why is told in the details and in maps.notMapped and twoPhase of the profile.',
    },
    cashier: {
      zh: '本笔请走原有渠道办理；本网关未办理，也未扣款。',
      en: 'Use the channel you had for this; nothing was done here and nothing was charged.',
    },
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
      zh: '同一 msgid 或同一笔业务（originalMessageId 所指）的交易仍在处理中，请稍后用原报文再问。',
      en: 'The same msgid, or the same matter under originalMessageId, is still being worked on; ask again with the original message.',
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
    cashier: {
      zh: '这里没有原交易的记录，无可冲正；如有疑问请先查询结算状态。',
      en: 'The original is not on record here, so there is nothing to reverse; if in doubt, look the settlement up.',
    },
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
  ALREADY_DONE: {
    ...caller,
    http: 409,
    kind: 'business',
    cause: {
      zh: '同一笔业务（如同一就诊的同一收费批次）已由 originalMessageId 所指的报文办成，本报文未发出；请用原报文取回应答，或先撤销再办。',
      en: 'The same matter (for instance one charge batch of one visit) was done by the message named originalMessageId; nothing was sent. Ask for its answer with that message, or cancel it first.',
    },
    cashier: {
      zh: '该笔费用此前已结算成功，请勿重复收费；请在原收费记录上补打单据。',
      en: 'This has been settled before. Do not charge again; print the receipt from the first record.',
    },
  },
  ORIGINAL_CANCELLED: {
    ...caller,
    http: 409,
    kind: 'business',
    cause: {
      zh: '原交易已由撤销交易（如 2208）撤销，无可冲正。',
      en: 'The original has been undone by its cancellation (for instance 2208); there is nothing to reverse.',
    },
    cashier: {
      zh: '原结算此前已撤销，无需冲正。',
      en: 'The settlement was cancelled before; no reversal is needed.',
    },
  },
  ORIGINAL_NOT_OWN: {
    ...caller,
    http: 403,
    kind: 'business',
    cause: {
      zh: 'omsgid 所指的报文属于其他机构，本机构不得冲正。',
      en: 'omsgid names a message of another institution; this one may not reverse it.',
    },
    cashier: {
      zh: '原交易不是本机构办理的，不能在此冲正；请核对后到原机构办理。',
      en: 'The original was made by another institution; it can be reversed only there.',
    },
  },
  RESEND_REFUSED: {
    ...caller,
    outcome: 'unknown',
    infcode: null,
    http: 504,
    kind: 'technical',
    cause: {
      zh: '同一 msgid 的报文此前已受理；本次重发未通过校验（签名、密钥有效期或字段），不能据此告知原结果。请更正后用原 msgid 再问。',
      en: 'A message with this msgid was taken before; this resend fails a check (signature, validity of the key, a field), so that the outcome is not told to it. Correct it and ask again under the same msgid.',
    },
    cashier: wait,
  },
  MESSAGE_ENCRYPTED: {
    ...caller,
    kind: 'technical',
    cause: {
      zh: '报文正文是密文，此处没有密钥，无法核对内容；请先解密，或核对加密前的原文。',
      en: 'The body of the message is encrypted and there is no key here, so that nothing in it can be checked; decrypt it first, or check the message as it was before encryption.',
    },
    cashier: askTechnician,
  },
} as const satisfies Record<string, ErrorKind>;
