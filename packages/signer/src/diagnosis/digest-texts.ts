/** What a failing digest of header values or members may differ in, and what is to be done about it. */

const rule = {
  zh: '发送方按方案规定的次序、算法与密钥计算摘要。',
  en: 'The sender computes the digest in the order, by the algorithm and with the secret of the profile.',
};
const parameters = {
  zh: '发送方对解码后的查询与表单参数签名，按名称升序，JSON 报文体不参与。',
  en: 'The sender signs the decoded query and form parameters by name ascending, and no JSON body.',
};
const clock = {
  zh: '校准双方服务器时钟，并按方案的单位书写时间戳。',
  en: 'Set the clocks of both servers right, and write the time in the unit of the profile.',
};

/** Differences by their code; the codes are stable. */
export const DIGEST_DIFFERENCES = {
  'order-other': { zh: '各项拼接次序不同', en: 'over the parts in another order', remedy: rule },
  'separators-added': { zh: '各项之间加了分隔符', en: 'over the parts with separators', remedy: rule },
  'token-left-out': { zh: '未加入令牌或密钥', en: 'without the token or key', remedy: rule },
  'algorithm-other': {
    zh: '使用了另一种摘要算法',
    en: 'by another digest algorithm',
    remedy: rule,
  },
  'data-not-base64': {
    zh: '签名覆盖的是 JSON 原文而非其 base64',
    en: 'over the JSON itself instead of its base64',
    remedy: rule,
  },
  'parameters-left-out': {
    zh: '查询与表单参数未参与签名',
    en: 'without the query and form parameters',
    remedy: parameters,
  },
  'parameters-encoded': {
    zh: '参数以百分号编码的形式参与签名',
    en: 'over percent-encoded parameters',
    remedy: parameters,
  },
  'body-included': { zh: '报文体参与了签名', en: 'with the body included', remedy: parameters },
  'pairs-unsorted': { zh: '各项未按名称排序', en: 'over pairs that are not sorted', remedy: parameters },
  'time-outside': {
    zh: '时间戳无法识别或超出容差',
    en: 'with a time that is unreadable or beyond the tolerance',
    remedy: clock,
  },
  'credential-other': {
    zh: '应用编号、访问密钥、服务名或版本与约定不符',
    en: 'for another application, access key, service or version',
    remedy: {
      zh: '核对双方配置的编号与版本。',
      en: 'Compare the identifiers and versions configured on both sides.',
    },
  },
} as const;
