/** Errors of electronic bills, settlement vouchers and payment by phone. Part of the error catalogue. */
import { caller } from './caller-errors.ts';
import { wait } from './cashier-texts.ts';
import type { ErrorKind } from './errors.ts';

const billLater = {
  zh: '票据稍后由系统补开或由信息科处理，请勿重复开具；收费结算不受影响。',
  en: 'The bill follows later or is seen to by the IT desk; do not issue another. The settlement stands.',
};

/** A contradiction of the far side, or a case only people can decide: nothing more is done by itself. */
const handedOver = {
  origin: 'upstream',
  outcome: 'unknown',
  http: 409,
  infcode: null,
  responsible: 'care-place',
  kind: 'business',
} as const;

const business = { ...caller, http: 409, kind: 'business' } as const;

export const BILLING_ERRORS = {
  EINVOICE_NOT_SETTLED: {
    ...business,
    cause: {
      zh: '该收费没有已生效的结算凭据（结算号、时间、金额不全，或核实为未结算、已撤销），不得开票。',
      en: 'The charge has no settlement that stands (number, time or amounts missing, or found not settled or undone); no bill may be issued.',
    },
    cashier: {
      zh: '本次收费尚未结算成功，不能开具票据；请先完成结算。',
      en: 'The charge is not settled, so there is no bill; settle first.',
    },
  },
  EINVOICE_AMOUNTS_WRONG: {
    ...business,
    cause: {
      zh: '票据金额之间不相等（合计、明细、支付来源），逐项见明细，未开票。',
      en: 'The amounts of the bill do not agree (total, lines, sources); each is listed, nothing was issued.',
    },
    cashier: billLater,
  },
  EINVOICE_NOT_ENTITLED: {
    ...business,
    cause: {
      zh: '该机构未配置或无权开具财政医疗收费电子票据；营利性机构、药店登记税务发票号码。',
      en: 'This institution is not configured or not entitled to bills of public finance; for-profit institutions and pharmacies record a tax invoice.',
    },
    cashier: {
      zh: '本机构不开具财政票据，请开具税务发票并登记号码。',
      en: 'This institution issues no bills of public finance; make out a tax invoice and record its number.',
    },
  },
  EINVOICE_DIFFERS: {
    ...business,
    cause: {
      zh: '同一结算此前已登记，而内容不同；先到的有效，本次未处理。',
      en: 'This settlement was told before with other content; the first holds, this one was not acted on.',
    },
    cashier: billLater,
  },
  EINVOICE_UNKNOWN: {
    ...business,
    http: 404,
    cause: {
      zh: '没有登记过该结算或该票据。',
      en: 'Nothing is known of this settlement or this bill.',
    },
    cashier: {
      zh: '未找到该票据，请核对结算号或票据代码、号码。',
      en: 'No such bill; check the number of the settlement or of the bill.',
    },
  },
  EINVOICE_STATE_WRONG: {
    ...business,
    cause: {
      zh: '票据当前状态不允许此操作，状态见明细。',
      en: 'The state of the bill does not allow this; the state is listed.',
    },
    cashier: {
      zh: '票据当前状态不能办理此操作，请先查询票据。',
      en: 'The bill is in another state; look it up first.',
    },
  },
  EINVOICE_NUMBER_USED: {
    ...handedOver,
    cause: {
      zh: '票据号码已被使用：平台返回的号码属于另一笔结算，或登记的发票号码重复。已停止自动处理，请与平台核对。',
      en: 'The number of the bill is in use: the platform gave the number of another settlement, or a tax invoice was recorded twice. Nothing more is done by itself; ask the platform.',
    },
    cashier: billLater,
  },
  EINVOICE_PAPER_OUT: {
    ...handedOver,
    cause: {
      zh: '票据已换开纸质，纸质票据尚未收回，不能冲红；收回并登记后自动继续。',
      en: 'The bill was exchanged for paper, and the paper has not come back: it cannot be written off. It goes on by itself once the paper is recorded as returned.',
    },
    cashier: {
      zh: '请先收回患者手中的纸质票据，再办理冲红。',
      en: 'Take the paper back from the patient first.',
    },
  },
  VOUCHER_WITHOUT_BILL: {
    ...business,
    cause: {
      zh: '该结算尚无已开具的票据，不能上传电子结算凭证。',
      en: 'This settlement has no bill in force, so its voucher cannot be uploaded.',
    },
    cashier: billLater,
  },
  PAYMENT_SUMS_WRONG: {
    ...business,
    cause: {
      zh: '费用总额与基金、个人账户、自费三部分之和不相等，或金额为负，逐项见明细。',
      en: 'The total is not the sum of fund, account and self-paid parts, or an amount is negative; each is listed.',
    },
    cashier: {
      zh: '订单金额有误，请重新生成订单；本次未扣款。',
      en: 'The amounts of the order are wrong; make a new order. Nothing was charged.',
    },
  },
  PAYMENT_ORDER_DIFFERS: {
    ...business,
    cause: {
      zh: '同一订单号或退款流水号此前已登记，而内容不同；先到的有效，本次未处理。',
      en: 'This order or refund was told before with other content; the first holds, this one was not acted on.',
    },
    cashier: wait,
  },
  PAYMENT_UNKNOWN: {
    ...business,
    http: 404,
    cause: { zh: '没有登记过该支付订单。', en: 'Nothing is known of this payment order.' },
    cashier: { zh: '未找到该订单，请核对订单号。', en: 'No such order; check its number.' },
  },
  PAYMENT_STATE_WRONG: {
    ...business,
    cause: {
      zh: '订单当前状态不允许此操作，状态见明细。',
      en: 'The state of the order does not allow this; the state is listed.',
    },
    cashier: {
      zh: '订单当前状态不能办理此操作，请先查询订单。',
      en: 'The order is in another state; look it up first.',
    },
  },
  PAYMENT_REFUND_TOO_MUCH: {
    ...business,
    cause: {
      zh: '退款超过该部分尚可退的金额（基金、个人账户、自费分别计算，各退各的来源），逐项见明细。',
      en: 'More is to be refunded than is left of a part (fund, account and self-paid part each to where it came from); each is listed.',
    },
    cashier: {
      zh: '退款金额超过可退金额，请核对后重新提交；本次未退款。',
      en: 'More than can be refunded; check the amounts. Nothing was refunded.',
    },
  },
  PAYMENT_NOT_CERTAIN: {
    ...handedOver,
    http: 504,
    kind: 'technical',
    cause: {
      zh: '支付或退款已发出而结果未知，系统正在查询（6301）；查明之前不得再次支付、退款或撤销。',
      en: 'A payment or refund was sent and its outcome is not known; it is being asked for (6301). Until then nothing may be paid, refunded or revoked.',
    },
    cashier: wait,
  },
  PAYMENT_NOTICE_DIFFERS: {
    ...handedOver,
    cause: {
      zh: '支付结果通知与订单或与查询结果不一致，未采信，请与支付中心核对。',
      en: 'A notification contradicts the order or what the platform says when asked; it was not believed. Ask the payment centre.',
    },
    cashier: wait,
  },
} as const satisfies Record<string, ErrorKind>;
