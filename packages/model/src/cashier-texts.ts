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
