/** Refusals of a hospital's own orders, made before anything left for the insurer. Part of the error catalogue. */
import { caller } from './caller-errors.ts';
import { askTechnician, wait } from './cashier-texts.ts';
import type { ErrorKind } from './errors.ts';

const business = { ...caller, http: 409, kind: 'business' } as const;

export const HIS_ERRORS = {
  ORDER_NUMBER_REUSED: {
    ...caller,
    http: 409,
    kind: 'technical',
    cause: {
      zh: '同一业务请求号已用于内容不同的请求；重发须原样，新请求须用新号。',
      en: 'This order number was used for an order with another content; a repetition must be exact, a new order needs a new number.',
    },
    cashier: askTechnician,
  },
  VISIT_CHANGED: {
    ...business,
    cause: {
      zh: '该就诊已登记，再次上送的内容与原登记不同，逐项见明细；须先撤销登记再重新登记。',
      en: 'This visit is registered already and now comes with another content, listed; cancel the registration first.',
    },
    cashier: {
      zh: '该就诊已登记且内容不同，请核对后撤销原登记再办理；本次未扣款。',
      en: 'The visit is registered with other particulars; check, cancel it and register again. Nothing was charged.',
    },
  },
  VISIT_STATE_WRONG: {
    ...business,
    cause: {
      zh: '就诊目前的状态不允许该业务，当前状态与所需的前一步见明细。',
      en: 'The visit is not in a state that allows this; its state and the step that is needed are listed.',
    },
    cashier: {
      zh: '请按提示先完成前一步（登记、上传费用、出院或撤销结算）；本次未扣款。',
      en: 'Do the step named first (register, upload fees, discharge, cancel the settlement). Nothing was charged.',
    },
  },
  VISIT_BUSY: {
    ...business,
    http: 503,
    cause: {
      zh: '该就诊的另一笔业务尚未办结或结果未知，本请求未受理；请先用原请求号查明那一笔。',
      en: 'Another order of this visit is not finished or its outcome is unknown; this one was not taken. Find out the other first, under its own number.',
    },
    cashier: wait,
  },
  VISIT_PERSON_CHANGED: {
    ...business,
    cause: {
      zh: '更换后的凭证或证件属于另一参保人，结算须由登记时的本人办理。',
      en: 'The new card or certificate belongs to another person; a visit is settled for the person it was registered for.',
    },
    cashier: {
      zh: '出示的凭证不是登记时的本人，请核对；本次未扣款。',
      en: 'The card shown is not of the person registered; check it. Nothing was charged.',
    },
  },
  FEE_CHANGED_AFTER_SETTLEMENT: {
    ...business,
    cause: {
      zh: '费用明细已结算，不能再改，逐条见明细；须先撤销结算（或部分退费）再上传。',
      en: 'These fee lines are settled and cannot be changed, each one is listed; cancel the settlement (or refund a part) first.',
    },
    cashier: {
      zh: '费用已结算，不能修改；请先退费再重新收费。',
      en: 'The fees are settled; refund first, then charge again.',
    },
  },
  FEE_LINE_CHANGED: {
    ...business,
    cause: {
      zh: '费用明细此前已以不同内容上传，逐条见明细；须先撤销上传再重新上传。',
      en: 'These fee lines were uploaded before with another content, each one is listed; withdraw them first.',
    },
    cashier: {
      zh: '费用内容有变，请先撤销原费用再上传；本次未扣款。',
      en: 'The fees have changed; withdraw the old ones first. Nothing was charged.',
    },
  },
  FEE_BATCH_TOO_LARGE: {
    ...caller,
    kind: 'technical',
    cause: {
      zh: '一个收费批次的明细条数超过接口限制；同一批次须在一次调用中传完，请分成多个批次分别结算。',
      en: 'One charge batch has more lines than the interface takes in a call, and a batch may not be divided; make several batches, each settled by itself.',
    },
    cashier: {
      zh: '费用条数过多，请分批收费；本次未扣款。',
      en: 'Too many lines; charge in several batches. Nothing was charged.',
    },
  },
  TOTAL_DIFFERS: {
    ...caller,
    kind: 'business',
    cause: {
      zh: '上送的总额与已上传费用明细的合计不等，两数见明细。',
      en: 'The total differs from the sum of the uploaded lines; both are listed.',
    },
    cashier: {
      zh: '费用合计不平，请核对费用后重新收费；本次未扣款。',
      en: 'Totals do not add up; check the fees and charge again. Nothing was charged.',
    },
  },
  YEAR_END_SETTLEMENT_DUE: {
    ...business,
    cause: {
      zh: '住院跨年度：上一年度的费用须先中途结算（mid_setl_flag 1），再上传或结算新年度费用。',
      en: 'A stay across the year’s end: fees of the old year are settled midway (mid_setl_flag 1) before those of the new one are uploaded or settled.',
    },
    cashier: {
      zh: '跨年住院，请先办理上一年度的中途结算；本次未扣款。',
      en: 'The stay crosses the year; settle the old year’s fees first. Nothing was charged.',
    },
  },
  INTERNET_VISIT_NOT_COVERED: {
    ...business,
    http: 422,
    cause: {
      zh: '不符合“互联网+”复诊医保支付政策，所涉规则与政策条目逐项见明细；未上传、未结算。',
      en: 'Not covered as an internet+ follow-up visit; each rule and its policy line is listed. Nothing was uploaded or settled.',
    },
    cashier: {
      zh: '本次“互联网+”就诊不符合医保支付条件，请按提示处理或自费；未扣款。',
      en: 'This internet+ visit is not covered; follow the hint or pay oneself. Nothing was charged.',
    },
  },
} as const satisfies Record<string, ErrorKind>;
