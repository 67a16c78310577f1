/** Refusals at a pharmacy's counter, and what a purchase is waiting for. Part of the error catalogue. */
import { caller } from './caller-errors.ts';
import { askTechnician, wait } from './cashier-texts.ts';
import type { ErrorKind } from './errors.ts';

const business = { ...caller, http: 409, kind: 'business' } as const;

export const PHARMACY_ERRORS = {
  PURCHASE_NUMBER_REUSED: {
    ...caller,
    http: 409,
    kind: 'technical',
    cause: {
      zh: '该零售单据号已用于内容不同的购药；重发须原样，新购药须用新单据号。',
      en: 'This retail document number was used for another purchase; a repetition must be exact, a new purchase needs a new number.',
    },
    cashier: askTechnician,
  },
  PURCHASE_UNKNOWN: {
    ...caller,
    http: 404,
    kind: 'business',
    cause: {
      zh: '本店没有该单据号的购药或进销存记录。',
      en: 'This pharmacy has no purchase or goods record of this number.',
    },
    cashier: { zh: '未查询到该单据，请核对单据号。', en: 'There is no such number; check it.' },
  },
  PURCHASE_STATE_WRONG: {
    ...business,
    cause: {
      zh: '购药目前的状态不允许该业务，当前状态见明细。',
      en: 'The purchase is not in a state that allows this; its state is in the details.',
    },
    cashier: {
      zh: '请先按查询结果核对该购药的状态；本次未发生变化。',
      en: 'Look up the state of the purchase first; nothing was changed.',
    },
  },
  PURCHASE_PENDING: {
    ...caller,
    outcome: 'unknown',
    http: 504,
    infcode: null,
    kind: 'business',
    cause: {
      zh: '购药的结算或撤销结果尚未得知，正在核实；请用同一单据号查询，勿另开单据重收。',
      en: 'The outcome of the settlement or cancellation is not known yet and is being found out; ask again under the same number.',
    },
    cashier: wait,
  },
  PURCHASE_GIVEN_UP: {
    ...business,
    cause: {
      zh: '结算前的一步未完成，购药已放弃、未结算；已占用的处方和追溯码正在退回，原因见明细。',
      en: 'A step before the settlement did not succeed: the purchase was given up, nothing is settled; what was reserved is being given back.',
    },
    cashier: {
      zh: '本次未结算、未扣款，药品勿交付；请用新单据号重新收款。',
      en: 'Nothing was settled; do not hand the drugs over. Charge again under a new number.',
    },
  },
  FUND_NEEDS_PRESCRIPTION: {
    ...business,
    cause: {
      zh: '统筹基金只支付外配处方的药品；没有外配处方的，由个人账户或现金支付。',
      en: 'The pooled fund pays only what an outside prescription covers; all else is paid from the account or in cash.',
    },
    cashier: {
      zh: '该购药没有外配处方，统筹基金不能支付；可改用个人账户或自费。本次未扣款。',
      en: 'Without an outside prescription the pooled fund does not pay; use the account or pay oneself. Nothing was charged.',
    },
  },
  BENEFIT_NOT_EQUAL: {
    ...business,
    cause: {
      zh: '试算的统筹支付比例低于政策规定的同等待遇，依据见明细，未结算。',
      en: 'The trial pays less from the pooled fund than the policy of equal benefit grants; nothing was settled.',
    },
    cashier: {
      zh: '外配处方的报销比例低于规定，请联系医保经办机构；本次未扣款。',
      en: 'The prescription would be reimbursed below the rule; ask the insurance agency. Nothing was charged.',
    },
  },
  ACCOUNT_SCOPE_EXCEEDED: {
    ...business,
    cause: {
      zh: '个人账户（含家庭共济）不得支付所列商品，依据见明细；请另行自费收款。',
      en: 'The personal account (household mutual aid included) may not pay the goods listed; sell them for cash separately.',
    },
    cashier: {
      zh: '所列商品不能用个人账户支付，请分开自费收款；本次未扣款。',
      en: 'The goods listed cannot be paid from the account; sell them separately for cash. Nothing was charged.',
    },
  },
  PAYMENT_NOT_OPEN: {
    ...business,
    cause: {
      zh: '该购药方式不支持所选的支付来源，可用的来源见明细。',
      en: 'This kind of purchase does not take the chosen source of payment; those it takes are in the details.',
    },
    cashier: {
      zh: '异地或该类购药不支持所选支付方式，请改用其他方式；本次未扣款。',
      en: 'The chosen way to pay is not open here; use another. Nothing was charged.',
    },
  },
  PAYMENT_NOT_ASKED: {
    ...business,
    cause: {
      zh: '试算结果动用了未选用的资金（个人账户或家庭共济），未结算。',
      en: 'The trial would use money that was not asked for (account or mutual aid); nothing was settled.',
    },
    cashier: {
      zh: '试算结果与所选支付方式不符，请核对后重新收款；本次未扣款。',
      en: 'The trial differs from the chosen way to pay; check and charge again. Nothing was charged.',
    },
  },
  MUTUAL_AID_NOT_AUTHORISED: {
    ...business,
    cause: {
      zh: '家庭共济不能使用：付款人未授权、授权已过期、凭证不是付款人本人或不在共济范围，依据见明细。',
      en: 'Mutual aid cannot be used: no authorisation of the payer, an ended one, a credential of somebody else, or a relation outside the scope.',
    },
    cashier: {
      zh: '共济账户不能使用，请核对付款人的授权和凭证，或改用其他支付方式；本次未扣款。',
      en: 'The family account cannot be used; check the payer’s authorisation and credential. Nothing was charged.',
    },
  },
  PRESCRIPTION_REQUIRED: {
    ...business,
    cause: {
      zh: '所列药品为处方药，须凭处方销售。',
      en: 'The drugs listed are sold on prescription only.',
    },
    cashier: {
      zh: '处方药须凭处方购买，请出示处方；本次未扣款。',
      en: 'These drugs need a prescription. Nothing was charged.',
    },
  },
  PRESCRIPTION_DRUG_DIFFERS: {
    ...business,
    cause: {
      zh: '所售药品不在处方上，或药师审核未通过。',
      en: 'A drug sold is not on the prescription, or the pharmacist did not approve.',
    },
    cashier: {
      zh: '所售药品与处方不符，请药师核对；本次未扣款。',
      en: 'The drugs differ from the prescription; have the pharmacist check. Nothing was charged.',
    },
  },
  TRACE_CODE_SOLD: {
    ...business,
    cause: {
      zh: '所列药品追溯码已在本店售出且未退回，同一盒药不能再售。',
      en: 'The trace codes listed were sold here and have not come back; a box is sold once.',
    },
    cashier: {
      zh: '该盒药品已有销售记录，请停止销售并核查药品来源；本次未扣款。',
      en: 'This box was sold before; do not sell it and check where it came from. Nothing was charged.',
    },
  },
  GOODS_RECORD_REUSED: {
    ...caller,
    http: 409,
    kind: 'technical',
    cause: {
      zh: '进销存记录号已用于内容不同的记录；重发须原样，更正须用新记录号。',
      en: 'This number of a goods record was used for another record; a repetition must be exact, a correction needs a new number.',
    },
    cashier: askTechnician,
  },
} as const satisfies Record<string, ErrorKind>;
