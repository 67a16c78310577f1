/** What a cashier can say or do, where several errors have the same text. */

export const askTechnician = {
  zh: '接口报文有问题，请联系信息科；本次未发生扣款。',
  en: 'The message is faulty; call the IT desk. Nothing was charged.',
};
export const tryAgain = {
  zh: '系统忙或对方未连通，本次未发生扣款，请稍后重试。',
  en: 'Busy or not connected; nothing was charged. Try again later.',
};
export const wait = {
  zh: '结果未知，请勿重复收费；系统正在核实，请稍候查询。',
  en: 'The outcome is not known yet. Do not charge again; it is being found out.',
};
export const tryLaterOrPayOneself = {
  zh: '参保地系统暂时不通，本次未扣款；请稍后重试，急需时可先自费，保留票据，恢复后再结算或回参保地手工报销。',
  en: 'The insured place cannot be reached at the moment; nothing was charged. Try again later, or pay oneself, keep the receipts, and settle later or claim by hand.',
};
export const waitOrPayOneself = {
  zh: '参保地系统停机维护，本次未扣款；请待维护结束后再结算，急需时可先自费，保留票据，回参保地手工报销。',
  en: 'The insured place is closed for maintenance; nothing was charged. Settle after it, or pay oneself, keep the receipts, and claim by hand.',
};
export const payOneself = {
  zh: '参保地暂停直接结算，本次未扣款；请先自费，保留票据，恢复后再来结算或回参保地手工报销。',
  en: 'Direct settlement with the insured place is suspended; nothing was charged. Pay oneself, keep the receipts, and come back to settle or claim by hand.',
};
