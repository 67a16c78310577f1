/** Refusals in the life of a circulating prescription. Part of the error catalogue. */
import { caller } from './caller-errors.ts';
import { askTechnician } from './cashier-texts.ts';
import type { ErrorKind } from './errors.ts';

const business = { ...caller, http: 409, kind: 'business' } as const;

export const PRESCRIPTION_ERRORS = {
  PRESCRIPTION_UNKNOWN: {
    ...caller,
    http: 404,
    kind: 'business',
    cause: {
      zh: '未找到该处方；请核对处方编号或二维码，药店须先扫码或授权后下载。',
      en: 'There is no such prescription; check its number or code. A pharmacy scans the code or has the patient authorise first.',
    },
    cashier: {
      zh: '未查询到该处方，请重新出示处方二维码。',
      en: 'No such prescription; show its code again.',
    },
  },
  PRESCRIPTION_STATE_WRONG: {
    ...business,
    cause: {
      zh: '处方目前的状态不允许该业务（先预核验，再签名、上传、下载、审核、取药），当前状态见明细。',
      en: 'The prescription is not in a state that allows this (pre-check, signature, upload, download, audit, dispensing in this order); its state is in the details.',
    },
    cashier: {
      zh: '处方尚不能办理此业务，请按提示补办前一步；本次未发生变化。',
      en: 'The step before is missing; nothing was changed.',
    },
  },
  PRESCRIPTION_EXPIRED: {
    ...business,
    cause: {
      zh: '处方已过有效截止时间，不能再取药，请医师重新开具。',
      en: 'The prescription has ended; nothing can be dispensed on it. The doctor may write a new one.',
    },
    cashier: { zh: '处方已过期，请到医院重新开方。', en: 'The prescription has ended; ask for a new one.' },
  },
  PRESCRIPTION_REVOKED: {
    ...business,
    cause: { zh: '处方已由开方医疗机构撤销。', en: 'The hospital has revoked the prescription.' },
    cashier: {
      zh: '该处方已被医院撤销，不能取药。',
      en: 'The hospital has revoked it; nothing can be dispensed.',
    },
  },
  PRESCRIPTION_OTHER_PERSON: {
    ...business,
    cause: {
      zh: '处方不是开给该参保人的，不能凭此取药或结算。',
      en: 'The prescription was written for another person.',
    },
    cashier: {
      zh: '处方与持证人不符，请核对身份；本次未扣款。',
      en: 'It was written for another person; check who it is. Nothing was charged.',
    },
  },
  PRESCRIPTION_ALTERED: {
    ...business,
    kind: 'technical',
    cause: {
      zh: '处方内容与签名时不一致，已被改动；请以原件重新办理，不得据此取药。',
      en: 'The prescription is not what was signed: it was altered. Use the original; nothing is dispensed on this one.',
    },
    cashier: {
      zh: '处方内容与签名不符，请联系开方医院核实；本次未扣款。',
      en: 'It is not what the hospital signed; ask the hospital. Nothing was charged.',
    },
  },
  PRESCRIPTION_TAKEN: {
    ...business,
    cause: {
      zh: '另一家药店已审核通过该处方，正在取药；待其取药、放弃或逾时后方可办理。',
      en: 'Another pharmacy has passed the prescription and is dispensing it; it is free again when that one has dispensed, given it up, or run out of time.',
    },
    cashier: {
      zh: '该处方正在其他药店取药，本店暂不能办理；本次未扣款。',
      en: 'Another pharmacy is dispensing it. Nothing was charged.',
    },
  },
  PRESCRIPTION_LIMIT: {
    ...business,
    cause: {
      zh: '超出处方允许的次数（uses）、最小间隔（interval）或数量（quantity），是哪一项见明细 limit。',
      en: 'More than the prescription allows: number of uses, interval between two, or quantity; limit in the details tells which.',
    },
    cashier: {
      zh: '超出处方允许的次数、间隔或数量，不能取药；本次未扣款。',
      en: 'More than the prescription allows; nothing was charged.',
    },
  },
  PRESCRIPTION_NUMBER_REUSED: {
    ...caller,
    http: 409,
    kind: 'technical',
    cause: {
      zh: '该编号（医院处方编号、零售单据号）已用于其他内容；重发须原样，新业务须用新编号。',
      en: 'The number (of the hospital’s prescription, of the retail document) was used for something else; a repetition must be exact, new business needs a new number.',
    },
    cashier: askTechnician,
  },
  PRESCRIPTION_STILL_SETTLED: {
    ...business,
    cause: {
      zh: '该次取药的医保结算尚未撤销；先撤销结算，再撤销出库，最后撤销处方。',
      en: 'The settlement of this dispensing still stands; cancel the settlement first, then the dispensing, then the prescription.',
    },
    cashier: {
      zh: '请先撤销医保结算，再退药。',
      en: 'Cancel the settlement first, then take the drugs back.',
    },
  },
} as const satisfies Record<string, ErrorKind>;
